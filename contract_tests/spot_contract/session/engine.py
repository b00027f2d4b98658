"""Sends every scenario and has every exchange judged. A run that is cut short keeps its results."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from spot_contract.configuration.settings import Settings
from spot_contract.errors import CutShort, NoAnswer, NotJudged, OtherProtocol, ServerGone, StrayBytes, TimedOut
from spot_contract.exchanges.exchange import Exchange, Origin
from spot_contract.exchanges.intent import UNKNOWN, Circumstance, Intent, Kind
from spot_contract.exchanges.messages import Answer, Request
from spot_contract.scenarios.plan import Plan
from spot_contract.scenarios.scenario import Case, Scenario, Unit, all_scenarios
from spot_contract.transport import flow
from spot_contract.transport.sender import Outcome, Sender

from . import no_orders
from .judge import Judge

_ORDERS = frozenset({Kind.REALISTIC, Kind.VALID, Kind.SCHEME_CASE, Kind.HOSTILE, Kind.UNTYPED, Kind.DIALECT})
_UNANSWERED = 3  # Requests without an answer in time after which a scenario ends.


@dataclass
class Engine:
    """Sends and judges.

    `cut` is why the run ended early, `skipped` why scenarios were left out, `ended` why scenarios ended early.
    """

    settings: Settings
    sender: Sender
    judge: Judge
    origin: Origin
    plan: Plan
    connections: int = 1
    waiting: int = 1  # Connections for requests with deliberate pauses.
    cut: str = ""
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    ended: dict[str, str] = field(default_factory=dict[str, str])
    examples: dict[bytes, bool] = field(default_factory=dict[bytes, bool])  # Whether each still breaks a rule.
    suspects: list[Exchange] = field(default_factory=list[Exchange])  # Realistic orders that were not accepted.
    kinds: frozenset[Kind] = frozenset(Kind)  # Kinds of requests that the selected rules look at.
    may_exercise: Callable[[Case], bool] | None = None  # With selected rules: whether a case is worth sending.
    on_scenario: Callable[[str], None] | None = None  # Called with the name of each scenario when it begins.
    now: str = ""  # The scenario that is being sent.
    started: float = field(default_factory=time.monotonic)
    _number: int = 0
    _units: int = 0
    _created: int = 0  # Requests to other operations that may have created something.

    def send(self, case: Case) -> Exchange:
        """Send one case and judge it. Raises as the sender does."""
        return self._judged([case], self.sender.exchange([case.request]))[0]

    def probe(self, case: Case) -> Exchange:
        """Send one case without having it judged."""
        (outcome,) = self.sender.exchange([case.request])
        return self._exchange(case, outcome)

    def run(self) -> None:
        """Send every scenario, and repeat the random ones while the time budget lasts."""
        scenarios = list(all_scenarios())
        if self.settings.allowed is not None:  # Scenarios that need no orders come first.
            scenarios.sort(key=lambda one: (one.turn == 100, one.spends_orders, one.turn))
        try:
            self._try_examples()
            for position, one in enumerate(scenarios):
                self._run_scenario(one, self.plan.named(one.name), self._order_limit(scenarios[position:]))
                if (
                    one.random
                    and self.settings.budget is not None
                    and not any(later.random for later in scenarios[position + 1 :])
                ):
                    self._repeat_random([known for known in scenarios if known.random])
        except NotJudged as error:
            self.cut = str(error)
        except ServerGone as error:
            self._record_server_gone(str(error))

    def _try_examples(self) -> None:
        """Send the requests that broke a rule in earlier runs."""
        examples = self.settings.examples
        for data, case in examples.cases(self.plan.credential) if examples is not None else ():
            is_wanted = self.may_exercise is None or self.may_exercise(case)
            if is_wanted and (not self.settings.makes_no_order or no_orders.needs_no_order(case)):
                exchange = self.send(case)
                self.examples[data] = bool(self.judge.breaks(exchange)) or _is_suspect(exchange)

    def _repeat_random(self, scenarios: Sequence[Scenario]) -> None:
        number, end = 1, self.started + (self.settings.budget or 0.0)
        while time.monotonic() < end:
            for one in scenarios:
                if time.monotonic() < end:
                    self._run_scenario(one, self.plan.named(one.name, number), self._order_limit([one]))
            number += 1

    def _order_limit(self, left: Sequence[Scenario]) -> int | None:
        """How many orders the first of these scenarios may spend, so that all get a share of the order budget."""
        if self.settings.allowed is None or self.settings.makes_no_order:
            return None
        orders = self.settings.allowed - self.sender.count.orders
        spending = [one for one in left if one.spends_orders]
        if not left[0].spends_orders:
            return orders
        return max(orders // len(spending), min(left[0].orders, orders // 3))

    def _run_scenario(self, one: Scenario, plan: Plan, limit: int | None) -> None:
        self.now = one.name
        if self.on_scenario is not None:
            self.on_scenario(one.name)
        if not plan.encodings or self.kinds.isdisjoint(one.kinds):
            return
        # Reset for each scenario, since the number of units of another may depend on timing.
        self._units = all_scenarios().index(one)
        if limit is not None and limit < one.orders and one.spends_orders:
            self.skipped[one.name] = f"it takes {one.orders} orders, and the order budget has {limit} for it"
            return
        if (one.alone or one.at_once) and self.settings.makes_no_order:
            return  # These scenarios only send orders.
        if one.alone:
            self._run_alone(one, plan)
            return
        units = self._units_of_shard(one, one.make(plan), limit if one.spends_orders else None)
        if one.at_once:
            connections = min(one.at_once, self.settings.allowed or one.at_once)
            self._take_all(flow.at_once(self.sender, list(units), _requests_of, connections))
            return
        waiting: list[Sequence[Case]] = []
        with flow.Flow(self.sender, self.connections) as sending:
            is_done = self._take_all(sending.results(_without_pauses(units, waiting), _requests_of))
        if waiting and is_done:
            # Sent together, so that their pauses overlap and do not delay other requests.
            with flow.Flow(self.sender, self.waiting) as sending:
                self._take_all(sending.results(waiting, _requests_of))

    def _take_all(self, results: Iterable[tuple[Sequence[Case], list[Outcome]]]) -> bool:
        """Judge all results. Returns False if too many requests had no answer, which ends the scenario."""
        unanswered = 0
        for unit, outcomes in results:
            exchanges = self._judged(unit, outcomes)
            # Each of them takes long; a connection that breaks costs no time.
            unanswered += sum(
                isinstance(outcome, TimedOut) and not one.is_excused
                for outcome, one in zip(outcomes, exchanges, strict=False)
            )
            if unanswered >= _UNANSWERED:
                self.ended[self.now] = f"{unanswered} requests had no answer in time, so the rest was not sent"
                return False
        return True

    def _run_alone(self, one: Scenario, plan: Plan) -> None:
        making = one.make(plan)
        answered: Sequence[Exchange] | None = None
        while True:
            try:
                unit = making.send(answered)  # type: ignore[arg-type]  # None begins a generator.
            except StopIteration:
                return
            cases = _as_list(unit)
            if not self._is_in_shard(one, cases):
                answered = []
                continue
            outcomes: list[Outcome] = []
            try:
                self.sender.exchange(_requests_of(cases), into=outcomes)
            finally:
                answered = self._judged(cases, outcomes)

    def _units_of_shard(self, one: Scenario, units: Iterable[Unit], limit: int | None) -> Iterator[Sequence[Case]]:
        """The units of this shard, until `limit` orders are planned."""
        planned = 0
        for unit in units:
            cases = _as_list(unit)
            if not self._is_in_shard(one, cases):
                continue
            if self.settings.makes_no_order:  # One at a time, so that an accepted request is the last.
                yield from ([case] for case in cases if no_orders.needs_no_order(case))
                continue
            # Other operations may create something, too, also where no order is expected to be accepted.
            creating = sum(case.intent.kind is Kind.OPERATION and case.request.may_order for case in cases)
            if creating and self.settings.allowed is not None and self._created + creating > self.settings.allowed // 3:
                continue
            self._created += creating
            planned += sum(case.intent.kind in _ORDERS for case in cases)
            if limit is not None and planned > limit:
                return
            yield cases

    def _is_in_shard(self, one: Scenario, cases: Sequence[Case]) -> bool:
        """Whether this run sends the unit. A scenario that is sent alone belongs to one shard as a whole."""
        if self.may_exercise is not None and not any(map(self.may_exercise, cases)):
            return False
        if one.in_every_shard:
            return True
        self._units += not one.alone
        part, parts = self.settings.shard or (1, 1)
        return self._units % parts == part - 1

    def _judged(self, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Exchange]:
        exchanges: list[Exchange] = []
        for case, outcome in zip(cases, outcomes, strict=False):
            exchange = self._exchange(case, outcome)
            if (variety := exchange.intent.variety) and exchange.intent.kind is Kind.REALISTIC:
                if _shows_usable(exchange):
                    self.plan.with_accepted.add(variety)
                elif _is_suspect(exchange):
                    self.plan.with_refused.add(variety)
            for throttled in exchange.answer.throttled if exchange.answer else ():
                self.judge.observe(Exchange(case.request, UNKNOWN, throttled, self.origin, number=exchange.number))
            if _is_suspect(exchange):
                self.suspects.append(exchange)
            else:
                self.judge.observe(exchange)
            exchanges.append(exchange)
        return exchanges

    def _exchange(self, case: Case, outcome: Outcome) -> Exchange:
        self._number += 1
        answer = outcome if isinstance(outcome, Answer) else None
        failure = str(outcome) if isinstance(outcome, NoAnswer) else ""
        excused, stray = isinstance(outcome, CutShort | OtherProtocol), isinstance(outcome, StrayBytes)
        return Exchange(case.request, case.intent, answer, self.origin, failure, self._number, excused, stray)

    def _record_server_gone(self, why: str) -> None:
        """Record that the server takes no more connections, which breaks a rule and ends the run."""
        self.cut = why
        last = self.judge.history[-1].request if self.judge.history else None
        nothing = Request(None, b"", self.plan.credential, "/", what="after the requests before")
        request = replace(last, what=f"after {last.what}") if last else nothing
        self.judge.observe(Exchange(request, Intent(Kind.CONNECTION), None, self.origin, why))


def _without_pauses(units: Iterable[Sequence[Case]], waiting: list[Sequence[Case]]) -> Iterator[Sequence[Case]]:
    """The units without deliberate pauses; the others are appended to `waiting`."""
    for cases in units:
        if any(case.request.carriage.waits for case in cases):
            waiting.append(cases)
        else:
            yield cases


def _shows_usable(exchange: Exchange) -> bool:
    """Whether a realistic order was accepted in its circumstance, so that other scenarios use the circumstance.

    Not if 100 Continue did not come, since every request would wait for it.
    """
    return exchange.order is not None and exchange.answer is not None and exchange.answer.continued


def _is_suspect(exchange: Exchange) -> bool:
    """Whether a realistic order was refused, so that `Causes` must find out why."""
    refused = exchange.answer is not None and not exchange.is_accepted and exchange.status < 500
    return refused and exchange.status != 429 and exchange.intent.kind is Kind.REALISTIC and not _is_baseline(exchange)


def _is_baseline(exchange: Exchange) -> bool:
    return exchange.intent.way == "the baseline order" and exchange.intent.circumstance is Circumstance.ORDINARY


def _as_list(unit: Unit) -> Sequence[Case]:
    return [unit] if isinstance(unit, Case) else unit


def _requests_of(cases: Sequence[Case]) -> list[Request]:
    return [case.request for case in cases]
