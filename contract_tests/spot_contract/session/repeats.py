"""Repeats the smallest request of each finding, and looks for a smaller order that shows the same problem."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spot_contract.document.json_values import is_object
from spot_contract.errors import NotJudged, ServerGone
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Kind
from spot_contract.rules.rule import Problem
from spot_contract.scenarios.scenario import Case

from .engine import Engine
from .findings import Finding
from .shrinking import smaller_bodies

_MOST = 12  # Findings to repeat.
_SHRUNK = 5  # Findings to shrink.
_SLOW = 5.0  # Seconds; slower requests are not repeated.


@dataclass
class Repeats:
    """Repeats findings."""

    engine: Engine
    shrunk: int = 0

    def repeat(self, findings: Sequence[Finding]) -> None:
        """Repeat the first findings, except those of rules over the whole run."""
        tried = [one for one in findings if not one.is_waived and not one.rule.of_all][:_MOST]
        for finding in tried:
            exchange = finding.seen.exchange
            slow = exchange.answer is None or exchange.answer.seconds > _SLOW
            if slow or exchange.request.raw is not None or exchange.intent.kind is Kind.DIALECT:
                continue
            try:
                self._try(finding, exchange)
            except (NotJudged, ServerGone):
                return

    def _try(self, finding: Finding, exchange: Exchange) -> None:
        again = self._seen(finding, Case(exchange.request, exchange.intent))
        finding.recurs = again is not None
        if finding.recurs and self.shrunk < _SHRUNK and not finding.rule.is_advice and _can_shrink(exchange):
            self.shrunk += 1
            self._shrink(finding, exchange)

    def _shrink(self, finding: Finding, exchange: Exchange) -> None:
        plan = self.engine.plan
        encoding = plan.encoding_named(exchange.intent.encoding)
        if encoding is None:
            return

        def attempt(body: dict[str, Any]) -> tuple[Exchange, Problem] | None:
            if not encoding.can_carry(body):
                return None
            request = plan.request(body, encoding, what=exchange.request.what)
            return self._seen(finding, Case(request, replace(exchange.intent, sent=body)))

        smallest = smaller_bodies(exchange.intent.sent, plan.maker.plain(), attempt)
        if smallest is not None:
            _, (found, problem) = smallest
            finding.seen.exchange, finding.seen.problem = found, problem

    def _seen(self, finding: Finding, case: Case) -> tuple[Exchange, Problem] | None:
        """The exchange and the problem, if the case breaks the rule at the same place and in the same way."""
        exchange, wanted = self.engine.probe(case), finding.seen.problem
        for rule, problem in self.engine.judge.breaks(exchange):
            if rule.id == finding.rule.id and (problem.place, problem.way) == (wanted.place, wanted.way):
                return exchange, problem
        return None


def _can_shrink(exchange: Exchange) -> bool:
    """Whether the request is an ordinary order, so that a smaller body can be tried."""
    intent = exchange.intent
    is_order = intent.kind in {Kind.REALISTIC, Kind.VALID} and is_object(intent.sent)
    return is_order and intent.circumstance is Circumstance.ORDINARY
