"""Schemas in a normal form in which it no longer matters how they were written.

A schema becomes the list of its alternatives, each of one kind: `nullable`, a list of types, `anyOf`, `oneOf`
and an enum of several kinds all say "one of these". `allOf` and references are carried out, defaults left out. What
lies below a schema stays unread until it is asked for, so that recursive schemas are no trouble.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from spot_tools.errors import ToolError

from . import keywords
from .documents import as_list, as_object
from .keywords import HINTS, LOWER, UPPER, Limit, fits, format_of, is_number, kind_of, tightest
from .nodes import Node, canonical, words

_MOST = 500
"""Alternatives of one schema: more come from unions multiplied by unions."""

_NOTES = ("title", "description", "externalDocs", "xml")


@dataclass
class Alternative:
    """One way to satisfy a schema: values of one kind."""

    kind: str
    """null, boolean, string, integer, number, array, object, or any."""
    node: Node
    values: dict[str, Any] | None = None
    """The only values, by their canonical texts; None where all are allowed."""
    limits: dict[str, Limit] = field(default_factory=dict[str, Limit])
    rules: dict[str, str] = field(default_factory=dict[str, str])
    format: str | None = None
    properties: dict[str, "Schema"] = field(default_factory=dict[str, "Schema"])
    required: frozenset[str] = frozenset()
    extra: "Schema | bool" = True
    """What properties beyond the named ones must be; False where there may be none."""
    items: "Schema | None" = None
    at: dict[str, str] = field(default_factory=dict[str, str])
    """The pointer of each keyword that is in force."""

    def place(self, keyword: str) -> str:
        """The pointer of the keyword, or of the whole where it is absent."""
        return self.at.get(keyword, self.node.pointer)

    @property
    def is_bare(self) -> bool:
        """Whether the kind alone is told."""
        return self.values is None and not (self.limits or self.rules or self.format)


@dataclass(frozen=True)
class Schema:
    """All that must hold for one value: a schema object, or several by allOf."""

    parts: tuple[Node, ...]

    @property
    def key(self) -> tuple[tuple[str, ...], ...]:
        """What tells two schemas of one document apart."""
        return tuple(part.path for part in self.parts)

    @property
    def node(self) -> Node:
        """Where it stands, references followed."""
        return self.parts[0].resolved()

    @property
    def alternatives(self) -> list[Alternative]:
        """The normal form; empty where nothing can satisfy the schema."""
        known = self.parts[0].document.known
        if self.key not in known:
            known[self.key] = reduce(_both, (_expand(part, ()) for part in self.parts))
        found: list[Alternative] = known[self.key]
        return found

    def objects(self) -> list[Node]:
        """The schema objects whose words hold for the whole: each part, what it refers to, what allOf names."""
        found: dict[tuple[str, ...], Node] = {}
        for part in self.parts:
            _gather(part, found)
        return list(found.values())

    def flag(self, keyword: str) -> bool:
        """Whether a keyword such as readOnly or deprecated is true."""
        return any(node.read(keyword) is True for node in self.objects())

    def find(self, keyword: str) -> Node | None:
        """The first place where the keyword stands."""
        return next((found for node in self.objects() if (found := node.get(keyword)) is not None), None)

    def notes(self) -> dict[str, dict[str, Node]]:
        """What is for readers only: by keyword, the texts and where they stand."""
        found: dict[str, dict[str, Node]] = {}
        for node in self.objects():
            for keyword in node.value:
                child = node.get(keyword)
                if child is None:
                    continue
                if keyword in _NOTES and child.value not in ("", None, [], {}):
                    found.setdefault(keyword, {})[words(child.value)] = child
                elif keyword in ("example", "examples"):
                    listed = keyword == "examples" and as_list(child.value) is not None
                    for entry in node.entries("examples") if listed else [child]:
                        found.setdefault("example", {})[words(entry.value)] = entry
        return found


def together(schemas: Iterable["Schema | None"]) -> Schema | None:
    """The schema that demands what all of them demand; None where there are none."""
    parts = {part.path: part for schema in schemas if schema is not None for part in schema.parts}
    return Schema(tuple(parts.values())) if parts else None


def _gather(node: Node, found: dict[tuple[str, ...], Node]) -> None:
    value = as_object(node.value)
    if value is None or node.path in found:
        return
    if "$ref" in value:
        if node.document.is_json_schema and len(value) > 1:
            found[node.path] = Node(node.document, node.path, {k: v for k, v in value.items() if k != "$ref"})
        _gather(node.follow(str(value["$ref"])), found)
        return
    found[node.path] = node
    for part in node.entries("allOf"):
        _gather(part, found)


Way = tuple[tuple[tuple[str, ...], bool], ...]
"""The schemas that are being expanded, each with whether it is a branch of a union in the one before."""


def _expand(node: Node, under_way: Way, *, is_branch: bool = False) -> list[Alternative]:
    returned = _since(node, under_way)
    if returned is not None:
        if any(returned):
            # A branch that refers back to its union by allOf adds to it; what the union says stands there already.
            return [Alternative("any", node)]
        raise ToolError(f"{node.document.name} has a schema at {node.pointer} that is made of itself.")
    if isinstance(node.value, bool):
        return [Alternative("any", node)] if node.value else []
    value = as_object(node.value)
    if value is None:
        raise ToolError(f"{node.document.name} has something at {node.pointer} that is no schema.")
    below = (*under_way, (node.path, is_branch))
    if "$ref" not in value:
        return _combine(node, below)
    found = _expand(node.follow(str(value["$ref"])), below, is_branch=is_branch)
    siblings = {key: entry for key, entry in value.items() if key != "$ref"}
    if siblings and node.document.is_json_schema:
        found = _both(found, _expand(Node(node.document, node.path, siblings), under_way, is_branch=is_branch))
    return found


def _combine(node: Node, below: Way) -> list[Alternative]:
    """What a schema says itself, and by allOf, anyOf and oneOf."""
    found = _base(node)
    for part in node.entries("allOf"):
        found = _both(found, _expand(part, below))
    for keyword in ("anyOf", "oneOf"):
        branches = _branches(node.entries(keyword), below)
        if branches:
            found = _both(found, [entry for branch in branches for entry in _expand(branch, below, is_branch=True)])
    # Strictly, null must also pass the enum and allOf beside it; whoever writes nullable means null all the same.
    if node.read("nullable") is True and not any(entry.kind in ("null", "any") for entry in found):
        found = [*found, Alternative("null", node, at={"nullable": node.at("nullable")})]
    return _union(found)


def _since(node: Node, under_way: Way) -> list[bool] | None:
    """How each schema came about since this one was begun; None where it was not."""
    paths = [path for path, _ in under_way]
    return [is_branch for _, is_branch in under_way[paths.index(node.path) + 1 :]] if node.path in paths else None


def _branches(listed: list[Node], under_way: Way) -> list[Node]:
    """The branches that say something: each once, and none where the union is told from within one of them."""
    found: list[Node] = []
    for branch in {canonical(branch.value): branch for branch in listed}.values():
        returned = _since(branch.resolved(), under_way)
        if returned is None:
            found.append(branch)
        elif not all(returned):
            return []  # One branch, which extends the union by allOf, was chosen already.
    return found


def _base(node: Node) -> list[Alternative]:
    value: dict[str, Any] = node.value
    values = as_list(value.get("enum"))
    if "const" in value:
        values = [value["const"]] if values is None or value["const"] in values else []
    declared = value.get("type")
    listed = as_list(declared) or ([declared] if declared is not None else [])
    kinds = ["null" if kind is None else str(kind) for kind in listed]  # YAML's own null, unquoted.
    if not kinds:
        kinds = [kind for kind, keywords in HINTS.items() if any(keyword in value for keyword in keywords)]
    if not kinds:
        kinds = ["any"] if values is None else sorted({kind_of(entry) for entry in values})
    found: list[Alternative] = []
    for kind in dict.fromkeys(kinds):
        entry = _of_kind(kind, node)
        if values is not None and kind != "null":
            entry.values = {canonical(v): v for v in values if kind == "any" or fits(kind_of(v), kind)}
            entry.at["enum"] = node.at("const" if "const" in value else "enum")
            if not entry.values:
                continue
            if kind == "boolean" and len(entry.values) > 1:
                entry.values = None
        found.append(entry)
    return found


def _of_kind(kind: str, node: Node) -> Alternative:
    entry = Alternative(kind, node)
    family = "number" if kind == "integer" else kind
    _read_limits(entry, family)
    for keyword, child in keywords.rules(node, family):
        entry.rules[keyword] = keywords.rule(keyword, child)
        entry.at[keyword] = child.pointer
    if kind == "integer" and entry.rules.get("multipleOf") == "1":
        del entry.rules["multipleOf"]
    if kind in ("string", "integer", "number", "any"):
        entry.format = format_of(node.value)
        entry.at["format"] = node.at("format")
    if kind == "array":
        items = node.get("items")
        entry.items = Schema((items,)) if items is not None and items.value not in (True, {}) else None
    if kind == "object":
        entry.properties = {name: Schema((child,)) for name, child in node.members("properties").items()}
        entry.required = frozenset(str(name) for name in as_list(node.read("required")) or [])
        extra = node.get("additionalProperties") or node.get("unevaluatedProperties")
        if extra is not None:
            entry.at["additionalProperties"] = extra.pointer
            if extra.value is False or (as_object(extra.value) or {}) != {}:
                entry.extra = Schema((extra,)) if extra.value is not False else False
    return entry


def _read_limits(entry: Alternative, family: str) -> None:
    value, low, high = entry.node.value, LOWER.get(family), UPPER.get(family)
    for keyword, sign in ((low, 1), (high, -1)):
        if keyword is None:
            continue
        bounds: list[Limit] = []
        exclusive = "exclusive" + keyword[0].upper() + keyword[1:]
        if is_number(value.get(keyword)):
            bounds.append((value[keyword], value.get(exclusive) is True))
            entry.at[keyword] = entry.node.at(keyword)
        if is_number(value.get(exclusive)):
            bounds.append((value[exclusive], True))
            entry.at.setdefault(keyword, entry.node.at(exclusive))
        if entry.kind == "integer":
            bounds = [(bound // 1 + 1 if sign > 0 else -(-bound // 1) - 1, False) if out else (bound, False)
                      for bound, out in bounds]  # fmt: skip
        if bounds:
            strictest = tightest(bounds, sign)
            if not (sign > 0 and family != "number" and strictest[0] <= 0):
                entry.limits[keyword] = strictest


def _both(left: list[Alternative], right: list[Alternative]) -> list[Alternative]:
    """What satisfies one of the left and one of the right."""
    found = [both for a in left for b in right if (both := _merge(a, b)) is not None]
    if len(found) > _MOST:
        raise ToolError(
            f"{left[0].node.document.name} has a union at {left[0].node.pointer} of more than {_MOST} ways."
        )
    return found


def _merge(left: Alternative, right: Alternative) -> Alternative | None:
    if not fits(left.kind, right.kind) and not fits(right.kind, left.kind) and "any" not in (left.kind, right.kind):
        return None
    first, second = (right, left) if left.kind == "any" or (left.kind, right.kind) == ("number", "integer") else (
        left, right)  # fmt: skip
    values = first.values if second.values is None else second.values
    if first.values is not None and second.values is not None:
        values = {key: value for key, value in first.values.items() if key in second.values}
    if values is not None and first.kind != "any":
        values = {key: value for key, value in values.items() if fits(kind_of(value), first.kind)}
    if values is not None and not values:
        return None
    limits = dict(first.limits)
    for name, bound in second.limits.items():
        limits[name] = tightest((bound, limits.get(name, bound)), 1 if name in LOWER.values() else -1)
    names = {**first.properties, **second.properties}
    properties = {n: s for n in names if (s := together((first.properties.get(n), second.properties.get(n))))}
    extra: Schema | bool = first.extra and second.extra
    if isinstance(first.extra, Schema) and isinstance(second.extra, Schema):
        extra = together((first.extra, second.extra)) or True
    elif first.extra is True:
        extra = second.extra
    elif second.extra is True:
        extra = first.extra
    return replace(
        first,
        # What stands beside a oneOf is no home of its own: a branch is named by the place that tells most.
        node=first.node if first.properties or not second.properties else second.node,
        values=values,
        limits=limits,
        rules={
            key: " and ".join(sorted({side.rules[key] for side in (first, second) if key in side.rules}))
            for key in {**second.rules, **first.rules}
        },
        format=first.format or second.format,
        properties=properties,
        required=first.required | second.required,
        extra=extra,
        items=together((first.items, second.items)),
        at={**second.at, **first.at},
    )


def _union(found: list[Alternative]) -> list[Alternative]:
    """Scalars of one kind in one alternative wherever that says the same."""
    kept: list[Alternative] = []
    for entry in found:
        if entry.kind in ("array", "object", "any"):
            kept.append(entry)
            continue
        same = next((other for other in kept if other.kind == entry.kind and _join(other, entry)), None)
        if same is None:
            kept.append(replace(entry, at=dict(entry.at)))
    if any(entry.kind == "number" and entry.is_bare for entry in kept):
        kept = [entry for entry in kept if entry.kind != "integer"]
    if any(entry.kind == "any" and entry.is_bare for entry in kept):
        kept = [entry for entry in kept if entry.kind == "any" and entry.is_bare][:1]
    return kept


def _join(into: Alternative, entry: Alternative) -> bool:
    """Widen the first by the second where one alternative can tell both; say whether it was done."""
    if entry.is_bare or into.is_bare:
        into.values, into.limits, into.rules, into.format = None, {}, {}, None
        return True
    alike = (into.limits, into.rules, into.format) == (entry.limits, entry.rules, entry.format)
    if alike and into.values is not None and entry.values is not None:
        into.values = {**into.values, **entry.values}
        if into.kind == "boolean" and len(into.values) > 1:
            into.values = None
        return True
    return alike and into.values == entry.values
