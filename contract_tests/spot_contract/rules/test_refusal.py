"""Refusal (400): what violates the schema is refused, with an error that says what is wrong."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from spot_contract.document import json_values
from spot_contract.document.json_values import is_list, is_object
from spot_contract.document.media_types import JSON
from spot_contract.document.preconditions import (
    BODY,
    ENUM,
    KIT_TYPES,
    NOT_NULL,
    OBJECT,
    REFUSED,
    REQUIRED,
    STRICT_ERROR,
    TYPED,
    error,
    error_type,
)
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Flaw, Kind
from spot_contract.exchanges.messages import canaries_in

from . import envelope
from .rule import Problem, Problems, rule
from .subjects import (
    SIZE_LIMITS,
    Answered,
    ErrorBody,
    answered,
    error_body,
    error_part,
    is_large,
    of_kind,
    refusal,
    wrong,
)

CONTRACT = "docs/contract.md, 3"
_TRACES = re.compile(
    r"Traceback \(most recent call last|File \"[^\"]+\", line \d+|\bat [\w.$<>]+ ?\([^)\n]*:\d+(:\d+)?\)"
    r"|site-packages|node_modules|goroutine \d+ \[|\.(?:py|rb|php|java|js|ts|go|cs)[\"']?(?::| line |, line |\()\d+"
    r"|(?:^|[\s\"'(=])/(?:usr|home|var|srv|opt|etc|tmp|root|app|Users)/[\w.-]+|\b[A-Z]:\\\\?\w+"
    r"|(?:sqlite3|sqlalchemy|psycopg2?|django|pymysql)\.\w*[.\w]*(?:Error|Exception)"
)
_FOREIGN_COUNTRIES = frozenset({"MX", "GB", "ZZ"})  # An error message has no reason to name them.


def refused(answered: Answered) -> Problems:
    """The request was refused with any 4xx; the exact status is another rule."""
    if not 400 <= answered.status < 500:
        yield Problem("400", answered.answer.in_short)


@rule("refusal.required", f"[D] required; {CONTRACT}", on=wrong(Flaw.MISSING), across_ways=True, requires=(REQUIRED,))
def test_each_required_field_is_required(answered: Answered) -> Problems:
    """A missing required field is refused, in each encoding."""
    yield from refused(answered)


@rule("refusal.type", f"[D] type; {CONTRACT}", on=wrong(Flaw.TYPE), across_ways=True, requires=(TYPED,))
def test_each_wrong_type_is_refused(answered: Answered) -> Problems:
    """A value of a wrong type is refused in every place, in each encoding that can express it."""
    yield from refused(answered)


@rule("refusal.coerced", f"[D] type; {CONTRACT}", on=wrong(Flaw.COERCED), across_ways=True, requires=(TYPED,))
def test_scalar_in_place_of_a_text_is_refused(answered: Answered) -> Problems:
    """A number or a boolean in place of a text is refused, not converted to a text."""
    yield from refused(answered)


@rule("refusal.null", f"[D] nullable; {CONTRACT}", on=wrong(Flaw.NULL), across_ways=True, requires=(NOT_NULL,))
def test_null_is_refused_where_it_is_not_allowed(answered: Answered) -> Problems:
    """Null is refused in every place that is not nullable."""
    yield from refused(answered)


@rule("refusal.enum", f"[D] country; {CONTRACT}", on=wrong(Flaw.ENUM), across_ways=True, requires=(ENUM,))
def test_country_outside_the_list_is_refused(answered: Answered) -> Problems:
    """A value outside its enum, such as a country that is not listed, is refused, in each encoding."""
    yield from refused(answered)


@rule("refusal.list", f"[D] kit_types; {CONTRACT}", on=wrong(Flaw.LIST), across_ways=True, requires=(KIT_TYPES,))
def test_list_that_is_no_list_is_refused(answered: Answered) -> Problems:
    """A text, a number or an object in place of a list is refused."""
    yield from refused(answered)


@rule("refusal.malformed", f"[H] RFC 8259; {CONTRACT}", on=wrong(Flaw.MALFORMED), across_ways=True)
def test_malformed_json_is_refused(answered: Answered) -> Problems:
    """Malformed JSON is refused, as a body and in a form field."""
    yield from refused(answered)


@rule(
    "refusal.json_extensions",
    f"[H] RFC 8259, 9; {CONTRACT}",
    on=wrong(Flaw.EXTENSION),
    across_ways=True,
    advice=True,
)
def test_json_extensions_are_refused(answered: Answered) -> Problems:
    """Advice: extensions of JSON (NaN, Infinity, comments, a trailing comma or text) are refused."""
    yield from refused(answered)


@rule("refusal.empty", f"[D] required: true; {CONTRACT}", on=wrong(Flaw.EMPTY), across_ways=True, requires=(BODY,))
def test_empty_body_is_refused(answered: Answered) -> Problems:
    """An empty body is refused in each media type."""
    yield from refused(answered)


@rule(
    "refusal.not_object",
    f"[D] type: object; {CONTRACT}",
    on=wrong(Flaw.NOT_OBJECT),
    across_ways=True,
    requires=(OBJECT,),
)
def test_body_that_is_no_object_is_refused(answered: Answered) -> Problems:
    """A JSON body that is not an object, or is an empty object, is refused."""
    yield from refused(answered)


@rule("refusal.status", f"[D]; {CONTRACT}", on=of_kind(Kind.INVALID, Kind.HOSTILE, Kind.UNTYPED), across_ways=True)
def test_refusal_is_a_400(answered: Answered) -> Problems:
    """A request refused for its body is answered 400, a large one also for size, hostile bytes for media type."""
    intent = answered.exchange.intent
    is_hostile = intent.kind is not Kind.INVALID
    too_large = answered.status in SIZE_LIMITS and (is_hostile or is_large(answered.exchange))
    if 400 < answered.status < 500 and not too_large and not (is_hostile and answered.status == 415):
        yield Problem("400", answered.answer.in_short, str(intent.flaw or intent.kind), f"answered {answered.status}")


@rule("refusal.content_type", f"[D][H]; {CONTRACT}", on=refusal, requires=(REFUSED,))
def test_error_is_application_json(answered: Answered) -> Problems:
    """A 400 is JSON with the content type application/json."""
    yield from envelope.is_json(answered)


@rule("refusal.vendored", f"[D] BadRequest; {CONTRACT}", on=error_body(refusal), requires=(REFUSED,))
def test_error_conforms_to_bad_request(body: ErrorBody) -> Problems:
    """A 400 conforms to the published schema BadRequest."""
    yield from envelope.conforms(body)


@rule("refusal.strict", f"[R]; {CONTRACT}", on=error_body(refusal), requires=(STRICT_ERROR,))
def test_error_has_every_part(body: ErrorBody) -> Problems:
    """A 400 contains error.status, error.type and error.detail."""
    yield from envelope.has_every_part(body)


@rule("refusal.error_status", f"[R]; {CONTRACT}", on=error_part(refusal, "status", int), requires=(error("status"),))
def test_error_status_is_the_http_status(body: ErrorBody) -> Problems:
    """error.status equals the HTTP status."""
    yield from envelope.status_is_the_http_status(body)


@rule(
    "refusal.error_type",
    f"[D] example; {CONTRACT}",
    on=error_part(refusal, "type", str),
    requires=(error_type("bad_request", 400),),
)
def test_error_type_is_bad_request(body: ErrorBody) -> Problems:
    """error.type of a 400 is bad_request."""
    yield from envelope.type_is(body, "bad_request")


@rule("refusal.detail", f"[D] example; {CONTRACT}", on=error_part(refusal, "detail", str), requires=(error("detail"),))
def test_detail_is_a_text(body: ErrorBody) -> Problems:
    """error.detail is a text that is not empty."""
    yield from envelope.detail_is_a_text(body)


def _field_error(exchange: Exchange) -> ErrorBody | None:
    if not exchange.intent.names or exchange.intent.kind is not Kind.INVALID:
        return None
    found = error_part(refusal, "detail", str)(exchange)
    return found if found and str(found.get("detail")).strip() else None


@rule("refusal.names_field", f"[D] example; {CONTRACT}", on=_field_error, across_ways=True, requires=(error("detail"),))
def test_detail_names_the_field(body: ErrorBody) -> Problems:
    """error.detail names the field at fault if there is one; the name without its path is enough."""
    names, detail = body.exchange.intent.names, str(body.get("detail"))
    if not names_one_of(detail, names):
        yield Problem(
            f"error.detail names {names[0]}", json_values.display(detail), None, str(body.exchange.intent.flaw)
        )


def _error_answer(exchange: Exchange) -> Answered | None:
    return answered(exchange) if exchange.status >= 400 else None


@rule("refusal.no_trace", f"[R]; {CONTRACT}", on=_error_answer)
def test_error_tells_nothing_of_the_server(answered: Answered) -> Problems:
    """An error contains no stack trace and no file path of the server."""
    if trace := _TRACES.search(answered.answer.text):
        got = f"{trace.group().strip()!r} in {answered.answer.in_short}"
        yield Problem("a text without stack trace or server path", got, "", f"in a {answered.status}")


@rule("refusal.no_token", f"[R]; {CONTRACT}", on=answered)
def test_no_answer_holds_the_token(answered: Answered) -> Problems:
    """No response contains the caller's token."""
    token = answered.exchange.origin.token.value
    if is_distinctive(token) and token in answered.answer.everything and not _below_the_application(answered):
        got = "the token stands in the answer"
        yield Problem("an answer without the caller's token", got, "", f"in a {answered.status}")


