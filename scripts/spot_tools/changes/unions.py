"""The branches of unions: the property that tells them apart, and those that allow the same value."""

from collections.abc import Iterator
from itertools import combinations

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Node, canonical
from spot_tools.openapi.schemas import Alternative, Schema

from .names import kind

_DEEPEST = 4
"""Levels of properties that are looked at for a difference."""
_MOST = 30
"""Branches that are held against each other."""
_DISTINCT = {"date-time", "date", "time", "uuid", "email", "ipv4", "ipv6", "uri"}
"""Formats that hardly any text has two of."""


def discriminator(schema: Schema) -> tuple[str, dict[str, Node]] | None:
    """The property's name, and the branch that each of its values stands for; None where none is declared.

    A branch that no value is mapped to is known by the name of its component.
    """
    for home in schema.objects():
        found = home.get("discriminator")
        if found is None or as_object(found.value) is None:
            continue
        mapping: dict[str, Node] = {}
        for value, target in found.members("mapping").items():
            text = str(target.value)
            mapping[value] = _target(found, text if text.startswith("#") else f"#/components/schemas/{text}")
        mapped = {node.path for node in mapping.values()}
        for branch in (*home.entries("oneOf"), *home.entries("anyOf")):
            reference = (as_object(branch.value) or {}).get("$ref")
            target = branch.follow(reference) if isinstance(reference, str) else branch
            if target.path not in mapped and target is not branch:
                mapping[target.path[-1]] = target
        return str(found.read("propertyName")), mapping
    return None


def _target(node: Node, reference: str) -> Node:
    """What a mapping names; anything, under its own name, where that is not there."""
    try:
        return node.follow(reference)
    except ToolError:
        return Node(node.document, (reference,), value=True)


def collisions(schema: Schema) -> list[tuple[str, str]]:
    """The pairs of branches of oneOf that allow one value together, which oneOf refuses; a discriminator decides."""
    known = schema.parts[0].document.known
    key = ("collisions", schema.key)
    if key not in known:
        known[key] = list(_collisions(schema, frozenset()))
    found: list[tuple[str, str]] = known[key]
    return found


def _collisions(schema: Schema, above: frozenset[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for home in schema.objects():
        if home.path in above:
            continue
        below = above | {home.path}
        distinct = {canonical(branch.value): Schema((branch,)) for branch in home.entries("oneOf")}
        branches = list(distinct.values())
        if home.get("discriminator") is None and len(branches) <= _MOST:
            for one, other in combinations(branches, 2):
                pairs = ((a, b) for a in one.alternatives for b in other.alternatives)
                yield from ((kind(a), kind(b)) for a, b in pairs if _overlap(a, b, _DEEPEST))
        for branch in (*branches, *(Schema((branch,)) for branch in home.entries("anyOf"))):
            yield from _collisions(branch, below)


def _overlap(a: Alternative, b: Alternative, depth: int) -> bool:
    """Whether a value satisfies both, as far as can be told; what cannot be compared is taken for apart."""
    kinds = {a.kind, b.kind}
    if len(kinds) > 1 and kinds != {"integer", "number"} and "any" not in kinds:
        return False
    if a.values is not None and b.values is not None:
        return bool(a.values.keys() & b.values.keys())
    if {"not", "pattern", "if"} & (a.rules.keys() | b.rules.keys()) or _is_beyond(a, b) or _is_beyond(b, a):
        return False
    if a.format != b.format and {a.format, b.format} <= _DISTINCT:
        return False
    if a.kind == b.kind == "array":
        return a.items is None or b.items is None or _both(a.items, b.items, depth)
    return a.kind != b.kind or a.kind != "object" or _objects_overlap(a, b, depth)


def _is_beyond(a: Alternative, b: Alternative) -> bool:
    """Whether the least of the one is more than the most of the other."""
    lows = {key[3:].lower(): bound for key, (bound, _) in a.limits.items() if key.startswith("min")}
    highs = {key[3:].lower(): bound for key, (bound, _) in b.limits.items() if key.startswith("max")}
    return any(lows[key] > highs[key] for key in lows.keys() & highs.keys())


def _objects_overlap(a: Alternative, b: Alternative, depth: int) -> bool:
    for one, other in ((a, b), (b, a)):
        if other.extra is False and one.required - other.properties.keys():
            return False
    shared = (a.properties.keys() & b.properties.keys()) & (a.required | b.required)
    return all(_both(a.properties[key], b.properties[key], depth) for key in shared)


def _both(a: Schema, b: Schema, depth: int) -> bool:
    if depth == 0 or a.key == b.key:
        return True
    return any(_overlap(one, other, depth - 1) for one in a.alternatives for other in b.alternatives)
