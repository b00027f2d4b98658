"""The results of a measurement, and the figures that say how far the suite can be trusted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .correct import CorrectRun
from .correct import runs as correct_runs
from .deviations import Assessment
from .faulty import CONTROL, FAULT, Fault, Result, results
from .judgement import judgement
from .records import Records
from .stock_runs import assessments
from .waived import WAIVED, WaivedRun, waived_runs

_NEEDED = {"quick": 0.9, "ci": 1.0, "deep": 1.0}  # The share of faults that a profile must catch.


@dataclass
class Report:
    """The results of all parts; a part that was not measured is empty."""

    profile: str
    results: list[Result] = field(default_factory=list[Result])
    untried: list[str] = field(default_factory=list[str])  # Faults of the catalogue.
    correct: list[CorrectRun] = field(default_factory=list[CorrectRun])
    servers: list[Assessment] = field(default_factory=list[Assessment])
    waived: list[WaivedRun] = field(default_factory=list[WaivedRun])
    rules: dict[str, list[str]] = field(default_factory=dict[str, list[str]])  # The faults that broke each rule.
    unjudged: list[str] = field(default_factory=list[str])  # Rules that no run exercised.
    revisions: int = 1

    @property
    def missed(self) -> list[Result]:
        """The faults that the suite did not catch."""
        return [result for result in self.results if not result.judged.is_caught]

    @property
    def false_alarms(self) -> list[CorrectRun]:
        """The runs on correct servers with a broken rule, or without a verdict."""
        return [run for run in self.correct if not run.right]

    @property
    def silent(self) -> list[str]:
        """The rules that were exercised and that no fault broke."""
        return [rule for rule, faults in self.rules.items() if not faults and rule not in self.unjudged]

    @property
    def caught(self) -> int:
        """How many faults the suite caught."""
        return len(self.results) - len(self.missed)

    @property
    def is_good(self) -> bool:
        """Whether every figure is as good as required."""
        return (
            self.caught >= _NEEDED[self.profile] * len(self.results)
            and not self.untried
            and not self.false_alarms
            and not self.silent
            and all(one.right for one in self.servers)
            and all(one.right for one in self.waived)
        )


def report(profile: str, faults: Sequence[Fault], records: Records, *, whole: bool) -> Report:
    """The report on the recorded results.

    Args:
        profile: the profile that the faults were tried in.
        faults: the faults to report.
        records: the results.
        whole: whether `faults` is the whole catalogue, so that untried faults and rule coverage are reported.

    """
    found = results(faults, profile, records)
    made = Report(
        profile,
        results=found,
        correct=correct_runs(records),
        servers=list(assessments(records)),
        waived=waived_runs(records),
        revisions=max(len(records.revisions(part)) for part in (CONTROL, FAULT, WAIVED)),
    )
    if whole and found:
        tried = {result.fault.name for result in found}
        made.untried = [fault.name for fault in faults if fault.name not in tried]
        made.rules, made.unjudged = _rule_coverage([fault.name for fault in faults], records)
    return made


def _rule_coverage(names: Iterable[str], records: Records) -> tuple[dict[str, list[str]], list[str]]:
    """The faults that broke each rule or caused its advice, and the rules that no run exercised."""
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
    """The figures as sentences."""
    if made.results:
        quick = sum(result.profile == "quick" for result in made.results if result.judged.is_caught)
        more = f", {quick} of them in quick" if made.profile == "ci" else ""
        yield f"{made.caught} of {len(made.results)} faulty servers caught in the {made.profile} profile{more}."
    if made.untried:
        yield f"{len(made.untried)} faults of the catalogue were not tried."
    if made.correct:
        yield _correct(made)
    if made.servers:
        yield _servers(made.servers)
    if made.waived:
        conforming = sum(one.exit_status == 0 for one in made.waived)
        later = [found for one in made.waived for found in one.later.values()]
        yield (
            f"{conforming} of {len(made.waived)} faulty servers conform with the waivers drafted for them; "
            f"{sum(later)} of {len(later)} additional faults are still found."
        )
    if made.rules:
        broken = sum(bool(faults) for faults in made.rules.values())
        yield f"{broken} of {len(made.rules) - len(made.unjudged)} rules were broken by some fault."


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
        f"{unexplained} of them unexplained; {advice} pieces of advice."
    )


def complaints(made: Report) -> Iterator[str]:
    """Everything that is not as good as required, one line each."""
    for result in made.missed:
        yield f"missed: {result.fault.name} ({result.judged.ending}): {result.fault.summary}"
    for run in made.false_alarms:
        broken = ", ".join(run.judged.broken)
        yield f"false alarm: {run.variant}, seed {run.seed} ({run.judged.ending}): {broken}"
    for server in made.servers:
        yield from _of_server(server)
    for one in made.waived:
        if one.exit_status != 0:
            yield f"drafted waivers are not sufficient: {one.server.name} (exit {one.exit_status})"
        yield from (
            f"hidden by waivers: {fault} on {one.server.name}" for fault, found in one.later.items() if not found
        )
    yield from (f"never broken by any fault: {rule}" for rule in made.silent)
    if made.rules:
        yield from (f"never exercised on any fault: {rule}" for rule in made.unjudged)
    if made.revisions > 1:
        yield f"the results belong to {made.revisions} revisions of suite and sandbox"


def _of_server(one: Assessment) -> Iterator[str]:
    if one.judged.exit_status not in {0, 1}:
        yield f"not judged: the stock server {one.server} ({one.judged.ending})"
    yield from (f"{one.server}: deviation not found: {each.name}" for each in one.missed)
    yield from (f"{one.server}: unexplained finding: {finding}" for finding in one.unexplained)
    yield from (f"{one.server}: unexplained advice: {finding}" for finding in one.unexplained_advice)
    if len(one.findings) > one.most_findings:
        yield f"{one.server}: {len(one.findings)} findings; at most {one.most_findings} are allowed"
