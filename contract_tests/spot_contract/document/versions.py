"""Judging by another version of the document than the bundled one (--document).

Its strict form is derived: what the bundled strict document adds to the bundled vendored one is added to the other
version, wherever that still says the same.
"""

import copy
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spot_contract.errors import CannotJudge

from .json_values import is_list, is_object
from .openapi import STRICT, VENDORED, judge_by, parse

_MOST = 5_000_000  # Bytes of a document.
_PARTS = 500_000
_PATIENCE = 30.0  # Seconds for an address.


def take(source: str) -> None:
    """Judge this run by the document in a file or at an http(s) address. Raises CannotJudge if it is unusable."""
    name = Path(urlsplit(source).path).name or source
    raw = parse(_bytes(source), name)
    _check(raw, name)
    vendored, strict = (parse(path.read_bytes(), path.name) for path in (VENDORED, STRICT))
    judge_by(raw, strict_form(raw, vendored, strict))


def strict_form(raw: dict[str, Any], vendored: dict[str, Any], strict: dict[str, Any]) -> dict[str, Any]:
    """The document with the differences between `vendored` and `strict` applied wherever it equals `vendored`."""
    found: dict[str, Any] = _corrected(copy.deepcopy(raw), vendored, strict)
    return found


def _corrected(value: Any, before: Any, after: Any) -> Any:
    if before == after:
        return value
    if is_object(value) and is_object(before) and is_object(after):
        for name, wanted in after.items():
            if name not in before:
                value.setdefault(name, copy.deepcopy(wanted))
            elif name in value:
                value[name] = _corrected(value[name], before[name], wanted)
        return value
    if is_list(value) and is_list(before) and is_list(after):
        return [*value, *(one for one in after if one not in before and one not in value)]
    return copy.deepcopy(after) if value == before else value


def _bytes(source: str) -> bytes:
    if urlsplit(source).scheme in {"http", "https"}:
        request = urllib.request.Request(source, headers={"Accept": "*/*"})  # noqa: S310  # Of these two schemes alone.
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
                data: bytes = answer.read(_MOST + 1)
        except (OSError, urllib.error.URLError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise CannotJudge(f"--document {source} cannot be fetched: {reason}.") from error
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(_MOST + 1)
        except OSError as error:
            raise CannotJudge(f"--document {source} cannot be read: {error.strerror}.") from error
    if len(data) > _MOST:
        raise CannotJudge(f"--document {source} is larger than {_MOST // 1_000_000} MB; give an OpenAPI document.")
    return data


def _check(raw: dict[str, Any], name: str) -> None:
    """Raise CannotJudge unless the suite can judge by this document."""
    if not str(raw.get("openapi", "")).startswith("3."):
        raise CannotJudge(f"{name} is not an OpenAPI 3 document; give a document of version 3.0 or 3.1.")
    for reference in _references(raw):
        node: Any = raw
        for part in str(reference).removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not str(reference).startswith("#/") or not is_object(node) or key not in node:
                raise CannotJudge(
                    f"{name} refers to {reference!r}, which it does not contain; give a complete document."
                )
            node = node[key]


def _references(raw: dict[str, Any]) -> Iterator[object]:
    """Every $ref. Raises CannotJudge for documents that YAML anchors make huge or recursive."""
    left: list[Any] = [raw]
    count = 0
    while left:
        value, count = left.pop(), count + 1
        if count > _PARTS:
            raise CannotJudge(f"The document has more than {_PARTS:,} parts; give one without YAML anchors.")
        if is_object(value):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            left += value.values()
        elif is_list(value):
            left += value
