"""Matching the alternatives of an old schema with those of a new one."""

from collections.abc import Callable

from .schemas import Alternative

_FEW = 12
"""The most alternatives per side that are matched by distance; with more, only names and tags are compared."""

Pairs = list[tuple[Alternative, Alternative]]


def pair(
    old: list[Alternative], new: list[Alternative], distance: Callable[[Alternative, Alternative], int]
) -> tuple[Pairs, list[Alternative], list[Alternative]]:
    """Match alternatives by component name, by tag, as the only ones of their type, then by the smallest distance.

    Returns:
        The pairs, the unmatched old alternatives, and the unmatched new ones.

    """
    pairs: Pairs = []
    left, right = list(old), list(new)
    # A single object on each side is always the same one, however its tag changed.
    by_tags = sum(entry.kind == "object" for entry in old) > 1 or sum(entry.kind == "object" for entry in new) > 1

    def take(a: Alternative, b: Alternative) -> None:
        pairs.append((a, b))
        left[:] = [entry for entry in left if entry is not a]
        right[:] = [entry for entry in right if entry is not b]

    def are_only_ones(a: Alternative, b: Alternative) -> bool:
        return sum(entry.kind == a.kind for entry in left) == 1 == sum(entry.kind == b.kind for entry in right)

    steps: tuple[Callable[[Alternative, Alternative], bool], ...] = (
        lambda a, b: _comparable(a, b, by_tags) and _same_name(a, b),
        lambda a, b: _comparable(a, b, by_tags) and bool(tags(a) & tags(b)),
        lambda a, b: _comparable(a, b, by_tags) and are_only_ones(a, b),
        lambda a, b: a.kind == b.kind and _same_name(a, b),  # A component stays the same even where its tag changed.
    )
    for matches in steps:
        for a in list(left):
            b = next((entry for entry in right if matches(a, entry)), None)
            if b is not None:
                take(a, b)
    if max(len(left), len(right)) <= _FEW:
        found = [(distance(a, b), a, b) for a in left for b in right if _comparable(a, b, by_tags)]
        for _, a, b in sorted(found, key=lambda entry: entry[0]):
            if any(entry is a for entry in left) and any(entry is b for entry in right):
                take(a, b)
    return pairs, left, right


def _comparable(a: Alternative, b: Alternative, by_tags: bool) -> bool:
    if a.kind != b.kind:
        return {a.kind, b.kind} == {"integer", "number"}
    if not by_tags:
        return True
    mine, others = dict(tags(a)), dict(tags(b))
    return not any(mine[key] != others[key] for key in mine.keys() & others.keys())


def _same_name(a: Alternative, b: Alternative) -> bool:
    return a.node.path == b.node.path and a.node.path[:2] == ("components", "schemas")


def tags(entry: Alternative) -> set[tuple[str, str]]:
    """The properties with exactly one value, which distinguish the branches of a union."""
    found: set[tuple[str, str]] = set()
    for key, schema in entry.properties.items():
        ways = schema.alternatives
        if len(ways) == 1 and ways[0].values is not None and len(ways[0].values) == 1:
            found.add((key, next(iter(ways[0].values))))
    return found