@rule("refusal.repeats_no_value", f"[R]; {CONTRACT}", on=refusal, advice=True, requires=(error("detail"),))
def test_detail_repeats_no_value(answered: Answered) -> Problems:
    """Advice: error.detail repeats no value that the caller sent, since it may be personal data."""
    text, exchange = answered.answer.text, answered.exchange
    canaries = canaries_in(text) & exchange.request.canaries
    values = _personal(exchange.intent.sent) if exchange.intent.kind is Kind.INVALID else ()
    if canaries or any(value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) for value in values):
        yield Problem(
            "a text without the values that were sent", answered.answer.in_short, "error.detail", "repeats a value"
        )


def _personal(sent: Any) -> tuple[str, ...]:
    """Values that an error has no reason to repeat: longer texts, and countries that are not listed."""
    texts = _texts(sent.get("recipient", sent)) if is_object(sent) else ()
    return tuple(text for text in texts if (len(text) > 5 and text != "a text") or text in _FOREIGN_COUNTRIES)


def _texts(value: Any) -> Iterator[str]:
    if is_object(value):
        for inner in value.values():
            yield from _texts(inner)
    elif is_list(value):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def is_distinctive(token: str) -> bool:
    """Whether this token is unlikely to appear in a text by chance, unlike the word "token"."""
    return len(token) >= 12 or (len(token) >= 6 and not token.isalpha())


def _below_the_application(answered: Answered) -> bool:
    """Whether an HTTP parser refused a header with a NUL: some quote the header line in the error."""
    header = answered.exchange.request.credential.header or b""
    return answered.status == 400 and answered.answer.media_type != JSON and b"\x00" in header


def names_one_of(detail: str, names: Sequence[str]) -> bool:
    """Whether a text contains one of these field names as a word; underscores may be written as blanks."""
    return any(
        re.search(rf"(?<![a-z0-9]){re.escape(name).replace('_', '[_ -]?')}(?![a-z0-9])", detail, re.IGNORECASE)
        for name in names
    )
