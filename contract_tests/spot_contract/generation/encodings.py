"""Encodings of an order: JSON, or a form in one of the dialects for nested values (contract.md, 1).

An encoding can also decode a form (`meaning`), so that no form is sent that would mean something else.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeGuard
from urllib.parse import quote, quote_plus

from spot_contract.document.json_values import equal, is_list, is_object
from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.document.positions import Path, places
from spot_contract.document.schema_values import order

Pairs = list[tuple[str, str]]
_JSON_SCALARS = frozenset({"integer", "number", "boolean"})
_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class Nesting(StrEnum):
    """How a form carries an object."""

    JSON_TEXT = "json"
    DOTTED = "dotted"
    BRACKETS = "brackets"


class Lists(StrEnum):
    """How a form carries a list: the field name repeated, with this suffix."""

    REPEATED = "repeated"
    EMPTY_BRACKETS = "[]"
    INDEXED = "[0]"


@dataclass(frozen=True)
class Dialect:
    """How a server reads the fields of one form media type. `metadata` is None if it reads none.

    `tree` is whether metadata in dotted names or brackets is read as a tree; otherwise only flat texts are sent.
    """

    recipient: Nesting
    metadata: Nesting | None
    lists: Lists = Lists.REPEATED
    tree: bool = True

    def __str__(self) -> str:
        metadata = "none" if self.metadata is None else f"{self.metadata}{'' if self.tree else ' (flat)'}"
        lists = "" if self.lists is Lists.REPEATED else f", lists {self.lists}"
        return f"recipient {self.recipient}, metadata {metadata}{lists}"


@dataclass(frozen=True)
class Encoding:
    """A media type and, for forms, a dialect."""

    media_type: str
    dialect: Dialect | None = None

    def __str__(self) -> str:
        if self.dialect is None:
            return "JSON"
        name = "urlencoded" if self.media_type == URLENCODED else "multipart"
        return f"{name} ({self.dialect})"

    @property
    def is_json(self) -> bool:
        """Whether it is JSON, which can express every body."""
        return self.dialect is None

    @property
    def has_metadata(self) -> bool:
        """Whether the encoding can carry metadata."""
        return self.dialect is None or self.dialect.metadata is not None

    @property
    def has_plain_metadata(self) -> bool:
        """Whether metadata is carried in field names, whose values are always texts."""
        return self.dialect is not None and self.dialect.metadata not in {None, Nesting.JSON_TEXT}

    def encode(self, body: object) -> tuple[str, bytes]:
        """The content type and the encoded body."""
        if self.dialect is None:
            return JSON, json_bytes(body)
        return self.encode_pairs(self.pairs(body))

    def encode_pairs(self, pairs: Pairs) -> tuple[str, bytes]:
        """The content type and the bytes of a form with these fields."""
        return (URLENCODED, urlencoded(pairs)) if self.media_type == URLENCODED else multipart(pairs)

    def can_carry(self, body: object) -> bool:
        """Whether the encoded body decodes to exactly this body."""
        if self.dialect is None:
            return True
        if not is_object(body):
            return False
        if "metadata" in body and not self.has_metadata:
            return False
        try:
            pairs = self.pairs(body)
            return not self._breaks_names(pairs) and equal(self.meaning(pairs), body)
        except (TypeError, ValueError):
            return False

    def without_unsupported(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body, without its metadata if the encoding cannot carry it."""
        if self.can_carry(body):
            return body
        return {name: value for name, value in body.items() if name != "metadata"}

    def _breaks_names(self, pairs: Pairs) -> bool:
        """Whether a name would break the header of a multipart part."""
        return self.media_type == MULTIPART and any(set(name) & set('"\\\r\n\x00') for name, _ in pairs)

    def nesting(self, name: str) -> Nesting:
        """How the object in this field is carried. Raises ValueError for JSON."""
        if self.dialect is None:
            raise ValueError("JSON nests by itself")
        return (self.dialect.metadata or Nesting.JSON_TEXT) if name == "metadata" else self.dialect.recipient

    def pairs(self, body: object) -> Pairs:
        """The fields of a form. Raises TypeError if the body is no object, ValueError if a form cannot express it."""
        if not is_object(body):
            raise TypeError("a form carries an object")
        return [pair for name, value in body.items() for pair in self._pairs(name, value, self.nesting(name), top=True)]

    def _pairs(self, name: str, value: Any, nesting: Nesting, *, top: bool = False) -> Iterable[tuple[str, str]]:
        nested = nesting is not Nesting.JSON_TEXT
        if isinstance(value, str):
            yield name, value
        elif _is_flat_list(value) and (top or not nested):
            texts = [item if isinstance(item, str) else json.dumps(item) for item in value]
            yield from zip(self._list_names(name, len(texts)), texts, strict=True)
        elif nested and is_object(value):
            if not value:
                raise ValueError("field names cannot express an empty object")
            for inner, below in value.items():
                joined = f"{name}[{inner}]" if nesting is Nesting.BRACKETS else f"{name}.{inner}"
                yield from self._pairs(joined, below, nesting)
        elif nested and not _is_scalar(value):
            raise ValueError("fields in this dialect carry only texts and numbers")
        else:
            yield name, json.dumps(value, ensure_ascii=False)

    def _list_names(self, name: str, length: int) -> list[str]:
        lists = self.dialect.lists if self.dialect else Lists.REPEATED
        if lists is Lists.INDEXED:
            return [f"{name}[{number}]" for number in range(length)]
        return [f"{name}[]" if lists is Lists.EMPTY_BRACKETS else name] * length

    def path_of(self, name: str) -> Path:
        """The path in the order that a field name stands for."""
        top = re.split(r"[.\[]", name, maxsplit=1)[0]
        if _kind((top,)) == "array":
            return (top,)
        nesting = self.nesting(top)
        if nesting is Nesting.DOTTED:
            return tuple(name.split("."))
        if nesting is Nesting.BRACKETS and (found := _BRACKETED.fullmatch(name)):
            return (found[1], *re.findall(r"\[([^\[\]]*)\]", found[2]))
        return (name,)

    def meaning(self, pairs: Pairs) -> dict[str, Any]:
        """The body that a server with this dialect reads from the fields."""
        body: dict[str, Any] = {}
        for name, text in pairs:
            path = self.path_of(name)
            kind = _kind(path)
            nested = self.nesting(path[0]) is not Nesting.JSON_TEXT
            if kind == "array":
                _put(body, path, [self._read(text, _kind((*path, "[]")), nested=nested)], more=True)
            else:
                _put(body, path, self._read(text, kind, nested=nested))
        return body

    def _read(self, text: str, kind: str | None, *, nested: bool) -> object:
        """The value of a field's text, given the type in the document."""
        if kind == "string" or (nested and kind not in _JSON_SCALARS):
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text


