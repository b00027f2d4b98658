"""The keywords of schemas: which type each belongs to, and values in a form that can be compared."""

from collections.abc import Iterable, Iterator
from typing import Any

from .documents import as_list, as_object
from .nodes import Node, canonical, canonical_without_annotations

HINTS = {
    "object": (
        "properties", "additionalProperties", "required", "minProperties", "maxProperties", "patternProperties",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    ),
    "array": (
        "items", "minItems", "maxItems", "uniqueItems", "prefixItems", "contains", "minContains", "maxContains",
        "unevaluatedItems",
    ),
    "string": ("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip
"""The type that a schema without a type is read as, by its keywords; the generator does the same."""

FORMATS = {
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex",
    "int32", "int64", "float", "double", "byte", "binary",
}  # fmt: skip
"""Formats that restrict values, of JSON Schema and OpenAPI."""

LOWER = {"object": "minProperties", "array": "minItems", "string": "minLength", "number": "minimum"}
UPPER = {"object": "maxProperties", "array": "maxItems", "string": "maxLength", "number": "maximum"}
_CONSTRAINTS = {
    "object": ("patternProperties", "propertyNames", "dependentRequired", "dependentSchemas"),
    "array": ("uniqueItems", "prefixItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
    "string": ("pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("multipleOf",),
}
"""Keywords whose values are compared as a whole, by type."""
_CONSTRAINTS_OF_ALL = ("not", "if", "then", "else")
_ANY_TEXT = ("", "^", "$", "^$|", ".*", "^.*", ".*$", "^.*$", "^(.*)$", "(.*)", "[\\s\\S]*", "^[\\s\\S]*$")
_NO_CONSTRAINTS = {
    "uniqueItems": ("false",), "not": ("false",), "minContains": ("1",), "maxContains": (),
    "pattern": tuple(map(canonical, _ANY_TEXT)), "propertyNames": ("{}", "true", '{"type": "string"}'),
    # These are formats.
    "contentEncoding": ('"base64"',), "contentMediaType": ('"application/octet-stream"',),
}  # fmt: skip
"""Values that mean the same as no keyword; for the other keywords these are {} and true."""
_NUMBERS = ("multipleOf", "minContains", "maxContains")
_MOST_COUNTED = 1e300

Limit = tuple[float, bool]
"""A bound, and whether it is exclusive."""


def constraints(node: Node, family: str) -> Iterator[tuple[str, Node]]:
    """The constraints of a schema on values of a type."""
    for keyword in (*_CONSTRAINTS.get(family, ()), *_CONSTRAINTS_OF_ALL):
        child = node.get(keyword)
        if child is None or (keyword in _NUMBERS and not _is_count(keyword, child.value)):
            continue
        if canonical(child.value) not in _NO_CONSTRAINTS.get(keyword, ("{}", "true")):
            yield keyword, child


def _is_count(keyword: str, value: Any) -> bool:
    return is_number(value) and 0 <= value < _MOST_COUNTED and (value > 0 or keyword != "multipleOf")


def constraint(keyword: str, node: Node) -> str:
    """The value of a constraint as text, equal for equal meanings."""
    dependent = as_object(node.value) if keyword == "dependentRequired" else None
    if dependent is None:
        return canonical_without_annotations(node)
    return canonical({name: sorted(map(str, as_list(names) or [])) for name, names in dependent.items() if names})


def format_of(value: dict[str, Any]) -> str | None:
    """The format, or None. OpenAPI 3.1 describes binary content by contentEncoding and contentMediaType instead."""
    if value.get("contentEncoding") == "base64":
        return "byte"
    if value.get("contentMediaType") == "application/octet-stream":
        return "binary"
    return str(value["format"]) if "format" in value else None


def tightest(bounds: Iterable[Limit], sign: int) -> Limit:
    """The strictest bound; sign is 1 for lower bounds and -1 for upper ones."""
    return max(bounds, key=lambda bound: (bound[0] * sign, bound[1]))


def is_number(value: object) -> bool:
    """Whether the value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """The type of a plain value; 1.0 is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) or value.is_integer() else "number"
    return "object" if isinstance(value, dict) else "array"


def fits(kind: str, wanted: str) -> bool:
    """Whether every value of the type `kind` is also of the type `wanted`."""
    return kind == wanted or (kind, wanted) == ("integer", "number")
