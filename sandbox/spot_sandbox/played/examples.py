"""Example values: the document's own if they conform to the schema, else values generated from the schema."""

import math
from collections.abc import Callable, Iterator
from typing import Any, cast

from spot_sandbox.document.schema import Schema, resolve

# A value for each format. Names and addresses are reserved for examples.
_FORMATS = {
    "date-time": "2023-01-01T04:30:11.222Z",
    "date": "2023-01-01",
    "time": "04:30:11Z",
    "duration": "P1D",
    "uuid": "7563e8e2-7fbd-480c-9b8b-2070eda884bf",
    "email": "alice@example.com",
    "idn-email": "alice@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/example",
    "byte": "ZXhhbXBsZQ==",
    "json-pointer": "/example",
}
# Candidates for patterns, in the order in which they are tried.
_TEXTS = (
    "text",
    "A",
    "a1",
    "A1",
    "1",
    "12345",
    "1234567890",
    "EXAMPLE-1",
    "US",
    "2023-01-01",
    "O1234567",
    "+15555550100",
)
# The most items of a generated array.
_MOST_ITEMS = 100
_UNIONS = ("allOf", "oneOf", "anyOf")
_MISSING: Any = object()


class Examples:
    """Generates values that conform to the schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._compiled: dict[str, Schema] = {}

    def value(self, schema: dict[str, Any], given: list[Any] | None = None) -> Any:
        """A value for an answer: the first conforming one of `given`, else of the schema, else a generated one.

        If nothing conforms, such as for an unusual pattern, the best candidate.
        """
        for each in given or []:
            if self.conforms(schema, each):
                return each
        return self._value(schema, ())

    def conforms(self, schema: dict[str, Any], value: Any) -> bool:
        """Whether the value conforms to an answer's schema."""
        key = repr(schema)
        if key not in self._compiled:
            self._compiled[key] = Schema(self._document, schema, of_answers=True)
        try:
            return self._compiled[key].allows(value)
        except ValueError:
            return False  # Such as a number out of the validator's range.

    def _value(self, schema: Any, above: tuple[str, ...]) -> Any:
        """The value; `above` are the references on the way here."""
        if not isinstance(schema, dict):
            return {}
        rules = cast("dict[str, Any]", schema)
        if reference := rules.get("$ref"):
            above = (*above, reference)
            rules = {**resolve(self._document, rules), **{key: rules[key] for key in rules if key != "$ref"}}
        for value in _named(rules):
            if self.conforms(rules, value):
                return value
        first = _MISSING
        for made in self._made(rules, above):
            if self.conforms(rules, made):
                return made
            first = made if first is _MISSING else first
        return None if first is _MISSING else first

    def _made(self, rules: dict[str, Any], above: tuple[str, ...]) -> Iterator[Any]:
        """Candidates, the most likely first."""
        if "allOf" in rules:
            merged, references = self._merged(rules)
            yield self._value(merged, (*above, *references))
            return
        for branch in [*rules.get("oneOf", []), *rules.get("anyOf", [])]:
            yield self._of_branch(rules, branch, above)
        kinds = rules.get("type", "object" if "properties" in rules or "additionalProperties" in rules else None)
        kinds = [kinds] if isinstance(kinds, str) else kinds or (["array"] if "items" in rules else ["object"])
        makers: dict[str, Callable[[], Iterator[Any]]] = {
            "object": lambda: iter([self._object(rules, above)]),
            "array": lambda: iter([self._array(rules, above)]),
            "string": lambda: _texts(rules),
            "integer": lambda: _numbers(rules, 1),
            "number": lambda: _numbers(rules, 1.5),
            "boolean": lambda: iter([True, False]),
            "null": lambda: iter([None]),
        }
        for kind in sorted(kinds, key="null".__eq__):
            yield from makers.get(kind, lambda: iter([None]))()

    def _merged(self, rules: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """An allOf merged to one schema, and the references in it."""
        merged = {key: value for key, value in rules.items() if key != "allOf"}
        references: list[str] = []
        for part in rules["allOf"]:
            references += [part["$ref"]] if "$ref" in part else []
            whole = resolve(self._document, part)
            if "allOf" in whole:
                whole, more = self._merged(whole)
                references += more
            for key, value in whole.items():
                if key == "properties":
                    merged[key] = {**value, **merged.get(key, {})}
                elif key == "required":
                    merged[key] = [*merged.get(key, []), *value]
                elif key not in {"example", "examples", "default"}:
                    merged.setdefault(key, value)
        return merged, references

    def _of_branch(self, rules: dict[str, Any], branch: dict[str, Any], above: tuple[str, ...]) -> Any:
        made = self._value(branch, above)
        name = rules.get("discriminator", {}).get("propertyName")
        if not isinstance(made, dict):
            return made
        value = cast("dict[str, Any]", made)
        if name and not self.conforms(rules, value):
            reference = str(branch.get("$ref", ""))
            mapping: dict[str, str] = rules["discriminator"].get("mapping", {})
            value[name] = next((key for key, to in mapping.items() if to == reference), reference.rpartition("/")[2])
        rest = {key: each for key, each in rules.items() if key not in {"oneOf", "anyOf", "discriminator"}}
        if rest.get("properties"):
            return {**self._object(rest, above), **value}
        return value

    def _object(self, rules: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
        required = rules.get("required", [])
        made: dict[str, Any] = {}
        properties: dict[str, Any] = rules.get("properties", {})
        for name, schema in properties.items():
            if isinstance(schema, dict) and cast("dict[str, Any]", schema).get("writeOnly"):
                continue
            if not self._is_within_itself(schema, above):
                value = self._value(schema, above)
                if name in required or self.conforms({"allOf": [cast("Any", schema)]}, value):
                    made[name] = value
            elif name in required:
                made[name] = [] if "array" in str(cast("Any", schema).get("type")) else None
        made |= {name: "text" for name in required if name not in made and name not in rules.get("properties", {})}
        extra = rules.get("additionalProperties")
        if isinstance(extra, dict) and not self._is_within_itself(extra, above):
            made.setdefault("example", self._value(extra, above))
        return made

    def _array(self, rules: dict[str, Any], above: tuple[str, ...]) -> list[Any]:
        items: dict[str, Any] = rules.get("items", {})
        least = rules.get("minItems", 0)
        if (self._is_within_itself(items, above) and not least) or rules.get("maxItems") == 0:
            return []
        one = self._value(items, above)
        if not rules.get("uniqueItems"):
            return [one] * min(max(1, least), _MOST_ITEMS)
        options = _different(resolve(self._document, items), one)
        return [each for each, _ in zip(options, range(min(max(1, least), _MOST_ITEMS)), strict=False)]

    def _is_within_itself(self, schema: Any, above: tuple[str, ...]) -> bool:
        """Whether a schema is recursive."""
        if not isinstance(schema, dict):
            return False
        rules = cast("dict[str, Any]", schema)
        inner: list[Any] = [rules, rules.get("items", {})]
        for key in _UNIONS:
            inner += rules.get(key, [])
        return any("$ref" in each and each["$ref"] in above for each in inner if each not in (True, False))


def _named(rules: dict[str, Any]) -> Iterator[Any]:
    """The values that a schema states itself."""
    for key in ("example", "const", "default"):
        if key in rules:
            yield rules[key]
    if isinstance(rules.get("examples"), list):
        yield from rules["examples"]
    yield from rules.get("enum", [])


def _texts(rules: dict[str, Any]) -> Iterator[str]:
    least, most = rules.get("minLength", 0), rules.get("maxLength", math.inf)
    for text in (_FORMATS.get(str(rules.get("format")), "text"), *_TEXTS):
        fitting = text if len(text) <= most else text[: int(most)]
        yield fitting.ljust(least, fitting[-1:] or "x") if len(fitting) < least else fitting


def _numbers(rules: dict[str, Any], usual: float) -> Iterator[float]:
    yield usual
    step = rules.get("multipleOf", 1)
    yield step
    for limit in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        bound = rules.get(limit)
        if isinstance(bound, (int, float)) and not isinstance(bound, bool):
            nearest = math.ceil(bound / step) * step
            yield from (bound, nearest, nearest + step, nearest - step, bound + step / 1000, bound - step / 1000)


def _different(rules: dict[str, Any], one: Any) -> Iterator[Any]:
    """Variations of a value, for uniqueItems."""
    yield one
    yield from (each for each in rules.get("enum", []) if each != one)
    for number in range(1, _MOST_ITEMS):
        if isinstance(one, str):
            yield f"{one}{number}"
        elif isinstance(one, (int, float)):
            yield one + number
