"""Invalid bodies that are accepted; part of the chapter refusal."""

from collections.abc import Callable
from itertools import count
from typing import Any

from spot_sandbox.document.schema import Schema
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.validation.refusal import CHAPTER, REFUSED
from spot_sandbox.hooks.steps import is_form, is_multipart, on_parsed, on_problems
from spot_sandbox.hooks.trees import is_list, is_object, value_at
from spot_sandbox.http.messages import Body, Request
from spot_sandbox.orders.service import Service


def _accept(
    service: Service, field: str, wanted: Callable[[Request, Body], bool] = lambda _request, _body: True
) -> None:
    """Accept an invalid field, in all requests or in some."""

    def change(request: Request, body: Body, found: dict[str, str]) -> None:
        if field in found and wanted(request, body):
            del found[field]

    on_problems(service, change)


def _is_absent(body: Body, field: str) -> bool:
    above, _, name = field.rpartition(".")
    parent = value_at(body.tree, above)
    return is_object(parent) and name not in parent


def _not_required(service: Service, field: str) -> None:
    _accept(service, field, lambda _request, body: _is_absent(body, field))


@fault(CHAPTER, REFUSED)
def email_not_required(service: Service) -> None:
    """An order without an email address is accepted."""
    _not_required(service, "recipient.email")


@fault(CHAPTER, REFUSED)
def zip_not_required(service: Service) -> None:
    """An order without a ZIP code is accepted."""
    _not_required(service, "recipient.address.zip")


@fault(CHAPTER, REFUSED, hook=on_parsed)
def kit_types_not_required(_request: Request, _schema: Schema, body: Body) -> Body:
    """An order without kit_types is accepted, with an empty list."""
    tree = body.tree
    if is_object(tree) and "kit_types" not in tree:
        return Body({**tree, "kit_types": []}, {**body.texts, "kit_types": "[]"})
    return body


@fault(CHAPTER, REFUSED, "rare")
def city_not_required_in_forms(service: Service) -> None:
    """A form without a city is accepted."""
    field = "recipient.address.city"
    _accept(service, field, lambda request, body: is_form(request) and _is_absent(body, field))


@fault(CHAPTER, REFUSED, "rare")
def last_name_not_required_in_multipart(service: Service) -> None:
    """A multipart form without a last name is accepted."""
    field = "recipient.last_name"
    _accept(service, field, lambda request, _body: is_multipart(request))


@fault(CHAPTER, REFUSED)
def mexico_accepted(service: Service) -> None:
    """The country MX is accepted."""
    field = "recipient.address.country"
    _accept(service, field, lambda _request, body: value_at(body.tree, field) == "MX")


@fault(CHAPTER, REFUSED, "rare")
def country_case_ignored(service: Service) -> None:
    """The country is accepted in lower case, too."""
    field = "recipient.address.country"
    _accept(service, field, lambda _request, body: str(value_at(body.tree, field)).upper() in {"US", "CA"})


@fault(CHAPTER, REFUSED, "rare")
def any_country_accepted_in_forms(service: Service) -> None:
    """Any string is accepted as the country in a form."""
    field = "recipient.address.country"
    _accept(service, field, lambda request, body: is_form(request) and isinstance(value_at(body.tree, field), str))


@fault(CHAPTER, REFUSED)
def null_first_name_accepted(service: Service) -> None:
    """A first_name with the value null is accepted."""
    field = "recipient.first_name"
    _accept(service, field, lambda _request, body: not _is_absent(body, field) and value_at(body.tree, field) is None)


