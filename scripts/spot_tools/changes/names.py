"""What people call a place in a document."""

from spot_tools.openapi.nodes import Node
from spot_tools.openapi.pairing import tags
from spot_tools.openapi.schemas import Alternative, Schema

_STEPS = {"items": "[]", "prefixItems": "[]", "additionalProperties": ".*"}
_SILENT = {"schema", "content", "headers"}
_COMPONENT = 3
"""Keys of the path to a component."""


def name(node: Node) -> str:
    """The component, parameter, header or body, and the way from there: Kit.sample.reports[]."""
    start, rest = _start(node)
    told, index = [start], 0
    while index < len(rest):
        key = rest[index]
        if key == "properties" and index + 1 < len(rest):
            index += 1
            told.append("." + rest[index])
        elif key in ("allOf", "anyOf", "oneOf"):
            index += 1
        elif key not in _SILENT:
            told.append(_STEPS.get(key, "." + key))
        index += 1
    return "".join(told)


def _start(node: Node) -> tuple[str, list[str]]:
    keys = list(node.path)
    if keys[:1] == ["components"]:
        return keys[2] if len(keys) >= _COMPONENT else "components", keys[_COMPONENT:]
    for group in ("parameters", "headers"):
        if group in keys and keys.index(group) + 1 < len(keys):
            index = keys.index(group) + 1
            if group == "headers":
                return keys[index], keys[index + 1 :]
            reference = "#" + Node(node.document, tuple(keys[: index + 1]), None).pointer
            return str(node.document.root.follow(reference).resolved().read("name")), keys[index + 1 :]
    if "schema" in keys:
        return "the body", keys[keys.index("schema") + 1 :]
    return keys[-1] if keys else "the document", []


def member(node: Node, key: str) -> str:
    """What people call a property of the object at the node."""
    return f"{name(node)}.{key}"


def kind(entry: Alternative) -> str:
    """What people call an alternative: its component or its type, with the values where they are listed."""
    if entry.node.path[:2] == ("components", "schemas") and len(entry.node.path) == _COMPONENT:
        return entry.node.path[-1]
    if entry.kind == "object":
        told = " and ".join(f"{key} {value}" for key, value in sorted(tags(entry)))
        return f"an object with {told}" if told else "object"
    return entry.kind + (f" ({', '.join(entry.values)})" if entry.values else "")


def kinds(schema: Schema) -> str:
    """What people call all that a schema allows."""
    return " or ".join(dict.fromkeys(kind(entry) for entry in schema.alternatives)) or "nothing"
