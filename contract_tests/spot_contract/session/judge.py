"""Checks every exchange against every rule, and the whole history against the rules that need it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spot_contract.exchanges.exchange import Exchange
from spot_contract.rules.rule import Problem, Rule

from .findings import Record

_MOST = 100_000  # Exchanges in the history.


@dataclass
class Judge:
    """The records of all rules of a run."""

    rules: Mapping[str, Rule]
    history: list[Exchange] = field(default_factory=list[Exchange])

    def __post_init__(self) -> None:
        self.records = {name: Record() for name, rule in self.rules.items() if not rule.gone}
        self._each = [rule for rule in self.rules.values() if not rule.gone and not rule.of_all]

    def observe(self, exchange: Exchange) -> None:
        """Check one exchange against each rule and record the result."""
        for rule in self._each:
            if (subject := rule.on(exchange)) is not None:
                self.records[rule.id].add_case(exchange, input_side=rule.across_ways)
                self._record(rule, rule.check(subject), exchange)
        self.history.append(exchange.for_history())
        if len(self.history) > _MOST:
            del self.history[: _MOST // 10]

    def breaks(self, exchange: Exchange) -> list[tuple[Rule, Problem]]:
        """The rules that one exchange breaks, without recording them."""
        return [
            (rule, problem)
            for rule in self._each
            if (subject := rule.on(exchange)) is not None
            for problem in rule.check(subject)
        ]

    def conclude(self) -> None:
        """Check the history against the rules over the whole run."""
        for rule in self.rules.values():
            if rule.of_all and not rule.gone:
                subjects = [subject for one in self.history if (subject := rule.on(one)) is not None]
                self.records[rule.id].cases = len(subjects)
                if subjects:
                    self._record(rule, rule.check(subjects, *self._compared_with(rule)))

    def _compared_with(self, rule: Rule) -> list[list[Any]]:
        """The second argument of the rule's check, if it has one."""
        if rule.compared_with is None:
            return []
        return [[subject for one in self.history if (subject := rule.compared_with(one)) is not None]]

    def _record(self, rule: Rule, problems: Iterable[Problem], exchange: Exchange | None = None) -> None:
        for problem in problems:
            shown_by = problem.exchange or exchange
            if shown_by is None:
                raise AssertionError(f"a problem of {rule.id}, a rule over the whole run, names no exchange")
            self.records[rule.id].add_broken(problem, shown_by)
