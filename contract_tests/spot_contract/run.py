"""One run of the suite, as the process sees it that the caller started: server, tallies, verdict."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import parameters, preflight, rules
from .carriers import unable
from .desk import Desk
from .documents import VENDORED, Document
from .errors import CannotJudge
from .judge import Bench
from .ledger import Ledger
from .live import Live
from .orders import Maker
from .results import Finding, Rule, Tally
from .secrets import Mask
from .server import Sandbox
from .settings import Settings, private_values, target
from .share import Share

KEPT, BROKEN, WAIVED, NOT_JUDGED, ADVICE = "kept", "BROKEN", "waived", "not judged", "advice"
GONE = "no longer applies"


@dataclass
class Run:
    """The state of one run. In a worker process only `bench` is used."""

    settings: Settings
    bench: Bench
    sandbox: Sandbox | None
    tally: Tally = field(default_factory=Tally)
    judged: set[str] = field(default_factory=set[str])
    errors: dict[str, str] = field(default_factory=dict[str, str])
    complete: bool = True
    random_left: int = 0
    tests_left: int = 0
    live: Live | None = None
    started: float = field(default_factory=time.monotonic)
    finished: float | None = None

    @classmethod
    def start(cls, settings: Settings) -> "Run":
        """Find or start the server and see that it can be judged. Raises CannotJudge."""
        Maker(0, "start", settings.kit_types).plain()  # A document for which no order can be made is known at once.
        sandbox = None if settings.base_url else Sandbox.start(settings.token)
        url = sandbox.url if sandbox else str(settings.base_url)
        bench = bench_for(settings, url)
        try:
            if settings.base_url:
                preflight.check(bench.desk, settings, bench.path)
        except CannotJudge:
            if sandbox:
                sandbox.stop()
            raise
        return cls(settings, bench, sandbox)

    @property
    def seconds(self) -> float:
        """How long the run took, or takes so far."""
        return (self.finished or time.monotonic()) - self.started

    def take(self, tally: Tally) -> None:
        """Take in what one test found, in whichever process, and compare it with what all others did."""
        again = self.tally.ids.keys() & tally.ids.keys()
        earlier = {identifier: self.tally.ids[identifier] for identifier in again}
        self.tally.add(tally)
        for identifier, first in earlier.items():
            got = f"{identifier!r} again, which an earlier order had ({first})"
            unseen = "(sent by another process than the earlier order; repeat the run without -n to see both)"
            what, expected = tally.ids[identifier], "an order_id of its own"
            self._put_down(Finding("identity.own_id", what, expected, got, unseen, "", "", "two processes"))
        if self.tally.strangers:
            for mark in self.tally.strangers.keys() & set(self.tally.marks):
                self._put_down(self.tally.strangers[mark])

    def _put_down(self, finding: Finding) -> None:
        if finding.rule not in self.settings.gone:
            self.tally.findings.setdefault(finding.rule, finding)

    def deadline(self) -> float | None:
        """When the next random test is to end, so that all share what is left of the time budget."""
        if self.settings.budget is None or not self.random_left:
            return None
        now = time.monotonic()
        left = max(0.0, self.started + self.settings.budget - now)
        share = left / self.random_left
        self.random_left -= 1
        return now + share

    def share(self) -> Share | None:
        """How many orders the next test may spend, so that all have something of the order budget."""
        if self.settings.allowed is None:
            return None
        left = self.settings.allowed - self.bench.desk.count.orders
        self.tests_left = max(0, self.tests_left - 1)
        return Share(max(1, left // (self.tests_left + 1)), max(1, left // 3))

    def rules(self) -> list[Rule]:
        """The rules this run speaks of: those whose tests ran, and those found broken on the way."""
        return [one for one in rules.all_rules().values() if one.id in self.judged or one.id in self.tally.findings]

    def verdict(self, rule: Rule) -> str:
        """What this run says of one rule."""
        if rule.id in self.settings.gone:
            return GONE
        waived = any(waiver.rule == rule.id for waiver in self.settings.waivers)
        if rule.id in self.tally.findings:
            if waived and self.settings.forgives(rule.id):
                return WAIVED
            return ADVICE if self.settings.forgives(rule.id) else BROKEN
        return KEPT if self.tally.cases.get(rule.id) else NOT_JUDGED

    def carriers_told(self) -> Iterator[str]:
        """Each way of carrying a body that is left out although the document lists its media type."""
        for carrier in unable():
            yield f"not tried: {carrier}: the document requires of an order what no such form can say"

    def waivers_told(self) -> Iterator[str]:
        """Each waiver in a line, and what it has come to where its rule no longer applies."""
        for one in self.settings.waivers:
            gone = self.settings.gone.get(one.rule)
            more = f"; the rule no longer applies, for {gone}: remove the waiver" if gone else ""
            yield f"waived until {one.until}: {one.rule} ({one.reason}){more}"

    def waiver_problems(self) -> list[str]:
        """Waivers that fail the run: past their day, or no longer needed."""
        found: list[str] = []
        for waiver in self.settings.waivers:
            kept = self.tally.cases.get(waiver.rule) and waiver.rule not in self.tally.findings
            if waiver.past:
                found.append(f"the waiver of {waiver.rule} ended on {waiver.until}")
            elif kept and self.complete:
                found.append(f"{waiver.rule} is waived but kept: remove the waiver")
        return found

    def exit_status(self, status: int) -> int:
        """0 conforms, 1 a rule is broken, 2 and above could not judge."""
        if status not in {0, 1}:
            return status
        if self.waiver_problems() or any(self.verdict(rule) == BROKEN for rule in self.rules()):
            return 1
        if self.errors:
            return 3
        return 2 if self.tally.not_judged else 0

    def stop(self) -> None:
        """Let go of the server."""
        self.bench.desk.close()
        if self.sandbox:
            self.sandbox.stop()


def bench_for(settings: Settings, url: str) -> Bench:
    """What the tests of one process share."""
    desk = Desk(target(url), settings.timeout, settings.allowed, settings.rate)
    mask = Mask(settings.token, private_values(settings.recipient))
    document = Document.load(VENDORED)
    return Bench(settings, desk, Ledger(), parameters.path(), mask, document.accepted)
