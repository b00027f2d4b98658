"""What the published document says of an order, by hand: nothing more is refused, and nothing less."""

MAX_DEPTH = 200


class RefusalError(Exception):
    def __init__(self, field, reason):
        super().__init__(f"The {field} field {reason}")


def require(holder, place, name, kind, reason):
    if name not in holder:
        raise RefusalError(place + name, "is required")
    if not isinstance(holder[name], kind):
        raise RefusalError(place + name, reason)
    return holder[name]


def check(order):
    """Raises RefusalError, which names the first field that breaks the document."""
    if not isinstance(order, dict):
        raise RefusalError("kit_types", "is required: the body must be an object")
    kit_types = require(order, "", "kit_types", list, "must be a list")
    for index, kit_type in enumerate(kit_types):
        if not isinstance(kit_type, str):
            raise RefusalError(f"kit_types[{index}]", "must be a text")
    recipient = require(order, "", "recipient", dict, "must be an object")
    for name in ("first_name", "last_name", "email", "phone"):
        require(recipient, "recipient.", name, str, "must be a text")
    check_address(require(recipient, "recipient.", "address", dict, "must be an object"))
    if not isinstance(order.get("metadata"), dict | None):
        raise RefusalError("metadata", "must be an object or null")
    for name in ("recipient", "metadata"):  # Undeclared properties of a recipient may hold anything.
        if is_deep(order.get(name)):
            raise RefusalError(name, "is nested too deeply")


def check_address(address):
    for name in ("street1", "city", "state", "country", "zip"):
        require(address, "recipient.address.", name, str, "must be a text")
    if address["country"] not in ("US", "CA"):
        raise RefusalError("recipient.address.country", "must be US or CA")
    if not isinstance(address.get("street2"), str | None):
        raise RefusalError("recipient.address.street2", "must be a text or null")


def is_deep(value):
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [below for item in level for below in items_of(item)]
        if not level:
            return False
    return True


def items_of(item):
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()
