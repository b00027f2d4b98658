"""Reads JSON without losing a character of it.

A parsed value is good enough to be judged by a schema, but 1.0, 1e400 or an escaped lone surrogate do not survive
parsing and printing. So each top-level property also keeps the very text it was sent as, and the order is answered
with that text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, cast

from spot_sandbox.http.messages import Body, Refusal

# Python refuses to turn longer texts into integers, because that takes quadratic time.
JUDGED_DIGITS = 4000
_blank = re.compile(r"[ \t\n\r]*")
# Nearly all names: without escapes, and with what stands around them.
_plain_name = re.compile(r'[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal(400, "The body is ambiguous: an object in it has two members of the same name.")
    return members if "".join(members).isascii() else {_judgeable(name): members[name] for name in members}


def _judgeable(name: str) -> str:
    """The name without lone surrogates, which the validator cannot take."""
    return name.encode("utf-8", "backslashreplace").decode()


def _integer(text: str) -> int:
    """The integer, or for an absurdly long one an integer of the same sign that is as good for any limit."""
    return int(text[:JUDGED_DIGITS])


def _float(text: str) -> float:
    """The number; beyond the range of floats, the largest float, which is as good for any limit."""
    return max(-1.7976931348623157e308, min(1.7976931348623157e308, float(text)))


def _constant(_text: str) -> NoReturn:
    raise Refusal(400, "The body is not well-formed JSON: NaN and Infinity are no JSON numbers.")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


# The decoder's own scanner, which its raw_decode wraps; typeshed does not know it.
_scan: Callable[[str, int], tuple[Any, int]] = cast("Any", _decoder).scan_once


def _skip(text: str, at: int) -> int:
    # Most texts have no blanks, or one; a comparison is cheaper than a match.
    if text[at : at + 1] > " ":
        return at
    match = _blank.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[Any, int]:
    """The value that begins there, and the position after its end."""
    try:
        return _scan(text, at)
    except StopIteration as stop:
        raise json.JSONDecodeError("unexpected", text, stop.value) from None


def _expect(text: str, at: int, characters: str) -> str:
    if at < len(text) and text[at] in characters:
        return text[at]
    raise json.JSONDecodeError("unexpected", text, at)


def _members(text: str, at: int) -> tuple[Body, int]:
    """The object whose brace stands before `at`, and the position after its end."""
    pairs: list[tuple[str, Any]] = []
    texts: dict[str, str] = {}
    at = _skip(text, at)
    if text[at : at + 1] == "}":
        return Body({}, {}), at + 1
    while True:
        plain = _plain_name.match(text, at)
        name, start = (plain[1], plain.end()) if plain else _name(text, at)
        value, at = _value(text, start)
        pairs.append((name, value))
        texts[name] = text[start:at]
        at = _skip(text, at)
        if _expect(text, at, ",}") == "}":
            return Body(_object(pairs), texts), at + 1
        at += 1


def _name(text: str, at: int) -> tuple[str, int]:
    """The name that begins there, and the position of its value."""
    at = _skip(text, at)
    _expect(text, at, '"')
    name, at = _value(text, at)
    at = _skip(text, at)
    _expect(text, at, ":")
    return name, _skip(text, at + 1)


def _read(text: str) -> Body:
    at = _skip(text, 0)
    if at < len(text) and text[at] == "{":
        body, at = _members(text, at + 1)
    else:
        value, at = _value(text, at)
        body = Body(value, {})
    at = _skip(text, at)
    if at < len(text):
        raise json.JSONDecodeError("unexpected", text, at)
    return body


def read_text(text: str, what: str = "The body") -> Body:
    """Read one JSON text; `what` names it in the refusal of a malformed one."""
    try:
        return _read(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refusal(400, f"{what} is not well-formed JSON ({place}).") from None
    except RecursionError:
        raise Refusal(400, f"{what} is nested too deeply.") from None


def read_bytes(raw: bytes) -> Body:
    """Read a JSON body, which RFC 8259 wants in UTF-8 whatever its charset parameter says."""
    if not raw.strip():
        raise Refusal(400, "The body is empty; this operation requires one.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "The body is not well-formed JSON: it is not in UTF-8.") from None
    return read_text(text)
