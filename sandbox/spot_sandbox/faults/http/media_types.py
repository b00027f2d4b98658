"""Media types that are misread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import is_form, media_type, on_body, on_problems, on_refusal
from spot_sandbox.hooks.trees import is_object
from spot_sandbox.http.messages import Answer, Body, Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.document.operations import Operation
    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

CHAPTER = "media types"
UNSUPPORTED = "an unsupported media type: 400 or 415 with the envelope"
NAMES = "media type names are case-insensitive, parameters (; charset=utf-8) are fine"
LETTER_CASE = "media type names in another letter case are understood"
PINNED = "a pinned dialect that is no longer understood is broken"
SAME = "one order says the same whichever media type and dialect carried it"
REPEATED = "lists are repeated names, kit_types[] or kit_types[0]"
UNSUPPORTED_STATUS = 415


def _choose(service: Service, change: Callable[[Request, Operation], str | None]) -> None:
    """Take a request's body for another media type, or refuse it."""
    inner = service.media_type

    def chosen(operation: Operation, request: Request) -> str:
        return change(request, operation) or inner(operation, request)

    service.media_type = chosen


def _stated(request: Request) -> bytes:
    return b"".join(request.header(b"content-type"))


def _unsupported() -> Refusal:
    return Refusal(UNSUPPORTED_STATUS, "The media type is not supported.")


@fault(CHAPTER, UNSUPPORTED)
def unsupported_media_type_fails(service: Service) -> None:
    """An unsupported media type is answered with 500."""
    failure = Refusal(500, "The service failed.", "internal_server_error")
    on_refusal(service, lambda refusal: envelope(failure) if refusal.status == UNSUPPORTED_STATUS else None)


@fault(CHAPTER, UNSUPPORTED)
def unsupported_media_type_as_text(service: Service) -> None:
    """A 415 is a plain text."""
    text = [(b"content-type", b"text/plain")]
    on_refusal(
        service, lambda refusal: Answer(415, b"no", list(text)) if refusal.status == UNSUPPORTED_STATUS else None
    )


@fault(CHAPTER, UNSUPPORTED)
def media_type_ignored(service: Service) -> None:
    """JSON is accepted under any media type that is no form."""
    _choose(service, lambda request, _operation: None if is_form(request) else "application/json")


@fault(CHAPTER, UNSUPPORTED, "rare")
def json_accepted_as_text(service: Service) -> None:
    """JSON is accepted as text/plain, which browsers send across origins without asking."""
    _choose(service, lambda request, _operation: "application/json" if media_type(request) == "text/plain" else None)


@fault(CHAPTER, "unsupported media types get 415 rather than 400", advice=True)
def unsupported_media_type_gets_400(service: Service) -> None:
    """An unsupported media type is answered with 400."""

    def change(refusal: Refusal) -> None:
        if refusal.status == UNSUPPORTED_STATUS:
            refusal.status = 400

    on_refusal(service, change)


@fault(CHAPTER, NAMES)
def charset_refused(service: Service) -> None:
    """application/json with a charset is unsupported."""

    def change(request: Request, _operation: Operation) -> None:
        if b"charset" in _stated(request).lower():
            raise _unsupported()

    _choose(service, change)


@fault(CHAPTER, LETTER_CASE, advice=True)
def upper_case_media_type_refused(service: Service) -> None:
    """A media type that is not in lower case is unsupported."""

    def change(request: Request, _operation: Operation) -> None:
        name = _stated(request).partition(b";")[0]
        if name != name.lower():
            raise _unsupported()

    _choose(service, change)


@fault(CHAPTER, NAMES, "rare")
def charset_on_urlencoded_refused(service: Service) -> None:
    """application/x-www-form-urlencoded with a charset is unsupported."""

    def change(request: Request, _operation: Operation) -> None:
        if media_type(request) == "application/x-www-form-urlencoded" and b";" in _stated(request):
            raise _unsupported()

    _choose(service, change)


@fault(CHAPTER, SAME)
def urlencoded_unsupported(service: Service) -> None:
    """application/x-www-form-urlencoded is unsupported."""

    def change(request: Request, _operation: Operation) -> None:
        if media_type(request) == "application/x-www-form-urlencoded":
            raise _unsupported()

    _choose(service, change)


@fault(CHAPTER, SAME)
def multipart_unsupported(service: Service) -> None:
    """multipart/form-data is unsupported."""

    def change(request: Request, _operation: Operation) -> None:
        if media_type(request) == "multipart/form-data":
            raise _unsupported()

    _choose(service, change)


def _is_dotted(request: Request) -> bool:
    """Whether a form carries the recipient in dotted names."""
    return is_form(request) and b"recipient.first_name" in request.raw


def _is_in_brackets(request: Request) -> bool:
    """Whether a form carries the recipient in brackets."""
    return is_form(request) and (b"recipient[first_name" in request.raw or b"recipient%5Bfirst_name" in request.raw)


def _is_json_text(request: Request) -> bool:
    """Whether a form carries the recipient as JSON text."""
    return is_form(request) and not _is_dotted(request) and not _is_in_brackets(request)


