"""A normal form of schemas, equal for schemas with the same meaning.

A schema becomes a list of alternatives with one type each: `nullable`, lists of types, `anyOf`, `oneOf` and enums of
several types are all expanded. `allOf` and references are resolved, and default values of keywords are omitted. Inner
schemas are expanded on demand, so recursive schemas work.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from spot_tools.errors import ToolError

from . import keywords
from .documents import as_list, as_object
from .keywords import HINTS, LOWER, UPPER, Limit, fits, format_of, is_number, kind_of, tightest
from .nodes import Node, canonical, one_line

_MOST = 500
"""The most alternatives of one schema; allOf of unions multiplies them."""

_ANNOTATIONS = ("title", "description", "externalDocs", "xml")


@dataclass
class Alternative:
    """One way to satisfy a schema: values of one type."""

    kind: str
    """null, boolean, string, integer, number, array, object, or any."""
    node: Node
    values: dict[str, Any] | None = None
    """The allowed values by their canonical JSON; None where all are allowed."""
    limits: dict[str, Limit] = field(default_factory=dict[str, Limit])
    constraints: dict[str, str] = field(default_factory=dict[str, str])
    format: str | None = None
    properties: dict[str, "Schema"] = field(default_factory=dict[str, "Schema"])
    required: frozenset[str] = frozenset()
    additional: "Schema | bool" = True
    """The schema of additional properties; False where none are allowed."""
    items: "Schema | None" = None
    at: dict[str, str] = field(default_factory=dict[str, str])
    """The JSON Pointer of each keyword."""

    def pointer(self, keyword: str) -> str:
        """The JSON Pointer of a keyword; the schema's own where the keyword is absent."""
        return self.at.get(keyword, self.node.pointer)

    @property
    def is_bare(self) -> bool:
        """Whether nothing but the type is restricted."""
        return self.values is None and not (self.limits or self.constraints or self.format)


@dataclass(frozen=True)
class Schema:
    """The schema of one value: a schema object, or several that all apply."""

    parts: tuple[Node, ...]

    @property
    def key(self) -> tuple[tuple[str, ...], ...]:
        """The identity of the schema within its document."""
        return tuple(part.path for part in self.parts)

    @property
    def node(self) -> Node:
        """The first schema object, with references resolved."""
        return self.parts[0].resolved()

    @property
    def alternatives(self) -> list[Alternative]:
        """The normal form; empty where no value satisfies the schema."""
        cache = self.parts[0].document.cache
        if self.key not in cache:
            cache[self.key] = reduce(_intersect, (_expand(part, ()) for part in self.parts))
        found: list[Alternative] = cache[self.key]
        return found

    def objects(self) -> list[Node]:
        """The schema objects that apply to every value: each part, its references and its allOf."""
        found: dict[tuple[str, ...], Node] = {}
        for part in self.parts:
            _gather(part, found)
        return list(found.values())

    def flag(self, keyword: str) -> bool:
        """Whether a keyword such as readOnly or deprecated is set."""
        return any(node.read(keyword) is True for node in self.objects())

    def find(self, keyword: str) -> Node | None:
        """The first occurrence of a keyword."""
        return next((found for node in self.objects() if (found := node.get(keyword)) is not None), None)

    def annotations(self) -> dict[str, dict[str, Node]]:
        """The texts and examples for readers, by keyword and text."""
        found: dict[str, dict[str, Node]] = {}
        for node in self.objects():
            for keyword, value in node.value.items():
                child = Node(node.document, (*node.path, keyword), value)
                if keyword in _ANNOTATIONS and child.value not in ("", None, [], {}):
                    found.setdefault(keyword, {})[one_line(child.value)] = child
                elif keyword in ("example", "examples"):
                    listed = keyword == "examples" and as_list(child.value) is not None
                    for entry in node.entries("examples") if listed else [child]:
                        found.setdefault("example", {})[one_line(entry.value)] = entry
        return found


def all_of(schemas: Iterable["Schema | None"]) -> Schema | None:
    """The schema that requires all of the given ones; None where there are none."""
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


Trail = tuple[tuple[tuple[str, ...], bool], ...]
"""The schemas that are being expanded, outermost first, each with whether it is a branch of a union."""


def _expand(node: Node, trail: Trail, *, is_branch: bool = False) -> list[Alternative]:
    returned = _since(node, trail)
    if returned is not None:
        if any(returned):
            # A branch whose allOf refers back to its union extends it; the union itself is already being expanded.
            return [Alternative("any", node)]
        raise ToolError(f"{node.document.name} has a schema at {node.pointer} that consists of itself.")
    if isinstance(node.value, bool):
        return [Alternative("any", node)] if node.value else []
    value = as_object(node.value)
    if value is None:
        raise ToolError(f"{node.document.name} has a value at {node.pointer} that is not a schema.")
    below = (*trail, (node.path, is_branch))
    if "$ref" not in value:
        return _combine(node, below)
    found = _expand(node.follow(str(value["$ref"])), below, is_branch=is_branch)
    siblings = {key: entry for key, entry in value.items() if key != "$ref"}
    if siblings and node.document.is_json_schema:
        found = _intersect(found, _expand(Node(node.document, node.path, siblings), trail, is_branch=is_branch))
    return found


def _combine(node: Node, below: Trail) -> list[Alternative]:
    """The alternatives of a schema's own keywords and of its allOf, anyOf and oneOf."""
    found = _of_keywords(node)
    for part in node.entries("allOf"):
        found = _intersect(found, _expand(part, below))
    for keyword in ("anyOf", "oneOf"):
        branches = _branches(node.entries(keyword), below)
        if branches:
            inner = [entry for branch in branches for entry in _expand(branch, below, is_branch=True)]
            found = _intersect(found, inner)
    # Strictly, null would also have to satisfy enum and allOf; but whoever writes nullable means that null is allowed.
    if node.read("nullable") is True and not any(entry.kind in ("null", "any") for entry in found):
        found = [*found, Alternative("null", node, at={"nullable": node.at("nullable")})]
    return _simplify(found)