def _kind(path: Path) -> str | None:
    """The type of a place in the document, by which a server interprets a form's text; None if undeclared."""
    return places().get(path, {}).get("type")


AS_JSON = Encoding(JSON)


@cache
def form_types() -> tuple[str, ...]:
    """The form media types that the document lists and that can express all required fields of an order."""
    smallest = order().fit({})
    dialect = Dialect(Nesting.JSON_TEXT, Nesting.JSON_TEXT)
    return tuple(name for name in Document.load(VENDORED).form_types if Encoding(name, dialect).can_carry(smallest))


def json_bytes(body: object) -> bytes:
    """JSON as UTF-8. Lone surrogates, which UTF-8 cannot encode, become escapes."""
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


def _is_flat_list(value: object) -> TypeGuard[list[Any]]:
    return is_list(value) and bool(value) and all(isinstance(item, str) or _is_scalar(item) for item in value)


def _is_scalar(value: object) -> bool:
    return isinstance(value, bool | int | float)


def _put(body: dict[str, Any], path: Path, value: Any, *, more: bool = False) -> None:
    for part in path[:-1]:
        inner = body.setdefault(part, {})
        if not is_object(inner):
            raise TypeError("a field name addresses a member of a text")
        body = inner
    if path[-1] not in body:
        body[path[-1]] = value
    elif more and is_list(body[path[-1]]):
        body[path[-1]].extend(value)
    else:
        raise ValueError("a name appears twice")
