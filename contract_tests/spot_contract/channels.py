"""The cases of the rules about media types, methods and limits."""

import json
import re
from collections.abc import Iterable, Iterator

from . import checks, credentials
from .carriers import (
    AS_JSON,
    MULTIPART_JSON,
    json_bytes,
    listed,
    multipart,
    urlencoded,
)
from .documents import VENDORED, Document
from .fitting import fitted
from .judge import Judge
from .messages import JSON, MULTIPART, URLENCODED, Answer, Problem, Request
from .orders import put

UNSUPPORTED = (
    "text/plain",
    "application/xml",
    "text/xml",
    "application/octet-stream",
    "text/html",
    "application/yaml",
    "image/png",
    "application/x-protobuf",
    "text/csv",
)


def unsupported(judge: Judge, rule: str) -> None:
    """A good order under a media type that the document does not list."""
    known = Document.load(VENDORED).order_body.get("content", {})
    for name in (one for one in UNSUPPORTED if one not in known):
        body = json_bytes(judge.maker.plain())
        request = judge.request(None, encoded=(name, body), what=f"an order as {name}")
        judge.record(judge.try_with(request, [rule, "media.envelope", "media.status_415"], _look_unsupported))


def _look_unsupported(answer: Answer) -> Iterable[Problem]:
    if answer.status in {400, 415}:
        yield from checks.unsupported(answer)
        if answer.status != 415:
            yield Problem("media.status_415", "415", str(answer.status))
    elif answer.status < 500:
        yield Problem("media.unsupported", "400 or 415", checks.in_short(answer))


def letter_case(judge: Judge) -> None:
    """Media types in other letter cases."""
    for carrier in listed():
        for change in (str.upper, str.title, _every_other):
            body = judge.maker.plain()
            content_type, data = carrier.encode(body)
            name, mark, rest = content_type.partition(";")
            shown = f"{change(name)}{mark}{rest}"
            judge.realistic(
                body, carrier, "media.letter_case", encoded=(shown, data), what=f"an order as {change(name)}"
            )


def _every_other(text: str) -> str:
    return "".join(char.upper() if place % 2 else char for place, char in enumerate(text))


def parameters(judge: Judge) -> None:
    """Media types with parameters."""
    for carrier in listed():
        for extra in ("; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", '; charset="utf-8"', " ; charset=utf-8"):
            if carrier.media_type == MULTIPART and extra.startswith(" "):
                continue  # Widespread parsers of multipart want the semicolon at once.
            body = judge.maker.plain()
            if not judge.settings.recipient:
                body = fitted(put(body, first_name="Zoë"))
            content_type, data = carrier.encode(body)
            name, mark, rest = content_type.partition(";")
            shown = f"{name}{extra}{mark}{rest}"
            judge.realistic(body, carrier, "media.parameters", encoded=(shown, data), what=f"an order as {name}{extra}")


def spellings(judge: Judge) -> None:
    """One order in the spellings that each media type allows: escapes, blanks, order of fields, kinds of parts."""
    for what, encoded, body in _spellings(judge):
        judge.realistic(body, AS_JSON, "media.spellings", encoded=encoded, what=what)


def _spellings(judge: Judge) -> Iterator[tuple[str, tuple[str, bytes], dict[str, object]]]:
    body = judge.maker.plain()
    if not judge.settings.recipient:
        body = fitted(put(body, first_name="Zoë 𠮷", last_name="O'Brien Smith", street1="12 5th & Main"))
    yield "JSON with escapes", (JSON, json.dumps(body).encode()), body
    yield "JSON with white space", (JSON, json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n"), body
    yield "JSON without white space", (JSON, json.dumps(body, separators=(",", ":")).encode()), body
    backwards = dict(reversed(body.items()))
    yield "JSON, names in another order", (JSON, json_bytes(backwards)), body
    for carrier in (one for one in listed() if one.media_type == URLENCODED):
        pairs = carrier.pairs(body)
        yield f"{carrier}, blanks as +", (URLENCODED, urlencoded(pairs)), body
        yield f"{carrier}, blanks as %20", (URLENCODED, urlencoded(pairs, plus=False)), body
        yield f"{carrier}, in another order", (URLENCODED, urlencoded(pairs[::-1])), body
        yield f"{carrier}, lower-case escapes", (URLENCODED, _lower_escapes(urlencoded(pairs))), body
    for carrier in (one for one in listed() if one.media_type == MULTIPART):
        pairs = carrier.pairs(body)
        yield f"{carrier}, in another order", multipart(pairs[::-1]), body
        yield f"{carrier}, quoted boundary", multipart(pairs, quoted=True), body
    if MULTIPART_JSON in listed():
        yield "multipart, JSON parts that say so", multipart(MULTIPART_JSON.pairs(body), typed=True), body


def _lower_escapes(data: bytes) -> bytes:
    return re.sub(rb"%[0-9A-F]{2}", lambda found: found.group().lower(), data)


def methods(judge: Judge) -> None:
    """Other methods on the operation's path, without a body and with a good order; not those the document declares."""
    for method in Document.load(VENDORED).other_methods:
        for data in (b"", json_bytes(judge.maker.plain())) if method in {"PUT", "PATCH"} else (b"",):
            request = Request(JSON if data else None, data, judge.token, judge.bench.path, method, what=method)
            judge.record(judge.try_with(request, ["methods.refused", "methods.allow"], checks.method_refused))
    for method in rare_methods():
        for data in (b"", json_bytes(judge.maker.plain())) if method != "TRACE" else (b"",):
            request = Request(JSON if data else None, data, judge.token, judge.bench.path, method, what=method)
            judge.record(judge.try_with(request, ["methods.refused"], _look_rare_method))
    for method in Document.load(VENDORED).other_methods:
        for credential in (credentials.NONE, credentials.another_token(judge.settings.token)[0]):
            what = f"{method} with {credential.label}"
            request = Request(None, b"", credential, judge.bench.path, method, what=what)
            judge.record(judge.try_with(request, ["methods.refused"], _look_stranger))
    # OPTIONS has a meaning of its own in HTTP: any answer will do that is no server error.
    options = Request(None, b"", judge.token, judge.bench.path, "OPTIONS", what="OPTIONS")
    judge.record(judge.try_with(options, [], lambda _: ()))


def rare_methods() -> list[str]:
    """Methods that servers often answer for below the service, which then never hears of them."""
    document = Document.load(VENDORED)
    declared = {one.method.upper() for one in document.operations if one.path == document.order.path}
    return [name for name in ("TRACE", "PROPFIND", "PURGE", "FOO") if name not in declared]


def _look_stranger(answer: Answer) -> Iterable[Problem]:
    """Without the token another method may be refused for either reason, but refused it is."""
    if not 400 <= answer.status < 500:
        yield Problem("methods.refused", "405, or 401 for want of a token", checks.in_short(answer))


def _look_rare_method(answer: Answer) -> Iterable[Problem]:
    """Refused in whatever words: 405, 501 where the server does not know the method (RFC 9110, 15.6.2), 400 or 403."""
    if not 400 <= answer.status < 500 and answer.status != 501:
        yield Problem("methods.refused", "405, or 501 for an unknown method", checks.in_short(answer))
