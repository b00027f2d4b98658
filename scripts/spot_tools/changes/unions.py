"""The branches of unions: the discriminator, and branches that allow the same value."""

from collections.abc import Iterator
from itertools import combinations

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Node, canonical
from spot_tools.openapi.schemas import Alternative, Schema

from .labels import alternative_label

_DEEPEST = 4
"""The levels of properties that are searched for a difference."""
_MOST = 30
"""The most branches that are compared with each other."""
_DISTINCT = {"date-time", "date", "time", "uuid", "email", "ipv4", "ipv6", "uri"}
"""Formats that hardly any string satisfies two of."""


def discriminator(schema: Schema) -> tuple[str, dict[str, Node]] | None:
    """The name of the discriminator property, and the branch for each of its values; None where none is declared.

    The value of a branch without a mapping is the name of its component.
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
    """The target of a mapping; where it does not exist, a schema that allows everything."""
    try:
        return node.follow(reference)
    except ToolError:
        return Node(node.document, (reference,), value=True)


def collisions(schema: Schema) -> list[tuple[str, str]]:
    """The pairs of oneOf branches that allow the same value, which oneOf rejects; none with a discriminator."""
    cache = schema.parts[0].document.cache
    key = ("collisions", schema.key)
    if key not in cache:
        cache[key] = list(_collisions(schema, frozenset()))
    found: list[tuple[str, str]] = cache[key]
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
                labels = ((alternative_label(a), alternative_label(b)) for a, b in pairs if _overlap(a, b, _DEEPEST))
                yield from labels
        for branch in (*branches, *(Schema((branch,)) for branch in home.entries("anyOf"))):
            yield from _collisions(branch, below)


def _overlap(a: Alternative, b: Alternative, depth: int) -> bool:
    """Whether some value satisfies both; False where that cannot be determined."""
    kinds = {a.kind, b.kind}
    if len(kinds) > 1 and kinds != {"integer", "number"} and "any" not in kinds:
        return False
    if a.values is not None and b.values is not None:
        return bool(a.values.keys() & b.values.keys())
    if {"not", "pattern", "if"} & (a.constraints.keys() | b.constraints.keys()) or _is_beyond(a, b) or _is_beyond(b, a):
        return False
    if a.format != b.format and {a.format, b.format} <= _DISTINCT:
        return False
    if a.kind == b.kind == "array":
        return a.items is None or b.items is None or _schemas_overlap(a.items, b.items, depth)
    return a.kind != b.kind or a.kind != "object" or _objects_overlap(a, b, depth)


def _is_beyond(a: Alternative, b: Alternative) -> bool:
    """Whether a lower bound of `a` exceeds an upper bound of `b`."""
    lows = {key[3:].lower(): bound for key, (bound, _) in a.limits.items() if key.startswith("min")}
    highs = {key[3:].lower(): bound for key, (bound, _) in b.limits.items() if key.startswith("max")}
    return any(lows[key] > highs[key] for key in lows.keys() & highs.keys())


def _objects_overlap(a: Alternative, b: Alternative, depth: int) -> bool:
    for one, other in ((a, b), (b, a)):
        if other.additional is False and one.required - other.properties.keys():
            return False
    shared = (a.properties.keys() & b.properties.keys()) & (a.required | b.required)
    return all(_schemas_overlap(a.properties[key], b.properties[key], depth) for key in shared)


def _schemas_overlap(a: Schema, b: Schema, depth: int) -> bool:
    if depth == 0 or a.key == b.key:
        return True
    return any(_overlap(one, other, depth - 1) for one in a.alternatives for other in b.alternatives)
