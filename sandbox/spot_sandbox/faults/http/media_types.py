"""Media types and forms that are misread."""

import json
from collections.abc import Callable
from typing import Any

from spot_sandbox.document.operations import Operation
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import (
    failure,
    is_form,
    is_multipart,
    is_urlencoded,
    media_type,
    on_body,
    on_problems,
    on_refusal,
)
from spot_sandbox.hooks.trees import is_object
from spot_sandbox.http.messages import Answer, Body, Refusal, Request
from spot_sandbox.orders.service import Service

CHAPTER = "media types"
UNSUPPORTED = "an unsupported media type: 400 or 415 with the envelope"
NAMES = "media type names are case-insensitive, parameters (; charset=utf-8) are fine"
LETTER_CASE = "media type names in another letter case are understood"
PINNED = "a pinned dialect that is not understood breaks a rule"
SAME = "the response does not depend on the media type and dialect of the request"
REPEATED = "lists are repeated names, kit_types[] or kit_types[0]"
UNSUPPORTED_STATUS = 415


def _accept_as_json(service: Service, accepted: Callable[[Request], bool]) -> None:
    """Read some requests as JSON, whatever media type they state."""
    inner = service.media_type

    def chosen(operation: Operation, request: Request) -> str:
        return "application/json" if accepted(request) else inner(operation, request)

    service.media_type = chosen


def unsupported(service: Service, refused: Callable[[Request], bool]) -> None:
    """Answer some requests with 415."""
    inner = service.media_type

    def chosen(operation: Operation, request: Request) -> str:
        if refused(request):
            raise Refusal(UNSUPPORTED_STATUS, "The media type is not supported.")
        return inner(operation, request)

    service.media_type = chosen


def stated(request: Request) -> bytes:
    """The Content-Type header as sent."""
    return b"".join(request.header(b"content-type"))


@fault(CHAPTER, UNSUPPORTED)
def unsupported_media_type_fails(service: Service) -> None:
    """An unsupported media type is answered with 500."""
    on_refusal(service, lambda _refusal: failure(), UNSUPPORTED_STATUS)


@fault(CHAPTER, UNSUPPORTED)
def unsupported_media_type_as_text(service: Service) -> None:
    """A 415 is plain text."""
    headers = [(b"content-type", b"text/plain")]
    on_refusal(service, lambda _refusal: Answer(UNSUPPORTED_STATUS, b"no", headers), UNSUPPORTED_STATUS)


@fault(CHAPTER, UNSUPPORTED)
def media_type_ignored(service: Service) -> None:
    """JSON is accepted under any media type except those of forms."""
    _accept_as_json(service, lambda request: not is_form(request))


@fault(CHAPTER, UNSUPPORTED, "rare")
def json_accepted_as_text(service: Service) -> None:
    """JSON is accepted as text/plain, which browsers send to other origins without a preflight request."""
    _accept_as_json(service, lambda request: media_type(request) == "text/plain")


@fault(CHAPTER, "unsupported media types get 415 rather than 400", advice=True)
def unsupported_media_type_gets_400(service: Service) -> None:
    """An unsupported media type is answered with 400."""
    on_refusal(service, lambda refusal: setattr(refusal, "status", 400), UNSUPPORTED_STATUS)


@fault(CHAPTER, NAMES)
def charset_refused(service: Service) -> None:
    """JSON with a charset parameter is answered with 415."""
    unsupported(service, lambda request: b"charset" in stated(request).lower())


@fault(CHAPTER, LETTER_CASE, advice=True)
def upper_case_media_type_refused(service: Service) -> None:
    """A media type that is not in lower case is answered with 415."""

    def refused(request: Request) -> bool:
        name = stated(request).partition(b";")[0]
        return name != name.lower()

    unsupported(service, refused)


@fault(CHAPTER, NAMES, "rare")
def charset_on_urlencoded_refused(service: Service) -> None:
    """A URL-encoded form with a charset parameter is answered with 415."""
    unsupported(service, lambda request: is_urlencoded(request) and b";" in stated(request))


@fault(CHAPTER, SAME)
def urlencoded_unsupported(service: Service) -> None:
    """A URL-encoded form is answered with 415."""
    unsupported(service, is_urlencoded)


@fault(CHAPTER, SAME)
def multipart_unsupported(service: Service) -> None:
    """A multipart form is answered with 415."""
    unsupported(service, is_multipart)


def _is_dotted(request: Request) -> bool:
    """Whether a form contains the recipient in dotted names."""
    return is_form(request) and b"recipient.first_name" in request.raw


def _is_in_brackets(request: Request) -> bool:
    """Whether a form contains the recipient in brackets."""
    return is_form(request) and (b"recipient[first_name" in request.raw or b"recipient%5Bfirst_name" in request.raw)


def _is_json_text(request: Request) -> bool:
    """Whether a form contains the recipient as JSON text."""
    return is_form(request) and not _is_dotted(request) and not _is_in_brackets(request)


