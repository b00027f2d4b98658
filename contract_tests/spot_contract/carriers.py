"""How a body travels: three media types, and for forms the two usual ways of carrying nested values.

A carrier also knows what a form says (`meaning`), so that nothing is asked of a form that it cannot express.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard
from urllib.parse import quote, quote_plus

from .documents import VENDORED, Document
from .fitting import order
from .jsontext import is_list, is_object
from .messages import JSON, MULTIPART, URLENCODED

Pairs = list[tuple[str, str]]
_JSON_SCALARS = frozenset({"integer", "number", "boolean"})


@dataclass(frozen=True)
class Carrier:
    """A media type and, for forms, a style of nesting."""

    name: str
    media_type: str
    dotted: bool = False

    def __str__(self) -> str:
        return self.name

    def encode(self, body: object) -> tuple[str, bytes]:
        """The content type and the bytes that carry this body."""
        if self.media_type == JSON:
            return JSON, json_bytes(body)
        pairs = self.pairs(body)
        if self.media_type == URLENCODED:
            return URLENCODED, urlencoded(pairs)
        return multipart(pairs)

    def can_carry(self, body: object) -> bool:
        """Whether the encoded body means the very same body."""
        if self.media_type == JSON:
            return True
        if not is_object(body):
            return False
        try:
            pairs = self.pairs(body)
            return not self._spoils_names(pairs) and same(self.meaning(pairs), body)
        except (TypeError, ValueError):
            return False

    def _spoils_names(self, pairs: Pairs) -> bool:
        """Whether a name cannot stand in a part's header as it is."""
        return self.media_type == MULTIPART and any(set(name) & set('"\\\r\n\x00') for name, _ in pairs)

    def pairs(self, body: object) -> Pairs:
        """The fields of a form. Raises TypeError for what is no object, ValueError for what text cannot say."""
        if not is_object(body):
            raise TypeError("a form carries an object")
        return list(self._pairs(body))

    def _pairs(self, body: dict[str, Any]) -> Iterable[tuple[str, str]]:
        for name, value in body.items():
            if isinstance(value, str):
                yield name, value
            elif _is_flat_list(value):
                yield from ((name, item if isinstance(item, str) else json.dumps(item)) for item in value)
            elif self.dotted and is_object(value):
                yield from ((f"{name}.{inner}", text) for inner, text in self._pairs(value))
            elif self.dotted and not _is_scalar(value):
                raise ValueError("dotted names carry texts and numbers alone")
            else:
                yield name, json.dumps(value, ensure_ascii=False)

    def meaning(self, pairs: Pairs) -> dict[str, Any]:
        """What a server that follows the contract reads in the fields."""
        body: dict[str, Any] = {}
        for name, text in pairs:
            path = tuple(name.split(".")) if self.dotted else (name,)
            kind = _kind(path)
            if kind == "array":
                _put(body, path, [self._read(text, _kind((*path, "[]")))], more=True)
            else:
                _put(body, path, self._read(text, kind))
        return body

    def _read(self, text: str, kind: str | None) -> object:
        """What a field's text says where the document has this type."""
        if kind == "string" or (self.dotted and kind not in _JSON_SCALARS):
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text


@cache
def _kind(path: tuple[str, ...]) -> str | None:
    """The type that the document gives the place: a server reads a form's text by it."""
    place = order()
    for name in path:
        inner = place.items if name == "[]" else place.inner.get(name)
        if inner is None:
            return None
        place = inner
    return str(place.schema.get("type"))


AS_JSON = Carrier("JSON", JSON)
URLENCODED_JSON = Carrier("urlencoded, JSON fields", URLENCODED)
URLENCODED_DOTTED = Carrier("urlencoded, dotted names", URLENCODED, dotted=True)
MULTIPART_JSON = Carrier("multipart, JSON parts", MULTIPART)
MULTIPART_DOTTED = Carrier("multipart, dotted names", MULTIPART, dotted=True)
CARRIERS = (AS_JSON, URLENCODED_JSON, URLENCODED_DOTTED, MULTIPART_JSON, MULTIPART_DOTTED)


@cache
def listed() -> tuple[Carrier, ...]:
    """The carriers whose media type the document lists for an order, and that can say all an order must hold."""
    smallest = order().fit({})
    return tuple(carrier for carrier in _of_listed_types() if carrier.can_carry(smallest))


@cache
def unable() -> tuple[Carrier, ...]:
    """The carriers of listed media types that cannot say what an order must hold."""
    return tuple(carrier for carrier in _of_listed_types() if carrier not in listed())


def _of_listed_types() -> tuple[Carrier, ...]:
    names = {name.partition(";")[0].strip().lower() for name in Document.load(VENDORED).order_body.get("content", {})}
    return tuple(carrier for carrier in CARRIERS if carrier.media_type in names)


def media() -> tuple[Carrier, ...]:
    """One carrier for each of these media types."""
    return tuple(carrier for carrier in listed() if not carrier.dotted)


def json_bytes(body: object) -> bytes:
    """JSON as UTF-8; lone surrogates, which UTF-8 cannot say, become escapes."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()


def urlencoded(pairs: Pairs, *, plus: bool = True) -> bytes:
    """Fields with a space written as `+`, or as `%20`."""
    escape = quote_plus if plus else quote
    return "&".join(f"{escape(name, safe='')}={escape(text, safe='')}" for name, text in pairs).encode()


def multipart(pairs: Pairs, *, typed: bool = False, quoted: bool = False) -> tuple[str, bytes]:
    """Fields as parts; `typed` gives JSON parts their content type, `quoted` puts the boundary in quotes."""
    parts: list[bytes] = []
    for name, text in pairs:
        shown = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'Content-Disposition: form-data; name="{shown}"'
        if typed and text.startswith("{"):
            head += f"\r\nContent-Type: {JSON}"
        parts.append(f"{head}\r\n\r\n{text}\r\n".encode())
    digest = hashlib.sha256(b"".join(parts)).hexdigest()[:24]
    boundary = f"spot.suite:{digest}" if quoted else f"spot-suite-{digest}"
    mark = f"--{boundary}"
    body = b"".join(f"{mark}\r\n".encode() + part for part in parts) + f"{mark}--\r\n".encode()
    shown_boundary = f'"{boundary}"' if quoted else boundary
    return f"{MULTIPART}; boundary={shown_boundary}", body


def same(left: object, right: object) -> bool:
    """Equality of JSON values as Python sees it, but telling true from 1."""
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def _is_flat_list(value: object) -> TypeGuard[list[Any]]:
    return is_list(value) and bool(value) and all(isinstance(item, str) or _is_scalar(item) for item in value)


def _is_scalar(value: object) -> bool:
    return isinstance(value, bool | int | float)


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any, *, more: bool = False) -> None:
    for part in path[:-1]:
        inner = body.setdefault(part, {})
        if not is_object(inner):
            raise TypeError("a dotted name goes below a text")
        body = inner
    if path[-1] not in body:
        body[path[-1]] = value
    elif more and is_list(body[path[-1]]):
        body[path[-1]].extend(value)
    else:
        raise ValueError("a name appears twice")
