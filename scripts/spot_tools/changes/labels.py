"""The names that messages give to places in a document, such as Kit.sample.reports[]."""

from spot_tools.openapi.nodes import Node, json_pointer
from spot_tools.openapi.pairing import tags
from spot_tools.openapi.schemas import Alternative, Schema

_STEPS = {"items": "[]", "prefixItems": "[]", "additionalProperties": ".*"}
_OMITTED = {"schema", "content", "headers"}
_COMPONENT = 3
"""The length of the path of a component."""


def label(node: Node) -> str:
    """The name of a place: the component, parameter, header or body, and the path from there."""
    start, rest = _start(node)
    parts, index = [start], 0
    while index < len(rest):
        key = rest[index]
        if key == "properties" and index + 1 < len(rest):
            index += 1
            parts.append("." + rest[index])
        elif key in ("allOf", "anyOf", "oneOf"):
            index += 1
        elif key not in _OMITTED:
            parts.append(_STEPS.get(key, "." + key))
        index += 1
    return "".join(parts)


def _start(node: Node) -> tuple[str, list[str]]:
    keys = list(node.path)
    if keys[:1] == ["components"]:
        return keys[2] if len(keys) >= _COMPONENT else "components", keys[_COMPONENT:]
    for group in ("parameters", "headers"):
        if group in keys and keys.index(group) + 1 < len(keys):
            index = keys.index(group) + 1
            if group == "headers":
                return keys[index], keys[index + 1 :]
            parameter = node.document.root.follow("#" + json_pointer(keys[: index + 1]))
            return str(parameter.resolved().read("name")), keys[index + 1 :]
    if "schema" in keys:
        return "the body", keys[keys.index("schema") + 1 :]
    return keys[-1] if keys else "the document", []


def alternative_label(entry: Alternative) -> str:
    """The name of an alternative: its component, or its type with tags or values."""
    if entry.node.path[:2] == ("components", "schemas") and len(entry.node.path) == _COMPONENT:
        return entry.node.path[-1]
    if entry.kind == "object":
        listed = " and ".join(f"{key} {value}" for key, value in sorted(tags(entry)))
        return f"an object with {listed}" if listed else "object"
    return entry.kind + (f" ({', '.join(entry.values)})" if entry.values else "")


def schema_label(schema: Schema) -> str:
    """The names of all alternatives of a schema."""
    return " or ".join(dict.fromkeys(alternative_label(entry) for entry in schema.alternatives)) or "nothing"
