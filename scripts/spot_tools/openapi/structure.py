"""A check of the structure that all commands rely on: objects and lists where they belong, references that resolve."""

import re
from collections.abc import Iterator

from spot_tools.errors import ToolError

from .documents import as_list, as_object
from .nodes import DATA_KEYS, METHODS, Document, Node

_STATUS = re.compile(r"[1-5](\d\d|XX|xx)|default")

_MESSAGE = {"content": "{media}", "headers": "{header}", "links": "{object}"}
_VALUE = {"schema": "schema", "content": "{media}"}
_SERVERS = {"servers": "[server]"}
_FLOWS = ("implicit", "password", "clientCredentials", "authorizationCode")
_SHAPES: dict[str, dict[str, str]] = {
    "document": {
        "info": "info", "paths": "{item}", "webhooks": "{item}", "components": "components", "tags": "[object]",
        "security": "[requirement]", **_SERVERS,
    },
    "info": {"contact": "object", "license": "object"},
    "components": {
        "schemas": "{schema}", "responses": "{response}", "parameters": "{parameter}", "requestBodies": "{body}",
        "headers": "{header}", "securitySchemes": "{scheme}", "callbacks": "{callback}", "pathItems": "{item}",
        "examples": "object", "links": "{object}",
    },
    "item": {"parameters": "[parameter]", **_SERVERS, **dict.fromkeys(METHODS, "operation")},
    "operation": {
        "parameters": "[parameter]", "requestBody": "body", "responses": "{response}", "callbacks": "{callback}",
        "security": "[requirement]", "tags": "list", **_SERVERS,
    },
    "parameter": _VALUE,
    "header": _VALUE,
    "body": _MESSAGE,
    "response": _MESSAGE,
    "media": {"schema": "schema", "encoding": "{encoding}"},
    "encoding": {"headers": "{header}"},
    "server": {"variables": "{object}"},
    "scheme": {"flows": "flows"},
    "flows": dict.fromkeys(_FLOWS, "flow"),
    "flow": {"scopes": "object"},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "$defs", "dependentSchemas"), "<schema>"),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
        **dict.fromkeys(
            ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
             "unevaluatedItems", "unevaluatedProperties"), "schema",
        ),
        "required": "list", "enum": "list", "discriminator": "discriminator", "xml": "object",
        "dependentRequired": "object",
    },
    "discriminator": {"mapping": "object"},
}  # fmt: skip
"""What each key holds: a kind of object, [a list of them], {objects by name}, <objects by names that may be x-…>."""

_UNSUPPORTED = {"item": ("query", "additionalOperations"), "schema": ("$dynamicRef", "$recursiveRef")}
"""Keys that have a meaning but are not supported."""


def check(document: Document) -> None:
    """Raise ToolError that names the place where the structure of the document is wrong."""
    for node in _references(document.root):
        node.resolved()
    seen: set[tuple[str, tuple[str, ...]]] = set()
    left = [("document", document.root)]
    while left:
        kind, node = left.pop()
        if kind == "schema" and isinstance(node.value, bool):
            continue
        node = _checked_object(node).resolved()
        if (kind, node.path) not in seen:
            seen.add((kind, node.path))
            left += reversed(list(_inner(kind, node)))


def _inner(kind: str, node: Node) -> Iterator[tuple[str, Node]]:
    """The values in an object of this kind, each with its own kind. Raises ToolError."""
    _check_keys(kind, node)
    if kind == "callback":
        yield from (("item", member) for member in _members(node, "{item}"))
    for key, shape in _SHAPES.get(kind, {}).items():
        child = node.get(key)
        if child is None:
            continue
        inner = shape.strip("[]{}<>")
        if shape == "list" or shape[0] == "[":
            if as_list(child.value) is None:
                raise ToolError(f"{node.document.name} is not a valid OpenAPI document: {child.pointer} is not a list.")
            yield from ((inner, entry) for entry in node.entries(key) if inner != "list")
        elif shape[0] in "{<":
            yield from ((inner, member) for member in _members(_checked_object(child), shape))
        else:
            yield inner, child


def _members(node: Node, shape: str) -> Iterator[Node]:
    for name in node.value:
        member = node.get(name)
        if member is not None and (shape[0] == "<" or not name.startswith("x-")):
            yield member


def _check_keys(kind: str, node: Node) -> None:
    """Raise ToolError where a required key is missing or a key is not supported."""
    _checked_object(node)
    if kind == "parameter":
        for key in ("in", "name"):
            if not isinstance(node.read(key), str):
                raise ToolError(f"{node.document.name} has a parameter at {node.pointer} without {key!r}.")
    for key in _UNSUPPORTED.get(kind, ()):
        if node.get(key) is not None:
            raise ToolError(
                f"{node.document.name} has {key} at {node.pointer}, which is not supported: replace it by an overlay "
                "or in a copy of the document."
            )
    if kind == "operation":
        for status, response in node.members("responses").items():
            if not _STATUS.fullmatch(status) and not status.startswith("x-"):
                raise ToolError(f"{node.document.name} has a response at {response.pointer} without a valid status.")


def _checked_object(node: Node) -> Node:
    if as_object(node.value) is None:
        raise ToolError(f"{node.document.name} is not a valid OpenAPI document: {node.pointer} is not an object.")
    return node


def _references(node: Node) -> Iterator[Node]:
    mapping, entries = as_object(node.value), as_list(node.value)
    if mapping is not None and isinstance(mapping.get("$ref"), str):
        yield node
    inner = dict(enumerate(entries or [])) if mapping is None else mapping
    names = node.path[-1:] == ("properties",)
    for key, value in inner.items():
        if names or (key not in DATA_KEYS and not str(key).startswith("x-")):
            yield from _references(Node(node.document, (*node.path, str(key)), value))
