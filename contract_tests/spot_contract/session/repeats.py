"""Sends the smallest request of each finding once more, so that a report can say whether it was seen again."""

from collections.abc import Sequence
from dataclasses import dataclass

from spot_contract.errors import NotJudged, ServerGone
from spot_contract.scenarios.scenario import Case

from .engine import Engine
from .findings import Finding

_MOST = 12  # Findings that are tried again.
_BRISK = 5.0  # Seconds: what took longer is not worth another try.


@dataclass
class Repeats:
    """Tries findings again."""

    engine: Engine

    def of(self, findings: Sequence[Finding]) -> None:
        """Try the first findings again. What only a row or a history shows cannot be tried alone."""
        tried = [one for one in findings if not one.is_waived and not one.rule.of_all][:_MOST]
        for finding in tried:
            exchange = finding.seen.exchange
            slow = exchange.answer is None or exchange.answer.seconds > _BRISK
            if slow or len(exchange.request.body) >= 16_384 or exchange.intent.kind == "search for a dialect":
                continue
            try:
                again = self.engine.probe(Case(exchange.request, exchange.intent))
            except (NotJudged, ServerGone):
                return
            finding.recurs = any(rule.id == finding.rule.id for rule, _ in self.engine.judge.breaks(again))
