"""The serialization of parameters and form fields, as arguments of the runtime's classes."""

from collections.abc import Iterable
from typing import Any

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Node
from spot_tools.openapi.schemas import Schema

_STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form",),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}
"""The styles of each location, the default first."""
_MANY = {"array", "object"}


def parameter(node: Node, label: str) -> str:
    """The arguments of the runtime's Parameter after name and codec. Raises ToolError that names the place.

    A parameter with `content` gets the schema of its media type, which the generator reads.
    """
    name, place = node.value.get("name"), str(node.value.get("in"))
    where = f"the {place} parameter {name} of {label} ({node.pointer})"
    if node.get("schema") is None:
        return _content(node, where)
    style = str(node.value.get("style", _STYLES[place][0]))
    explode = node.value.get("explode", style == "form") is True
    kinds = _kinds(node.get("schema"))
    if style not in _STYLES[place]:
        raise ToolError(f"{where} has the style {style}, which OpenAPI does not allow there.")
    if style == "deepObject" and kinds - {"object", "null"}:
        raise ToolError(f"{where} has the style deepObject, which is only for objects.")
    if place == "cookie" and kinds & _MANY and explode:
        raise ToolError(f"{where} is a list or an object with explode, which a cookie cannot represent.")
    found = ", allow_reserved=True" if node.value.get("allowReserved") is True and place == "query" else ""
    if (kinds & _MANY or style in ("label", "matrix")) and (style, explode) != (
        _STYLES[place][0],
        place in ("query", "cookie"),
    ):
        found += f", style={style!r}, explode={explode}"
    return found


def _content(node: Node, where: str) -> str:
    for kind, media in node.members("content").items():
        schema = media.value.get("schema", {})
        if is_json(kind):
            node.value["schema"] = schema
            return ", style='json'"
        if kind.startswith("text/plain") and not _kinds(media.get("schema")) & {*_MANY, "any"}:
            node.value["schema"] = schema
            return ""
    raise ToolError(
        f"{where} has a content other than JSON instead of a schema, which the client does not support: add a schema "
        "by an overlay."
    )


def encodings(kind: str, media: Node, label: str) -> str:
    """The runtime's Encoding of each form field with one, as Python code. Raises ToolError."""
    found: list[str] = []
    schema = media.get("schema")
    properties = _properties(schema)
    for field, encoding in media.members("encoding").items():
        where = f"the field {field} of {kind} of {label} ({encoding.pointer})"
        if field not in properties:
            continue
        arguments = _encoding(kind, encoding, _kinds_of(properties[field]), where)
        if arguments:
            found.append(f"{field!r}: Encoding({arguments})")
    return "{" + ", ".join(found) + "}" if found else ""


def _encoding(kind: str, encoding: Node, kinds: set[str], where: str) -> str:
    value: dict[str, Any] = encoding.value
    headers = [name for name in as_object(value.get("headers")) or {} if name.lower() != "content-type"]
    if headers:
        raise ToolError(f"{where} has headers, which the client does not support.")
    urlencoded = kind.startswith("application/x-www-form-urlencoded")
    if {"style", "explode", "allowReserved"} & value.keys() and (urlencoded or encoding.document.is_json_schema):
        style = str(value.get("style", "form"))
        if style not in _STYLES["query"]:
            raise ToolError(f"{where} has the style {style}, which OpenAPI does not allow for forms.")
        return f"style={style!r}, explode={value.get('explode', style == 'form') is True}"
    content_type = str(value.get("contentType", ""))
    if not content_type or "," in content_type or "*" in content_type:
        return ""
    if kinds & {"object", "any"} and not is_json(content_type):
        raise ToolError(f"{where} is an object as {content_type}, which the client does not support.")
    return f"content_type={content_type!r}"


def is_json(kind: str) -> bool:
    """Whether the media type is JSON."""
    bare = kind.partition(";")[0].strip().lower()
    return bare == "application/json" or bare.endswith("+json")


def _kinds(schema: Node | None) -> set[str]:
    return {"any"} if schema is None else _kinds_of([Schema((schema,))])


def _kinds_of(schemas: Iterable[Schema]) -> set[str]:
    found: set[str] = set()
    for schema in schemas:
        for way in schema.alternatives:
            items = way.items.alternatives if way.kind == "array" and way.items is not None else []
            found |= {way.kind, *(item.kind for item in items if item.kind in _MANY)}
    return found


def _properties(schema: Node | None) -> dict[str, list[Schema]]:
    found: dict[str, list[Schema]] = {}
    for way in Schema((schema,)).alternatives if schema is not None else []:
        for name, inner in way.properties.items():
            found.setdefault(name, []).append(inner)
    return found
