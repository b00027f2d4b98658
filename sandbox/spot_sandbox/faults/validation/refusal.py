"""Refusals that say the wrong thing, or say it in the wrong way."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import BAD, is_form, on_answer, on_problems, on_refusal, on_status
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import INTERNAL, Answer, Body, Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

CHAPTER = "refusal"
ENVELOPE = "status 400, application/json, conforms to BadRequest, error.status, error.type, error.detail all present"
AGREES = "error.status equals the HTTP status, error.type is bad_request"
NAMES = "error.detail is a non-empty text that names the offending field where there is one"
REFUSED = (
    "each required field's absence, each wrong type, null where not nullable, a country outside US and CA, a list that "
    "is a string, malformed JSON, an empty body, a body that is not an object: refused, in each media type that can "
    "express it"
)
SILENT = "the text never holds a stack trace, a server path or the caller's token"
DISCREET = "error.detail repeats no value that the caller sent"


def _bad(service: Service, change: Callable[[Refusal], Answer | None]) -> None:
    """Answer 400s in another way."""
    on_refusal(service, lambda refusal: change(refusal) if refusal.status == BAD else None)


def _bad_tree(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the error of 400s."""

    def rewrite(_request: Request, tree: dict[str, Any]) -> None:
        change(tree["error"])

    on_status(service, BAD, rewrite)


