"""Whether a document is whole enough to be compared: objects where they belong, references that lead somewhere."""

import re
from collections.abc import Iterator

from spot_tools.documents import as_list, as_object
from spot_tools.errors import ToolError

from .nodes import METHODS, Document, Node

_STATUS = re.compile(r"[1-5](\d\d|XX|xx)|default")
_DATA = {"example", "examples", "default", "enum", "const", "mapping"}
"""What holds values rather than parts of the document."""


def check(document: Document) -> None:
    """Raise ToolError, naming the place, where the document cannot be read for sense."""
    for node in _references(document.root):
        node.resolved()
    root = document.root
    _security_and_servers(root)
    for tag in _list(root, "tags"):
        _object(tag)
    _objects(root, "components")
    for group in root.members("components"):
        if not group.startswith("x-"):
            _objects(root.follow("#/components"), group)
    for item in _objects(root, "paths").values():
        _parameters(item.resolved())
        for method in METHODS:
            operation = item.resolved().get(method)
            if operation is not None:
                _operation(_object(operation))


def _operation(operation: Node) -> None:
    _parameters(operation)
    _security_and_servers(operation)
    _list(operation, "tags")
    body = operation.get("requestBody")
    responses = _objects(operation, "responses")
    for status, node in responses.items():
        if not _STATUS.fullmatch(status):
            raise ToolError(f"{node.document.name} has a response at {node.pointer} whose status is none.")
    messages = list(responses.values())
    for message in messages if body is None else [*messages, _object(body)]:
        for media in _objects(message.resolved(), "content").values():
            _objects(media, "encoding")
        _objects(message.resolved(), "headers")


def _parameters(home: Node) -> None:
    for entry in _list(home, "parameters"):
        node = _object(_object(entry).resolved())
        for key in ("in", "name"):
            if not isinstance(node.value.get(key), str):
                raise ToolError(f"{node.document.name} has a parameter at {node.pointer} without {key!r}.")
        _objects(node, "content")


def _security_and_servers(home: Node) -> None:
    for key in ("security", "servers"):
        for entry in _list(home, key):
            _object(entry)


def _object(node: Node) -> Node:
    if as_object(node.value) is None:
        raise ToolError(
            f"{node.document.name} is no sound OpenAPI document: what stands at {node.pointer} is no object."
        )
    return node


def _objects(home: Node, key: str) -> dict[str, Node]:
    child = home.get(key)
    if child is not None:
        _object(child)
    # JSON Schema has true and false for what is satisfied always and never.
    is_boolean = home.document.is_json_schema and key == "schemas"
    members = {name: node for name, node in home.members(key).items() if not name.startswith("x-")}
    return {n: node if is_boolean and isinstance(node.value, bool) else _object(node) for n, node in members.items()}


def _list(home: Node, key: str) -> list[Node]:
    child = home.get(key)
    if child is not None and as_list(child.value) is None:
        raise ToolError(
            f"{home.document.name} is no sound OpenAPI document: what stands at {child.pointer} is no list."
        )
    return home.entries(key)


def _references(node: Node) -> Iterator[Node]:
    mapping, entries = as_object(node.value), as_list(node.value)
    if mapping is not None and isinstance(mapping.get("$ref"), str):
        yield node
    inner = dict(enumerate(entries or [])) if mapping is None else mapping
    names = node.path[-1:] == ("properties",)
    for key, value in inner.items():
        if names or (key not in _DATA and not str(key).startswith("x-")):
            yield from _references(Node(node.document, (*node.path, str(key)), value))