def _since(node: Node, trail: Trail) -> list[bool] | None:
    """For each schema in the trail after this one, whether it is a branch; None where this one is not in it."""
    paths = [path for path, _ in trail]
    return [is_branch for _, is_branch in trail[paths.index(node.path) + 1 :]] if node.path in paths else None


def _branches(listed: list[Node], trail: Trail) -> list[Node]:
    """The distinct branches; none where the union is reached from within one of its branches."""
    found: list[Node] = []
    for branch in {canonical(branch.value): branch for branch in listed}.values():
        returned = _since(branch.resolved(), trail)
        if returned is None:
            found.append(branch)
        elif not all(returned):
            return []  # A branch that extends the union by allOf is being expanded.
    return found


def _of_keywords(node: Node) -> list[Alternative]:
    value: dict[str, Any] = node.value
    values = as_list(value.get("enum"))
    if "const" in value:
        values = [value["const"]] if values is None or value["const"] in values else []
    declared = value.get("type")
    listed = as_list(declared) or ([declared] if declared is not None else [])
    kinds = ["null" if kind is None else str(kind) for kind in listed]  # An unquoted null in YAML.
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
    for keyword, child in keywords.constraints(node, family):
        entry.constraints[keyword] = keywords.constraint(keyword, child)
        entry.at[keyword] = child.pointer
    if kind == "integer" and entry.constraints.get("multipleOf") == "1":
        del entry.constraints["multipleOf"]
    if kind in ("string", "integer", "number", "any"):
        entry.format = format_of(node.value)
        entry.at["format"] = node.at("format")
    if kind == "array":
        items = node.get("items")
        entry.items = Schema((items,)) if items is not None and items.value not in (True, {}) else None
    if kind == "object":
        entry.properties = {name: Schema((child,)) for name, child in node.members("properties").items()}
        entry.required = frozenset(str(name) for name in as_list(node.read("required")) or [])
        additional = node.get("additionalProperties") or node.get("unevaluatedProperties")
        if additional is not None:
            entry.at["additionalProperties"] = additional.pointer
            if additional.value is False or (as_object(additional.value) or {}) != {}:
                entry.additional = Schema((additional,)) if additional.value is not False else False
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
            bounds = [
                (bound // 1 + 1 if sign > 0 else -(-bound // 1) - 1, False) if is_exclusive else (bound, False)
                for bound, is_exclusive in bounds
            ]
        if bounds:
            strictest = tightest(bounds, sign)
            if not (sign > 0 and family != "number" and strictest[0] <= 0):
                entry.limits[keyword] = strictest


def _intersect(left: list[Alternative], right: list[Alternative]) -> list[Alternative]:
    """The alternatives of values that satisfy one of the left and one of the right."""
    found = [both for a in left for b in right if (both := _merge(a, b)) is not None]
    if len(found) > _MOST:
        raise ToolError(
            f"{left[0].node.document.name} has a union at {left[0].node.pointer} with more than {_MOST} alternatives."
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
    properties = {n: s for n in names if (s := all_of((first.properties.get(n), second.properties.get(n))))}
    additional: Schema | bool = first.additional and second.additional
    if isinstance(first.additional, Schema) and isinstance(second.additional, Schema):
        additional = all_of((first.additional, second.additional)) or True
    elif first.additional is True:
        additional = second.additional
    elif second.additional is True:
        additional = first.additional
    return replace(
        first,
        # Keywords next to a oneOf apply to each branch; the branch is named after the schema with the properties.
        node=first.node if first.properties or not second.properties else second.node,
        values=values,
        limits=limits,
        constraints={
            key: " and ".join(sorted({side.constraints[key] for side in (first, second) if key in side.constraints}))
            for key in {**second.constraints, **first.constraints}
        },
        format=first.format or second.format,
        properties=properties,
        required=first.required | second.required,
        additional=additional,
        items=all_of((first.items, second.items)),
        at={**second.at, **first.at},
    )


def _simplify(found: list[Alternative]) -> list[Alternative]:
    """The same alternatives, with scalars of one type combined where the meaning stays the same."""
    kept: list[Alternative] = []
    for entry in found:
        if entry.kind in ("array", "object", "any"):
            kept.append(entry)
            continue
        same = next((other for other in kept if other.kind == entry.kind and _widen(other, entry)), None)
        if same is None:
            kept.append(replace(entry, at=dict(entry.at)))
    if any(entry.kind == "number" and entry.is_bare for entry in kept):
        kept = [entry for entry in kept if entry.kind != "integer"]
    if any(entry.kind == "any" and entry.is_bare for entry in kept):
        kept = [entry for entry in kept if entry.kind == "any" and entry.is_bare][:1]
    return kept


def _widen(into: Alternative, entry: Alternative) -> bool:
    """Widen the first by the second where one alternative can express both; return whether it can."""
    if entry.is_bare or into.is_bare:
        into.values, into.limits, into.constraints, into.format = None, {}, {}, None
        return True
    alike = (into.limits, into.constraints, into.format) == (entry.limits, entry.constraints, entry.format)
    if alike and into.values is not None and entry.values is not None:
        into.values = {**into.values, **entry.values}
        if into.kind == "boolean" and len(into.values) > 1:
            into.values = None
        return True
    return alike and into.values == entry.values
