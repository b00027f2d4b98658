"""Known classes of defects in valid documents, as notes. Each is a candidate for an overlay action, not an error."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any, cast

from jsonschema import exceptions
from openapi_schema_validator import OAS30Validator, OAS31Validator

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.keywords import FORMATS
from spot_tools.openapi.nodes import DATA_KEYS, Document, Node, operations
from spot_tools.openapi.pairing import tags
from spot_tools.openapi.schemas import Alternative, Schema

_NUMERIC = ("minimum", "maximum", "multipleOf")
_TEXTUAL = ("minLength", "maxLength", "pattern")
_STATUS_OF_TYPE = {
    "unauthorized": 401, "forbidden": 403, "not_found": 404, "method_not_allowed": 405, "conflict": 409,
    "rate_limit_exceeded": 429, "too_many_requests": 429,
}  # fmt: skip
_STATUS = re.compile(r"[1-5][0-9]{2}")
_MISMATCH = " does not match its schema at "


def notes(document: Document) -> list[str]:
    """A sentence for each defect, beginning with its JSON Pointer."""
    found: dict[str, None] = {}
    for node in _schemas(document.root):
        found.update(dict.fromkeys(f"{node.pointer}: {note}" for note in _of_schema(node)))
    for _, node in operations(document):
        found.update(dict.fromkeys(_of_operation(node)))
    return list(found)


def defect(note: str) -> str:
    """The note without the validator's message, which an overlay may change without correcting the defect."""
    return note.partition(_MISMATCH)[0]


def _schemas(node: Node) -> Iterator[Node]:
    """Everything that looks like a schema: it has a type or a combination."""
    value, entries = as_object(node.value), as_list(node.value)
    # A property may also be named properties.
    names = node.path[-1:] == ("properties",) and node.path[-2:] != ("properties", "properties")
    if not names and any(key in (value or {}) for key in ("type", "oneOf", "anyOf", "allOf", "enum", "properties")):
        yield node
    for key, child in (value if value is not None else dict(enumerate(entries or []))).items():
        if names or key not in DATA_KEYS:
            yield from _schemas(Node(node.document, (*node.path, str(key)), child))


def _of_schema(node: Node) -> Iterator[str]:
    value: dict[str, Any] = node.value
    kind = value.get("type")
    if kind == "string" and any(key in value for key in _NUMERIC):
        yield "a string has numeric bounds, which have no effect"
    if kind in ("number", "integer") and any(key in value for key in _TEXTUAL):
        yield "a number has bounds of a string, which have no effect"
    values = as_list(value.get("enum"))
    if value.get("nullable") is True and values is not None and None not in values:
        yield "it is nullable, but its enum lacks null"
    if isinstance(value.get("format"), str) and value["format"] not in {*FORMATS, "password"}:
        yield f"the format {value['format']!r} is unknown to JSON Schema and OpenAPI" + (
            " (probably uri)" if value["format"] == "url" else ""
        )
    if "oneOf" in value:
        yield from _overlaps(node)
    yield from _status_names(value)
    yield from _examples(node)


def _overlaps(node: Node) -> Iterator[str]:
    branches = [way for way in Schema((node,)).alternatives if way.kind == "object"]
    ambiguous = [way for way in branches if len(branches) > 1 and not any(key in way.required for key, _ in tags(way))]
    if ambiguous and not _have_distinct_properties(branches):
        names = ", ".join(way.node.path[-1] for way in ambiguous)
        yield f"the branches of oneOf overlap: no required property distinguishes {names} from the others"


def _have_distinct_properties(branches: list[Alternative]) -> bool:
    """Whether each branch requires a property that no other branch has."""
    known = [set(way.properties) for way in branches]
    return all(
        way.required - set().union(*(names for names in known if names is not mine))
        for way, mine in zip(branches, known, strict=True)
    )


def _status_names(value: dict[str, Any]) -> Iterator[str]:
    properties = [as_object(entry) or {} for entry in (as_object(value.get("properties")) or {}).values()]
    enums = [as_list(entry.get("enum")) or [] for entry in properties]
    statuses = {entry for enum in enums for entry in enum if isinstance(entry, int) and _STATUS.fullmatch(str(entry))}
    for enum in enums if statuses else []:
        for word in enum:
            status = _STATUS_OF_TYPE.get(str(word))
            if status is not None and status not in statuses:
                yield f"the error type {word!r} is listed without its status {status}"


def _examples(node: Node) -> Iterator[str]:
    listed = node.entries("examples") if node.document.is_json_schema else []
    single = node.get("example")
    for example in [*listed, *([single] if single is not None else [])]:
        error = _first_error(node, example.value)
        if error is not None:
            yield f"the example{_MISMATCH}{error}"


def _first_error(node: Node, value: Any) -> str | None:
    schema = {key: entry for key, entry in node.value.items() if key not in ("example", "examples")}
    validator: Any = OAS31Validator if node.document.is_json_schema else OAS30Validator
    errors = validator({**schema, "components": node.document.value.get("components")}).iter_errors(value)
    error: Any = cast("Any", exceptions).best_match(errors)
    return None if error is None else f"{error.json_path}: {textwrap.shorten(error.message, 120)}"


def _of_operation(operation: Node) -> Iterator[str]:
    responses = {status: node.resolved() for status, node in operation.members("responses").items()}
    home = operation if operation.get("security") is not None else operation.document.root
    if any(entry.value for entry in home.entries("security")) and not {"401", "4XX", "4xx", "default"} & set(responses):
        yield f"{operation.pointer}/responses: authentication is required, but no response 401 is declared"
    for status, response in responses.items():
        for media in response.members("content").values():
            schema = media.get("schema")
            if schema is not None:
                yield from _of_response(Schema((schema,)), set())
            if schema is not None and media.get("example") is not None:
                whole = Node(operation.document, schema.path, {"allOf": [schema.value]})
                error = _first_error(whole, media.value["example"])
                if error is not None:
                    yield f"{media.pointer}/example: the example of {status}{_MISMATCH}{error}"


def _of_response(schema: Schema, seen: set[object]) -> Iterator[str]:
    """The outermost objects of a response that require nothing."""
    for way in schema.alternatives:
        if way.kind != "object" or way.node.path in seen:
            continue
        seen.add(way.node.path)
        if way.properties and not way.required:
            yield f"{way.node.pointer}: the response requires no property, so {{}} conforms to it"
        for inner in way.properties.values():
            if "allOf" not in inner.node.path and inner.node.path[: len(way.node.path)] == way.node.path:
                yield from _of_response(inner, seen)
