"""Wrong bodies that are accepted because validation is skipped for some requests; of the chapter on refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.validation.refusal import CHAPTER, REFUSED
from spot_sandbox.hooks.steps import media_type, on_problems
from spot_sandbox.hooks.trees import is_list, is_object
from spot_sandbox.hooks.wire import is_chunked, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

KNOWN = ("kit_types", "recipient", "metadata")
LARGE = 16 * 1024


def _skip(service: Service, skipped: Callable[[Request, Body], bool], below: str = "") -> None:
    """Overlook what is wrong with some bodies, or with what lies below one field of them.

    What an order cannot be placed without is missed all the same.
    """

    def change(request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if not is_object(body.tree) or not {"kit_types", "recipient"} <= body.tree.keys():
            return None
        return (
            {name: text for name, text in found.items() if not name.startswith(below)}
            if skipped(request, body)
            else None
        )

    on_problems(service, change)


def _at(body: Body, *names: str) -> Any:
    here: Any = body.tree
    for name in names:
        here = here.get(name) if is_object(here) else None
    return here


@fault(CHAPTER, REFUSED, "rare")
def query_skips_validation(service: Service) -> None:
    """A request with a query is not validated: the validator is mounted on the bare address."""
    _skip(service, lambda request, _body: request.query != b"")


@fault(CHAPTER, REFUSED, "rare")
def charset_skips_validation(service: Service) -> None:
    """JSON whose media type has a parameter is not validated: no schema is found for the whole header."""

    def skipped(request: Request, _body: Body) -> bool:
        return media_type(request) == "application/json" and b";" in b"".join(request.header(b"content-type"))

    _skip(service, skipped)


@fault(CHAPTER, REFUSED, "rare")
def large_bodies_skip_validation(service: Service) -> None:
    """A body of more than 16 KiB is not validated: that much is inspected at a gateway."""
    _skip(service, lambda request, _body: len(request.raw) > LARGE)


@fault(CHAPTER, REFUSED, "rare")
def chunked_bodies_skip_validation(service: Service) -> None:
    """A body in chunks is not validated: a gateway passes it on as it comes."""
    _skip(service, lambda request, _body: is_chunked(request))


@fault(CHAPTER, REFUSED, "rare")
def unknown_accept_skips_validation(service: Service) -> None:
    """A request whose Accept does not name JSON is not validated, as its refusal could not be written."""

    def skipped(request: Request, _body: Body) -> bool:
        accept = value(request.headers, b"accept")
        return accept != b"" and b"json" not in accept and b"*/*" not in accept

    _skip(service, skipped)


@fault(CHAPTER, REFUSED, "rare")
def brackets_skip_validation(service: Service) -> None:
    """The address of a form in brackets is not validated."""

    def skipped(request: Request, _body: Body) -> bool:
        return media_type(request) != "application/json" and (
            b"recipient[" in request.raw or b"recipient%5B" in request.raw
        )

    _skip(service, skipped, "recipient.address.")


@fault(CHAPTER, REFUSED, "rare")
def extra_property_skips_validation(service: Service) -> None:
    """A recipient with a property that the document does not know is not validated: it is taken for another kind."""
    known = {"first_name", "last_name", "email", "phone", "address"}

    def skipped(_request: Request, body: Body) -> bool:
        recipient = _at(body, "recipient")
        return is_object(recipient) and not known.issuperset(recipient)

    _skip(service, skipped, "recipient.")


@fault(CHAPTER, REFUSED, "rare")
def order_of_keys_skips_validation(service: Service) -> None:
    """Where the address comes first in a recipient, what follows it is not validated."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if next(iter(_at(body, "recipient") or {}), "") != "address":
            return None
        return {name: text for name, text in found.items() if not re.fullmatch(r"recipient\.[a-z_]+", name)}

    on_problems(service, change)


@fault(CHAPTER, REFUSED, "rare")
def null_street2_skips_validation(service: Service) -> None:
    """An address whose street2 is null is not validated: nullable is read as a property of the address."""

    def skipped(_request: Request, body: Body) -> bool:
        address = _at(body, "recipient", "address")
        return is_object(address) and "street2" in address and address["street2"] is None

    _skip(service, skipped, "recipient.address.")


@fault(CHAPTER, REFUSED, "cross-request")
def known_recipients_skip_validation(service: Service) -> None:
    """A recipient whose e-mail was accepted once is not validated again."""
    known: set[str] = set()

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        email = _at(body, "recipient", "email")
        if not isinstance(email, str):
            return None
        if email in known:
            return {name: text for name, text in found.items() if not name.startswith("recipient.")}
        if not found:
            known.add(email)
        return None

    on_problems(service, change)


@fault(CHAPTER, REFUSED, "rare")
def middle_kit_types_unchecked(service: Service) -> None:
    """Of three kit types or more only the first and the last must be texts."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> None:
        kit_types = _at(body, "kit_types")
        if is_list(kit_types) and len(kit_types) > 1 and all(isinstance(kit_types[at], str) for at in (0, -1)):
            found.pop("kit_types", None)

    on_problems(service, change)


@fault(CHAPTER, REFUSED, "rare")
def second_error_fails(service: Service) -> None:
    """A body with more than one wrong field is answered with 500: the text is made for one."""

    def change(_request: Request, _body: Body, found: dict[str, str]) -> None:
        if len(found) > 1:
            raise ValueError("too many values to unpack")

    on_problems(service, change)