def _typed(name: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", name)]


@fault(CHAPTER, ENVELOPE)
def refused_with_422(service: Service) -> None:
    """A wrong body is answered with 422."""

    def change(_request: Request, answer: Answer) -> None:
        if answer.status == BAD:
            answer.status = 422

    on_answer(service, change)


@fault(CHAPTER, ENVELOPE)
def refused_with_200(service: Service) -> None:
    """A wrong body is answered with 200 and the envelope."""

    def change(_request: Request, answer: Answer) -> None:
        if answer.status == BAD:
            answer.status = 200

    on_answer(service, change)


@fault(CHAPTER, ENVELOPE)
def refused_as_html(service: Service) -> None:
    """A 400 is an HTML page."""
    _bad(service, lambda _refusal: Answer(BAD, b"<h1>Bad Request</h1>", _typed(b"text/html")))


@fault(CHAPTER, ENVELOPE)
def malformed_json_as_html(service: Service) -> None:
    """A malformed JSON body is answered with an HTML page."""
    page = Answer(BAD, b"<h1>Bad Request</h1>", _typed(b"text/html"))
    _bad(service, lambda refusal: page if "well-formed JSON" in refusal.detail else None)


@fault(CHAPTER, ENVELOPE)
def refused_with_empty_body(service: Service) -> None:
    """A 400 has no body."""
    _bad(service, lambda _refusal: Answer(BAD, b""))


@fault(CHAPTER, ENVELOPE)
def refused_in_framework_form(service: Service) -> None:
    """A 400 is what Django REST Framework answers by default: field names at the top, no envelope."""
    _bad(service, lambda refusal: Answer(BAD, json.dumps({"recipient": [refusal.detail]}).encode()))


@fault(CHAPTER, ENVELOPE)
def refused_as_the_error_page_says(service: Service) -> None:
    """A 400 has code and details, as the provider's error page says, where the document says status and detail."""

    def change(refusal: Refusal) -> Answer:
        error = {"code": BAD, "type": "bad_request", "details": [refusal.detail]}
        return Answer(BAD, json.dumps({"error": error}).encode())

    _bad(service, change)


@fault(CHAPTER, ENVELOPE)
def refused_with_empty_error(service: Service) -> None:
    """The error of a 400 is an empty object."""
    _bad_tree(service, lambda error: error.clear())


@fault(CHAPTER, ENVELOPE)
def detail_missing(service: Service) -> None:
    """A 400 has no error.detail."""

    def change(error: dict[str, Any]) -> None:
        del error["detail"]

    _bad_tree(service, change)


@fault(CHAPTER, ENVELOPE)
def status_missing(service: Service) -> None:
    """A 400 has no error.status."""

    def change(error: dict[str, Any]) -> None:
        del error["status"]

    _bad_tree(service, change)


@fault(CHAPTER, ENVELOPE)
def type_missing(service: Service) -> None:
    """A 400 has no error.type."""

    def change(error: dict[str, Any]) -> None:
        del error["type"]

    _bad_tree(service, change)


@fault(CHAPTER, ENVELOPE)
def detail_is_a_list(service: Service) -> None:
    """error.detail is a list of texts."""
    _bad_tree(service, lambda error: error.update(detail=[error["detail"]]))


@fault(CHAPTER, AGREES)
def error_status_is_text(service: Service) -> None:
    """error.status is the text 400."""
    _bad_tree(service, lambda error: error.update(status="400"))


@fault(CHAPTER, AGREES)
def error_status_is_500(service: Service) -> None:
    """error.status is 500 where the HTTP status is 400."""
    _bad_tree(service, lambda error: error.update(status=Number("500")))


@fault(CHAPTER, AGREES, "rare")
def error_status_of_forms_is_404(service: Service) -> None:
    """error.status of a form's 400 is 404."""

    def change(request: Request, tree: dict[str, Any]) -> None:
        if is_form(request):
            tree["error"]["status"] = Number("404")

    on_status(service, BAD, change)


@fault(CHAPTER, AGREES)
def error_type_is_not_found(service: Service) -> None:
    """error.type of a 400 is not_found."""
    _bad_tree(service, lambda error: error.update(type="not_found"))


@fault(CHAPTER, AGREES)
def error_type_is_unknown(service: Service) -> None:
    """error.type of a 400 is validation_error, which the document does not know."""
    _bad_tree(service, lambda error: error.update(type="validation_error"))


@fault(CHAPTER, NAMES)
def detail_empty(service: Service) -> None:
    """error.detail is empty."""
    _bad_tree(service, lambda error: error.update(detail=""))


@fault(CHAPTER, NAMES)
def detail_says_nothing(service: Service) -> None:
    """error.detail is the same text for every wrong body and names no field."""
    _bad_tree(service, lambda error: error.update(detail="Your request is invalid."))


@fault(CHAPTER, NAMES)
def detail_always_names_first_name(service: Service) -> None:
    """error.detail says that first_name is required, whatever is wrong."""
    _bad_tree(service, lambda error: error.update(detail="The first_name field is required"))


@fault(CHAPTER, NAMES, "rare")
def detail_names_the_parent_only(service: Service) -> None:
    """For a wrong field of the address error.detail names the address."""

    def change(_request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
        return {
            name: "The recipient.address field is not valid." if name.startswith("recipient.address.") else text
            for name, text in found.items()
        }

    on_problems(service, change)


@fault(CHAPTER, NAMES, "rare")
def detail_names_the_wrong_address_field(service: Service) -> None:
    """Where the zip is wrong, error.detail names the city, and the other way round."""

    def change(_request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
        swap = {"recipient.address.zip": "recipient.address.city", "recipient.address.city": "recipient.address.zip"}
        return {name: text.replace(name, swap.get(name, name)) for name, text in found.items()}

    on_problems(service, change)


@fault(CHAPTER, SILENT)
def detail_with_stack_trace(service: Service) -> None:
    """error.detail ends with a stack trace."""
    trace = "".join(traceback.format_stack(limit=3))
    _bad_tree(
        service, lambda error: error.update(detail=f"{error['detail']}\nTraceback (most recent call last):\n{trace}")
    )


@fault(CHAPTER, SILENT)
def detail_with_server_path(service: Service) -> None:
    """error.detail names a file of the server."""
    _bad_tree(
        service, lambda error: error.update(detail=f"{error['detail']} (/srv/app/orders/serializers.py, line 42)")
    )


@fault(CHAPTER, SILENT)
def detail_with_token(service: Service) -> None:
    """error.detail repeats the Authorization header."""

    def change(request: Request, tree: dict[str, Any]) -> None:
        header = b"".join(request.header(b"authorization")).decode("latin-1")
        tree["error"]["detail"] += f" (Authorization: {header})"

    on_status(service, BAD, change)


@fault(CHAPTER, SILENT, "rare")
def malformed_json_shows_stack_trace(service: Service) -> None:
    """A malformed JSON body is answered with a stack trace in error.detail."""
    text = 'Traceback (most recent call last):\n  File "/srv/app/orders/views.py", line 17, in post\nJSONDecodeError'

    def change(refusal: Refusal) -> Answer | None:
        return envelope(Refusal(BAD, text)) if "well-formed JSON" in refusal.detail else None

    _bad(service, change)


@fault(CHAPTER, DISCREET, advice=True)
def detail_repeats_the_country(service: Service) -> None:
    """For a country outside US and CA error.detail repeats what was sent."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> None:
        for name in found:
            if name == "recipient.address.country":
                found[name] += f" You sent {json.dumps(body.tree['recipient']['address'].get('country'))}."

    on_problems(service, change)


@fault(CHAPTER, REFUSED)
def malformed_json_fails(service: Service) -> None:
    """A malformed JSON body is answered with 500."""
    failure = Refusal(500, "The service failed.", INTERNAL)
    _bad(service, lambda refusal: envelope(failure) if "well-formed JSON" in refusal.detail else None)


@fault(CHAPTER, REFUSED)
def empty_body_fails(service: Service) -> None:
    """An empty body is answered with 500."""
    failure = Refusal(500, "The service failed.", INTERNAL)
    _bad(service, lambda refusal: envelope(failure) if "body is empty" in refusal.detail else None)
