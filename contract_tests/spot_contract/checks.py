"""What each sentence of the contract says about one answer: pure functions from an answer to the problems in it."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from . import jsontext
from .documents import STRICT, VENDORED, Document
from .jsontext import is_object
from .messages import JSON, Answer, Problem, Request, marks_in

ECHOED = ("recipient", "kit_types", "metadata")
_WELL_KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
UNPROCESSABLE_SIZE = frozenset({413, 414, 431})
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_TRACES = re.compile(
    r"Traceback \(most recent call last|File \"[^\"]+\", line \d+|\bat [\w.$<>]+ ?\([^)\n]*:\d+(:\d+)?\)"
    r"|site-packages|node_modules|goroutine \d+ \[|\.(?:py|rb|php|java|js|ts|go|cs)[\"']?(?::| line |, line |\()\d+"
    r"|(?:^|[\s\"'(=])/(?:usr|home|var|srv|opt|etc|tmp|root|app|Users)/[\w.-]+|\b[A-Z]:\\\\?\w+"
    r"|(?:sqlite3|sqlalchemy|psycopg2?|django|pymysql)\.\w*[.\w]*(?:Error|Exception)"
)


@dataclass(frozen=True)
class Limits:
    """How far `created` may lie from the request's time. A server on this machine has this machine's clock."""

    skew: timedelta = timedelta(seconds=60)


def parsed(answer: Answer) -> tuple[Any, str]:
    """The answer's JSON value and, where there is none, why."""
    return _read(answer.body)


def _read(data: bytes) -> tuple[Any, str]:
    try:
        return jsontext.read(data), ""
    except jsontext.NotJSON as error:
        return None, str(error)


def universal(request: Request, answer: Answer, token: str, marks: Collection[str]) -> Iterator[Problem]:
    """What holds for every answer whatever the request was. `marks` are those of all orders sent so far."""
    if answer.status >= 500 and not _method_not_implemented(request, answer):
        yield Problem("robustness.no_server_error", "any answer but a server error", in_short(answer))
    everything = _everything(answer)
    if tells(token) and token in everything and not _below_the_application(request, answer):
        yield Problem("refusal.no_token", "an answer without the caller's token", "the token stands in the answer")
    if answer.status >= 400 and (trace := _TRACES.search(answer.text)):
        shown = trace.group().strip()
        yield Problem(
            "refusal.no_trace", "a text without stack trace or server path", f"{shown!r} in {in_short(answer)}"
        )
    foreign = [mark for mark in marks_in(everything) if mark in marks and mark not in request.canaries]
    if foreign:
        yield Problem("identity.no_leak", "nothing of another order", f"{min(foreign)!r}, sent in another order")


def marks_of(answer: Answer) -> frozenset[str]:
    """Whatever in an answer looks like the mark of an order."""
    return marks_in(_everything(answer))


def _everything(answer: Answer) -> str:
    return answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers)


def _method_not_implemented(request: Request, answer: Answer) -> bool:
    """Whether a server told that it knows no such method anywhere, which is what 501 means (RFC 9110, 15.6.2)."""
    return answer.status == 501 and request.method not in _WELL_KNOWN


def _below_the_application(request: Request, answer: Answer) -> bool:
    """Whether an HTTP parser refused a header that holds a NUL: some quote the line to the caller who sent it."""
    return answer.status == 400 and answer.media_type != JSON and b"\x00" in (request.credential.header or b"")


def tells(token: str) -> bool:
    """Whether finding this token in a text proves anything: "token" stands in many honest error messages."""
    return len(token) >= 12 or (len(token) >= 6 and not token.isalpha())


def success(sent: dict[str, Any], answer: Answer, limits: Limits) -> Iterator[Problem]:
    """What holds for the answer to an accepted order. `sent` is the body that the request carried."""
    if answer.media_type != JSON:
        yield Problem("success.content_type", JSON, answer.header("Content-Type") or "no content type")
    body, why = parsed(answer)
    if not is_object(body):
        yield Problem("success.body", "a JSON object", why or jsontext.shown(body))
        return
    order = body
    plain = jsontext.plain(order)
    document = Document.load(VENDORED)
    yield from _conforms("success.vendored", document.accepted, plain)
    required = required_of_order()
    if missing := [name for name in required if name not in order]:
        yield Problem("success.strict", f"an order with {', '.join(required)}", f"no {', '.join(missing)}")
    if "order_id" in order and not (isinstance(order["order_id"], str) and order["order_id"]):
        yield Problem("success.order_id", "a text that is not empty", jsontext.shown(order["order_id"]))
    if "status" in order and order["status"] != "pending":
        yield Problem("success.pending", '"pending"', jsontext.shown(order["status"]))
    if "kits" in order and order["kits"] != []:
        yield Problem("success.kits", "[]", jsontext.shown(order["kits"]))
    if "created" in order:
        yield from created(order["created"], answer, limits)
    yield from echo(sent, order)


