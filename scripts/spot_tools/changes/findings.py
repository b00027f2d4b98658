"""What was found: each change once, judged by the direction in which it hurts most, with all places it reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["breaking", "additive", "docs"]
Direction = Literal["request", "response", "both"]
Effect = Literal["widened", "narrowed", "changed", "added", "docs"]
"""What became of the values that are allowed: more, fewer, others; or something new that nobody must use."""

SEVERITIES: tuple[Severity, ...] = ("breaking", "additive", "docs")

_ADVICE: dict[tuple[str, str], str] = {
    ("request", "widened"): "Nothing must change; programs may use it once they are ready.",
    (
        "request",
        "narrowed",
    ): "Look for programs that send what is no longer allowed, and change them before the release.",
    ("request", "changed"): "Look for programs that send this, and change them before the release.",
    ("request", "added"): "Nothing must change; programs may use it once they are ready.",
    ("both", "changed"): "Look for programs that rely on it, and change them before the release.",
    ("both", "added"): "Nothing must change; programs may use it once they are ready.",
    ("response", "widened"): "Make programs ready for what they could not receive before.",
    ("response", "narrowed"): "Nothing must change; code for what no longer comes can go.",
    ("response", "changed"): "Look for programs that read this, and change them before the release.",
    ("response", "added"): "Nothing must change; programs may read it once they are ready.",
}
_DOCS = "Read it: nothing that a program sends or receives changes."


@dataclass(frozen=True)
class Use:
    """Where a client meets a change."""

    operation: str
    """Method and path."""
    direction: Direction
    part: str
    """The part of the request or response."""
    is_incoming: bool = False
    """Whether the provider asks and the client answers: callbacks and webhooks."""

    @property
    def message(self) -> str:
        """What the part belongs to: the request or the response, whoever sends it."""
        return "request" if (self.direction == "request") != self.is_incoming else "response"


@dataclass(frozen=True)
class Change:
    """One change as it is reported."""

    severity: Severity
    operation: str
    direction: Direction
    pointer: str
    message: str
    advice: str


@dataclass
class _Finding:
    judged: dict[Use, tuple[Severity, str]] = field(default_factory=dict[Use, tuple[Severity, str]])


class Findings:
    """Collects changes, each known by its pointer and message."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], _Finding] = {}

    def add(self, use: Use, effect: Effect, pointer: str, message: str, advice: str | None = None) -> None:
        """Record a change for one use of it; the effect and the direction say how severe it is."""
        severity = judge(effect, use.direction)
        text = _DOCS if effect == "docs" else _ADVICE[use.direction, effect]
        self._found.setdefault((pointer, message), _Finding()).judged[use] = (severity, advice or text)

    @property
    def count(self) -> int:
        """How many changes are more than documentation."""
        return sum(any(s != "docs" for s, _ in entry.judged.values()) for entry in self._found.values())

    def changes(self) -> list[Change]:
        """The changes, the worst first, otherwise in the order in which they were met."""
        found = [_report(pointer, message, entry) for (pointer, message), entry in self._found.items()]
        return sorted(found, key=lambda change: SEVERITIES.index(change.severity))


def note_deprecation(findings: Findings, use: Use, flags: Sequence[bool], pointer: str, what: str) -> None:
    """Record what became of a deprecation; the flags say whether there was one and whether there is one."""
    advice = "Nothing must change yet; move programs away from it before the provider removes it."
    if flags[1] and not flags[0]:
        findings.add(use, "added", pointer, f"{what} is deprecated", advice)
    elif flags[0] and not flags[1]:
        findings.add(use, "docs", pointer, f"{what} is no longer deprecated")


def judge(effect: Effect, direction: Direction) -> Severity:
    """How severe a change of what is allowed is for a client that sends (request) or receives (response) it."""
    if effect == "docs":
        return "docs"
    harmless = {"request": "widened", "response": "narrowed"}.get(direction)
    return "additive" if effect in ("added", harmless) else "breaking"


def _report(pointer: str, message: str, entry: _Finding) -> Change:
    levels = {level for level, _ in entry.judged.values()}
    severity: Severity = next(level for level in SEVERITIES if level in levels)
    worst = {use: advice for use, (level, advice) in entry.judged.items() if level == severity}
    directions: list[Direction] = list({use.direction: None for use in worst})
    direction: Direction = "both" if len(directions) > 1 else directions[0]
    operations = list(dict.fromkeys(use.operation for use in entry.judged))
    # Where both directions suffer, the first advice is the request's: it is what must change before the release.
    return Change(
        severity, ", ".join(operations), direction, pointer, _told(message, entry), next(iter(worst.values()))
    )


def _told(message: str, entry: _Finding) -> str:
    by_operation: dict[str, list[str]] = {}
    for use in entry.judged:
        parts = by_operation.setdefault(use.operation, [])
        if use.part and use.part not in parts:
            parts.append(use.part)
    places = [f"{', '.join(parts)} of {operation}" for operation, parts in by_operation.items() if parts]
    told = message[0].upper() + message[1:] if message.startswith(("the ", "success ")) else message
    return f"{told} ({'; '.join(places)})." if places else f"{told}."


def verdict(changes: Iterable[Change]) -> str:
    """The severest of the changes, or none."""
    found = {change.severity for change in changes}
    return next((severity for severity in SEVERITIES if severity in found), "none")
