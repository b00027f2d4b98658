"""Fits realistic values to the document's schema, so that the suite follows a changed document.

Newly required fields are filled in, removed fields are dropped, values that are no longer allowed are replaced.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, cast
from warnings import catch_warnings, simplefilter

from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, HypothesisSideeffectWarning
from jsonschema import FormatChecker
from jsonschema.protocols import Validator

from spot_contract.errors import CannotJudge

from .json_values import is_list, is_object
from .openapi import VENDORED, Document

Schema = dict[str, Any]
_ABSENT = object()
_FORMATS = FormatChecker()
_OF_FORMAT = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:00:00Z",
    "time": "12:00:00Z",
    "email": "alice@example.com",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "7563e8e2-7fbd-480c-9b8b-2070eda884bf",
}
_SILENT = frozenset({"type", "description", "title", "example", "examples", "default", "nullable", "deprecated"})
_PYTHON = {"string": str, "object": dict, "array": list, "boolean": bool}


@dataclass
class Place:
    """One place of a request: its path, its schema, and whether it is required."""

    path: tuple[str, ...]
    raw: Schema
    required: bool = True

    @cached_property
    def schema(self) -> Schema:
        """The schema with its reference resolved."""
        return Document.load(VENDORED).resolve(self.raw)

    @cached_property
    def inner(self) -> dict[str, "Place"]:
        """The places of the object's properties, by name."""
        required = self.schema.get("required", ())
        properties: dict[str, Schema] = self.schema.get("properties", {})
        return {name: Place((*self.path, name), raw, name in required) for name, raw in properties.items()}

    @cached_property
    def items(self) -> "Place":
        """The place of the list's items."""
        return Place((*self.path, "[]"), self.schema.get("items", {}))

    @cached_property
    def _validator(self) -> Validator:
        return Document.load(VENDORED).validator(self.schema)

    @cached_property
    def _lax(self) -> type | None:
        """The Python type, if the schema restricts nothing but the type: a shortcut around the validator."""
        silent = all(keyword in _SILENT or keyword.startswith("x-") for keyword in self.schema)
        return _PYTHON.get(str(self.schema.get("type"))) if silent else None

    def takes(self, value: object) -> bool:
        """Whether the schema allows a value, its format included."""
        if self._lax is not None and isinstance(value, self._lax):
            return True
        form = self.schema.get("format")
        if isinstance(value, str) and form and not _FORMATS.conforms(value, form):
            return False
        return self._validator.is_valid(cast("Any", value))

    def fit(self, value: Any) -> Any:
        """The value, or the nearest allowed one; `_ABSENT` if an optional place allows none.

        Raises CannotJudge if no value for a required place can be found.
        """
        if is_object(value) and self.inner:
            value = {name: self.inner[name].fit(value[name]) for name in value if name in self.inner}
            for name, place in self.inner.items():
                if place.required and name not in value:
                    value[name] = deepcopy(place.usual)
            return {name: kept for name, kept in value.items() if kept is not _ABSENT}
        if is_list(value) and "items" in self.schema:
            value = self._list([kept for item in value if (kept := self.items.fit(item)) is not _ABSENT])
        if self.takes(value):
            return value
        if not self.required and not isinstance(value, str):
            return _ABSENT
        return self.sample(*self._cuts(value))

    @cached_property
    def usual(self) -> Any:
        """The default value of the place."""
        return self.sample()

    def sample(self, *wanted: object, first: Sequence[object] = ()) -> Any:
        """The first allowed value of: `first`, the document's suggestions, `wanted`, generated values."""
        for value in chain(first, self._suggested(), wanted, self._made()):
            if self.takes(value):
                return value
        if not self.required:
            return _ABSENT
        name = ".".join(self.path) or "the body"
        raise CannotJudge(
            f"The document requires {name} in an order, and the suite finds no value for it; "
            "add an example to its schema."
        )

    def _cuts(self, value: object) -> Iterator[str]:
        if isinstance(value, str) and "maxLength" in self.schema:
            yield value[: self.schema["maxLength"]].strip()

    def _list(self, items: list[Any]) -> list[Any]:
        if self.schema.get("uniqueItems"):
            items = [item for place, item in enumerate(items) if item not in items[:place]]
        while len(items) < self.schema.get("minItems", 0):
            items.append(items[0] if items else self.items.usual)
        return items[: self.schema.get("maxItems", len(items))]

    def _suggested(self) -> Iterator[Any]:
        """Values from the document: example, const, default, examples and enum."""
        for keyword in ("example", "const", "default"):
            if keyword in self.schema:
                yield self.schema[keyword]
        for keyword in ("examples", "enum"):
            yield from self.schema.get(keyword, ())

    def _made(self) -> Iterator[Any]:
        """Values generated from the type, the format and the limits."""
        schema = self.schema
        for keyword in ("oneOf", "anyOf"):
            for branch in schema.get(keyword, ()):
                yield Place(self.path, branch, required=False).usual
        if "properties" in schema or schema.get("type") == "object":
            yield self.fit({}) if self.inner else {}
        elif schema.get("type") == "array":
            yield self._list([self.items.usual])
        elif schema.get("type") == "boolean":
            yield True
        elif schema.get("type") in {"integer", "number"}:
            low: Any = schema.get("minimum", schema.get("exclusiveMinimum", 1))
            step: Any = schema.get("multipleOf", 1)
            low = 1 if isinstance(low, bool) else low
            yield from (1, low, low + 1, -(-low // step) * step, schema.get("maximum"))
        else:
            yield _OF_FORMAT.get(schema.get("format", ""))
            yield ("text" * (1 + schema.get("minLength", 0) // 4))[: schema.get("maxLength")]
            yield from self._matching()

    def _matching(self) -> Iterator[str]:
        """The simplest text that matches the pattern."""
        if "pattern" not in self.schema:
            return
        quiet = settings(
            database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
        )
        found: list[str] = []
        with suppress(HypothesisException), catch_warnings():
            simplefilter("ignore", HypothesisSideeffectWarning)  # Hypothesis warns about slow work outside tests.
            found = [str(find(st.from_regex(str(self.schema["pattern"])), self.takes, settings=quiet))]
        yield from found


@cache
def order() -> Place:
    """The place of an order's body."""
    return Place((), Document.load(VENDORED).order_schema)


def fitted(body: dict[str, Any]) -> dict[str, Any]:
    """The order, adapted to the document's schema. Raises CannotJudge if that is impossible."""
    found: dict[str, Any] = order().fit(body)
    return found


def allows(value: object, *path: str) -> bool:
    """Whether the document allows a value at this path of an order; True if it has no such path."""
    place = order()
    for name in path:
        if name not in place.inner:
            return True
        place = place.inner[name]
    return place.takes(value)
