"""Refusals with a wrong status, body or message."""

import json
import traceback
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import BAD, failure, is_form, on_answer, on_problems, on_refusal, on_status
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import Answer, Body, Refusal, Request, envelope, page
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
SILENT = "the text never contains a stack trace, a server path or the caller's token"
DISCREET = "error.detail repeats no value that the caller sent"


def _bad(service: Service, change: Callable[[Refusal], Answer | None]) -> None:
    """Change the refusals with 400, or replace their answers."""
    on_refusal(service, change, BAD)


def _bad_tree(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the property error of the answers with 400."""

    def rewrite(_request: Request, tree: dict[str, Any]) -> None:
        change(tree["error"])

    on_status(service, BAD, rewrite)


@fault(CHAPTER, ENVELOPE)
def refused_with_422(service: Service) -> None:
    """An invalid body is answered with 422."""
    on_answer(service, lambda _request, answer: setattr(answer, "status", 422), BAD)


@fault(CHAPTER, ENVELOPE)
def refused_with_200(service: Service) -> None:
    """An invalid body is answered with 200 and the envelope."""
    on_answer(service, lambda _request, answer: setattr(answer, "status", 200), BAD)


@fault(CHAPTER, ENVELOPE)
def refused_as_html(service: Service) -> None:
    """A 400 is an HTML page."""
    _bad(service, lambda _refusal: page(BAD, "Bad Request"))


@fault(CHAPTER, ENVELOPE)
def malformed_json_as_html(service: Service) -> None:
    """Malformed JSON is answered with an HTML page."""
    _bad(service, lambda refusal: page(BAD, "Bad Request") if "well-formed JSON" in refusal.detail else None)


@fault(CHAPTER, ENVELOPE)
def refused_with_empty_body(service: Service) -> None:
    """A 400 has no body."""
    _bad(service, lambda _refusal: Answer(BAD, b""))


@fault(CHAPTER, ENVELOPE)
def refused_in_framework_form(service: Service) -> None:
    """A 400 has the default body of Django REST Framework: field names at the top level, no envelope."""
    _bad(service, lambda refusal: Answer(BAD, json.dumps({"recipient": [refusal.detail]}).encode()))


@fault(CHAPTER, ENVELOPE, hook=_bad)
def refused_as_the_error_page_says(refusal: Refusal) -> Answer:
    """A 400 has code and details, as on the provider's error page, instead of status and detail."""
    error = {"code": BAD, "type": "bad_request", "details": [refusal.detail]}
    return Answer(BAD, json.dumps({"error": error}).encode())


@fault(CHAPTER, ENVELOPE)
def refused_with_empty_error(service: Service) -> None:
    """The error of a 400 is an empty object."""
    _bad_tree(service, lambda error: error.clear())


@fault(CHAPTER, ENVELOPE)
def detail_missing(service: Service) -> None:
    """A 400 has no error.detail."""
    _bad_tree(service, lambda error: error.pop("detail"))


@fault(CHAPTER, ENVELOPE)
def status_missing(service: Service) -> None:
    """A 400 has no error.status."""
    _bad_tree(service, lambda error: error.pop("status"))


@fault(CHAPTER, ENVELOPE)
def type_missing(service: Service) -> None:
    """A 400 has no error.type."""
    _bad_tree(service, lambda error: error.pop("type"))


@fault(CHAPTER, ENVELOPE)
def detail_is_a_list(service: Service) -> None:
    """error.detail is a list of strings."""
    _bad_tree(service, lambda error: error.update(detail=[error["detail"]]))


@fault(CHAPTER, AGREES)
def error_status_is_text(service: Service) -> None:
    """error.status is the string 400."""
    _bad_tree(service, lambda error: error.update(status="400"))


@fault(CHAPTER, AGREES)
def error_status_is_500(service: Service) -> None:
    """error.status of a 400 is 500."""
    _bad_tree(service, lambda error: error.update(status=Number("500")))


@fault(CHAPTER, AGREES, "rare")
def error_status_of_forms_is_404(service: Service) -> None:
    """error.status of the 400 to a form is 404."""

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
    """error.type of a 400 is validation_error, which is not in the document."""
    _bad_tree(service, lambda error: error.update(type="validation_error"))


@fault(CHAPTER, NAMES)
def detail_empty(service: Service) -> None:
    """error.detail is empty."""
    _bad_tree(service, lambda error: error.update(detail=""))


@fault(CHAPTER, NAMES)
def detail_says_nothing(service: Service) -> None:
    """error.detail is the same for every invalid body and names no field."""
    _bad_tree(service, lambda error: error.update(detail="Your request is invalid."))


@fault(CHAPTER, NAMES)
def detail_always_names_first_name(service: Service) -> None:
    """error.detail always says that first_name is required."""
    _bad_tree(service, lambda error: error.update(detail="The first_name field is required"))


@fault(CHAPTER, NAMES, "rare", hook=on_problems)
def detail_names_the_parent_only(_request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
    """error.detail names the address instead of the invalid field of the address."""
    return {
        name: "The recipient.address field is not valid." if name.startswith("recipient.address.") else text
        for name, text in found.items()
    }


@fault(CHAPTER, NAMES, "rare", hook=on_problems)
def detail_names_the_wrong_address_field(_request: Request, _body: Body, found: dict[str, str]) -> dict[str, str]:
    """error.detail names the city if the ZIP code is invalid, and the ZIP code if the city is."""
    swap = {"recipient.address.zip": "recipient.address.city", "recipient.address.city": "recipient.address.zip"}
    return {name: text.replace(name, swap.get(name, name)) for name, text in found.items()}


def _append(service: Service, text: str) -> None:
    """Append a text to error.detail."""
    _bad_tree(service, lambda error: error.update(detail=error["detail"] + text))


@fault(CHAPTER, SILENT)
def detail_with_stack_trace(service: Service) -> None:
    """error.detail ends with a stack trace."""
    trace = "".join(traceback.format_stack(limit=3))
    _append(service, f"\nTraceback (most recent call last):\n{trace}")


@fault(CHAPTER, SILENT)
def detail_with_server_path(service: Service) -> None:
    """error.detail contains a file path of the server."""
    _append(service, " (/srv/app/orders/serializers.py, line 42)")


@fault(CHAPTER, SILENT)
def detail_with_token(service: Service) -> None:
    """error.detail contains the Authorization header."""

    def change(request: Request, tree: dict[str, Any]) -> None:
        header = b"".join(request.header(b"authorization")).decode("latin-1")
        tree["error"]["detail"] += f" (Authorization: {header})"

    on_status(service, BAD, change)


@fault(CHAPTER, SILENT, "rare")
def malformed_json_shows_stack_trace(service: Service) -> None:
    """error.detail contains a stack trace if the JSON is malformed."""
    text = 'Traceback (most recent call last):\n  File "/srv/app/orders/views.py", line 17, in post\nJSONDecodeError'

    def change(refusal: Refusal) -> Answer | None:
        return envelope(Refusal(BAD, text)) if "well-formed JSON" in refusal.detail else None

    _bad(service, change)


@fault(CHAPTER, DISCREET, advice=True, hook=on_problems)
def detail_repeats_the_country(_request: Request, body: Body, found: dict[str, str]) -> None:
    """error.detail repeats the value of a country other than US and CA."""
    for name in found:
        if name == "recipient.address.country":
            found[name] += f" You sent {json.dumps(body.tree['recipient']['address'].get('country'))}."


@fault(CHAPTER, REFUSED)
def malformed_json_fails(service: Service) -> None:
    """Malformed JSON is answered with 500."""
    _bad(service, lambda refusal: failure() if "well-formed JSON" in refusal.detail else None)


@fault(CHAPTER, REFUSED)
def empty_body_fails(service: Service) -> None:
    """An empty body is answered with 500."""
    _bad(service, lambda refusal: failure() if "body is empty" in refusal.detail else None)
