"""Merging documents: each page of the provider has one operation and its own copy of the components."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from spot_tools.errors import ToolError

from .documents import as_list, as_object, dump, parse_openapi
from .nodes import METHODS, canonical, json_pointer
from .page import document_of

_SHOWN = 6
"""The most differences that are shown of one conflict."""
_SETS = ("required", "enum", "tags")
"""Lists whose order has no meaning."""

Sources = Sequence[tuple[str, bytes]]
"""Published pages or documents as (name, content)."""


def compose(sources: Sources) -> bytes:
    """The vendored document: a single YAML document byte for byte, several documents merged. Raises ToolError."""
    texts = [(name, document_of(data, name)) for name, data in sources]
    if len(texts) == 1 and not texts[0][1].lstrip().startswith(b"{"):
        return texts[0][1]
    documents = [(name, parse_openapi(text, name)) for name, text in texts]
    names = "".join(f"\n  {name}" for name, _ in documents)
    return dump(merge(documents), f"Made by scripts/vendor; do not edit. Made of:{names}")


def merge(documents: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """The documents merged into one. Raises ToolError that lists the places where two of them disagree."""
    merged = _Merged()
    for name, document in documents:
        for path, value in _units(document):
            merged.put(path, value, name)
    if merged.conflicts:
        shown = "".join(f"\n  {conflict}" for conflict in merged.conflicts)
        raise ToolError(
            "The sources contradict each other, as listed below. Ask the provider which one is right; until then save "
            f"one of the pages, edit it to agree with the others, and pass the file instead of its address.{shown}"
        )
    return merged.document


def _units(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The parts that are merged as a whole, with their paths: operations, components, other top-level values."""
    for key, value in document.items():
        mapping = as_object(value)
        if key not in ("paths", "components") or mapping is None:
            yield (key,), value
            continue
        for group, members in mapping.items():
            inner = as_object(members)
            if inner is None or (key == "paths" and not any(method in inner for method in METHODS)):
                yield (key, group), members
            else:
                yield from (((key, group, name), entry) for name, entry in inner.items())


class _Merged:
    """The merged document so far, and the source of each part."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self.conflicts: list[str] = []
        self._sources: dict[tuple[str, ...], str] = {}

    def put(self, path: tuple[str, ...], value: Any, name: str) -> None:
        """Add a part of a source, or record where it contradicts an earlier source."""
        home = self.document
        for key in path[:-1]:
            home = home.setdefault(key, {})
        if path[-1] not in home:
            home[path[-1]] = copy.deepcopy(value)
            self._sources[path] = name
        elif path == ("tags",):
            known = [tag.get("name") for tag in home["tags"]]
            for tag in as_list(value) or []:
                if tag.get("name") not in known:
                    home["tags"].append(copy.deepcopy(tag))
                else:
                    self._compare(path, home["tags"][known.index(tag.get("name"))], tag, name)
        else:
            self._compare(path, home[path[-1]], value, name)

    def _compare(self, path: tuple[str, ...], one: Any, other: Any, name: str) -> None:
        found = _differences(one, other, path)
        for place, left, right in found[:_SHOWN]:
            self.conflicts.append(f"{json_pointer(place)}: {left} in {self._sources[path]}, {right} in {name}")
        if len(found) > _SHOWN:
            self.conflicts.append(f"{json_pointer(path)}: and {len(found) - _SHOWN} more")


def _differences(one: Any, other: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], str, str]]:
    """The places where two values differ, each with both values, shortened."""
    left, right = as_object(one), as_object(other)
    if left is not None and right is not None:
        found: list[tuple[tuple[str, ...], str, str]] = []
        for key in {**left, **right}:
            inner = (*path, key)
            if key not in left or key not in right:
                values = [_short(side[key]) if key in side else "nothing" for side in (left, right)]
                found.append((inner, values[0], values[1]))
            else:
                found += _differences(left[key], right[key], inner)
        return found
    if path[-1] in _SETS:
        lists = [sorted(canonical(entry) for entry in as_list(value) or [value]) for value in (one, other)]
        same = lists[0] == lists[1]
    else:
        same = canonical(one) == canonical(other)
    return [] if same else [(path, _short(one), _short(other))]


def _short(value: object) -> str:
    text = canonical(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - fits on a line
