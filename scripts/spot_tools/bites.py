"""A rule that no server ever broke may be unable to break: each is shown a fault that it catches by its own cases."""

from collections.abc import Sequence

from .attempts import Choices, Fault, broken_by


def fault_that_breaks(rule: str, faults: Sequence[Fault], seed: str) -> str | None:
    """The first fault that breaks the rule in a run of its own cases alone; those of its chapter are tried first."""
    chapter = rule.partition(".")[0]
    for fault in sorted(faults, key=lambda one: one.rules_of != chapter):
        if rule in broken_by(fault, Choices("quick", seed), ["--rule", rule]).rules:
            return fault.name
    return None