def created(value: Any, answer: Answer, limits: Limits) -> Iterator[Problem]:
    """Whether `created` is RFC 3339 with an offset, and near the time of the request."""
    moment = timestamp(value)
    if moment is None:
        yield Problem("success.created_format", "an RFC 3339 time with an offset", jsontext.shown(value))
    elif not answer.sent - limits.skew <= moment <= answer.received + limits.skew:
        expected = f"within {limits.skew.seconds} s of {answer.sent:%Y-%m-%dT%H:%M:%SZ}, when it was sent"
        yield Problem("success.created_now", expected, jsontext.shown(value))


def timestamp(value: Any) -> datetime | None:
    """The moment that an RFC 3339 text names, or None where it is no such text."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", value.upper())
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def echo(sent: dict[str, Any], order: dict[str, Any]) -> Iterator[Problem]:
    """Whether what was sent came back, as far as the document has it in both request and answer."""
    for name in ECHOED:
        schema = echoed(name)
        got = order.get(name)
        if schema is None:
            continue
        if name not in sent:
            if got is not None and got != {}:
                yield Problem("echo.absent", f"no {name}, null or {{}}: none was sent", f"{name} {jsontext.shown(got)}")
        elif name not in order:
            if name not in required_of_order():
                yield Problem(f"echo.{name}", f"{name} as sent", f"no {name}")
        else:
            yield from _echo_at(Document.load(VENDORED), schema, name, sent[name], got)


@cache
def echoed(name: str) -> dict[str, Any] | None:
    """The schema of what comes back under this name, or None where the document has it on one side alone."""
    document = Document.load(VENDORED)
    sent = document.property(document.order_schema, name)
    answered = document.property(document.accepted_schema, name)
    return None if sent is None or answered is None else _of_both(document, sent, answered)


def _of_both(document: Document, sent: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """The schema of what was sent with those properties alone that the answer has too."""
    own = document.resolve(sent)
    if "properties" not in own or not (others := document.resolve(answered).get("properties", {})):
        return own
    both = {name: inner for name, inner in own["properties"].items() if name in others}
    return own | {"properties": {name: _of_both(document, inner, others[name]) for name, inner in both.items()}}


@cache
def required_of_order() -> tuple[str, ...]:
    """What an accepted order must hold: what the strict document requires of what the vendored one has."""
    return _required(Document.load(STRICT).accepted_schema, Document.load(VENDORED).accepted_schema)


@cache
def required_of_error(status: int) -> tuple[str, ...]:
    """What the error object of this status must hold."""
    documents = (Document.load(path) for path in (STRICT, VENDORED))
    strict, vendored = (document.property(document.refused_schema(status), "error") for document in documents)
    return _required(strict or {}, vendored or {})


def _required(strict: dict[str, Any], vendored: dict[str, Any]) -> tuple[str, ...]:
    declared = Document.load(VENDORED).resolve(vendored).get("properties", {})
    return tuple(name for name in Document.load(STRICT).resolve(strict).get("required", ()) if name in declared)


def _echo_at(document: Document, schema: dict[str, Any], path: str, sent: Any, got: Any) -> Iterator[Problem]:
    """One value against its echo. Undeclared properties are free; a declared one must be as sent."""
    resolved = document.resolve(schema)
    top = path.partition(".")[0]
    if is_object(sent) and is_object(got) and "properties" in resolved:
        for name, inner in resolved["properties"].items():
            where = f"{path}.{name}"
            if name in sent and name in got:
                yield from _echo_at(document, inner, where, sent[name], got[name])
            elif name in sent:
                yield Problem(f"echo.{top}", f"{where} {jsontext.shown(sent[name])}", "(nothing)")
            elif got.get(name) is not None:
                yield Problem("echo.absent", f"no {where} or null: none was sent", jsontext.shown(got[name]))
        return
    found = jsontext.difference(sent, got, path)
    if found is not None:
        where, wanted, came = found
        rule = "echo.white_space" if _trimmed(wanted, came) and not path.startswith("metadata") else "echo." + top
        yield Problem(rule, f"{where} {jsontext.shown(wanted)}", jsontext.shown(came))


def _trimmed(sent: object, got: object) -> bool:
    """Whether a text lost nothing but white space at its ends. No realistic one has any there."""
    return isinstance(sent, str) and isinstance(got, str) and got in sent and got.strip() == sent.strip()


def refusal(answer: Answer, *, names: Sequence[str] = (), error_type: str = "bad_request") -> Iterator[Problem]:
    """What holds for a 400 or a 401: the envelope, and the name of the field at fault where there is one."""
    chapter = "refusal" if error_type == "bad_request" else "authentication"
    error, problems = _envelope(answer, chapter)
    yield from problems
    if not error:
        return
    prefix = "refusal" if chapter == "refusal" else "authentication"
    if "status" in error and not (not isinstance(error["status"], bool) and error["status"] == answer.status):
        expected = f"error.status {answer.status}, the HTTP status"
        yield Problem(f"{prefix}.error_status", expected, jsontext.shown(error["status"]))
    if "type" in error and error["type"] != error_type:
        yield Problem(f"{prefix}.error_type", f"error.type {error_type!r}", jsontext.shown(error["type"]))
    detail = error.get("detail")
    if "detail" in error and not (isinstance(detail, str) and detail.strip()):
        yield Problem(f"{prefix}.detail", "error.detail, a text that is not empty", jsontext.shown(detail))
    elif names and isinstance(detail, str) and not names_one_of(detail, names):
        yield Problem("refusal.names_field", f"error.detail names {names[0]}", jsontext.shown(detail))


def unsupported(answer: Answer) -> Iterator[Problem]:
    """What holds for the answer to a media type that the document does not list."""
    document = Document.load(STRICT)
    kind = document.property(document.refused_schema(), "error", "type") or {}
    yield from _envelope_of_unlisted_status(answer, "media.envelope", kind.get("enum", ("bad_request",)))


def _envelope_of_unlisted_status(answer: Answer, rule: str, types: Sequence[str]) -> Iterator[Problem]:
    """The envelope where the vendored enum has no such status: error.status is the HTTP status or absent."""
    body, why = parsed(answer)
    if answer.media_type != JSON or not is_object(body):
        yield Problem(rule, f"the error envelope as {JSON}", why or in_short(answer))
        return
    parts = body.get("error")
    if not is_object(parts):
        yield Problem(rule, "an error object", jsontext.shown(body))
        return
    if parts.get("status", answer.status) != answer.status:
        yield Problem(rule, f"error.status {answer.status} or absent", jsontext.shown(parts["status"]))
    if parts.get("type") not in types:
        yield Problem(rule, f"error.type {' or '.join(types)}", jsontext.shown(parts.get("type")))
    if not (isinstance(parts.get("detail"), str) and parts["detail"].strip()):
        yield Problem(rule, "error.detail, a text that is not empty", jsontext.shown(parts.get("detail")))


def throttled(answer: Answer) -> Iterator[Problem]:
    """What holds for a 429."""
    yield from _envelope_of_unlisted_status(answer, "limits.envelope", ["rate_limit_exceeded"])
    if answer.header("Retry-After") is None:
        yield Problem("limits.retry_after", "a Retry-After header", "none")


def method_refused(answer: Answer) -> Iterator[Problem]:
    """What holds for another method on the operation's path."""
    if answer.status != 405:
        yield Problem("methods.refused", "405", in_short(answer))
        return
    allowed = {name.strip() for name in (answer.header("Allow") or "").split(",")}
    if "POST" not in allowed:
        yield Problem("methods.allow", "an Allow header that lists POST", answer.header("Allow") or "no Allow header")


