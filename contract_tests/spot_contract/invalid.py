"""Bodies that break the schema, derived from the document: what it comes to require is covered without a change here.

Every position of the schema gets every value that might be wrong there; the schema itself says which of them are.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .carriers import Carrier
from .documents import VENDORED, Document
from .jsontext import is_list, is_object
from .messages import JSON
from .orders import Body

Path = tuple[str, ...]
_DEEPEST = 6  # Where a schema holds itself, its places never end.
_MISSING = object()
_KINDS = {"missing": "refusal.required", "null": "refusal.null", "enum": "refusal.enum", "type": "refusal.type"}


@dataclass(frozen=True)
class InvalidBody:
    """A body with one thing wrong: what, by which rule, and the names that an error may call it by."""

    body: Any
    what: str
    rule: str
    names: tuple[str, ...]

    @property
    def personal(self) -> tuple[str, ...]:
        """Values that an error has no reason to repeat: longer texts, and countries that no honest message names."""
        return tuple(text for text in _texts(self.body) if len(text) > 5 or text in _OTHER_COUNTRIES)


def _texts(value: Any) -> Iterator[str]:
    """The texts of the recipient, wherever it stands in the body."""
    if is_object(value):
        for inner in (value["recipient"],) if "recipient" in value else value.values():
            yield from _texts(inner)
    elif isinstance(value, str) and value != _TEXT:
        yield value


_TEXT = "a text"
_OTHER_COUNTRIES = ("MX", "GB", "ZZ")
# What is wrong is not one thing, or has no name.
ANYTHING = InvalidBody(None, "", "", ())


def invalid_bodies(base: Body) -> Iterator[InvalidBody]:
    """Every single-fault variation of a valid body that the vendored schema refuses."""
    for change in changes():
        broken = change.applied(base)
        if broken is not None:
            yield broken


@dataclass(frozen=True)
class Made:
    """A wrong value that is made of the valid one."""

    of: Callable[[Any], Any]


@dataclass(frozen=True)
class Among:
    """A wrong item of a list that holds right ones before or after it."""

    item: Any
    before: bool
    after: bool


@dataclass(frozen=True)
class Change:
    """A value for one place of the schema. It may be wrong there or not."""

    path: Path
    schema: dict[str, Any]
    value: Any
    what: str

    def applied(self, base: Body) -> InvalidBody | None:
        """The valid body with this change, or None where it has no such place or would still conform."""
        body = _with(base, self.path, self.value)
        if body is None or not self._breaks(body):
            return None
        return InvalidBody(body, f"{'.'.join(self.path)} {self.what}", self.rule, self.names)

    def _breaks(self, body: Body) -> bool:
        """What the schema says of the changed body. One wrong value is wrong in every body that is otherwise valid."""
        key = (self.path, self.what)
        if key not in _BREAKS:
            _BREAKS[key] = not Document.load(VENDORED).allows(body)
        return _BREAKS[key]

    @property
    def rule(self) -> str:
        """The rule that forbids the value."""
        return _KINDS[_kind(self.schema, self.value)]

    @property
    def names(self) -> tuple[str, ...]:
        """What an error may call the place."""
        return _names(self.path)


_BREAKS: dict[tuple[Path, str], bool] = {}


def expressible(carrier: Carrier, body: object) -> bool:
    """Whether the carrier says just this.

    In a form an empty field, or null, of what is nullable may be read as absent. A dotted name that the schema
    lacks may be passed over as an extra, and a text beside dotted names that is JSON be read as in the other style.
    """
    if not carrier.can_carry(body):
        return False
    if carrier.media_type == JSON:
        return True
    if any(
        text in {"", "null"} and tuple(name.split(".")) in _nullable_objects() for name, text in carrier.pairs(body)
    ):
        return False
    if not carrier.dotted:
        return True
    if any(text[:1] in {"{", "["} for _, text in carrier.pairs(body)):
        return False
    names = {tuple(name.split(".")) for name, _ in carrier.pairs(body)}
    return all(name in _declared_names() or name[0] == "metadata" for name in names)


@cache
def _nullable_objects() -> frozenset[Path]:
    document = Document.load(VENDORED)
    found = positions(document, document.order_schema, ())
    return frozenset(path for path, schema in found if schema.get("nullable") and schema.get("type") == "object")


@cache
def _declared_names() -> frozenset[Path]:
    document = Document.load(VENDORED)
    return frozenset(path for path, _ in positions(document, document.order_schema, ()))


@cache
def changes() -> tuple[Change, ...]:
    """Every value for every place."""
    document = Document.load(VENDORED)
    return tuple(
        Change(path, schema, value, what)
        for path, schema in positions(document, document.order_schema, ())
        for value, what in _placed(path, schema)
    )


def _placed(path: Path, schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """The values of a place and, in a list, each of them as its first, middle and last item too."""
    for value, what in _candidates(schema):
        yield value, what
        if path[-1] == "[]" and value is not _MISSING:
            yield Among(value, before=False, after=True), f"{what} before right ones"
            yield Among(value, before=True, after=True), f"{what} between right ones"
            yield Among(value, before=True, after=False), f"{what} after right ones"


def positions(document: Document, schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every place in a body that the schema describes, with its schema. `[]` stands for each item of a list."""
    if len(path) > _DEEPEST:
        return
    schema = document.resolve(schema)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), document.resolve(inner)
        yield from positions(document, inner, (*path, name))
    if "items" in schema:
        yield (*path, "[]"), document.resolve(schema["items"])
        yield from positions(document, schema["items"], (*path, "[]"))


