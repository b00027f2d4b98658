"""Turns the flat fields of a form into the nested body that the schema describes.

An object can be JSON text (recipient={"first_name": ...}), dotted names (recipient.address.street1=...) or brackets
(recipient[address][street1]=...); different objects can use different notations. A list is repeated names, kit_types[]
or kit_types[0]. Properties that the schema does not name are text, and a number in their brackets is a key.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from spot_sandbox.document.schema import Schema, kinds_of, read_scalar
from spot_sandbox.http.messages import Body, Refusal
from spot_sandbox.reading.forms import Field
from spot_sandbox.reading.json_texts import read_text

MOST_LEVELS = 100
_index = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value as parsed, and its JSON text as sent."""

    tree: Any
    text: str


@dataclass(slots=True)
class _Items:
    """A list of the fields with its name, in the order of their indexes, if they have any."""

    leaves: dict[int, _Leaf] = field(default_factory=dict[int, "_Leaf"])
    last: int = -1

    @property
    def tree(self) -> list[Any]:
        return [self.leaves[index].tree for index in sorted(self.leaves)]

    @property
    def text(self) -> str:
        return "[" + ",".join(self.leaves[index].text for index in sorted(self.leaves)) + "]"


@dataclass(slots=True)
class _Group:
    """An object of the fields whose names begin with its name."""

    members: dict[str, "_Leaf | _Items | _Group"] = field(default_factory=dict[str, "_Leaf | _Items | _Group"])

    @property
    def tree(self) -> dict[str, Any]:
        return {name: node.tree for name, node in self.members.items()}

    @property
    def text(self) -> str:
        return "{" + ",".join(f"{json.dumps(name)}:{node.text}" for name, node in self.members.items()) + "}"


def nest(fields: list[Field], schema: Schema) -> Body:
    """The body of the fields. Raises Refusal if two fields contradict each other."""
    top = _Group()
    for each in fields:
        _put(top, each, schema)
    return Body(top.tree, {name: node.text for name, node in top.members.items()})


def _names(name: str) -> list[str]:
    """The parts of a field name, from the outermost in, in brackets or dotted."""
    head, bracket, rest = name.partition("[")
    if bracket and "." not in head and rest.endswith("]"):
        return [head, *rest[:-1].split("][")]
    return name.split(".")


def _put(top: _Group, field_: Field, schema: Schema) -> None:
    left = _names(field_.name)
    if len(left) > MOST_LEVELS:
        raise Refusal(400, "The form is nested too deeply.")
    here, rules = top, schema.top
    known: list[str] = []
    while True:
        name, *left = _without_index(left, rules, schema)
        rules, known = _below(rules, name, known, schema)
        kinds = kinds_of(rules)
        if "array" in kinds or (not rules and left == [""]):
            _add(here, name, left, _items(field_, schema.resolve(rules.get("items", {})), known), known)
            return
        if not left:
            break
        if kinds and "object" not in kinds:
            raise Refusal(400, f"{_subject(known)} has no fields below it.")
        group = here.members.setdefault(name, _Group())
        if not isinstance(group, _Group):
            raise _twice(known)
        here = group
    if name not in here.members:
        here.members[name] = _leaf(field_, rules, known)
    elif rules:
        raise _twice(known)
    else:
        _add(here, name, [], [_leaf(field_, rules, known)], known)


def _without_index(names: list[str], rules: dict[str, Any], schema: Schema) -> list[str]:
    """The names without the index at the end of a dotted name, if the document has a list there."""
    stem, bracket, index = names[0].rpartition("[")
    if bracket and index.endswith("]") and "array" in kinds_of(_below(rules, stem, [], schema)[0]):
        return [stem, index[:-1], *names[1:]]
    return names


def _add(here: _Group, name: str, index: list[str], leaves: list[_Leaf], known: list[str]) -> None:
    """Add to a list: at its end, or at the index in the field's name."""
    items = here.members.setdefault(name, _Items())
    if isinstance(items, _Leaf):
        # A property that the document does not name becomes a list with its second value.
        items = here.members[name] = _Items({0: items}, 0)
    if not isinstance(items, _Items):
        raise _twice(known)
    if index not in ([], [""]) and not (len(index) == 1 and _index.fullmatch(index[0])):
        raise Refusal(400, f"{_subject(known)} has no fields below it.")
    place = int(index[0]) if index and index[0] else items.last + 1
    for leaf in leaves:
        if place in items.leaves:
            raise _twice(known)
        items.leaves[place] = leaf
        items.last = max(items.last, place)
        place += 1


def _below(rules: dict[str, Any], name: str, known: list[str], schema: Schema) -> tuple[dict[str, Any], list[str]]:
    """The schema of a property, and the path to it as far as the document names it."""
    properties = rules.get("properties", {})
    return (schema.resolve(properties[name]), [*known, name]) if name in properties else ({}, known)


def _subject(known: list[str]) -> str:
    return f"The {'.'.join(known)} field" if known else "A field of the form"


def _twice(known: list[str]) -> Refusal:
    return Refusal(400, f"{_subject(known)} is given more than once.")


def _items(field_: Field, rules: dict[str, Any], known: list[str]) -> list[_Leaf]:
    """One item, or all items of a part that contains a JSON list."""
    if field_.is_json and not field_.is_file and field_.text.lstrip().startswith("["):
        body = read_text(field_.text, _subject(known))
        return [_Leaf(item, json.dumps(item)) for item in body.tree]
    return [_leaf(field_, rules, known)]


def _leaf(field_: Field, rules: dict[str, Any], known: list[str]) -> _Leaf:
    if field_.is_file and known and rules.get("format") != "binary":
        raise Refusal(400, f"{_subject(known)} must be text, not a file.")
    if field_.is_json or "object" in kinds_of(rules):
        return _Leaf(read_text(field_.text, _subject(known)).tree, field_.text.strip(" \t\r\n"))
    value = read_scalar(field_.text, rules)
    return _Leaf(value, json.dumps(value) if isinstance(value, str) else field_.text)
