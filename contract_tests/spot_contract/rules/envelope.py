"""Checks of the error envelope, shared by the rules about 400, 401, 415 and 429."""

from functools import lru_cache

from spot_contract.document import expectations, json_values
from spot_contract.document.media_types import JSON
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.exchanges.intent import Flaw, Kind

from .rule import Problem, Problems
from .subjects import Answered, ErrorBody

_TOP = "error"


def where(answered: Answered) -> str:
    """The place of a problem: the kind of request, since servers often build errors of each kind in different code."""
    intent = answered.exchange.intent
    if intent.kind is Kind.INVALID and intent.flaw in {Flaw.MALFORMED, Flaw.EXTENSION, Flaw.EMPTY, Flaw.NOT_OBJECT}:
        return f"error for {intent.flaw}"
    return f"error for {intent.kind}" if intent.kind is Kind.HOSTILE else _TOP


def is_json(answered: Answered) -> Problems:
    """Check that the content type is application/json and the body is JSON."""
    if answered.answer.media_type != JSON:
        got = answered.answer.header("Content-Type") or "no content type"
        yield Problem(JSON, got, where(answered), f"sent as {answered.answer.media_type or 'nothing'}")
    elif answered.exchange.not_json:
        yield Problem("JSON", answered.exchange.not_json, where(answered), "no JSON")


def conforms(error: ErrorBody) -> Problems:
    """Check that the body conforms to the published error schema."""
    if broken := _first_break(error.status, error.answer.body):
        place, _, _ = broken.partition(":")
        expected = f"what the document allows of a {error.status}"
        yield Problem(expected, broken, where(error), f"{place} does not conform")


@lru_cache(maxsize=2048)
def _first_break(status: int, body: bytes) -> str:
    """The first schema violation of an error body; empty if it conforms. Cached, as servers repeat the same errors."""
    value = json_values.plain(json_values.read(body))
    return next(Document.load(VENDORED).breaks_answer(status, value), "")


def has_every_part(error: ErrorBody) -> Problems:
    """Check that the error object exists and has every required field."""
    required = expectations.required_of_error(error.status)
    if error.error is None:
        if not _first_break(error.status, error.answer.body):  # Otherwise the rule on conformance reports it.
            yield Problem("an error object", json_values.display(error.value), where(error), "no error object")
        return
    if missing := [name for name in required if name not in error.error]:
        got = f"no {', '.join(missing)}"
        yield Problem(f"an error with {', '.join(required)}", got, where(error), got)


def status_is_the_http_status(error: ErrorBody) -> Problems:
    """Check that error.status is the HTTP status."""
    if error.get("status") != error.status:
        got = json_values.display(error.get("status"))
        yield Problem(f"error.status {error.status}, the HTTP status", got, where(error), "another error.status")


def type_is(error: ErrorBody, wanted: str) -> Problems:
    """Check that error.type is the one that belongs to the status."""
    got = error.get("type")
    if got != wanted and got in expectations.error_types():  # Any other value is reported by the rule on conformance.
        yield Problem(f"error.type {wanted!r}", json_values.display(got), where(error), f"error.type {got}")


def detail_is_a_text(error: ErrorBody) -> Problems:
    """Check that error.detail is not empty."""
    if not str(error.get("detail")).strip():
        got = json_values.display(error.get("detail"))
        yield Problem("error.detail, a text that is not empty", got, where(error), "an empty error.detail")


def of_unlisted_status(answered: Answered, types: tuple[str, ...]) -> Problems:
    """Check the envelope for a status that the document's enum may lack: error.status may be absent."""
    value = answered.exchange.value
    if answered.answer.media_type != JSON or not json_values.is_object(value):
        yield Problem(f"the error envelope as {JSON}", answered.answer.in_short, _TOP, "no error envelope")
        return
    error = value.get("error")
    if not json_values.is_object(error):
        yield Problem("an error object", json_values.display(value), _TOP, "no error object")
        return
    if error.get("status", answered.status) != answered.status:
        got = json_values.display(error["status"])
        yield Problem(f"error.status {answered.status} or absent", got, _TOP, "another error.status")
    if error.get("type") not in types:
        yield Problem(
            f"error.type {' or '.join(types)}", json_values.display(error.get("type")), _TOP, "another error.type"
        )
    detail = error.get("detail")
    if not (isinstance(detail, str) and detail.strip()):
        yield Problem("error.detail, a text that is not empty", json_values.display(detail), _TOP, "no error.detail")
