"""Turns the flat fields of a form into the nested body that the schema describes.

An object may come as JSON text (recipient={"first_name": ...}) or as dotted names (recipient.address.street1=...), each
object in its own way; a list comes as repeated names. What an object's schema does not name is text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spot_sandbox.exact import read_text
from spot_sandbox.messages import Body, Refusal

if TYPE_CHECKING:
    from spot_sandbox.forms import Field
    from spot_sandbox.schema import Schema

MOST_LEVELS = 100
_number = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value as judged and as sent."""

    tree: Any
    text: str


@dataclass(slots=True)
class _Items:
    """A list that grows by every field of its name."""

    leaves: list[_Leaf] = field(default_factory=list["_Leaf"])

    @property
    def tree(self) -> list[Any]:
        return [leaf.tree for leaf in self.leaves]

    @property
    def text(self) -> str:
        return "[" + ",".join(leaf.text for leaf in self.leaves) + "]"


@dataclass(slots=True)
class _Group:
    """An object that grows by every dotted name that leads into it."""

    members: dict[str, _Leaf | _Items | _Group] = field(default_factory=dict[str, "_Leaf | _Items | _Group"])

    @property
    def tree(self) -> dict[str, Any]:
        return {name: node.tree for name, node in self.members.items()}

    @property
    def text(self) -> str:
        return "{" + ",".join(f"{json.dumps(name)}:{node.text}" for name, node in self.members.items()) + "}"


def nest(fields: list[Field], schema: Schema) -> Body:
    """The body that the fields make up; a field that contradicts another one is refused."""
    top = _Group()
    for each in fields:
        _put(top, each, schema)
    return Body(top.tree, {name: node.text for name, node in top.members.items()})


def _kinds(schema: dict[str, Any]) -> list[str]:
    kinds: str | list[str] = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _put(top: _Group, field_: Field, schema: Schema) -> None:
    *above, last = field_.name.split(".")
    if len(above) > MOST_LEVELS:
        raise Refusal(400, "The form is nested too deeply.")
    here, rules = top, schema.top
    known: list[str] = []
    for name in above:
        rules, known = _below(rules, name, known, schema)
        if _kinds(rules) and "object" not in _kinds(rules):
            raise Refusal(400, f"{_subject(known)} has no fields below it.")
        group = here.members.setdefault(name, _Group())
        if not isinstance(group, _Group):
            raise _twice(known)
        here = group
    rules, known = _below(rules, last, known, schema)
    if "array" in _kinds(rules):
        items = here.members.setdefault(last, _Items())
        if isinstance(items, _Items):
            items.leaves += _items(field_, schema.resolve(rules.get("items", {})), known)
    elif last in here.members:
        raise _twice(known)
    else:
        here.members[last] = _leaf(field_, rules, known)


def _below(rules: dict[str, Any], name: str, known: list[str], schema: Schema) -> tuple[dict[str, Any], list[str]]:
    """The schema of a property, and the path to it as far as the document names it."""
    properties = rules.get("properties", {})
    return (schema.resolve(properties[name]), [*known, name]) if name in properties else ({}, known)


def _subject(known: list[str]) -> str:
    return f"The {'.'.join(known)} field" if known else "A field of the form"


def _twice(known: list[str]) -> Refusal:
    return Refusal(400, f"{_subject(known)} is given more than once.")


def _items(field_: Field, rules: dict[str, Any], known: list[str]) -> list[_Leaf]:
    """One item, or all of them where a part says that it is JSON and holds a list."""
    if field_.is_json and not field_.is_file and field_.text.lstrip().startswith("["):
        body = read_text(field_.text, _subject(known))
        return [_Leaf(item, json.dumps(item)) for item in body.tree]
    return [_leaf(field_, rules, known)]


def _leaf(field_: Field, rules: dict[str, Any], known: list[str]) -> _Leaf:
    if field_.is_file and known:
        raise Refusal(400, f"{_subject(known)} must be text, not a file.")
    kinds = _kinds(rules)
    if field_.is_json or "object" in kinds:
        return _Leaf(read_text(field_.text, _subject(known)).tree, field_.text.strip(" \t\r\n"))
    is_number = ("number" in kinds or "integer" in kinds) and _number.fullmatch(field_.text)
    if is_number or ("boolean" in kinds and field_.text in {"true", "false"}):
        return _Leaf(json.loads(field_.text), field_.text)
    return _Leaf(field_.text, json.dumps(field_.text))
