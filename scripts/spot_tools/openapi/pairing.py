"""Which alternative of the old schema became which of the new one."""

from collections.abc import Callable

from .schemas import Alternative

_FEW = 12
"""Alternatives on each side that are tried one with another; with more, names and values alone decide."""

Pairs = list[tuple[Alternative, Alternative]]


def pair(
    old: list[Alternative], new: list[Alternative], distance: Callable[[Alternative, Alternative], int]
) -> tuple[Pairs, list[Alternative], list[Alternative]]:
    """The pairs, what is left over of the old ones, and what is new."""
    pairs: Pairs = []
    left, right = list(old), list(new)
    # Where there is but one object on each side it is the same one, whatever has become of it.
    apart = sum(entry.kind == "object" for entry in old) > 1 or sum(entry.kind == "object" for entry in new) > 1
    for same in (_same_name, _same_tag, _only_ones(left, right)):
        for a in list(left):
            b = next((entry for entry in right if _comparable(a, entry, apart) and same(a, entry)), None)
            if b is not None:
                _take(a, b, left, right, pairs)
    # A component stays what it is even where what tells it apart has changed.
    for a in list(left):
        b = next((entry for entry in right if a.kind == entry.kind and _same_name(a, entry)), None)
        if b is not None:
            _take(a, b, left, right, pairs)
    _nearest(left, right, pairs, lambda a, b: distance(a, b) if _comparable(a, b, apart) else None)
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
    for _, i, j in sorted((far, i, j) for far, i, j in measured if far is not None):
        if any(entry is first[i] for entry in left) and any(entry is second[j] for entry in right):
            _take(first[i], second[j], left, right, pairs)


def _comparable(a: Alternative, b: Alternative, apart: bool) -> bool:
    if a.kind != b.kind:
        return {a.kind, b.kind} == {"integer", "number"}
    if not apart:
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
    """Properties that have one value only: what tells the branches of a union apart."""
    found: set[tuple[str, str]] = set()
    for key, schema in entry.properties.items():
        ways = schema.alternatives
        if len(ways) == 1 and ways[0].values is not None and len(ways[0].values) == 1:
            found.add((key, next(iter(ways[0].values))))
    return found
