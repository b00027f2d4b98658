"""Wrong bodies that are accepted; of the chapter on refusal."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.validation.refusal import CHAPTER, REFUSED
from spot_sandbox.hooks.steps import is_form, media_type, on_problems
from spot_sandbox.hooks.trees import is_list, is_object
from spot_sandbox.http.messages import Body

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service


def _accept(
    service: Service, field: str, wanted: Callable[[Request, Body], bool] = lambda _request, _body: True
) -> None:
    """Overlook what is wrong with one field, if the request is one of those wanted."""

    def change(request: Request, body: Body, found: dict[str, str]) -> None:
        if field in found and wanted(request, body):
            del found[field]

    on_problems(service, change)


def _value(body: Body, field: str) -> Any:
    """The value of a field, None where it is absent or null."""
    here: Any = body.tree
    for name in field.split("."):
        if not is_object(here):
            return None
        here = here.get(name)
    return here


def _is_absent(body: Body, field: str) -> bool:
    above, _, name = field.rpartition(".")
    parent = _value(body, above) if above else body.tree
    return is_object(parent) and name not in parent


def _not_required(service: Service, field: str) -> None:
    _accept(service, field, lambda _request, body: _is_absent(body, field))


@fault(CHAPTER, REFUSED)
def email_not_required(service: Service) -> None:
    """An order without email is accepted."""
    _not_required(service, "recipient.email")


@fault(CHAPTER, REFUSED)
def zip_not_required(service: Service) -> None:
    """An order without zip is accepted."""
    _not_required(service, "recipient.address.zip")


@fault(CHAPTER, REFUSED)
def kit_types_not_required(service: Service) -> None:
    """An order without kit_types is accepted; it has none."""
    inner = service.parse

    def parse(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
        body = inner(request, media, raw, schema)
        tree = body.tree
        if is_object(tree) and "kit_types" not in tree:
            return Body({**tree, "kit_types": []}, {**body.texts, "kit_types": "[]"})
        return body

    service.parse = parse


@fault(CHAPTER, REFUSED, "rare")
def city_not_required_in_forms(service: Service) -> None:
    """A form may lack the city."""
    field = "recipient.address.city"
    _accept(service, field, lambda request, body: is_form(request) and _is_absent(body, field))


@fault(CHAPTER, REFUSED, "rare")
def last_name_not_required_in_multipart(service: Service) -> None:
    """A multipart form may lack the last name."""
    field = "recipient.last_name"
    _accept(service, field, lambda request, _body: media_type(request) == "multipart/form-data")


@fault(CHAPTER, REFUSED)
def mexico_accepted(service: Service) -> None:
    """The country MX is accepted."""
    field = "recipient.address.country"
    _accept(service, field, lambda _request, body: _value(body, field) == "MX")


@fault(CHAPTER, REFUSED, "rare")
def country_case_ignored(service: Service) -> None:
    """The country is accepted in lower case."""
    field = "recipient.address.country"
    _accept(service, field, lambda _request, body: str(_value(body, field)).upper() in {"US", "CA"})


@fault(CHAPTER, REFUSED, "rare")
def any_country_accepted_in_forms(service: Service) -> None:
    """Any text is accepted as country in a form."""
    field = "recipient.address.country"
    _accept(service, field, lambda request, body: is_form(request) and isinstance(_value(body, field), str))


@fault(CHAPTER, REFUSED)
def null_first_name_accepted(service: Service) -> None:
    """first_name may be null."""
    field = "recipient.first_name"
    _accept(service, field, lambda _request, body: not _is_absent(body, field) and _value(body, field) is None)


@fault(CHAPTER, REFUSED)
def null_accepted_for_any_text(service: Service) -> None:
    """Any field of recipient or address may be null."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str]:
        texts = {"recipient": _value(body, "recipient"), "recipient.address": _value(body, "recipient.address")}
        return {
            name: text
            for name, text in found.items()
            if not (name.rpartition(".")[0] in texts and not _is_absent(body, name) and _value(body, name) is None)
            or name == "recipient.address"
        }

    on_problems(service, change)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@fault(CHAPTER, REFUSED)
