"""A document whose places have names and whose references lead somewhere."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from spot_tools.errors import ToolError

from .documents import as_list, as_object

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""What a path item holds operations under."""

_NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")
"""Under these stand names that people chose, whatever they are."""

_LONGEST_CHAIN = 50
"""References that lead to references: more in a row lead nowhere."""


@dataclass(eq=False)
class Document:
    """One side of the comparison."""

    name: str
    """What messages call it."""
    value: dict[str, Any]
    known: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """What was worked out of its schemas already."""

    @property
    def root(self) -> "Node":
        """The whole document."""
        return Node(self, (), self.value)

    @property
    def is_json_schema(self) -> bool:
        """Whether schemas are those of OpenAPI 3.1 and later: references have siblings, null is a type."""
        return not str(self.value["openapi"]).startswith("3.0")


@dataclass(frozen=True, eq=False)
class Node:
    """A value and where it stands."""

    document: Document
    path: tuple[str, ...]
    value: Any

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901)."""
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.path)

    def get(self, key: str) -> "Node | None":
        """What stands under the key of an object, or None."""
        value = as_object(self.value)
        return None if value is None or key not in value else Node(self.document, (*self.path, key), value[key])

    def read(self, key: str, default: Any = None) -> Any:
        """The plain value under the key of an object; the default where there is none."""
        return (as_object(self.value) or {}).get(key, default)

    def at(self, key: str) -> str:
        """The pointer of a key, or of the whole where there is no such key."""
        child = self.get(key)
        return self.pointer if child is None else child.pointer

    def members(self, key: str) -> dict[str, "Node"]:
        """The members of the object under the key; none where there is no such object."""
        child = self.get(key)
        value = (as_object(child.value) if child is not None else None) or {}
        return {name: Node(self.document, (*self.path, key, name), entry) for name, entry in value.items()}

    def entries(self, key: str) -> list["Node"]:
        """The entries of the list under the key; none where there is no such list."""
        child = self.get(key)
        value = as_list(child.value) if child is not None else None
        return [Node(self.document, (*self.path, key, str(i)), entry) for i, entry in enumerate(value or [])]

    def resolved(self) -> "Node":
        """The value that a reference, or a chain of them, leads to. Raises ToolError where there is none."""
        node = self
        for _ in range(_LONGEST_CHAIN):
            reference = (as_object(node.value) or {}).get("$ref")
            if not isinstance(reference, str):
                return node
            node = node.follow(reference)
        raise ToolError(f"{self.document.name} has references at {self.pointer} that lead in a circle.")

    def follow(self, reference: str) -> "Node":
        """The value that the reference leads to. Raises ToolError where there is none in the same document."""
        if not reference.startswith("#"):
            raise ToolError(
                f"{self.document.name} refers at {self.pointer} to another file ({reference}): bundle them first."
            )
        if reference not in ("#", "") and not reference.startswith("#/"):
            raise ToolError(
                f"{self.document.name} refers at {self.pointer} to the anchor {reference}: write it as the way to a "
                "place, such as #/components/schemas/Kit."
            )
        value: Any = self.document.value
        path: list[str] = []
        for part in unquote(reference[1:]).split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            mapping, entries = as_object(value), as_list(value)
            if mapping is not None and key in mapping:
                value = mapping[key]
            elif entries is not None and key.isdigit() and int(key) < len(entries):
                value = entries[int(key)]
            else:
                raise ToolError(f"{self.document.name} refers at {self.pointer} to {reference}, which is not there.")
            path.append(key)
        return Node(self.document, tuple(path), value)


def canonical(value: object) -> str:
    """One text for each JSON value: 1 and 1.0 are the same number, 1 and true are not the same, keys have no order."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: object) -> object:
    mapping, entries = as_object(value), as_list(value)
    if mapping is not None:
        return {key: _plain(entry) for key, entry in mapping.items()}
    if entries is not None:
        return [_plain(entry) for entry in entries]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_READERS = ("title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment")
"""What no program acts on."""
_LONGEST_TEXT = 20_000
"""Values in one text; more come from references that lead to references."""


def plain(node: Node) -> str:
    """The canonical text of a value with references followed and without what is for readers only."""
    left = [_LONGEST_TEXT]
    told = _acted_on(node, (), left, names=False)
    return canonical(told if left[0] > 0 else node.value)


def _acted_on(node: Node, above: tuple[tuple[str, ...], ...], left: list[int], *, names: bool) -> object:
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
        return [_acted_on(entry, below, left, names=False) for entry in inner]
    return {
        key: _acted_on(Node(node.document, (*node.path, key), entry), below, left, names=not names and key in _NAMED)
        for key, entry in (mapping or {}).items()
        if names or (key not in _READERS and not key.startswith("x-"))
    }


def words(value: object) -> str:
    """A value as one line of text, however YAML folded it."""
    return " ".join(value.split()) if isinstance(value, str) else canonical(value)
