"""The result of one run of the suite: exit code, verdict of each rule, findings, traffic."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

_COULD_NOT_JUDGE = 2


@dataclass(frozen=True)
class Finding:
    """A finding of the suite: the rule, and where and how it was broken."""

    rule: str
    verdict: str  # broken, advice or waived.
    places: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ", ".join(one for one in (*self.places, *self.ways[:3], *self.encodings[:2]) if one)
        return f"{self.rule} ({where})" if where else self.rule


@dataclass(frozen=True)
class Judgement:
    """The result of one run of the suite on one server."""

    exit_status: int
    verdicts: Mapping[str, str] = field(default_factory=dict[str, str])
    findings: tuple[Finding, ...] = ()
    requests: int = 0
    orders: int = 0
    seconds: float = 0.0
    why: str = ""  # Why the suite could not judge.

    @property
    def broken(self) -> tuple[str, ...]:
        """The rules that were broken."""
        return self._with("broken")

    @property
    def shown(self) -> tuple[str, ...]:
        """The rules that were broken or gave advice."""
        return self._with("broken", "advice")

    @property
    def judged(self) -> tuple[str, ...]:
        """The rules that were exercised."""
        return tuple(
            rule for rule, verdict in self.verdicts.items() if verdict not in {"not judged", "no longer applies"}
        )

    @property
    def ending(self) -> str:
        """The exit code, with the reason where the suite could not judge."""
        return f"exit {self.exit_status}{f': {self.why}' if self.why else ''}"

    @property
    def is_of_server(self) -> bool:
        """Whether the result is about the server; it is not where the suite itself failed."""
        return self.exit_status <= _COULD_NOT_JUDGE

    @property
    def is_caught(self) -> bool:
        """Whether the suite reported a broken rule."""
        return self.exit_status == 1 and bool(self.broken)

    def _with(self, *wanted: str) -> tuple[str, ...]:
        return tuple(rule for rule, verdict in self.verdicts.items() if verdict in wanted)

    def as_json(self) -> dict[str, Any]:
        """The JSON form, which `judgement` reads."""
        return asdict(self)


def from_report(status: int, report: Mapping[str, Any], seconds: float) -> Judgement:
    """A judgement from a report.json, which is empty where the suite wrote none."""
    return Judgement(
        status,
        {str(rule["id"]): str(rule["verdict"]) for rule in report.get("rules", ())},
        tuple(_finding(one) for one in report.get("findings", ())),
        int(report.get("requests", 0)),
        int(report.get("orders", 0)),
        round(seconds, 1),
        "; ".join(report.get("reasons", ())),
    )


def judgement(raw: Mapping[str, Any]) -> Judgement:
    """A judgement from its JSON form."""
    parts: dict[str, Any] = {**raw, "findings": tuple(_finding(one) for one in raw["findings"])}
    return Judgement(**parts)


def _finding(raw: Mapping[str, Any]) -> Finding:
    return Finding(raw["rule"], raw["verdict"], *(tuple(raw[key]) for key in ("places", "encodings", "ways")))
