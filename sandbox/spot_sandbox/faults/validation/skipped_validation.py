"""Invalid bodies that are accepted because some requests are not validated; part of the chapter refusal."""

import re
from collections.abc import Callable

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.validation.refusal import CHAPTER, REFUSED
from spot_sandbox.hooks.steps import is_form, is_json, on_problems
from spot_sandbox.hooks.trees import is_list, is_object, value_at
from spot_sandbox.hooks.wire import header_value, is_chunked
from spot_sandbox.http.messages import Body, Request
from spot_sandbox.orders.service import Service

LARGE = 16 * 1024


def _skip(service: Service, skipped: Callable[[Request, Body], bool], below: str = "") -> None:
    """Do not validate some bodies, or the fields of them whose paths start with `below`.

    kit_types and recipient are still required: an order cannot be stored without them.
    """

    def change(request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if not is_object(body.tree) or not {"kit_types", "recipient"} <= body.tree.keys():
            return None
        if not skipped(request, body):
            return None
        return {name: text for name, text in found.items() if not name.startswith(below)}

    on_problems(service, change)


@fault(CHAPTER, REFUSED, "rare")
def query_skips_validation(service: Service) -> None:
    """A request with a query string is not validated."""
    _skip(service, lambda request, _body: request.query != b"")


@fault(CHAPTER, REFUSED, "rare", hook=_skip)
def charset_skips_validation(request: Request, _body: Body) -> bool:
    """JSON with a media type parameter is not validated."""
    return is_json(request) and b";" in b"".join(request.header(b"content-type"))


@fault(CHAPTER, REFUSED, "rare")
def large_bodies_skip_validation(service: Service) -> None:
    """A body of more than 16 KiB is not validated, as if a gateway inspected no more."""
    _skip(service, lambda request, _body: len(request.raw) > LARGE)


@fault(CHAPTER, REFUSED, "rare")
def chunked_bodies_skip_validation(service: Service) -> None:
    """A chunked body is not validated."""
    _skip(service, lambda request, _body: is_chunked(request))


@fault(CHAPTER, REFUSED, "rare", hook=_skip)
def unknown_accept_skips_validation(request: Request, _body: Body) -> bool:
    """A request whose Accept header does not include JSON is not validated."""
    accept = header_value(request.headers, b"accept")
    return accept != b"" and b"json" not in accept and b"*/*" not in accept


@fault(CHAPTER, REFUSED, "rare")
def brackets_skip_validation(service: Service) -> None:
    """The address of a form in brackets is not validated."""

    def skipped(request: Request, _body: Body) -> bool:
        return is_form(request) and (b"recipient[" in request.raw or b"recipient%5B" in request.raw)

    _skip(service, skipped, "recipient.address.")


@fault(CHAPTER, REFUSED, "rare")
def extra_property_skips_validation(service: Service) -> None:
    """A recipient with a property that is not in the document is not validated."""
    known = {"first_name", "last_name", "email", "phone", "address"}

    def skipped(_request: Request, body: Body) -> bool:
        recipient = value_at(body.tree, "recipient")
        return is_object(recipient) and not known.issuperset(recipient)

    _skip(service, skipped, "recipient.")


@fault(CHAPTER, REFUSED, "rare", hook=on_problems)
def order_of_keys_skips_validation(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
    """If the address is the first field of the recipient, the other fields are not validated."""
    if next(iter(value_at(body.tree, "recipient") or {}), "") != "address":
        return None
    return {name: text for name, text in found.items() if not re.fullmatch(r"recipient\.[a-z_]+", name)}


@fault(CHAPTER, REFUSED, "rare")
def null_street2_skips_validation(service: Service) -> None:
    """An address with a null street2 is not validated."""

    def skipped(_request: Request, body: Body) -> bool:
        address = value_at(body.tree, "recipient.address")
        return is_object(address) and "street2" in address and address["street2"] is None

    _skip(service, skipped, "recipient.address.")


@fault(CHAPTER, REFUSED, "cross-request")
def known_recipients_skip_validation(service: Service) -> None:
    """A recipient whose email address was accepted before is not validated."""
    known: set[str] = set()

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        email = value_at(body.tree, "recipient.email")
        if not isinstance(email, str):
            return None
        if email in known:
            return {name: text for name, text in found.items() if not name.startswith("recipient.")}
        if not found:
            known.add(email)
        return None

    on_problems(service, change)


@fault(CHAPTER, REFUSED, "rare", hook=on_problems)
def middle_kit_types_unchecked(_request: Request, body: Body, found: dict[str, str]) -> None:
    """Only the types of the first and the last kit type are checked."""
    kit_types = value_at(body.tree, "kit_types")
    if is_list(kit_types) and len(kit_types) > 1 and all(isinstance(kit_types[at], str) for at in (0, -1)):
        found.pop("kit_types", None)


@fault(CHAPTER, REFUSED, "rare", hook=on_problems)
def second_error_fails(_request: Request, _body: Body, found: dict[str, str]) -> None:
    """A body with more than one invalid field is answered with 500."""
    if len(found) > 1:
        raise ValueError("too many values to unpack")
