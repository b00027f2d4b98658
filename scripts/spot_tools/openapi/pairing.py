"""Matching the alternatives of an old schema with those of a new one."""

from collections.abc import Callable

from .schemas import Alternative

_FEW = 12
"""The most alternatives per side that are matched by distance; with more, only names and tags are compared."""

Pairs = list[tuple[Alternative, Alternative]]


def pair(
    old: list[Alternative], new: list[Alternative], distance: Callable[[Alternative, Alternative], int]
) -> tuple[Pairs, list[Alternative], list[Alternative]]:
    """Match alternatives by component name, by tag, then by the smallest distance.

    Returns:
        The pairs, the unmatched old alternatives, and the unmatched new ones.

    """
    pairs: Pairs = []
    left, right = list(old), list(new)
    # A single object on each side is always the same one, however it changed.
    by_tags = sum(entry.kind == "object" for entry in old) > 1 or sum(entry.kind == "object" for entry in new) > 1
    for same in (_same_name, _same_tag, _only_ones(left, right)):
        for a in list(left):
            b = next((entry for entry in right if _comparable(a, entry, by_tags) and same(a, entry)), None)
            if b is not None:
                _take(a, b, left, right, pairs)
    # A component stays the same even where its tag changed.
    for a in list(left):
        b = next((entry for entry in right if a.kind == entry.kind and _same_name(a, entry)), None)
        if b is not None:
            _take(a, b, left, right, pairs)
    _nearest(left, right, pairs, lambda a, b: distance(a, b) if _comparable(a, b, by_tags) else None)
    return pairs, left, right


def _take(a: Alternative, b: Alternative, left: list[Alternative], right: list[Alternative], pairs: Pairs) -> None:
    pairs.append((a, b))
    left[:] = [entry for entry in left if entry is not a]
    right[:] = [entry for entry in right if entry is not b]


def _nearest(
    left: list[Alternative],
    right: list[Alternative],
    pairs: Pairs,
    distance: Callable[[Alternative, Alternative], int | None],
) -> None:
    if max(len(left), len(right)) > _FEW:
        return
    first, second = list(left), list(right)
    measured = [(distance(a, b), i, j) for i, a in enumerate(first) for j, b in enumerate(second)]
    for _, i, j in sorted((steps, i, j) for steps, i, j in measured if steps is not None):
        if any(entry is first[i] for entry in left) and any(entry is second[j] for entry in right):
            _take(first[i], second[j], left, right, pairs)


def _comparable(a: Alternative, b: Alternative, by_tags: bool) -> bool:
    if a.kind != b.kind:
        return {a.kind, b.kind} == {"integer", "number"}
    if not by_tags:
        return True
    mine, others = dict(tags(a)), dict(tags(b))
    return not any(mine[key] != others[key] for key in mine.keys() & others.keys())


def _same_name(a: Alternative, b: Alternative) -> bool:
    return a.node.path == b.node.path and a.node.path[:2] == ("components", "schemas")


def _same_tag(a: Alternative, b: Alternative) -> bool:
    return bool(tags(a) & tags(b))


def _only_ones(left: list[Alternative], right: list[Alternative]) -> Callable[[Alternative, Alternative], bool]:
    def only(a: Alternative, b: Alternative) -> bool:
        return sum(e.kind == a.kind for e in left) == 1 == sum(e.kind == b.kind for e in right)

    return only


def tags(entry: Alternative) -> set[tuple[str, str]]:
    """The properties with exactly one value, which distinguish the branches of a union."""
    found: set[tuple[str, str]] = set()
    for key, schema in entry.properties.items():
        ways = schema.alternatives
        if len(ways) == 1 and ways[0].values is not None and len(ways[0].values) == 1:
            found.add((key, next(iter(ways[0].values))))
    return found
