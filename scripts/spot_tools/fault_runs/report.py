"""All results of a measurement, and the figures that say how far the suite can be trusted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .catalogue import Fault
from .correct import CORRECT, CorrectRun
from .correct import runs as correct_runs
from .deviations import Assessment
from .faulty import CONTROL, FAULT, Result, results
from .judgement import judgement
from .records import Records
from .stock_runs import SERVER, assessments
from .waived import WAIVED, WaivedRun, waived_runs

_NEEDED = {"quick": 0.9, "ci": 1.0, "deep": 1.0}  # The share of faults that a profile has to catch.
PARTS = (CONTROL, FAULT, CORRECT, SERVER, WAIVED)


@dataclass
class Report:
    """What was measured; a part that was not is empty."""

    profile: str
    results: list[Result] = field(default_factory=list[Result])
    untried: list[str] = field(default_factory=list[str])  # Faults of the catalogue.
    correct: list[CorrectRun] = field(default_factory=list[CorrectRun])
    servers: list[Assessment] = field(default_factory=list[Assessment])
    waived: list[WaivedRun] = field(default_factory=list[WaivedRun])
    rules: dict[str, list[str]] = field(default_factory=dict[str, list[str]])  # Rules, and the faults that broke each.
    unjudged: list[str] = field(default_factory=list[str])  # Rules that no run on any fault exercised.
    revisions: int = 1

    @property
    def missed(self) -> list[Result]:
        """The faults that the suite did not catch."""
        return [result for result in self.results if not result.caught]

    @property
    def false_alarms(self) -> list[CorrectRun]:
        """The runs on correct servers that did not end well."""
        return [run for run in self.correct if not run.right]

    @property
    def silent(self) -> list[str]:
        """The rules that were judged and that no fault broke."""
        return [rule for rule, faults in self.rules.items() if not faults and rule not in self.unjudged]

    @property
    def caught(self) -> int:
        """How many faults the suite caught."""
        return len(self.results) - len(self.missed)

    @property
    def is_good(self) -> bool:
        """Whether every figure is as good as it must be."""
        return (
            self.caught >= _NEEDED[self.profile] * len(self.results)
            and not self.untried
            and not self.false_alarms
            and not self.silent
            and all(one.right for one in self.servers)
            and all(one.right for one in self.waived)
        )


def report(profile: str, faults: Sequence[Fault], records: Records, *, whole: bool) -> Report:
    """What the records say. Only where the whole catalogue was to be tried can a rule be one that no fault broke."""
    found = results(faults, profile, records)
    made = Report(
        profile,
        results=found,
        correct=correct_runs(records),
        servers=list(assessments(records)),
        waived=waived_runs(records),
        revisions=max((len(records.revisions(part)) for part in PARTS if part not in {CORRECT, SERVER}), default=0),
    )
    if whole and found:
        tried = {result.fault.name for result in found}
        made.untried = [fault.name for fault in faults if fault.name not in tried]
        made.rules, made.unjudged = _rule_coverage([fault.name for fault in faults], records)
    return made


def _rule_coverage(names: Iterable[str], records: Records) -> tuple[dict[str, list[str]], list[str]]:
    """Each rule with the faults that broke it, or made it give advice, and the rules that were judged in no run."""
    runs = {part: [(key.name, judgement(raw)) for key, raw in records.of(part)] for part in (CONTROL, FAULT)}
    order = {name: place for place, name in enumerate(names)}
    rules: dict[str, list[str]] = {}
    judged: set[str] = set()
    for _, run in [*runs[CONTROL], *runs[FAULT]]:
        judged.update(run.judged)
        rules.update(
            (rule, []) for rule, verdict in run.verdicts.items() if verdict != "no longer applies" and rule not in rules
        )
    for name, run in sorted(runs[FAULT], key=lambda one: order.get(one[0], len(order))):
        for rule in run.shown:
            if name not in rules[rule]:
                rules[rule].append(name)
    return rules, [rule for rule in rules if rule not in judged]


def figures(made: Report) -> Iterator[str]:
    """The figures, a sentence each."""
    if made.results:
        quick = sum(result.profile == "quick" for result in made.results if result.caught)
        more = f", {quick} of them in quick" if made.profile == "ci" else ""
        yield f"{made.caught} of {len(made.results)} faulty servers caught in the {made.profile} profile{more}."
    if made.untried:
        yield f"{len(made.untried)} faults of the catalogue were not tried."
    if made.correct:
        yield _correct(made)
    if made.servers:
        yield _servers(made.servers)
    if made.waived:
        pairs = [pair for one in made.waived for pair in one.pairs]
        conforming, found = sum(one.exit_status == 0 for one in made.waived), sum(pair.found for pair in pairs)
        yield (
            f"{conforming} of {len(made.waived)} faulty servers conform with the waivers drafted for them; "
            f"{found} of {len(pairs)} faults put on top are found all the same."
        )
    if made.rules:
        broken = sum(bool(faults) for faults in made.rules.values())
        yield f"{broken} of {len(made.rules) - len(made.unjudged)} rules were broken by some fault."
    yield from _schemathesis(made.results)


def _correct(made: Report) -> str:
    kinds, variants = ({getattr(run, name) for run in made.correct} for name in ("kind", "variant"))
    seeds = len({run.seed for run in made.correct})
    return (
        f"False alarms on correct servers: {len(made.false_alarms)} in {len(made.correct)} runs "
        f"({len(kinds)} kinds of code, {len(variants)} variants, {seeds} seeds, quick profile)."
    )


def _servers(found: Sequence[Assessment]) -> str:
    sought, missed, unexplained, findings, advice = (
        sum(len(getattr(one, name)) for one in found)
        for name in ("sought", "missed", "unexplained", "findings", "advice")
    )
    return (
        f"On {len(found)} stock servers {sought - missed} of {sought} true deviations are found; {findings} findings, "
        f"of which no deviation explains {unexplained}; {advice} times advice."
    )


def _schemathesis(found: Sequence[Result]) -> Iterator[str]:
    compared = [result for result in found if result.stock is not None]
    if compared:
        yield (
            f"Stock Schemathesis catches {sum(bool(result.stock) for result in compared)} of {len(compared)} "
            "(`st run --continue-on-failure`, all checks; a fault counts for it where its failures differ from those "
            "it reports of the right sandbox)."
        )


def complaints(made: Report) -> Iterator[str]:
    """What is not as good as it must be, a line each."""
    for result in made.missed:
        yield f"missed: {result.fault.name} ({result.judged.ending}): {result.fault.summary}"
    for run in made.false_alarms:
        broken = ", ".join(run.judged.broken)
        yield f"false alarm: {run.variant}, seed {run.seed} ({run.judged.ending}): {broken}"
    for server in made.servers:
        yield from _of_server(server)
    for one in made.waived:
        if one.exit_status != 0:
            yield f"drafted waivers do not suffice: {one.server.name} (exit {one.exit_status})"
        yield from (f"hidden by waivers: {pair.later} on {one.server.name}" for pair in one.pairs if not pair.found)
    yield from (f"never broken by any fault: {rule}" for rule in made.silent)
    if made.rules:
        yield from (f"never judged on any fault: {rule}" for rule in made.unjudged)
    if made.revisions > 1:
        yield f"the results are of {made.revisions} revisions of suite and sandbox"


def _of_server(one: Assessment) -> Iterator[str]:
    if one.judged.exit_status not in {0, 1}:
        yield f"not judged: the stock server {one.server} ({one.judged.ending})"
    yield from (f"{one.server}: deviation not found: {each.name}" for each in one.missed)
    yield from (f"{one.server}: finding that no deviation explains: {finding}" for finding in one.unexplained)
    yield from (f"{one.server}: advice that no deviation explains: {finding}" for finding in one.unexplained_advice)
    if len(one.findings) > one.most_findings:
        yield f"{one.server}: {len(one.findings)} findings, which is more than {one.most_findings}"
