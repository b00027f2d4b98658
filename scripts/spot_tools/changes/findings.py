"""The recorded changes: each once, with its most severe direction and all the places that it affects."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from spot_tools.openapi.nodes import Node, one_line

Severity = Literal["breaking", "additive", "docs"]
Direction = Literal["request", "response", "both"]
Effect = Literal["widened", "narrowed", "changed", "added", "docs"]
"""The effect on allowed values: more, fewer or others; or something new that is optional."""

SEVERITIES: tuple[Severity, ...] = ("breaking", "additive", "docs")

_OPTIONAL = "No change is needed; programs can use it."
_ADVICE: dict[tuple[str, str], str] = {
    ("request", "widened"): _OPTIONAL,
    ("request", "narrowed"): "Look for programs that send what is no longer allowed; change them before the release.",
    ("request", "changed"): "Look for programs that send this; change them before the release.",
    ("request", "added"): _OPTIONAL,
    ("both", "changed"): "Look for programs that rely on it; change them before the release.",
    ("both", "added"): _OPTIONAL,
    ("response", "widened"): "Prepare programs for values that they could not receive before.",
    ("response", "narrowed"): "No change is needed; code for what is no longer sent can be removed.",
    ("response", "changed"): "Look for programs that read this; change them before the release.",
    ("response", "added"): "No change is needed; programs can read it.",
}
_DOCS = "Read it: requests and responses stay the same."


@dataclass(frozen=True)
class Use:
    """Where a client is affected by a change."""

    operation: str
    """Method and path."""
    direction: Direction
    part: str
    """The part of the request or response."""
    is_incoming: bool = False
    """Whether the provider sends the request and the client responds, as in callbacks and webhooks."""

    @property
    def message(self) -> str:
        """Whether the part belongs to a request or a response, whoever sends it."""
        return "request" if (self.direction == "request") != self.is_incoming else "response"


@dataclass(frozen=True)
class Change:
    """A change as it is reported."""

    severity: Severity
    operation: str
    direction: Direction
    pointer: str
    message: str
    advice: str


_Judged = dict[Use, tuple[Severity, str]]
"""The severity and the advice for each use that a change affects."""


class Findings:
    """Collects changes, identified by pointer and message."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], _Judged] = {}

    def add(self, use: Use, effect: Effect, pointer: str, message: str, advice: str | None = None) -> None:
        """Record a change for one use. Effect and direction determine the severity.

        Args:
            use: where a client is affected.
            effect: what happened to the allowed values.
            pointer: the JSON Pointer in the new document, or in the old one where it is missing there.
            message: the change, without a period.
            advice: what to do; by default a text for effect and direction.

        """
        severity = judge(effect, use.direction)
        text = _DOCS if effect == "docs" else _ADVICE[use.direction, effect]
        self._found.setdefault((pointer, message), {})[use] = (severity, advice or text)

    @property
    def count(self) -> int:
        """The number of changes other than documentation."""
        return sum(any(s != "docs" for s, _ in judged.values()) for judged in self._found.values())

    def changes(self) -> list[Change]:
        """The changes, the most severe first, otherwise in the order of recording."""
        found = [_report(pointer, message, judged) for (pointer, message), judged in self._found.items()]
        return sorted(found, key=lambda change: SEVERITIES.index(change.severity))


Members = Mapping[str, Node]


def compare_members(
    findings: Findings, use: Use, sides: tuple[Members, Members], what: Callable[[str], str]
) -> Iterator[tuple[str, Node, Node]]:
    """Record removed and added members, which `what` gives a title; yield the name and both sides of the others."""
    before, after = sides
    for name in {**before, **after}:
        if name not in after:
            findings.add(use, "changed", before[name].pointer, f"{what(name)} was removed")
        elif name not in before:
            findings.add(use, "added", after[name].pointer, f"{what(name)} was added")
        else:
            yield name, before[name], after[name]


def compare_texts(findings: Findings, use: Use, sides: tuple[Node, Node], keys: Iterable[str], what: str) -> None:
    """Record changes of texts for readers."""
    old, new = sides
    for key in keys:
        if one_line(old.read(key) or "") != one_line(new.read(key) or ""):
            findings.add(use, "docs", new.at(key), f"{key} of {what} changed")


def note_deprecation(findings: Findings, use: Use, flags: Sequence[bool], pointer: str, what: str) -> None:
    """Record a change of `deprecated`; the flags are its old and new value."""
    advice = "No change is needed yet; stop using it before the provider removes it."
    if flags[1] and not flags[0]:
        findings.add(use, "added", pointer, f"{what} is deprecated", advice)
    elif flags[0] and not flags[1]:
        findings.add(use, "docs", pointer, f"{what} is no longer deprecated")


def judge(effect: Effect, direction: Direction) -> Severity:
    """The severity of a change for a client that sends (request) or receives (response) the values."""
    if effect == "docs":
        return "docs"
    harmless = {"request": "widened", "response": "narrowed"}.get(direction)
    return "additive" if effect in ("added", harmless) else "breaking"


def _report(pointer: str, message: str, judged: _Judged) -> Change:
    levels = {level for level, _ in judged.values()}
    severity: Severity = next(level for level in SEVERITIES if level in levels)
    worst = {use: advice for use, (level, advice) in judged.items() if level == severity}
    directions: list[Direction] = list({use.direction: None for use in worst})
    direction: Direction = "both" if len(directions) > 1 else directions[0]
    operations = list(dict.fromkeys(use.operation for use in judged))
    # With both directions, the first advice is the request's: it is what must change before the release.
    return Change(
        severity, ", ".join(operations), direction, pointer, _with_places(message, judged), next(iter(worst.values()))
    )


def _with_places(message: str, judged: _Judged) -> str:
    by_operation: dict[str, list[str]] = {}
    for use in judged:
        parts = by_operation.setdefault(use.operation, [])
        if use.part and use.part not in parts:
            parts.append(use.part)
    places = [f"{', '.join(parts)} of {operation}" for operation, parts in by_operation.items() if parts]
    text = message[0].upper() + message[1:] if message.startswith(("the ", "a ")) else message
    return f"{text} ({'; '.join(places)})." if places else f"{text}."


def verdict(changes: Iterable[Change]) -> str:
    """The most severe of the changes, or none."""
    found = {change.severity for change in changes}
    return next((severity for severity in SEVERITIES if severity in found), "none")