def _refuse_bodies(service: Service, refused: Callable[[Request], bool]) -> None:
    def change(request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
        return {"recipient": "The recipient field is required."} if refused(request) else found

    on_problems(service, change)


@fault(CHAPTER, PINNED)
def dotted_names_refused(service: Service) -> None:
    """The recipient is not read from dotted names in forms."""
    _refuse_bodies(service, _is_dotted)


@fault(CHAPTER, PINNED)
def brackets_refused(service: Service) -> None:
    """The recipient is not read from brackets in forms."""
    _refuse_bodies(service, _is_in_brackets)


@fault(CHAPTER, PINNED)
def json_text_in_forms_refused(service: Service) -> None:
    """The recipient is not read from JSON text in forms."""
    _refuse_bodies(service, _is_json_text)


def on_bodies(service: Service, wanted: Callable[[Request], bool], change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the bodies of some requests before they are stored."""
    on_body(service, lambda request, tree: change(tree) if wanted(request) else None)


def _no_metadata(tree: dict[str, Any]) -> None:
    tree.pop("metadata", None)


def _no_street2(tree: dict[str, Any]) -> None:
    tree["recipient"]["address"].pop("street2", None)


@fault(CHAPTER, SAME, "rare")
def metadata_lost_in_multipart_json_text(service: Service) -> None:
    """Metadata is lost if a multipart form contains the recipient as JSON text."""
    on_bodies(service, lambda request: _is_json_text(request) and is_multipart(request), _no_metadata)


@fault(CHAPTER, SAME, "rare")
def metadata_lost_in_urlencoded(service: Service) -> None:
    """Metadata is lost in URL-encoded forms."""
    on_bodies(service, is_urlencoded, _no_metadata)


@fault(CHAPTER, SAME, "rare")
def street2_lost_in_dotted_names(service: Service) -> None:
    """street2 is lost in forms with dotted names."""
    on_bodies(service, _is_dotted, _no_street2)


@fault(CHAPTER, SAME)
def metadata_of_forms_is_text(service: Service) -> None:
    """The metadata of a form comes back as a string that contains JSON."""

    def change(tree: dict[str, Any]) -> None:
        if is_object(tree.get("metadata")):
            tree["metadata"] = json.dumps({name: str(each) for name, each in tree["metadata"].items()})

    on_bodies(service, is_form, change)


@fault(CHAPTER, REPEATED, "rare")
def last_kit_type_of_forms_wins(service: Service) -> None:
    """Of several kit types in a form, only the last one is read."""
    on_bodies(service, is_form, lambda tree: tree.update(kit_types=tree["kit_types"][-1:]))


@fault(CHAPTER, REPEATED, "rare")
def single_kit_type_of_forms_refused(service: Service) -> None:
    """A form with a single kit type is refused, because it is not read as a list."""

    def change(request: Request, body: Body, found: dict[str, str]) -> dict[str, str]:
        alone = is_form(request) and not found and len(body.tree["kit_types"]) == 1
        return {"kit_types": "The kit_types field must be of type array."} if alone else found

    on_problems(service, change)


@fault(CHAPTER, REPEATED, "rare")
def kit_types_of_forms_split_at_commas(service: Service) -> None:
    """A kit type of a form is split at commas."""

    def change(tree: dict[str, Any]) -> None:
        tree["kit_types"] = [part for each in tree["kit_types"] for part in each.split(",")]

    on_bodies(service, is_form, change)


@fault(CHAPTER, SAME, "rare")
def plus_becomes_a_blank_in_multipart(service: Service) -> None:
    """A plus in a multipart form becomes a space, as in a URL."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("email", "phone"):
            tree["recipient"][name] = tree["recipient"][name].replace("+", " ")

    on_bodies(service, is_multipart, change)


@fault(CHAPTER, SAME, "rare")
def urlencoded_read_as_latin_1(service: Service) -> None:
    """URL-encoded forms are decoded as Latin-1."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("first_name", "last_name"):
            given: str = tree["recipient"][name]
            tree["recipient"][name] = given.encode("utf-8", "surrogatepass").decode("latin-1")

    on_bodies(service, is_urlencoded, change)


@fault(CHAPTER, SAME, "rare")
def zips_of_forms_are_numbers(service: Service) -> None:
    """ZIP codes in forms are converted to numbers and back: leading zeros are lost."""

    def change(tree: dict[str, Any]) -> None:
        zip_code: str = tree["recipient"]["address"]["zip"]
        if zip_code.isdecimal() and zip_code.isascii():
            tree["recipient"]["address"]["zip"] = zip_code.lstrip("0")

    on_bodies(service, is_form, change)


@fault(CHAPTER, "each required field's absence is refused, in each media type that can express it", "rare")
def phone_not_required_in_forms(service: Service) -> None:
    """A form without a phone number is accepted."""

    def change(request: Request, _body: Body, found: dict[str, str]) -> None:
        if is_form(request):
            found.pop("recipient.phone", None)

    on_problems(service, change)
