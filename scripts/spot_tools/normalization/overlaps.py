"""allOf with several descriptions of the same property: merged, since the generator keeps only one of them."""

import copy
from typing import Any

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Document

Schema = dict[str, Any]

_NOT_PROPERTIES = ("oneOf", "anyOf", "enum", "const", "items", "not", "if", "patternProperties")
"""Keywords of a part that describe more than properties."""
_TYPED = ("type", "$ref", "properties", "items", "enum", "const", "allOf", "oneOf", "anyOf", "additionalProperties")


def merge_properties(document: Document, schema: Schema) -> None:
    """Move the properties of all parts into the schema itself, where two parts describe the same one differently."""
    if "allOf" not in schema:
        return
    parts = _parts(document, schema, ())
    if parts is None:
        return
    given: dict[str, list[Any]] = {}
    for part in parts:
        for name, value in (as_object(part.get("properties")) or {}).items():
            if value not in given.setdefault(name, []):
                given[name].append(value)
    if all(len(values) == 1 for values in given.values()):
        return
    properties: Schema = {}
    for name, values in given.items():
        properties[name] = copy.deepcopy(values[0])
        for value in values[1:]:
            properties[name] = _both(document, properties[name], copy.deepcopy(value))
    required = dict.fromkeys(name for part in parts for name in as_list(part.get("required")) or [])
    del schema["allOf"]
    schema |= {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}
    extra = [part["additionalProperties"] for part in parts if "additionalProperties" in part]
    if extra:
        schema["additionalProperties"] = extra[-1]


def _parts(document: Document, schema: Schema, above: tuple[int, ...]) -> list[Schema] | None:
    """All schemas that apply, with references resolved; None where one of them describes more than properties."""
    if id(schema) in above:
        return []
    if isinstance(schema.get("$ref"), str):
        target = as_object(document.root.follow(schema["$ref"]).resolved().value)
        return None if target is None else _parts(document, target, (*above, id(schema)))
    if set(_NOT_PROPERTIES) & schema.keys() or schema.get("type", "object") != "object":
        return None
    found: list[Schema] = []
    for entry in map(as_object, as_list(schema.get("allOf")) or []):
        inner = _parts(document, entry, (*above, id(schema))) if entry is not None else None
        if inner is None:
            return None
        found += inner
    return [*found, schema]


def _both(document: Document, left: Schema, right: Schema) -> Schema:
    """A schema of the values that both allow; where keywords conflict, the second schema wins."""
    if left == right:
        return left
    if not set(_TYPED) & left.keys() or not set(_TYPED) & right.keys():
        return {**left, **right}
    sides = [_followed(document, side) for side in (left, right)]
    if all("properties" in side or "allOf" in side for side in sides):
        return {"allOf": [left, right]}
    if all(side.get("type") == "array" and "items" in side for side in sides):
        return {**sides[0], **sides[1], "items": _both(document, sides[0]["items"], sides[1]["items"])}
    result = {**sides[0], **sides[1]}
    enums = [as_list(side["enum"]) or [] for side in sides if "enum" in side]
    if len(enums) > 1:
        result["enum"] = [value for value in enums[0] if value in enums[1]]
    kinds = {str(side.get("type")) for side in sides}
    if kinds == {"integer", "number"}:
        result["type"] = "integer"
    if any("nullable" in side for side in sides):
        result["nullable"] = all(side.get("nullable") is True for side in sides)
    return result


def _followed(document: Document, schema: Schema) -> Schema:
    if isinstance(schema.get("$ref"), str):
        return dict(as_object(document.root.follow(schema["$ref"]).resolved().value) or {})
    return schema
