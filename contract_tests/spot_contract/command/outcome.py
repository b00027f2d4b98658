"""The outcome of a run for CI: its report, or why nothing could be judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """An exit code and the content of report.json. Without a report, `reason` is why nothing could be judged."""

    status: int
    report: dict[str, Any] | None = None
    reason: str = ""

    @property
    def verdict(self) -> str:
        """The verdict: conforms, does not conform, or could not judge."""
        return str(self.report["verdict"]) if self.report else "could not judge"

    @property
    def findings(self) -> Sequence[dict[str, Any]]:
        """The findings that fail the run."""
        return self.of_verdict("broken")

    def of_verdict(self, verdict: str) -> Sequence[dict[str, Any]]:
        """The findings with this verdict."""
        found: list[dict[str, Any]] = self.report["findings"] if self.report else []
        return [one for one in found if one["verdict"] == verdict]

    @property
    def reasons(self) -> Sequence[str]:
        """Why the run fails apart from its findings: what could not be judged, and problems with waivers."""
        if self.report is None:
            return [self.reason]
        return [*self.report["reasons"], *self.report["waiver_problems"]]


def summary_lines(outcome: Outcome) -> Iterator[str]:
    """The outcome for a terminal: a few lines for each finding, and the verdict last."""
    for one in outcome.findings:
        where = f" at {', '.join(one['places'][:6])}" if one["places"] else ""
        yield f"{one['rule']} is broken{where}, in {', '.join(one['encodings'][:6])}: {'; '.join(one['ways'][:6])}"
        yield from (f"   {name:<9} {' '.join(one[name].split())[:300]}" for name in ("expected", "got"))
        if one["curl"]:
            yield f"   {one['curl']}"
    yield from outcome.reasons
    report = outcome.report or {"rules": [], "requests": 0, "orders": 0}
    verdicts = [one["verdict"] for one in report["rules"]]
    counted = ", ".join(f"{verdicts.count(name)} {name}" for name in dict.fromkeys(verdicts))
    yield f"{outcome.verdict.upper()}: {counted}; {report['requests']:,} requests, {report['orders']:,} orders"


_COLOURS = {"conforms": "brightgreen", "does not conform": "red"}


def badge(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON for a badge endpoint: https://shields.io/badges/endpoint-badge."""
    count = len(outcome.findings)
    known = len(outcome.of_verdict("known"))
    message = outcome.verdict
    if count:
        message = f"{count} {'new ' if known else ''}finding{'' if count == 1 else 's'}"
    elif known and outcome.status == 0:
        message = f"{known} known finding{'' if known == 1 else 's'}"
    colour = "yellow" if known and outcome.status == 0 else _COLOURS.get(outcome.verdict, "lightgrey")
    return {"schemaVersion": 1, "label": "Spot API contract", "message": message, "color": colour}
