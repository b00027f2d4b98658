"""Sends the cases of one rule and holds every answer against all rules that speak of such an answer.

So a rule is judged by its own cases and by those of all others: a fault that shows only in the seventh order, or in one
province, is found whichever rule happened to send it. A problem is always put down to the rule that it breaks.
"""

import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NoReturn

from . import checks, parameters
from .carriers import AS_JSON, Carrier, listed
from .cases import ACCEPTED, ALWAYS, AUTHENTICATION, REFUSAL, SUCCESS, Case, Trial
from .credentials import good
from .curl import command
from .desk import Ahead, Desk
from .errors import CutShort, NoAnswer, NothingToJudge, NotJudged, ShareSpent
from .invalid import ANYTHING, InvalidBody
from .ledger import Ledger
from .messages import JSON, Answer, Credential, Exchange, Problem, Request
from .orders import Body, Maker
from .reduce import smaller_bodies
from .results import Finding, Tally
from .secrets import Mask
from .settings import Settings
from .share import Share
from .shown import shown_answer, shown_request

_ENOUGH = 40  # Broken cases after which a test stops: the verdict is clear.
_STRANGERS = 50  # Made-up letters that look like a mark are rare.
_UNANSWERED = 3  # The same for requests without an answer, which take long.


@dataclass
class Bench:
    """What all tests of one process share."""

    settings: Settings
    desk: Desk
    ledger: Ledger
    path: str
    mask: Mask
    accepted: int = 201  # The status of an accepted order.
    parted: bool = False  # Whether other processes send orders of this run, too.
    paces: dict[str, float] = field(default_factory=dict[str, float])
    twins: dict[Carrier, bool] = field(default_factory=dict[Carrier, bool])