@fault(CHAPTER, REFUSED, hook=on_problems)
def null_accepted_for_any_text(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str]:
    """The value null is accepted for any field of recipient and address."""

    def is_null_text(name: str) -> bool:
        is_text = name.rpartition(".")[0] in {"recipient", "recipient.address"} and name != "recipient.address"
        return is_text and not _is_absent(body, name) and value_at(body.tree, name) is None

    return {name: text for name, text in found.items() if not is_null_text(name)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@fault(CHAPTER, REFUSED)
def numeric_zip_accepted(service: Service) -> None:
    """A number is accepted as the ZIP code."""
    field = "recipient.address.zip"
    _accept(service, field, lambda _request, body: _is_number(value_at(body.tree, field)))


@fault(CHAPTER, REFUSED, "rare")
def boolean_state_accepted(service: Service) -> None:
    """A boolean is accepted as the state."""
    field = "recipient.address.state"
    _accept(service, field, lambda _request, body: isinstance(value_at(body.tree, field), bool))


@fault(CHAPTER, REFUSED, hook=on_parsed)
def kit_types_text_accepted(_request: Request, _schema: Schema, body: Body) -> Body:
    """A string is accepted as kit_types, and read as a list with one item."""
    kit_types = value_at(body.tree, "kit_types")
    if isinstance(kit_types, str):
        texts = {**body.texts, "kit_types": f"[{body.texts['kit_types']}]"}
        return Body({**body.tree, "kit_types": [kit_types]}, texts)
    return body


@fault(CHAPTER, REFUSED)
def mixed_kit_types_accepted(service: Service) -> None:
    """Items of any type are accepted in the list kit_types."""
    _accept(service, "kit_types", lambda _request, body: isinstance(value_at(body.tree, "kit_types"), list))


@fault(CHAPTER, REFUSED, "rare")
def only_first_kit_type_checked(service: Service) -> None:
    """Only the type of the first kit type is checked."""

    def wanted(_request: Request, body: Body) -> bool:
        kit_types = value_at(body.tree, "kit_types")
        return is_list(kit_types) and isinstance(kit_types[0], str)

    _accept(service, "kit_types", wanted)


@fault(CHAPTER, REFUSED)
def metadata_text_accepted(service: Service) -> None:
    """A string is accepted as metadata."""
    _accept(service, "metadata", lambda _request, body: isinstance(value_at(body.tree, "metadata"), str))


@fault(CHAPTER, REFUSED, "rare")
def metadata_list_accepted(service: Service) -> None:
    """A list is accepted as metadata."""
    _accept(service, "metadata", lambda _request, body: isinstance(value_at(body.tree, "metadata"), list))


@fault(CHAPTER, REFUSED, "rare")
def street2_number_accepted(service: Service) -> None:
    """A value of any type is accepted as street2."""
    _accept(service, "recipient.address.street2")


@fault(CHAPTER, REFUSED, "cross-request")
def phone_not_required_every_15th_time(service: Service) -> None:
    """Every 15th order without a phone number is accepted."""
    number = count(1)
    field = "recipient.phone"
    _accept(service, field, lambda _request, body: _is_absent(body, field) and next(number) % 15 == 0)


@fault(CHAPTER, REFUSED, "rare")
def state_not_required_in_canada(service: Service) -> None:
    """A Canadian address without a province is accepted."""
    field = "recipient.address.state"
    _accept(
        service,
        field,
        lambda _request, body: _is_absent(body, field) and value_at(body.tree, "recipient.address.country") == "CA",
    )


@fault(CHAPTER, REFUSED, "rare")
def recipient_in_a_list_accepted(service: Service) -> None:
    """A list with one recipient is accepted."""

    def wanted(_request: Request, body: Body) -> bool:
        listed = value_at(body.tree, "recipient")
        return is_list(listed) and len(listed) == 1 and is_object(listed[0]) and "address" in listed[0]

    _accept(service, "recipient", wanted)


@fault(CHAPTER, REFUSED, "rare")
def address_as_json_text_accepted(service: Service) -> None:
    """A string that contains JSON is accepted as the address."""

    def wanted(_request: Request, body: Body) -> bool:
        address = value_at(body.tree, "recipient.address")
        return isinstance(address, str) and address.startswith("{")

    _accept(service, "recipient.address", wanted)


@fault(CHAPTER, REFUSED, "rare")
def first_name_not_required_without_metadata(service: Service) -> None:
    """An order without metadata is accepted without a first name."""
    field = "recipient.first_name"
    _accept(service, field, lambda _request, body: _is_absent(body, field) and _is_absent(body, "metadata"))
