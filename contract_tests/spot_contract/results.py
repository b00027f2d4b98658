"""What was found: cases and problems for each rule, in a form that travels between processes and into reports."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .grounds import Ground, missing


@dataclass(frozen=True)
class Rule:
    """One sentence of the contract."""

    id: str
    chapter: str
    sentence: str
    source: str
    advice: bool = False
    random: bool = False
    rests_on: tuple[Ground, ...] = ()

    @property
    def gone(self) -> str:
        """Why the rule no longer applies: what it rests on that the document does not have; empty where it applies."""
        return missing(self.rests_on)


@dataclass
class Finding:
    """The smallest request found that breaks a rule. All texts are masked."""

    rule: str
    what: str
    expected: str
    got: str
    request: str
    answer: str
    curl: str
    seen_in: str
    count: int = 1
    recurs: bool | None = None

    def as_rule(self, rule: str) -> "Finding":
        """The same finding put down to another rule that it breaks as well."""
        return replace(self, rule=rule)


@dataclass
class Tally:
    """Cases and findings of one test, or of all."""

    cases: dict[str, int] = field(default_factory=dict[str, int])
    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    not_judged: dict[str, str] = field(default_factory=dict[str, str])
    cut_short: dict[str, int] = field(default_factory=dict[str, int])  # Rules, and the orders that their tests had.
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    requests: int = 0
    orders: int = 0
    fingerprints: dict[str, str] = field(default_factory=dict[str, str])
    # What only the process that sums up can compare: each order's identifier with what it was, the marks that were
    # sent, and what looks like a mark but was not sent by the process that met it.
    ids: dict[str, str] = field(default_factory=dict[str, str])
    marks: list[str] = field(default_factory=list[str])
    strangers: dict[str, Finding] = field(default_factory=dict[str, Finding])

    def count(self, rule: str, cases: int = 1) -> None:
        """Count cases of a rule."""
        self.cases[rule] = self.cases.get(rule, 0) + cases

    def add(self, other: "Tally") -> None:
        """Take in what another test found. The shorter of two findings for a rule stays."""
        for rule, cases in other.cases.items():
            self.count(rule, cases)
        for rule, seconds in other.seconds.items():
            self.seconds[rule] = self.seconds.get(rule, 0.0) + seconds
        for rule, finding in other.findings.items():
            known = self.findings.get(rule)
            if known is None:
                self.findings[rule] = finding
            else:
                shorter = min(known, finding, key=lambda one: len(one.request))
                shorter.count = known.count + finding.count
                self.findings[rule] = shorter
        self.not_judged |= other.not_judged
        self.cut_short |= other.cut_short
        self.fingerprints |= other.fingerprints
        self.ids |= other.ids
        self.marks += other.marks
        self.strangers |= other.strangers
        self.requests += other.requests
        self.orders += other.orders

    def to_json(self) -> dict[str, Any]:
        """The tally as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Tally":
        """The tally that was made into plain values."""
        plain: dict[str, Any] = {**raw, "findings": {}, "strangers": {}}
        found = cls(**plain)
        found.findings = {rule: Finding(**parts) for rule, parts in raw["findings"].items()}
        found.strangers = {mark: Finding(**parts) for mark, parts in raw["strangers"].items()}
        return found
