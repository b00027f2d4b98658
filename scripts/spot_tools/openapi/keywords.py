"""The keywords of a schema: what each is for, and its value as a text that is the same wherever it says the same."""

from collections.abc import Iterable, Iterator
from typing import Any

from .documents import as_list, as_object
from .nodes import Node, canonical, plain

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
"""What a schema without a type is taken for, as the generator does."""

LOWER = {"object": "minProperties", "array": "minItems", "string": "minLength", "number": "minimum"}
UPPER = {"object": "maxProperties", "array": "maxItems", "string": "maxLength", "number": "maximum"}
_RULES = {
    "object": ("patternProperties", "propertyNames", "dependentRequired", "dependentSchemas"),
    "array": ("uniqueItems", "prefixItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
    "string": ("pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("multipleOf",),
}
"""Keywords that are compared as a whole."""
_RULES_OF_ALL = ("not", "if", "then", "else")
_ANY_TEXT = ("", "^", "$", "^$|", ".*", "^.*", ".*$", "^.*$", "^(.*)$", "(.*)", "[\\s\\S]*", "^[\\s\\S]*$")
_NO_RULES = {
    "uniqueItems": ("false",), "not": ("false",), "minContains": ("1",), "maxContains": (),
    "pattern": tuple(map(canonical, _ANY_TEXT)), "propertyNames": ("{}", "true", '{"type": "string"}'),
    # These are formats.
    "contentEncoding": ('"base64"',), "contentMediaType": ('"application/octet-stream"',),
}  # fmt: skip
"""Values that say no more than the keyword's absence; of all other keywords these do: {} and true."""
_NUMBERS = ("multipleOf", "minContains", "maxContains")
_MOST_COUNTED = 1e300

Limit = tuple[float, bool]
"""A bound, and whether the bound itself is out."""


def rules(node: Node, family: str) -> Iterator[tuple[str, Node]]:
    """The keywords that limit values of the kind and are compared as a whole."""
    for keyword in (*_RULES.get(family, ()), *_RULES_OF_ALL):
        child = node.get(keyword)
        if child is None or (keyword in _NUMBERS and not _counts(keyword, child.value)):
            continue
        if canonical(child.value) not in _NO_RULES.get(keyword, ("{}", "true")):
            yield keyword, child


def _counts(keyword: str, value: Any) -> bool:
    return is_number(value) and 0 <= value < _MOST_COUNTED and (value > 0 or keyword != "multipleOf")


def rule(keyword: str, node: Node) -> str:
    """The keyword's value as a text that is the same wherever it says the same."""
    dependent = as_object(node.value) if keyword == "dependentRequired" else None
    if dependent is None:
        return plain(node)
    return canonical({name: sorted(map(str, as_list(names) or [])) for name, names in dependent.items() if names})


def format_of(value: dict[str, Any]) -> str | None:
    """The format, which OpenAPI 3.1 tells of binary content by other keywords; None where there is none."""
    if value.get("contentEncoding") == "base64":
        return "byte"
    if value.get("contentMediaType") == "application/octet-stream":
        return "binary"
    return str(value["format"]) if "format" in value else None


def tightest(bounds: Iterable[Limit], sign: int) -> Limit:
    """The bound that allows least; sign is 1 for lower bounds and -1 for upper ones."""
    return max(bounds, key=lambda bound: (bound[0] * sign, bound[1]))


def is_number(value: object) -> bool:
    """Whether the value is a number in JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """The kind of a plain value, which is an integer wherever it can be one."""
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
    """Whether a value of the kind is of the wanted one."""
    return kind == wanted or (kind, wanted) == ("integer", "number")
