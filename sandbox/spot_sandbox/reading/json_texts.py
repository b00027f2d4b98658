"""Reads JSON without losing a character of it.

A parsed value is enough for validation, but 1.0, 1e400 or an escaped lone surrogate do not survive parsing and
printing. So the text of each top-level property is kept too, and the response repeats that text.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, cast

from spot_sandbox.http.messages import Body, Refusal

# Python does not convert longer texts to integers, because that takes quadratic time.
JUDGED_DIGITS = 4000
_blank = re.compile(r"[ \t\n\r]*")
# Nearly all names: without escapes, including the blanks and the colon.
_plain_name = re.compile(r'[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal(400, "The body is ambiguous: an object in it has two members of the same name.")
    return members if "".join(members).isascii() else {_judgeable(name): members[name] for name in members}


def _judgeable(name: str) -> str:
    """The name without lone surrogates, which the validator does not support."""
    return name.encode("utf-8", "backslashreplace").decode()


def _integer(text: str) -> int:
    """The integer; for a very long text, a huge integer of the same sign, which validates the same."""
    return int(text[:JUDGED_DIGITS])


def _float(text: str) -> float:
    """The number; beyond the range of floats, the largest float, which validates the same."""
    return max(-1.7976931348623157e308, min(1.7976931348623157e308, float(text)))


def _constant(_text: str) -> NoReturn:
    raise Refusal(400, "The body is not well-formed JSON: NaN and Infinity are not JSON numbers.")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


# The scanner that raw_decode wraps; typeshed does not declare it.
_scan: Callable[[str, int], tuple[Any, int]] = cast("Any", _decoder).scan_once


def _skip(text: str, at: int) -> int:
    # Most texts have at most one blank, and a comparison is cheaper than a match.
    if text[at : at + 1] > " ":
        return at
    match = _blank.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[Any, int]:
    """The value at a position, and the position after it."""
    try:
        return _scan(text, at)
    except StopIteration as stop:
        raise json.JSONDecodeError("unexpected", text, stop.value) from None


def _expect(text: str, at: int, characters: str) -> str:
    if at < len(text) and text[at] in characters:
        return text[at]
    raise json.JSONDecodeError("unexpected", text, at)


def _members(text: str, at: int) -> tuple[Body, int]:
    """The object whose brace is before `at`, and the position after it."""
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
    """The name at a position, and the position of its value."""
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
    """Read one JSON text. Raises Refusal if it is malformed; `what` names it there."""
    try:
        return _read(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refusal(400, f"{what} is not well-formed JSON ({place}).") from None
    except RecursionError:
        raise Refusal(400, f"{what} is nested too deeply.") from None


def read_bytes(raw: bytes) -> Body:
    """Read a JSON body, which is UTF-8 by RFC 8259, whatever its charset parameter states."""
    if not raw.strip():
        raise Refusal(400, "The body is empty; this operation requires one.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "The body is not well-formed JSON: it is not in UTF-8.") from None
    return read_text(text)
