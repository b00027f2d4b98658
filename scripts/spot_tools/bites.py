"""A rule that no server ever broke may be unable to break: each is shown a fault that its chapter finds by it."""

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from .attempts import Choices, Fault, broken_by, tests_of


def faults_that_break(chapter: str, rules: Sequence[str], faults: Sequence[Fault], seed: str) -> dict[str, str | None]:
    """For each of these rules of one chapter, the first fault on which the chapter's tests say that it is broken.

    The faults of the chapter are tried first, then those of all chapters in turn, until every rule is shown or none is
    left to try.
    """
    found: dict[str, str | None] = dict.fromkeys(rules)
    for fault in _in_turn(chapter, faults):
        if None not in found.values():
            break
        for rule in broken_by(fault, Choices("quick", seed), [], tests_of(chapter)).rules:
            if rule in found:
                found[rule] = found[rule] or fault.name
    return found


def _in_turn(chapter: str, faults: Sequence[Fault]) -> Iterator[Fault]:
    yield from (fault for fault in faults if fault.rules_of == chapter)
    others: dict[str, list[Fault]] = {}
    for fault in faults:
        others.setdefault(fault.rules_of, []).append(fault)
    others.pop(chapter, None)
    yield from (fault for fault in chain.from_iterable(zip_longest(*others.values())) if fault is not None)
