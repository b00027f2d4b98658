"""Navigation in a document: values with their JSON Pointers, and references."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from spot_tools.errors import ToolError

from .documents import as_list, as_object

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The keys of a path item that hold operations."""

IGNORED_HEADERS = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI ignores, since other fields describe them."""

NAME_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
"""Keys of a schema whose value maps names to schemas."""

DATA_KEYS = ("example", "examples", "default", "enum", "const", "mapping")
"""Keys whose values are data rather than parts of the document."""

_LONGEST_CHAIN = 50
"""The longest chain of references to references."""


@dataclass(eq=False)
class Document:
    """A parsed document."""

    name: str
    """The name that messages use."""
    value: dict[str, Any]
    cache: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """Results that were computed from its schemas."""

    @property
    def root(self) -> "Node":
        """The whole document."""
        return Node(self, (), self.value)

    @property
    def is_json_schema(self) -> bool:
        """Whether schemas are JSON Schemas (OpenAPI 3.1): references may have siblings, null is a type."""
        return not str(self.value["openapi"]).startswith("3.0")


@dataclass(frozen=True, eq=False)
class Node:
    """A value and its place in the document."""

    document: Document
    path: tuple[str, ...]
    value: Any

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901)."""
        return json_pointer(self.path)

    @property
    def parent(self) -> "Node":
        """The object or list that contains this value."""
        path = self.path[:-1]
        return Node(self.document, path, self._walk(path, self.pointer))

    def get(self, key: str) -> "Node | None":
        """The value under a key of this object; None where there is none."""
        value = as_object(self.value)
        return None if value is None or key not in value else Node(self.document, (*self.path, key), value[key])

    def read(self, key: str, default: Any = None) -> Any:
        """The plain value under a key of this object; the default where there is none."""
        return (as_object(self.value) or {}).get(key, default)

    def at(self, key: str) -> str:
        """The pointer of a key; the pointer of this value where there is no such key."""
        child = self.get(key)
        return self.pointer if child is None else child.pointer

    def members(self, key: str) -> dict[str, "Node"]:
        """The members of the object under a key; empty where there is no object."""
        child = self.get(key)
        value = (as_object(child.value) if child is not None else None) or {}
        return {name: Node(self.document, (*self.path, key, name), entry) for name, entry in value.items()}

    def entries(self, key: str) -> list["Node"]:
        """The entries of the list under a key; empty where there is no list."""
        child = self.get(key)
        value = as_list(child.value) if child is not None else None
        return [Node(self.document, (*self.path, key, str(i)), entry) for i, entry in enumerate(value or [])]

    def resolved(self) -> "Node":
        """The value at the end of its chain of references. Raises ToolError where it does not exist."""
        node = self
        for _ in range(_LONGEST_CHAIN):
            reference = (as_object(node.value) or {}).get("$ref")
            if not isinstance(reference, str):
                return node
            node = node.follow(reference)
        raise ToolError(f"{self.document.name} has circular references at {self.pointer}.")

    def follow(self, reference: str) -> "Node":
        """The value that a reference points to. Raises ToolError where the document does not contain it."""
        if not reference.startswith("#"):
            raise ToolError(
                f"{self.document.name} refers at {self.pointer} to another file ({reference}): bundle the files first."
            )
        if reference not in ("#", "") and not reference.startswith("#/"):
            raise ToolError(
                f"{self.document.name} refers at {self.pointer} to the anchor {reference}: write it as a JSON Pointer, "
                "such as #/components/schemas/Kit."
            )
        parts = unquote(reference[1:]).split("/")[1:]
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)
        return Node(self.document, path, self._walk(path, reference))

    def _walk(self, path: tuple[str, ...], reference: str) -> Any:
        value: Any = self.document.value
        for key in path:
            mapping, entries = as_object(value), as_list(value)
            if mapping is not None and key in mapping:
                value = mapping[key]
            elif entries is not None and key.isdigit() and int(key) < len(entries):
                value = entries[int(key)]
            else:
                raise ToolError(f"{self.document.name} refers at {self.pointer} to {reference}, which does not exist.")
        return value


def json_pointer(path: Iterable[str]) -> str:
    """The JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def operations(document: Document) -> Iterator[tuple[str, Node]]:
    """Every operation with its name, such as POST /orders."""
    for path, item in document.root.members("paths").items():
        if path.startswith("/"):
            yield from ((f"{method} {path}", operation) for method, operation in methods(item))


def methods(item: Node) -> Iterator[tuple[str, Node]]:
    """Every operation of a path item with its method in upper case."""
    for method in METHODS:
        operation = item.resolved().get(method)
        if operation is not None and as_object(operation.value) is not None:
            yield method.upper(), operation


def canonical(value: object) -> str:
    """The JSON of a value, equal for equal values: 1 equals 1.0 but not true, and keys are sorted."""
    return json.dumps(_integers(value), sort_keys=True, ensure_ascii=False)


def _integers(value: object) -> object:
    mapping, entries = as_object(value), as_list(value)
    if mapping is not None:
        return {key: _integers(entry) for key, entry in mapping.items()}
    if entries is not None:
        return [_integers(entry) for entry in entries]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_ANNOTATIONS = ("title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment")
"""Keywords for readers."""
_MOST_VALUES = 20_000
"""The most values that are expanded; nested references multiply them."""


def canonical_without_annotations(node: Node) -> str:
    """The canonical JSON of a value with references resolved and without keywords for readers."""
    left = [_MOST_VALUES]
    expanded = _expand(node, (), left, names=False)
    return canonical(expanded if left[0] > 0 else node.value)


def _expand(node: Node, above: tuple[tuple[str, ...], ...], left: list[int], *, names: bool) -> object:
    node = node.resolved()
    mapping, entries = as_object(node.value), as_list(node.value)
    left[0] -= 1
    if left[0] <= 0 or (mapping is None and entries is None):
        return node.value
    if node.path in above:
        return f"the value {above[::-1].index(node.path)} levels above"
    below = (*above, node.path)
    if entries is not None:
        inner = [Node(node.document, (*node.path, str(i)), entry) for i, entry in enumerate(entries)]
        return [_expand(entry, below, left, names=False) for entry in inner]
    return {
        key: _expand(Node(node.document, (*node.path, key), entry), below, left, names=not names and key in NAME_MAPS)
        for key, entry in (mapping or {}).items()
        if names or (key not in _ANNOTATIONS and not key.startswith("x-"))
    }


def one_line(value: object) -> str:
    """A value as one line of text, independent of how YAML folded it."""
    return " ".join(value.split()) if isinstance(value, str) else canonical(value)
