"""Bodies that violate the schema, derived from the document, so that a changed document needs no change here.

Every place of the schema gets every candidate value; the schema decides which of them are wrong there.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema.exceptions import ValidationError

from spot_contract.document.json_values import is_list, is_object
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.document.positions import Path, as_text, places
from spot_contract.exchanges.intent import Flaw

from .encodings import Encoding, Nesting
from .orders import Body, OrderMaker

_MISSING = object()
_AMONG = ", "  # Separates the description of a wrong value from its position in a list.


@dataclass(frozen=True)
class InvalidBody:
    """A body with one thing wrong: where, how, and the field names that an error may use."""

    body: Any
    flaw: Flaw
    place: str
    way: str
    names: tuple[str, ...]


def invalid_bodies(base: Body) -> Iterator[InvalidBody]:
    """Every variation of a valid body with a single fault."""
    for change in changes():
        broken = change.applied(base)
        if broken is not None:
            yield broken


def without_required(base: Body, encoding: Encoding) -> list[InvalidBody]:
    """The body without one required field, for each of them whose absence the encoding can express."""
    return [one for one in invalid_bodies(base) if one.flaw is Flaw.MISSING and expressible(encoding, one.body)]


@dataclass(frozen=True)
class AmongValid:
    """A wrong list item with valid items before or after it."""

    item: Any
    before: bool
    after: bool


@dataclass(frozen=True, eq=False)
class Change:
    """A candidate value for one place of the schema, or a function of the valid one. The schema may allow it."""

    path: Path
    schema: dict[str, Any]
    value: Any
    what: str

    def applied(self, base: Body) -> InvalidBody | None:
        """The valid body with this change; None if it lacks the place or would still conform."""
        body = _with(base, self.path, self.value)
        if body is None or not self._breaks(body):
            return None
        return InvalidBody(body, self.flaw, self.place, self.way, self.names)

    def _breaks(self, body: Body) -> bool:
        """Whether the changed body violates the schema. The result does not depend on the rest of a valid body."""
        key = (self.path, self.what)
        if key not in _BREAKS:
            _BREAKS[key] = not Document.load(VENDORED).allows(body)
        return _BREAKS[key]

    @property
    def is_among_valid(self) -> bool:
        """Whether the wrong value is a list item among valid ones."""
        return isinstance(self.value, AmongValid)

    @property
    def way(self) -> str:
        """The way of being wrong, without the position in a list."""
        return self.what.partition(_AMONG)[0]

    @property
    def flaw(self) -> Flaw:
        """The kind of flaw."""
        return _flaw(self.path, self.schema, self.value)

    @property
    def place(self) -> str:
        """The place as reports write it."""
        return as_text(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """The field names that an error may use for the place."""
        return _names(self.path)


_BREAKS: dict[tuple[Path, str], bool] = {}


def expressible(encoding: Encoding, body: object) -> bool:
    """Whether the encoding expresses exactly this body, for any reasonable server.

    In a form, an empty field or null for a nullable object may be read as absent. A field name that the schema lacks
    may be ignored, as may an object's own name if its parts have names. A text that is JSON may be parsed.
    """
    if encoding.is_json:
        return True
    if not encoding.can_carry(body):
        return False
    pairs = encoding.pairs(body)
    if any(text in {"", "null"} and encoding.path_of(name) in _nullable_objects() for name, text in pairs):
        return False
    for name, text in pairs:
        path = encoding.path_of(name)
        nested = encoding.nesting(path[0]) is not Nesting.JSON_TEXT
        if nested and (text[:1] in {"{", "["} or (path == (name,) and places().get(path, {}).get("type") == "object")):
            return False
        if path != (name,) and path not in places() and path[0] != "metadata":
            return False
    return True


@cache
def can_express(encoding: Encoding, change: "Change") -> bool:
    """Whether the encoding can express a change to an ordinary order."""
    broken = change.applied(encoding.without_unsupported(_ordinary()))
    return broken is not None and expressible(encoding, broken.body)


@cache
def _ordinary() -> Body:
    return OrderMaker(0, "mutations", ("kit",)).plain()


@cache
def _nullable_objects() -> frozenset[Path]:
    found = places().items()
    return frozenset(path for path, schema in found if schema.get("nullable") and schema.get("type") == "object")


@cache
def changes() -> tuple[Change, ...]:
    """Every candidate value for every place."""
    return tuple(
        Change(path, schema, value, what) for path, schema in places().items() for value, what in _placed(path, schema)
    )


def _placed(path: Path, schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """The candidates for a place. For list items, each also before, between and after valid items."""
    for value, what in _candidates(schema):
        yield value, what
        if path[-1] == "[]" and value is not _MISSING:
            yield AmongValid(value, before=False, after=True), f"{what}{_AMONG}before right ones"
            yield AmongValid(value, before=True, after=True), f"{what}{_AMONG}between right ones"
            yield AmongValid(value, before=True, after=False), f"{what}{_AMONG}after right ones"


def _candidates(schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Values that may be wrong in a place, each with its description."""
    yield _MISSING, "missing"
    yield None, "null"
    yield True, "a boolean"
    yield False, "false"
    yield 0, "zero"
    yield 12345, "a number"
    yield 1.5, "a fraction"
    yield "a text", "a text"
    yield "", "an empty text"
    yield [], "an empty list"
    yield ["a text"], "a list of texts"
    yield {}, "an empty object"
    yield {"a": "b"}, "an object"
    yield [{}], "a list of objects"
    yield from _nearly_right(schema)
    for known in schema.get("enum", ()):
        if isinstance(known, str):
            for variant in (known.lower(), known.title(), known + known, known[:1], f"{known}A", f"{known}."):
                yield variant, f"{variant!r} outside the list"
    if "enum" in schema:
        for other in ("MX", "GB", "ZZ", "USA", "CAN", "United States", "Canada", "0", "null"):
            yield other, f"{other!r} outside the list"
    if "maxLength" in schema:
        yield "x" * (int(schema["maxLength"]) + 1), "too long"
    if "maxItems" in schema:
        yield ["x"] * (int(schema["maxItems"]) + 1), "too long a list"
    for limit, beyond in (("minimum", -1), ("maximum", 1)):
        if limit in schema:
            yield schema[limit] + beyond, f"past its {limit}"