class Judge:
    """Judges one test's cases."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = name
        self.settings = bench.settings
        self.maker = Maker(self.settings.seed, name, self.settings.kit_types, self.settings.recipient)
        self.tally = Tally()
        self.broken = 0
        self.last: Request | None = None
        self.deadline: float | None = None
        self.share: Share | None = None
        self._sent = 0
        self._tried = 0
        self._made = 0
        self._unanswered = 0
        self._lock = threading.Lock()
        self._before = replace(bench.desk.count)
        self._known = len(bench.ledger.ids), len(bench.ledger.marks)
        self.token = good(self.settings.token)
        self._first_order = bench.desk.count.orders
        # Where orders are counted, a twin stands for the whole run rather than for one test.
        self._twins: dict[Carrier, bool] = {} if self.settings.allowed is None else bench.twins

    # Requests

    def request(
        self, body: object, carrier: Carrier = AS_JSON, *, encoded: tuple[str, bytes] | None = None, what: str = ""
    ) -> Request:
        """A request with the right token; `encoded` gives other content type and bytes than the carrier's own."""
        content_type, data = encoded or carrier.encode(body)
        with self._lock:
            self._made += 1
        headers = parameters.headers(f"{self.settings.seed}:{self.name}:{self._made}")
        what = what or f"an order as {carrier}"
        return Request(content_type, data, self.token, self.bench.path, headers=headers, what=what)

    # Cases of each domain

    def realistic_case(self, body: Body, request: Request, *rules: str) -> Case:
        """A realistic order: 201, always. `rules` are those that it is a case of beside the usual ones."""
        accepted = next((rule for rule in rules if rule in ACCEPTED), "success.status")
        return Case(request, (*SUCCESS, *rules), lambda answer: self._realistic(body, answer, request, accepted))

    def order_case(self, body: Body, carrier: Carrier, *rules: str, what: str = "") -> Case:
        """A realistic order as this carrier carries it."""
        case = self.realistic_case(body, self.request(body, carrier, what=what), *rules)
        return replace(case, smaller=self._smaller_order(body, carrier, rules))

    def odd_case(self, body: Body, request: Request, rule: str = "success.schema_valid") -> Case:
        """Schema-valid data: 201, or a conforming 400; the size of a body may be limited."""
        return Case(request, (rule,), lambda answer: self._odd(body, answer, request, rule))

    def invalid_case(self, request: Request, rule: str, broken: InvalidBody = ANYTHING) -> Case:
        """What breaks the schema: a conforming 400. `broken` tells what is wrong, where one thing is."""
        rules = (rule, *REFUSAL, *(["refusal.names_field"] if broken.names else []))
        return Case(request, rules, lambda answer: self._invalid(answer, request, rule, broken))

    def unauthorised_case(self, request: Request, credential: Credential, rule: str) -> Case:
        """What carries no right token: 401, before anything else is looked at."""
        changed = replace(request, credential=credential, what=f"{request.what} with {credential.label}")
        return Case(changed, (rule, *AUTHENTICATION), lambda answer: self._unauthorised(answer, rule))

    # One case each. They only look; `record` puts down what they saw.

    def tried(self, case: Case) -> Trial:
        """Send a case and look at the answer."""
        return self._concluded(case, self._answer(self._begun(case)))

    def try_realistic(self, body: Body, request: Request, *rules: str) -> Trial:
        """Try a realistic order."""
        return self.tried(self.realistic_case(body, request, *rules))

    def try_odd(self, body: Body, request: Request, rule: str = "success.schema_valid") -> Trial:
        """Try schema-valid data."""
        return self.tried(self.odd_case(body, request, rule))

    def try_invalid(self, request: Request, rule: str, broken: InvalidBody = ANYTHING) -> Trial:
        """Try what breaks the schema."""
        return self.tried(self.invalid_case(request, rule, broken))

    def try_with(self, request: Request, rules: Sequence[str], look: Callable[[Answer], Iterable[Problem]]) -> Trial:
        """Try any other case, with the check given."""
        return self.tried(Case(request, tuple(rules), look))

    # Recording

    def record(self, trial: Trial, *, smaller: Callable[[Trial, str], Trial | None] | None = None) -> Trial:
        """Put down a case. `smaller` looks for a smaller request that breaks the same rule."""
        for rule in (*trial.rules, *ALWAYS):
            if rule not in self.settings.gone:
                self.tally.count(rule)
        fatal = False
        for problem in trial.problems:
            known = self.tally.findings.get(problem.rule)
            if known is not None:
                known.count += 1
            else:
                self._put_down(problem, trial, smaller)
            fatal = fatal or not self.settings.forgives(problem.rule)
        self.broken += fatal
        self._unanswered += trial.answer is None and bool(trial.problems)
        if self.broken >= _ENOUGH or self._unanswered >= _UNANSWERED:
            raise EnoughSeen
        return trial

    def realistic(
        self,
        body: Body,
        carrier: Carrier = AS_JSON,
        *rules: str,
        encoded: tuple[str, bytes] | None = None,
        what: str = "",
    ) -> Trial:
        """Try and record a realistic order."""
        if encoded:
            case = self.realistic_case(body, self.request(None, encoded=encoded, what=what), *rules)
        else:
            case = self.order_case(body, carrier, *rules, what=what)
        return self.record(self.tried(case), smaller=case.smaller)

    def invalid(self, request: Request, rule: str, broken: InvalidBody = ANYTHING) -> Trial:
        """Try and record an invalid request."""
        return self.record(self.try_invalid(request, rule, broken))

    def unauthorised(self, request: Request, credential: Credential, rule: str) -> Trial:
        """Try and record a request with a credential that must not be accepted."""
        return self.record(self.tried(self.unauthorised_case(request, credential, rule)))

    def each(self, cases: Iterable[Case]) -> None:
        """Try and record many cases, one after the other. An answer is judged while the server works on the next."""
        before: tuple[Case, Ahead] | None = None
        try:
            for case in cases:
                last, before = before, None
                answered = self._answer(last[1]) if last else None
                try:
                    before = case, self._begun(case)
                finally:
                    if last and answered:
                        self._conclude(last[0], answered)
        finally:
            if before is not None:
                self._conclude(before[0], self._answer(before[1]))

    def _conclude(self, case: Case, answered: "Answer | NoAnswer") -> None:
        self.record(self._concluded(case, answered), smaller=case.smaller)

    def twin(self, carrier: Carrier) -> None:
        """See that this carrier's realistic orders are accepted at all, once in a test.

        Raises NotJudged otherwise: a server that refuses every such order would refuse the broken ones for nothing.
        """
        if carrier not in self._twins:
            body = self.maker.plain()
            if not carrier.can_carry(body):
                body.pop("metadata", None)
            if not carrier.can_carry(body):
                raise NotJudged(f"an order holds what no form can say, so nothing can be sent as {carrier}")
            self._first_order += 1  # The whole run's, so no part of this test's share.
            trial = self.realistic(body, carrier, what=f"the positive twin as {carrier}")
            self._twins[carrier] = trial.answer is not None and trial.answer.status == self.bench.accepted
        if not self._twins[carrier]:
            raise NotJudged(f"an order in order is not accepted as {carrier}, so a refusal would prove nothing")

    @property
    def fingerprint(self) -> str:
        """The same for the same requests, whatever their order: threads may send them in any."""
        return f"{self._sent:08x}-{self._tried}"

    def close(self) -> None:
        """End the test: put down what it sent."""
        self.bench.desk.close()
        self.tally.requests = self.bench.desk.count.requests - self._before.requests
        self.tally.orders = self.bench.desk.count.orders - self._before.orders
        self.tally.ids = dict(islice(self.bench.ledger.ids.items(), self._known[0], None))
        self.tally.marks = list(islice(self.bench.ledger.marks, self._known[1], None))

    def needs(self, orders: int) -> None:
        """Raise ShareSpent where the test may not spend so many orders: without them all it would judge nothing."""
        if self.share is not None:
            self.share = self.share.of_at_least(orders)

    def pass_over(self, reason: str) -> NoReturn:
        """End this test: it has nothing to judge, for a reason that is no lack of the run."""
        raise NothingToJudge(reason)

    def carriers(self) -> Iterator[Carrier]:
        """The carriers whose realistic orders are accepted; the others are put down as not judged."""
        for carrier in listed():
            try:
                self.twin(carrier)
            except NotJudged as reason:
                self.tally.not_judged[f"{self.name} ({carrier})"] = str(reason)
            else:
                yield carrier

    # What the contract says of each domain

    def _realistic(
        self, body: Body, answer: Answer, request: Request, accepted: str = "success.status"
    ) -> Iterator[Problem]:
        if answer.status == self.bench.accepted:
            yield from checks.success(body, answer, self.settings.limits)
            yield from self.bench.ledger.enter(answer, request.what)
        elif answer.status < 500 or accepted in ACCEPTED:
            yield Problem(accepted, str(self.bench.accepted), checks.in_short(answer))

    def _odd(self, body: Body, answer: Answer, request: Request, rule: str) -> Iterator[Problem]:
        large = len(request.body) > 32_768
        if answer.status == self.bench.accepted:
            yield from self._realistic(body, answer, request)
        elif answer.status == 400:
            yield from checks.refusal(answer)
            yield from checks.repeats_values(request, answer)
        elif answer.status < 500 and not (large and answer.status in checks.UNPROCESSABLE_SIZE):
            yield Problem(rule, f"{self.bench.accepted} or a conforming 400", checks.in_short(answer))

    def _invalid(self, answer: Answer, request: Request, rule: str, broken: InvalidBody) -> Iterator[Problem]:
        if answer.status == 400:
            yield from checks.refusal(answer, names=broken.names)
            yield from checks.repeats_values(request, answer, broken.personal)
        elif answer.status < 500:
            yield Problem(rule, "400", checks.in_short(answer))

    def _unauthorised(self, answer: Answer, rule: str) -> Iterator[Problem]:
        if answer.status == 401:
            yield from checks.refusal(answer, error_type="unauthorized")
            if answer.header("WWW-Authenticate") is None:
                yield Problem("authentication.challenge", "a WWW-Authenticate header", "none")
        elif answer.status < 500:
            yield Problem(rule, "401", checks.in_short(answer))

    # Machinery

    def _begun(self, case: Case) -> Ahead:
        request = case.request
        if self.share is not None and self.bench.desk.count.orders - self._first_order >= self.share.orders:
            raise ShareSpent(f"its share of the order budget, {self.share.orders}, is spent")
        mark = zlib.crc32(request.body + f"{request.method} {self.bench.mask(request.path)} {request.what}".encode())
        with self._lock:
            self._tried += 1
            self._sent ^= mark
            self.last = request
            self.bench.ledger.marks |= dict.fromkeys(request.canaries)
        return self.bench.desk.begin(request)

    def _answer(self, ahead: Ahead) -> Answer | NoAnswer:
        try:
            return ahead.answer()
        except NoAnswer as failure:
            return failure

    def _concluded(self, case: Case, answer: Answer | NoAnswer) -> Trial:
        """What is to be said of the answer to a case."""
        request, rules = case.request, case.rules
        if isinstance(answer, CutShort):
            return Trial(Exchange(request, None, str(answer)), rules, ())
        if isinstance(answer, NoAnswer):
            problem = Problem("robustness.answers", "an HTTP answer", str(answer))
            return Trial(Exchange(request, None, str(answer)), rules, (problem,))
        known = self.bench.ledger.marks
        problems = [*checks.universal(request, answer, self.settings.token.value, known), *case.look(answer)]
        if answer.throttled:
            rules = (*rules, "limits.envelope", "limits.retry_after")
            problems += [replace(found, answer=one) for one in answer.throttled for found in checks.throttled(one)]
        if self.bench.parted:
            self._meet_strangers(Exchange(request, answer))
        kept = (problem for problem in problems if problem.rule not in self.settings.gone)
        return Trial(Exchange(request, answer), rules, tuple(kept))

    def _meet_strangers(self, exchange: Exchange) -> None:
        """Keep what may be the mark of an order that another process sent."""
        if exchange.answer is None:
            return
        for mark in checks.marks_of(exchange.answer) - exchange.request.canaries - self.bench.ledger.marks.keys():
            if len(self.tally.strangers) < _STRANGERS:
                problem = Problem("identity.no_leak", "nothing of another order", f"{mark!r}, sent in another order")
                self.tally.strangers[mark] = self._finding(problem, exchange, recurs=None)

    def _smaller_order(
        self, body: Body, carrier: Carrier, rules: Sequence[str]
    ) -> Callable[[Trial, str], Trial | None]:
        def search(_: Trial, rule: str) -> Trial | None:
            """The smallest body that still breaks the rule; None where the same body broke it only once."""
            if self.settings.allowed is not None:
                raise NotJudged("looking for a smaller request would cost orders")

            def attempt(candidate: Body) -> Trial | None:
                trial = self.try_realistic(candidate, self.request(candidate, carrier), *rules)
                return trial if any(problem.rule == rule for problem in trial.problems) else None

            return smaller_bodies(body, self.maker.plain(), attempt)

        return search

    def put_down(self, problem: Problem, exchange: Exchange) -> None:
        """Put down a problem that is no part of a case."""
        self.tally.count(problem.rule)
        self.tally.findings.setdefault(problem.rule, self._finding(problem, exchange, recurs=None))

    def _put_down(self, problem: Problem, trial: Trial, smaller: Callable[[Trial, str], Trial | None] | None) -> None:
        recurs: bool | None = None
        if smaller is not None and len(self.tally.findings) < 4:
            try:
                found = smaller(trial, problem.rule)
            except (NotJudged, OSError):
                found = trial
            else:
                recurs = found is not None
            if found is not None and found is not trial:
                trial = found
                problem = next(one for one in found.problems if one.rule == problem.rule)
        self.tally.findings[problem.rule] = self._finding(problem, trial.exchange, recurs=recurs)

    def _finding(self, problem: Problem, exchange: Exchange, *, recurs: bool | None) -> Finding:
        mask, request = self.bench.mask, exchange.request
        answer = problem.answer or exchange.answer
        return Finding(
            rule=problem.rule,
            what=mask(request.what),
            expected=mask(problem.expected),
            got=mask(problem.got),
            request=mask(shown_request(request)),
            answer=mask(shown_answer(answer) if answer else exchange.failure),
            curl=command(request, self.bench.desk.target.url, mask),
            seen_in=self.name,
            recurs=recurs,
        )


class EnoughSeen(Exception):
    """So many cases of a test are broken that more would add nothing."""


__all__ = ["JSON", "Bench", "EnoughSeen", "Judge", "Trial"]
