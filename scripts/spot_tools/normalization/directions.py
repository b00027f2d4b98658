"""readOnly and writeOnly: one class serves requests and responses, and templates know which properties are for one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Document

Schema = dict[str, Any]
SchemasBelow = Callable[..., Iterator[Schema]]
"""A function that yields every schema below a value."""

READ_ONLY, WRITE_ONLY = "x-read-only", "x-write-only"
"""Extensions for the templates: properties that are not arguments, and properties that responses never contain."""


def split(document: Document, below: SchemasBelow) -> None:
    """Drop properties from schemas used in the other direction only, and mark them in schemas used in both."""
    sent, received = _reached(document, "requestBody", below), _reached(document, "responses", below)
    schemas = list(below(document.value))
    discriminators = {(as_object(schema.get("discriminator")) or {}).get("propertyName") for schema in schemas}
    for schema in schemas:
        for flag, ways in (("readOnly", (sent, received)), ("writeOnly", (received, sent))):
            if id(schema) in ways[0] and id(schema) not in ways[1]:
                _drop(schema, _flagged(document, schema, flag) - discriminators)
    for schema in schemas:
        if id(schema) in sent & received:
            _mark(document, schema, discriminators)
    for schema in schemas:
        if id(schema) in sent and "required" in schema:
            read = {name for part in _parts(document, schema, ()) for name in _flagged(document, part, "readOnly")}
            schema["required"] = [name for name in schema["required"] if name not in read]


def _mark(document: Document, schema: Schema, discriminators: set[Any]) -> None:
    """Mark the properties of a schema for both directions that are used in one only."""
    parts = list(_parts(document, schema, ()))
    read, written = (
        {name for part in parts for name in _flagged(document, part, flag)} for flag in ("readOnly", "writeOnly")
    )
    required = {str(name) for part in parts for name in as_list(part.get("required")) or []}
    if read - discriminators:
        schema[READ_ONLY] = sorted(read - discriminators)
    if written & required:
        schema[WRITE_ONLY] = sorted(written & required)


def _reached(document: Document, key: str, below: SchemasBelow) -> set[int]:
    """The schemas of all request bodies, or of all responses."""
    found = set[int]()
    for item in (as_object(document.value.get("paths")) or {}).values():
        for operation in map(as_object, (as_object(item) or {}).values()):
            if operation is not None:
                _reach(document, operation.get(key), found, below)
    return found


def _flagged(document: Document, schema: Schema, flag: str) -> set[str]:
    """The properties of the schema with this flag."""
    found = as_object(schema.get("properties")) or {}
    return {
        name for name, inner in found.items() if any(part.get(flag) is True for part in _parts(document, inner, ()))
    }


def _drop(schema: Schema, names: Iterable[str]) -> None:
    properties = as_object(schema.get("properties")) or {}
    for name in set(names) & properties.keys():
        del properties[name]
        if name in (as_list(schema.get("required")) or []):
            schema["required"] = [other for other in schema["required"] if other != name]


def _parts(document: Document, value: Any, above: tuple[int, ...]) -> Iterator[Schema]:
    """The schema and all schemas that it includes by reference and allOf."""
    schema = as_object(value)
    if schema is None or id(schema) in above:
        return
    yield schema
    reference = schema.get("$ref")
    inner = (
        [document.root.follow(reference).value] if isinstance(reference, str) else as_list(schema.get("allOf")) or []
    )
    for part in inner:
        yield from _parts(document, part, (*above, id(schema)))


def _reach(document: Document, value: object, found: set[int], below: SchemasBelow, *, is_schema: bool = False) -> None:
    for schema in below(value, is_schema=is_schema):
        if id(schema) not in found:
            found.add(id(schema))
            reference = schema.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/"):
                _reach(document, document.root.follow(reference).value, found, below, is_schema=True)
