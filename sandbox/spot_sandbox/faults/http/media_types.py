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


@fault(CHAPTER, LETTER_CASE, advice=True, hook=unsupported)
def upper_case_media_type_refused(request: Request) -> bool:
    """A media type that is not in lower case is answered with 415."""
    name = stated(request).partition(b";")[0]
    return name != name.lower()


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


@fault(CHAPTER, SAME, "rare", hook=on_body)
def metadata_lost_in_multipart_json_text(request: Request, tree: dict[str, Any]) -> None:
    """Metadata is lost if a multipart form contains the recipient as JSON text."""
    if _is_json_text(request) and is_multipart(request):
        tree.pop("metadata", None)


@fault(CHAPTER, SAME, "rare", hook=on_body)
def metadata_lost_in_urlencoded(request: Request, tree: dict[str, Any]) -> None:
    """Metadata is lost in URL-encoded forms."""
    if is_urlencoded(request):
        tree.pop("metadata", None)


@fault(CHAPTER, SAME, "rare", hook=on_body)
def street2_lost_in_dotted_names(request: Request, tree: dict[str, Any]) -> None:
    """street2 is lost in forms with dotted names."""
    if _is_dotted(request):
        tree["recipient"]["address"].pop("street2", None)


@fault(CHAPTER, SAME, hook=on_body)
def metadata_of_forms_is_text(request: Request, tree: dict[str, Any]) -> None:
    """The metadata of a form comes back as a string that contains JSON."""
    if is_form(request) and is_object(tree.get("metadata")):
        tree["metadata"] = json.dumps({name: str(each) for name, each in tree["metadata"].items()})


@fault(CHAPTER, REPEATED, "rare", hook=on_body)
def last_kit_type_of_forms_wins(request: Request, tree: dict[str, Any]) -> None:
    """Of several kit types in a form, only the last one is read."""
    if is_form(request):
        del tree["kit_types"][:-1]


@fault(CHAPTER, REPEATED, "rare", hook=on_problems)
def single_kit_type_of_forms_refused(request: Request, body: Body, found: dict[str, str]) -> dict[str, str]:
    """A form with a single kit type is refused, because it is not read as a list."""
    alone = is_form(request) and not found and len(body.tree["kit_types"]) == 1
    return {"kit_types": "The kit_types field must be of type array."} if alone else found


@fault(CHAPTER, REPEATED, "rare", hook=on_body)
def kit_types_of_forms_split_at_commas(request: Request, tree: dict[str, Any]) -> None:
    """A kit type of a form is split at commas."""
    if is_form(request):
        tree["kit_types"] = [part for each in tree["kit_types"] for part in each.split(",")]


@fault(CHAPTER, SAME, "rare", hook=on_body)
def plus_becomes_a_blank_in_multipart(request: Request, tree: dict[str, Any]) -> None:
    """A plus in a multipart form becomes a space, as in a URL."""
    if is_multipart(request):
        for name in ("email", "phone"):
            tree["recipient"][name] = tree["recipient"][name].replace("+", " ")


@fault(CHAPTER, SAME, "rare", hook=on_body)
def urlencoded_read_as_latin_1(request: Request, tree: dict[str, Any]) -> None:
    """URL-encoded forms are decoded as Latin-1."""
    if is_urlencoded(request):
        for name in ("first_name", "last_name"):
            given: str = tree["recipient"][name]
            tree["recipient"][name] = given.encode("utf-8", "surrogatepass").decode("latin-1")


@fault(CHAPTER, SAME, "rare", hook=on_body)
def zips_of_forms_are_numbers(request: Request, tree: dict[str, Any]) -> None:
    """ZIP codes in forms are converted to numbers and back: leading zeros are lost."""
    zip_code: str = tree["recipient"]["address"]["zip"]
    if is_form(request) and zip_code.isdecimal() and zip_code.isascii():
        tree["recipient"]["address"]["zip"] = zip_code.lstrip("0")


@fault(
    CHAPTER,
    "each required field's absence is refused, in each media type that can express it",
    "rare",
    hook=on_problems,
)
def phone_not_required_in_forms(request: Request, _body: Body, found: dict[str, str]) -> None:
    """A form without a phone number is accepted."""
    if is_form(request):
        found.pop("recipient.phone", None)