def repeats_values(request: Request, answer: Answer, values: Sequence[str] = ()) -> Iterator[Problem]:
    """Advice: an error repeats nothing of what the caller sent, which may be personal: no mark, none of the values."""
    marks = marks_in(answer.text) & request.canaries
    if marks or any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer.text) for value in values):
        yield Problem("refusal.repeats_no_value", "a text without the values that were sent", in_short(answer))


def names_one_of(detail: str, names: Sequence[str]) -> bool:
    """Whether a text names one of these fields, as a word of its own; a blank may stand for an underscore."""
    return any(
        re.search(rf"(?<![a-z0-9]){re.escape(name).replace('_', '[_ -]?')}(?![a-z0-9])", detail, re.IGNORECASE)
        for name in names
    )


def _envelope(answer: Answer, chapter: str) -> tuple[dict[str, Any], list[Problem]]:
    """The error object, if there is one, and what is wrong with the envelope around it."""
    problems: list[Problem] = []
    if answer.media_type != JSON:
        problems.append(Problem(f"{chapter}.content_type", JSON, answer.header("Content-Type") or "no content type"))
    error, others = _error(answer.status, answer.body, chapter)
    return error, [*problems, *others]


@lru_cache(maxsize=2048)
def _error(status: int, data: bytes, chapter: str) -> tuple[dict[str, Any], list[Problem]]:
    """The same of a body alone. The same errors come again and again."""
    problems: list[Problem] = []
    body, why = _read(data)
    if body is None:
        problems.append(Problem(f"{chapter}.vendored", "an error object", why or "null"))
        return {}, problems
    plain = jsontext.plain(body)
    problems.extend(_conforms(f"{chapter}.vendored", status, plain))
    error: Any = body.get("error") if is_object(body) else None
    if not is_object(error):
        return {}, problems
    required = required_of_error(status)
    if missing := [name for name in required if name not in error]:
        got = f"no {', '.join(missing)}"
        problems.append(Problem(f"{chapter}.strict", f"an error with {', '.join(required)}", got))
    return error, problems


def _conforms(rule: str, status: int, value: Any) -> list[Problem]:
    breaks = Document.load(VENDORED).breaks_answer(status, value)
    return [Problem(rule, f"what the document allows of a {status}", broken) for broken in list(breaks)[:1]]


def in_short(answer: Answer) -> str:
    """An answer in one line."""
    text = " ".join(answer.text[:200].split())
    return f"{answer.status} {answer.media_type or 'without content type'}: {text}"