def _refuse_bodies(service: Service, refused: Callable[[Request], bool]) -> None:
    def change(request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
        return {"recipient": "The recipient field is required."} if refused(request) else found

    on_problems(service, change)


@fault(CHAPTER, PINNED)
def dotted_names_refused(service: Service) -> None:
    """Forms with dotted names lack the recipient."""
    _refuse_bodies(service, _is_dotted)


@fault(CHAPTER, PINNED)
def brackets_refused(service: Service) -> None:
    """Forms in brackets lack the recipient."""
    _refuse_bodies(service, _is_in_brackets)


@fault(CHAPTER, PINNED)
def json_text_in_forms_refused(service: Service) -> None:
    """Forms with the recipient as JSON text lack it."""
    _refuse_bodies(service, _is_json_text)


def _drop_in_forms(service: Service, here: Callable[[Request], bool], change: Callable[[dict[str, Any]], Any]) -> None:
    on_body(service, lambda request, tree: change(tree) if here(request) else None)


def _no_metadata(tree: dict[str, Any]) -> None:
    tree.pop("metadata", None)


def _no_street2(tree: dict[str, Any]) -> None:
    tree["recipient"]["address"].pop("street2", None)


@fault(CHAPTER, SAME, "rare")
def metadata_lost_in_multipart_json_text(service: Service) -> None:
    """Metadata is lost where a multipart form carries JSON text."""
    _drop_in_forms(
        service, lambda request: _is_json_text(request) and media_type(request).startswith("multi"), _no_metadata
    )


@fault(CHAPTER, SAME, "rare")
def metadata_lost_in_urlencoded(service: Service) -> None:
    """Metadata is lost in application/x-www-form-urlencoded."""
    _drop_in_forms(service, lambda request: media_type(request).endswith("urlencoded"), _no_metadata)


@fault(CHAPTER, SAME, "rare")
def street2_lost_in_dotted_names(service: Service) -> None:
    """street2 is lost where a form uses dotted names."""
    _drop_in_forms(service, _is_dotted, _no_street2)


@fault(CHAPTER, SAME)
def metadata_of_forms_is_text(service: Service) -> None:
    """Metadata that a form carries as JSON text comes back as that text."""

    def change(tree: dict[str, Any]) -> None:
        if is_object(tree.get("metadata")):
            tree["metadata"] = json.dumps({name: str(each) for name, each in tree["metadata"].items()})

    _drop_in_forms(service, is_form, change)


@fault(CHAPTER, REPEATED, "rare")
def last_kit_type_of_forms_wins(service: Service) -> None:
    """Of a repeated name in a form the last one counts."""
    _drop_in_forms(service, is_form, lambda tree: tree.update(kit_types=tree["kit_types"][-1:]))


@fault(CHAPTER, REPEATED, "rare")
def single_kit_type_of_forms_refused(service: Service) -> None:
    """A single kit_types in a form is no list and refused."""

    def change(request: Request, body: Body, found: dict[str, str]) -> dict[str, str]:
        alone = is_form(request) and not found and len(body.tree["kit_types"]) == 1
        return {"kit_types": "The kit_types field must be of type array."} if alone else found

    on_problems(service, change)


@fault(CHAPTER, REPEATED, "rare")
def kit_types_of_forms_split_at_commas(service: Service) -> None:
    """A kit type with a comma in a form becomes two."""

    def change(tree: dict[str, Any]) -> None:
        tree["kit_types"] = [part for each in tree["kit_types"] for part in each.split(",")]

    _drop_in_forms(service, is_form, change)


@fault(CHAPTER, SAME, "rare")
def plus_becomes_a_blank_in_multipart(service: Service) -> None:
    """Multipart texts are decoded like URLs: a plus becomes a blank."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("email", "phone"):
            tree["recipient"][name] = tree["recipient"][name].replace("+", " ")

    _drop_in_forms(service, lambda request: media_type(request) == "multipart/form-data", change)


@fault(CHAPTER, SAME, "rare")
def urlencoded_read_as_latin_1(service: Service) -> None:
    """The bytes of application/x-www-form-urlencoded are taken for Latin-1."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("first_name", "last_name"):
            given: str = tree["recipient"][name]
            tree["recipient"][name] = given.encode("utf-8", "surrogatepass").decode("latin-1")

    _drop_in_forms(service, lambda request: media_type(request).endswith("urlencoded"), change)


@fault(CHAPTER, SAME, "rare")
def zips_of_forms_are_numbers(service: Service) -> None:
    """A zip in a form becomes a number and back: leading zeros are lost."""

    def change(tree: dict[str, Any]) -> None:
        zip_code: str = tree["recipient"]["address"]["zip"]
        if zip_code.isdecimal() and zip_code.isascii():
            tree["recipient"]["address"]["zip"] = zip_code.lstrip("0")

    _drop_in_forms(service, is_form, change)


@fault(CHAPTER, "each required field's absence is refused, in each media type that can express it", "rare")
def phone_not_required_in_forms(service: Service) -> None:
    """A form may lack the phone."""

    def change(request: Request, _body: Body, found: dict[str, str]) -> None:
        if is_form(request):
            found.pop("recipient.phone", None)

    on_problems(service, change)
