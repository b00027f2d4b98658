"""How far to trust the contract suite: correct servers that it passes, faulty ones that it catches, and by which rule.

Exit codes: 0 no correct server is found fault with, every fault is caught (in quick: nine of ten) and every rule was
seen to bite, 1 not so, 2 could not try.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import alarms, bites, fault_table
from .alarms import CorrectRun
from .attempts import Choices, Fault, Result, attempt, catalogue
from .environment import ROOT, say
from .errors import ToolError
from .sandbox_process import running
from .stock import Stock
from .suite_process import judged

TABLE = ROOT / "docs" / "fault-table.md"
_NEEDED = {"quick": 0.9, "ci": 1.0, "deep": 1.0}


@dataclass
class Report:
    """All results of one run."""

    profile: str
    correct: list[CorrectRun] = field(default_factory=list[CorrectRun])
    results: list[Result] = field(default_factory=list[Result])
    bites: dict[str, str | None] = field(default_factory=dict[str, str | None])  # Rule, and a fault that breaks it.

    @property
    def missed(self) -> list[Result]:
        """The faults that the suite did not catch."""
        return [result for result in self.results if not result.caught]

    @property
    def alarms(self) -> list[CorrectRun]:
        """The runs on correct servers that did not end well."""
        return [run for run in self.correct if not run.right]

    @property
    def silent(self) -> list[str]:
        """The rules that no fault broke."""
        return [rule for rule, fault in self.bites.items() if fault is None]


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("fault", nargs="*", help="try these faults alone (default: all, and the correct servers)")
    parser.add_argument("--profile", choices=sorted(_NEEDED), default="ci", help="the suite's profile (default: ci)")
    parser.add_argument("--seed", default="1", help="the suite's seed on the faults (default: 1)")
    parser.add_argument("--seeds", type=int, default=1, help="judge each correct server with N seeds (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: one a core)")
    parser.add_argument("--stock", action="store_true", help="run stock Schemathesis over the same faults too")
    parser.add_argument("--table", action="store_true", help=f"write the table to {TABLE.relative_to(ROOT).as_posix()}")
    options = parser.parse_args(arguments)
    try:
        report = run(options)
    except ToolError as error:
        print(f"scripts/faults: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/faults: interrupted; no table was written.", file=sys.stderr)
        return 130
    return conclude(report, write=options.table)


def run(options: argparse.Namespace) -> Report:
    """The correct servers first, then every fault, then the rules that none of them broke so far. Raises ToolError."""
    faults = catalogue(options.fault)
    choices = Choices(options.profile, options.seed)
    report = Report(options.profile)
    rules = control(choices)
    say("The right sandbox passes.")
    if not options.fault:
        say(f"Judging the correct servers, seeds 1 to {options.seeds} …")
        for one in alarms.runs(options.seeds, options.jobs):
            report.correct.append(one)
            say(fault_table.correct_line(one))
    stock = Stock.measured() if options.stock else None
    say(f"Trying {len(faults)} faults in the {options.profile} profile …")

    def judge(fault: Fault) -> Result:
        return attempt(fault, choices, stock)

    with ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for result in pool.map(judge, faults):
            report.results.append(result)
            say(fault_table.line(result))
    if not options.fault:
        report.bites = dict(_bites(rules, report.results, options))
    return report


def _bites(rules: list[str], results: list[Result], options: argparse.Namespace) -> Iterator[tuple[str, str | None]]:
    """Each rule with a fault that breaks it: most are in the table, the others are tried alone on fault after fault."""
    known = {rule: result.fault.name for result in reversed(results) for rule in result.rules}
    faults = [result.fault for result in results]
    rest: dict[str, list[str]] = {}
    for rule in rules:
        if rule not in known:
            rest.setdefault(rule.partition(".")[0], []).append(rule)
    say(f"{len(known)} of {len(rules)} rules broke. Looking for faults that break the others …")

    def search(chapter: str) -> dict[str, str | None]:
        return bites.faults_that_break(chapter, rest[chapter], faults, options.seed)

    found: dict[str, str | None] = {}
    with ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for one in pool.map(search, rest):
            found |= one
    for rule in rules:
        yield rule, known.get(rule) or found[rule]


def conclude(report: Report, *, write: bool) -> int:
    """Print the figures, write the table where asked to; return the exit code."""
    say("")
    for result in report.missed:
        say(f"missed: {result.fault.name} (exit {result.exit_status}): {result.fault.summary}")
    for one in report.alarms:
        say(f"false alarm: {one.variant}, seed {one.seed} (exit {one.exit_status}): {', '.join(one.rules)}")
    for rule in report.silent:
        say(f"never broken by any fault: {rule}")
    for figure in fault_table.figures(report):
        say(figure)
    if write:
        TABLE.write_text(fault_table.document(report), encoding="utf-8")
        say(f"Wrote {TABLE.relative_to(ROOT).as_posix()}.")
    enough = len(report.results) - len(report.missed) >= _NEEDED[report.profile] * len(report.results)
    return 0 if enough and not report.alarms and not report.silent else 1


def control(choices: Choices) -> list[str]:
    """The rules judged on the right sandbox. Raises ToolError where it does not pass: then no catch would count."""
    with tempfile.TemporaryDirectory() as folder, running() as (url, token):
        status, report = judged(url, token, Path(folder), ["--strict", *choices.as_options()])
    if status != 0:
        raise ToolError(
            f"the suite does not pass the right sandbox (exit {status}); run scripts/conformance to see why."
        )
    return [str(rule["id"]) for rule in report["rules"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
