"""One run of the suite: finds the server, sends the scenarios, knows the verdict."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from spot_contract.configuration.baseline import Known
from spot_contract.configuration.settings import MAX_SECONDS, Settings, private_values, target
from spot_contract.configuration.waivers import Waiver
from spot_contract.document import parameters
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.errors import CannotJudge, NoAnswer, NotJudged, ServerGone
from spot_contract.exchanges.exchange import Origin
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.exchanges.messages import Request
from spot_contract.exchanges.secrets import Mask
from spot_contract.generation.orders import OrderMaker
from spot_contract.rules.registry import all_rules
from spot_contract.rules.rule import Rule
from spot_contract.scenarios.plan import Plan
from spot_contract.scenarios.scenario import Case
from spot_contract.transport.flow import connections_for
from spot_contract.transport.sandbox import Sandbox
from spot_contract.transport.sender import Count, Sender

from . import no_orders
from .causes import Causes
from .dialects import FoundDialects, find_dialects, pinned_dialects
from .engine import Engine
from .findings import Cell, Finding, findings
from .judge import Judge
from .repeats import Repeats
from .selection import kinds_for, may_exercise

KEPT, BROKEN, WAIVED, NOT_JUDGED, ADVICE = "kept", "BROKEN", "waived", "not judged", "advice"
KNOWN = "known"  # Broken, as in the baseline.
GONE = "no longer applies"
NOT_SENT = "nothing that this run sent exercises it"
_WAITING = 8  # Connections for requests with pauses; not more, for servers that answer one request at a time.
_TIMED = 3  # Answers from which the round trip is measured.
_MANY = 60  # Minimum order budget for searching dialects.


@dataclass
class Run:
    """The state of one run."""

    settings: Settings
    sandbox: Sandbox | None
    engine: Engine
    judge: Judge
    mask: Mask
    dialects: FoundDialects
    error: str = ""  # Why the suite itself failed.
    is_interrupted: bool = False
    finished: float | None = None
    used: set[Waiver] = field(default_factory=set[Waiver])

    @classmethod
    def start(cls, settings: Settings) -> "Run":
        """Create a run and start a sandbox if no server is given. Raises CannotJudge."""
        OrderMaker(0, "start", settings.kit_types).plain()  # Fails early for a document for which no order can be made.
        sandbox = None if settings.base_url else Sandbox.start(settings.token)
        try:
            return cls._of(settings, sandbox)
        except BaseException:
            if sandbox:
                sandbox.stop()
            raise

    @classmethod
    def _of(cls, settings: Settings, sandbox: Sandbox | None) -> "Run":
        aim = target(sandbox.url if sandbox else str(settings.base_url))
        sender = Sender(aim, settings.timeout, settings.allowed, settings.rate)
        document = Document.load(VENDORED)
        offered = [one for one in document.media_types if settings.deployment.offers(one)]
        plan = Plan(
            "dialects",
            settings.seed,
            settings.profile,
            settings.token,
            [],
            offered,
            settings.kit_types,
            settings.recipient,
            aim.origin,
            aim.prefix,
        )
        origin = Origin(settings.token, document.accepted, settings.skew)
        judge = Judge(all_rules())
        engine = Engine(settings, sender, judge, origin, plan)
        return cls(
            settings, sandbox, engine, judge, Mask(settings.token, private_values(settings.recipient)), FoundDialects()
        )

    def prepare(self) -> None:
        """Find out the dialects, the number of connections and the deadline. Raises CannotJudge."""
        settings, sender = self.settings, self.engine.sender
        usual = None if settings.makes_no_order else MAX_SECONDS.get(settings.profile.name)
        most = settings.max_time or usual
        if most is not None:
            sender.deadline = time.monotonic() + most
        try:
            if settings.makes_no_order:
                self.dialects = pinned_dialects(settings.deployment)
                self.engine.send(no_orders.first_request(self.engine.plan))
            else:
                may_search = settings.allowed is None or settings.allowed >= _MANY
                self.dialects = find_dialects(self.engine.plan, settings.deployment, self.engine, may_search=may_search)
                self._time_answers()  # Without orders there is always one connection.
            round_trip = sender.round_trip()
        except ServerGone as error:
            raise CannotJudge(f"Nothing answers at {self.url}; start the server or correct --base-url.") from error
        except (NoAnswer, NotJudged) as error:
            raise CannotJudge(f"The server at {self.url} cannot be judged now: {error}.") from error
        if settings.makes_no_order or not self.dialects.encodings:
            self._explain_refusals()
        self.engine.plan = replace(self.engine.plan, encodings=self.dialects.encodings)
        # If the first accepted order ends the run, no other request may be in flight.
        chosen = 1 if settings.makes_no_order else settings.connections
        self.engine.connections = chosen or connections_for(round_trip)
        self.engine.waiting = chosen or max(_WAITING, self.engine.connections)
        if settings.only:
            wanted = [rule for rule in self.judge.rules.values() if rule.id in settings.only]
            self.engine.may_exercise = may_exercise(wanted, self.engine.origin)
            self.engine.kinds = kinds_for(wanted, self.engine.origin)

    def _time_answers(self) -> None:
        """Send some requests that spend no order, since the first answers of a server may be slow."""
        request = Request(None, b"", self.engine.plan.credential, parameters.path(), "GET", what="GET")
        for _ in range(_TIMED - len(self.judge.history)):
            self.engine.probe(Case(request, Intent(Kind.METHOD, way="GET")))

    def _explain_refusals(self) -> None:
        """Raise CannotJudge if no order was accepted for a reason that is not the server's fault."""
        statuses = [one.status for one in self.judge.history]
        failures = [one.failure for one in self.judge.history if one.failure]
        where = f"{self.url}{parameters.path()}"
        answers = f"The server answers {statuses[0] if statuses else 'nothing'}"
        if {401, 403} & set(statuses):
            raise CannotJudge(f"{answers} to every order: it does not accept the token in SPOT_API_TOKEN; set another.")
        if 404 in statuses:
            raise CannotJudge(
                f"The server answers 404 at {where}; check --base-url, which the operation's path is appended to."
            )
        if any(300 <= status < 400 for status in statuses):
            raise CannotJudge(f"{answers}, a redirect, at {where}; give the address it redirects to.")
        if failures and not any(statuses):
            raise CannotJudge(f"The server at {self.url} does not answer in HTTP ({failures[0]}); check --base-url.")

    def execute(self) -> None:
        """Send all scenarios and judge them. An error or an interrupt is stored, and earlier results are kept."""
        try:
            self.engine.run()
            Causes(self.engine).judge_suspects()
            self.judge.conclude()
            if self.settings.allowed is None and not self.engine.cut:
                Repeats(self.engine).repeat(self.findings)
            self._update_examples()
        except KeyboardInterrupt:
            self.is_interrupted = True
            self.engine.sender.stop()
            for exchange in self.engine.suspects:
                self.judge.observe(exchange)
            self.judge.conclude()
        except Exception as error:  # noqa: BLE001  # A failure of the suite is reported as such; it is no verdict on the server.
            self.error = f"{type(error).__name__}: {error} (in {self.engine.now})"
        self.finished = time.monotonic()

    def _update_examples(self) -> None:
        """Save the requests that break a rule for later runs, unless they contain a real recipient."""
        if self.settings.examples is not None and self.settings.recipient is None:
            broken = [one.seen.exchange for one in self.findings if not one.is_waived and not one.rule.of_all]
            problem = self.settings.examples.update(self.engine.examples, broken, self.engine.plan.credential)
            self.dialects.notes += [problem] if problem else []

    @property
    def url(self) -> str:
        """The server's address."""
        return self.engine.sender.target.url

    @property
    def seconds(self) -> float:
        """The duration of the run, so far or in total."""
        return (self.finished or time.monotonic()) - self.engine.started

    def cases(self, rule: Rule) -> int:
        """The number of cases of one rule."""
        record = self.judge.records.get(rule.id)
        return record.cases if record else 0

    @property
    def count(self) -> Count:
        """The requests and orders of the run."""
        return self.engine.sender.count

    def rules(self) -> list[Rule]:
        """The rules that this run judges."""
        return [rule for rule in self.judge.rules.values() if not self.settings.only or rule.id in self.settings.only]

    def judged(self) -> list[Rule]:
        """The rules that were exercised."""
        return [rule for rule in self.rules() if self.verdict(rule) not in {NOT_JUDGED, GONE}]

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """Every finding, rule by rule. Computed once, so only to be used after `execute`."""
        found: list[Finding] = []
        for rule in self.rules():
            if rule.id in self.judge.records:
                record = self.judge.records[rule.id]
                found += findings(rule, record, partial(self._is_waived, rule), partial(self._is_known, rule))
        return found

    def _is_waived(self, rule: Rule, cell: Cell) -> bool:
        """Whether a broken cell is waived. The waivers that forgive it are recorded as used."""
        forgiving = [
            one for one in self.settings.waivers if one.forgives(rule.id, cell.place, cell.encoding, cell.full_way)
        ]
        self.used.update(forgiving)
        return bool(forgiving)

    def _is_known(self, rule: Rule, cell: Cell) -> bool:
        baseline = self.settings.baseline
        return baseline is not None and self.known_as(rule, cell) in baseline.known

    def known_as(self, rule: Rule, cell: Cell) -> Known:
        """The key of a broken cell in a baseline."""
        return rule.id, self.mask(cell.place), self.mask(cell.encoding), self.mask(cell.full_way)

    def gone(self) -> list[Known]:
        """The entries of the baseline that a complete run did not see again, sorted."""
        if self.settings.baseline is None or self._was_cut or self.settings.shard or self.error:
            return []
        seen = {self.known_as(one.rule, cell) for one in self.findings for cell in one.cells}
        judged = {rule.id for rule in self.judged()}
        return sorted(one for one in self.settings.baseline.known - seen if one[0] in judged)

    def findings_of(self, rule: Rule) -> list[Finding]:
        """The findings of one rule that are neither waived nor in the baseline."""
        return [one for one in self.findings if one.rule.id == rule.id and not one.is_waived and not one.is_known]

    def verdict(self, rule: Rule) -> str:
        """The verdict on one rule: KEPT, BROKEN, WAIVED, KNOWN, ADVICE, NOT_JUDGED or GONE."""
        if rule.gone:
            return GONE
        if self.findings_of(rule):
            return ADVICE if rule.is_advice and not self.settings.is_strict else BROKEN
        if rest := [one for one in self.findings if one.rule.id == rule.id]:
            return KNOWN if any(one.is_known for one in rest) else WAIVED
        return KEPT if self.judge.records[rule.id].cases else NOT_JUDGED

    def broken(self) -> list[Finding]:
        """The findings that fail the run."""
        return [one for rule in self.rules() if self.verdict(rule) == BROKEN for one in self.findings_of(rule)]

    def not_judged(self) -> Mapping[str, str]:
        """Each rule that was not judged, with the reason."""
        left = [rule for rule in self.rules() if self.verdict(rule) == NOT_JUDGED]
        return {rule.id: self._not_needed(rule) or self._why_not for rule in left}

    def excused(self) -> list[str]:
        """The rules that were not judged and that this run need not have exercised."""
        return [name for name in self.not_judged() if self._not_needed(self.judge.rules[name])]

    def _not_needed(self, rule: Rule) -> str:
        """Why this run need not exercise a rule; empty if it must."""
        return rule.unless(self.judge.history) if rule.unless is not None else ""

    @property
    def _was_cut(self) -> bool:
        return bool(self.engine.cut or self.engine.skipped or self.engine.ended or self.is_interrupted)

    @property
    def _why_not(self) -> str:
        if self.is_interrupted:
            return "the run was interrupted"
        if self.engine.cut:
            return self.engine.cut
        if self.settings.makes_no_order:
            return no_orders.REASON
        if self.engine.skipped:
            return "the order budget was too small"
        if self.engine.ended:
            return "a scenario ended early, since requests had no answer in time"
        return NOT_SENT

    @property
    def is_complete(self) -> bool:
        """Whether the whole suite was sent."""
        chosen = self.settings
        return not (self._was_cut or chosen.only or chosen.shard or self.error or chosen.makes_no_order)

    def waiver_lines(self) -> Iterator[str]:
        """A line for each waiver, which also says if its rule no longer applies."""
        for one in self.settings.waivers:
            gone = self.judge.rules[one.rule].gone
            more = f"; the rule no longer applies, for {gone}: remove the waiver" if gone else ""
            yield f"waived until {one.until}: {one} ({one.reason}){more}"

    def waiver_problems(self) -> list[str]:
        """Problems with waivers that fail the run: expired, or no longer needed."""
        _ = self.findings  # Computing the findings records which waivers were used.
        found: list[str] = []
        for waiver in self.settings.waivers:
            if waiver.is_past:
                found.append(f"the waiver of {waiver} ended on {waiver.until}; fix the server or give a later day")
            elif self.is_complete and waiver not in self.used and not self.judge.rules[waiver.rule].gone:
                found.append(f"the waiver of {waiver} forgave nothing; remove it")
        return found

    def exit_status(self) -> int:
        """0: conforms, 1: a rule is broken, 2 and above: could not judge."""
        if self.error:
            return 3
        if self.broken() or self.waiver_problems():
            return 1
        is_short = self._was_cut and any(not self._not_needed(self.judge.rules[name]) for name in self.not_judged())
        out_of_time = bool(self.engine.cut) and not self.settings.allowed
        return 2 if not self.judged() or is_short or out_of_time or self.is_interrupted else 0

    def stop(self) -> None:
        """Close the connection and stop the sandbox."""
        self.engine.sender.close()
        if self.sandbox:
            self.sandbox.stop()
