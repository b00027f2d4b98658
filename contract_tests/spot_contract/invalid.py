"""Bodies that break the schema, derived from the document: what it comes to require is covered without a change here.

Every position of the schema gets every value that might be wrong there; the schema itself says which of them are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from .documents import VENDORED, Document
from .orders import Body

Path = tuple[str, ...]
_MISSING = object()
_KINDS = {"missing": "refusal.required", "null": "refusal.null", "enum": "refusal.enum", "type": "refusal.type"}


@dataclass(frozen=True)
class InvalidBody:
    """A body with one thing wrong: what, by which rule, and the names that an error may call it by."""

    body: Any
    what: str
    rule: str
    names: tuple[str, ...]


def invalid_bodies(base: Body) -> Iterator[InvalidBody]:
    """Every single-fault variation of a valid body that the vendored schema refuses."""
    for change in changes():
        broken = change.applied(base)
        if broken is not None:
            yield broken


@dataclass(frozen=True)
class Change:
    """A value for one place of the schema. It may be wrong there or not."""

    path: Path
    schema: dict[str, Any]
    value: Any
    what: str

    def applied(self, base: Body) -> InvalidBody | None:
        """The body with this change, or None where it has no such place or still conforms."""
        document = Document.load(VENDORED)
        body = _with(base, self.path, self.value)
        if body is None or document.conforms("CreateOrder", body):
            return None
        names = _names(document, self.path, self.schema)
        rule = _KINDS[_kind(self.schema, self.value)]
        return InvalidBody(body, f"{'.'.join(self.path)} {self.what}", rule, names)


@cache
def changes() -> tuple[Change, ...]:
    """Every value for every place."""
    document = Document.load(VENDORED)
    return tuple(
        Change(path, schema, value, what)
        for path, schema in positions(document, document.schema("CreateOrder"), ())
        for value, what in _candidates(schema)
    )


def positions(document: Document, schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every place in a body that the schema describes, with its schema. `[]` stands for each item of a list."""
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
    yield "a text", "a text"
    yield "", "an empty text"
    yield [], "an empty list"
    yield ["a text"], "a list of texts"
    yield {}, "an empty object"
    yield {"a": "b"}, "an object"
    yield [{}], "a list of objects"
    for known in schema.get("enum", ()):
        if isinstance(known, str):
            for variant in (known.lower(), known.title(), known + known, known[:1], f"{known}A", f"{known}."):
                yield variant, f"{variant!r}, which is not in the list"
    if "enum" in schema:
        for other in ("MX", "GB", "USA", "CAN", "United States", "Canada", "ZZ", "0", "null"):
            yield other, f"{other!r}, which is not in the list"
    if "maxLength" in schema:
        yield "x" * (int(schema["maxLength"]) + 1), "too long"
    if "maxItems" in schema:
        yield ["x"] * (int(schema["maxItems"]) + 1), "too long a list"
    for limit, beyond in (("minimum", -1), ("maximum", 1)):
        if limit in schema:
            yield schema[limit] + beyond, f"past its {limit}"


def _kind(schema: dict[str, Any], value: Any) -> str:
    if value is _MISSING:
        return "missing"
    if value is None:
        return "null"
    return "enum" if "enum" in schema and isinstance(value, str) else "type"


def _names(document: Document, path: Path, schema: dict[str, Any]) -> tuple[str, ...]:
    """What an error may call the place: its own name first, or one below it, since what is missing lacks them all."""
    own = [name for name in path if name != "[]"][-1]
    below = [inner[-1] for inner, _ in positions(document, schema, ()) if inner[-1] != "[]"]
    return (own, *below)


def _with(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with the value at the path; None where there is nothing to change."""
    name, rest = path[0], path[1:]
    if name == "[]":
        items = list(cast("list[Any]", body))
        if not items or (not rest and value is _MISSING):
            return None
        changed = value if not rest else _with(items[-1], rest, value)
        return [*items[:-1], changed]
    if not isinstance(body, dict):
        return None
    found = dict(cast("Body", body))
    if rest:
        if name not in found or (inner := _with(found[name], rest, value)) is None:
            return None
        found[name] = inner
    elif value is _MISSING:
        if name not in found:
            return None
        del found[name]
    else:
        found[name] = value
    return found