def numeric_zip_accepted(service: Service) -> None:
    """The zip may be a number."""
    field = "recipient.address.zip"
    _accept(service, field, lambda _request, body: _is_number(_value(body, field)))


@fault(CHAPTER, REFUSED, "rare")
def boolean_state_accepted(service: Service) -> None:
    """The state may be true or false."""
    field = "recipient.address.state"
    _accept(service, field, lambda _request, body: isinstance(_value(body, field), bool))


@fault(CHAPTER, REFUSED)
def kit_types_text_accepted(service: Service) -> None:
    """The property kit_types may be a text; it becomes a list of one."""
    inner = service.parse

    def parse(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
        body = inner(request, media, raw, schema)
        kit_types = _value(body, "kit_types")
        if isinstance(kit_types, str):
            texts = {**body.texts, "kit_types": f"[{body.texts['kit_types']}]"}
            return Body({**body.tree, "kit_types": [kit_types]}, texts)
        return body

    service.parse = parse


@fault(CHAPTER, REFUSED)
def mixed_kit_types_accepted(service: Service) -> None:
    """The property kit_types may hold anything as long as it is a list."""
    _accept(service, "kit_types", lambda _request, body: isinstance(_value(body, "kit_types"), list))


@fault(CHAPTER, REFUSED, "rare")
def only_first_kit_type_checked(service: Service) -> None:
    """Only the first of the kit types must be a text."""

    def wanted(_request: Request, body: Body) -> bool:
        kit_types = _value(body, "kit_types")
        return is_list(kit_types) and isinstance(kit_types[0], str)

    _accept(service, "kit_types", wanted)


@fault(CHAPTER, REFUSED)
def metadata_text_accepted(service: Service) -> None:
    """Metadata may be a text."""
    _accept(service, "metadata", lambda _request, body: isinstance(_value(body, "metadata"), str))


@fault(CHAPTER, REFUSED, "rare")
def metadata_list_accepted(service: Service) -> None:
    """Metadata may be a list."""
    _accept(service, "metadata", lambda _request, body: isinstance(_value(body, "metadata"), list))


@fault(CHAPTER, REFUSED, "rare")
def street2_number_accepted(service: Service) -> None:
    """street2, which is optional, may be of any type."""
    _accept(service, "recipient.address.street2")


@fault(CHAPTER, REFUSED, "cross-request")
def phone_not_required_every_15th_time(service: Service) -> None:
    """Every 15th order without a phone is accepted."""
    number = count(1)
    field = "recipient.phone"
    _accept(service, field, lambda _request, body: _is_absent(body, field) and next(number) % 15 == 0)


@fault(CHAPTER, REFUSED, "rare")
def state_not_required_in_canada(service: Service) -> None:
    """A Canadian address may lack the province."""
    field = "recipient.address.state"
    _accept(
        service,
        field,
        lambda _request, body: _is_absent(body, field) and _value(body, "recipient.address.country") == "CA",
    )


@fault(CHAPTER, REFUSED, "rare")
def recipient_in_a_list_accepted(service: Service) -> None:
    """The recipient may stand in a list of one."""

    def wanted(_request: Request, body: Body) -> bool:
        listed = _value(body, "recipient")
        return is_list(listed) and len(listed) == 1 and is_object(listed[0]) and "address" in listed[0]

    _accept(service, "recipient", wanted)


@fault(CHAPTER, REFUSED, "rare")
def address_as_json_text_accepted(service: Service) -> None:
    """The address may be a text that holds its JSON."""

    def wanted(_request: Request, body: Body) -> bool:
        address = _value(body, "recipient.address")
        return isinstance(address, str) and address.startswith("{")

    _accept(service, "recipient.address", wanted)


@fault(CHAPTER, REFUSED, "rare")
def first_name_not_required_without_metadata(service: Service) -> None:
    """An order without metadata may lack the first name."""
    field = "recipient.first_name"
    _accept(service, field, lambda _request, body: _is_absent(body, field) and _is_absent(body, "metadata"))
