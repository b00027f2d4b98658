"""Find the identifier of an order in a response that is incomplete or differs from the document."""

import json
import re
from collections.abc import Iterator

# An unterminated text is also a lexeme, which keeps the search linear for any input.
_LEXEME = r'"(?:[^"\\]|\\.)*+"?|[{}\[\]:,]|[^\s{}\[\]:,"]+'
_INTEGER = r"[0-9]{1,40}"


def find_order_id(content: bytes) -> str | None:
    """The identifier of the order: the value of the `order_id` nearest to the root; None if there is none."""
    best: tuple[int, str] | None = None
    for depth, key, value in _members(content.decode("utf-8", "replace")):
        if key == "order_id" and (best is None or depth < best[0]):
            best = (depth, value)
    return best[1] if best is not None else None


def _members(text: str) -> Iterator[tuple[int, str, str]]:
    """Depth, name and value of each text or integer, except in what the caller sent (recipient, metadata)."""
    path: list[str] = []
    name: str | None = None
    before: str | None = None
    for match in re.finditer(_LEXEME, text, re.DOTALL):
        part = match.group()
        if part == ":":
            name = _text(before)
        elif part in ("{", "["):
            path.append(name or "")
            name = None
        elif part in ("}", "]", ","):
            name = None
            if part != "," and path:
                path.pop()
        elif name is not None:
            # An integer at the very end may be cut off.
            whole = re.fullmatch(_INTEGER, part) and match.end() < len(text)
            value = part if whole else _text(part)
            if value and not {"recipient", "metadata"} & set(path):
                yield len(path), name, value
            name = None
        before = part


def _text(lexeme: str | None) -> str | None:
    if lexeme is None or lexeme[0] != '"':
        return None
    try:
        value: str = json.loads(lexeme)
    except ValueError:
        return None
    return value