def _nearly_right(schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """The valid value in a wrapper that lenient servers remove."""
    wrappers: dict[str, Callable[[Any], Any]] = {"right but inside a list": lambda valid: [valid]}
    if schema.get("type") in {"object", "array"}:
        wrappers["right but as JSON text"] = lambda valid: json.dumps(valid, ensure_ascii=False)
        wrappers["right but inside an object"] = lambda valid: {"0": valid}
    yield from ((wrapped, what) for what, wrapped in wrappers.items())


def _flaw(path: Path, schema: dict[str, Any], value: Any) -> Flaw:
    if isinstance(value, AmongValid):
        return _flaw(path, schema, value.item)
    if value is _MISSING:
        return Flaw.MISSING
    if value is None:
        return Flaw.NULL
    if "enum" in schema:
        return Flaw.ENUM if isinstance(value, str) else Flaw.TYPE
    if schema.get("type") == "array":
        return Flaw.LIST
    is_scalar = isinstance(value, bool | int | float)
    return Flaw.COERCED if is_scalar and schema.get("type") == "string" else Flaw.TYPE


@cache
def _names(path: Path) -> tuple[str, ...]:
    """The place's own name, then the names below it: if an object is missing, so are its fields."""
    own = [name for name in path if name != "[]"][-1]
    below = [place[-1] for place in places() if place[: len(path)] == path and place != path and place[-1] != "[]"]
    return (own, *below)


def _with(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with the value at the path; None if the body lacks the place."""
    if path[0] == "[]":
        return _with_item(body, path[1:], value)
    name, rest = path[0], path[1:]
    if not is_object(body) or (name not in body and (rest or value is _MISSING or callable(value))):
        return None
    changed = _with(body[name], rest, value) if rest else _value(value, body.get(name))
    if rest and changed is None:
        return None
    found = {key: inner for key, inner in body.items() if key != name or changed is not _MISSING}
    return found if changed is _MISSING else found | {name: changed}


def _with_item(items: Any, rest: Path, value: Any) -> Any:
    """A copy of the list with its last item changed."""
    if not is_list(items) or not items or (not rest and value is _MISSING):
        return None
    if isinstance(value, AmongValid):
        wrong = _with_item(items[-1:], rest, value.item)
        return None if wrong is None else [*(items if value.before else ()), *wrong, *(items if value.after else ())]
    return [*items[:-1], _with(items[-1], rest, value) if rest else _value(value, items[-1])]


def _value(value: Any, valid: Any) -> Any:
    return value(valid) if callable(value) else value


# If several things are wrong, the first of these determines the rule: a server may accept a scalar for a text.
_GRAVEST = (Flaw.MISSING, Flaw.LIST, Flaw.TYPE, Flaw.ENUM, Flaw.NULL, Flaw.COERCED)
_KINDS = {"required": "missing", "enum": "a value that is not in the list"}


def first_flaw(body: Body) -> InvalidBody:
    """A body that violates the schema, with its gravest flaw. `names` is empty."""
    found: list[tuple[int, str, str]] = []
    document = Document.load(VENDORED)
    for error in document.errors(document.order_schema, body):
        for leaf in _leaves(error):
            path = tuple("[]" if isinstance(part, int) else str(part) for part in leaf.absolute_path)
            way = _KINDS.get(str(leaf.validator)) or _kind_of(leaf.instance)
            flaw = Flaw.MISSING if leaf.validator == "required" else _flaw(path, places().get(path, {}), leaf.instance)
            found.append((_GRAVEST.index(flaw), as_text(path), way))
    rank, place, way = min(found)
    return InvalidBody(body, _GRAVEST[rank], place, way, ())


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors within an `anyOf`, which represents `nullable`; otherwise the error itself."""
    inner = [one for one in error.context or () if one.validator != "enum" or one.validator_value != [None]]
    if inner:
        for one in inner:
            yield from _leaves(one)
    else:
        yield error


def _kind_of(value: Any) -> str:
    empty: dict[type, str] = {
        bool: "false",
        int: "zero",
        str: "an empty text",
        list: "an empty list",
        dict: "an empty object",
    }
    full = {bool: "a boolean", int: "a number", float: "a fraction", str: "a text", list: "a list", dict: "an object"}
    known = full if value or isinstance(value, float) else empty
    if value is None:
        return "null"
    return next((name for kind, name in known.items() if isinstance(value, kind)), "another value")