def _candidates(schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Values that may be wrong in a place, each with its name. The schema decides."""
    yield _MISSING, "missing"
    yield None, "null"
    yield True, "a boolean"
    yield False, "false"
    yield 0, "zero"
    yield 12345, "a number"
    yield 1.5, "a fraction"
    yield _TEXT, "a text"
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
                yield variant, f"{variant!r}, which is not in the list"
    if "enum" in schema:
        for other in (*_OTHER_COUNTRIES, "USA", "CAN", "United States", "Canada", "0", "null"):
            yield other, f"{other!r}, which is not in the list"
    if "maxLength" in schema:
        yield "x" * (int(schema["maxLength"]) + 1), "too long"
    if "maxItems" in schema:
        yield ["x"] * (int(schema["maxItems"]) + 1), "too long a list"
    for limit, beyond in (("minimum", -1), ("maximum", 1)):
        if limit in schema:
            yield schema[limit] + beyond, f"past its {limit}"


def _nearly_right(schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """The valid value in what a lenient reader unwraps."""
    yield Made(lambda valid: [valid]), "right, but inside a list"
    if schema.get("type") in {"object", "array"}:
        yield Made(lambda valid: json.dumps(valid, ensure_ascii=False)), "right, but as JSON text"
        yield Made(lambda valid: {"0": valid}), "right, but inside an object"


def _kind(schema: dict[str, Any], value: Any) -> str:
    if isinstance(value, Among):
        return _kind(schema, value.item)
    if value is _MISSING:
        return "missing"
    if value is None:
        return "null"
    return "enum" if "enum" in schema and isinstance(value, str) else "type"


@cache
def _names(path: Path) -> tuple[str, ...]:
    """The place's own name first, or one below it, since what is missing lacks them all."""
    document = Document.load(VENDORED)
    own = [name for name in path if name != "[]"][-1]
    every = positions(document, document.order_schema, ())
    below = [place[-1] for place, _ in every if place[: len(path)] == path and place != path and place[-1] != "[]"]
    return (own, *below)


def _with(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with the value at the path; None where there is nothing to change."""
    if path[0] == "[]":
        return _with_item(body, path[1:], value)
    name, rest = path[0], path[1:]
    if not is_object(body) or (name not in body and (rest or value is _MISSING or isinstance(value, Made))):
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
    if isinstance(value, Among):
        wrong = _with_item(items[-1:], rest, value.item)
        return None if wrong is None else [*(items if value.before else ()), *wrong, *(items if value.after else ())]
    return [*items[:-1], _with(items[-1], rest, value) if rest else _value(value, items[-1])]


def _value(value: Any, valid: Any) -> Any:
    return value.of(valid) if isinstance(value, Made) else value
