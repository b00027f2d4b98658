"""Run the contract suite over the sandbox's catalogue of faults: which fault is caught, by which rule, in which time.

Exit codes: 0 every fault is caught (in quick: nine of ten) and the right sandbox passes, 1 not so, 2 could not try.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import fault_table
from .environment import ROOT, say
from .errors import ToolError
from .sandbox_process import running, sandbox_output
from .stock import Stock
from .suite_process import judged

TABLE = ROOT / "docs" / "fault-table.md"
_NEEDED = {"quick": 0.9, "ci": 1.0, "deep": 1.0}


@dataclass(frozen=True)
class Fault:
    """One wrong behaviour of the sandbox, as its catalogue tells it."""

    name: str
    chapter: str
    summary: str
    trigger: str
    advice: bool


@dataclass(frozen=True)
class Result:
    """What the suite, and the stock tool beside it, said of one fault."""

    fault: Fault
    exit_status: int
    rules: tuple[str, ...]
    seconds: float
    profile: str
    stock: tuple[str, ...] | None = None

    @property
    def caught(self) -> bool:
        """Whether the suite said that a rule is broken; that it could not judge is no catch."""
        return self.exit_status == 1 and bool(self.rules)


@dataclass
class Report:
    """All results of one run."""

    profile: str
    results: list[Result] = field(default_factory=list[Result])
    silent: tuple[str, ...] = ()
    full: bool = False


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("fault", nargs="*", help="the faults to try (default: all)")
    parser.add_argument("--profile", choices=sorted(_NEEDED), default="ci", help="the suite's profile (default: ci)")
    parser.add_argument("--seed", default="1", help="the suite's seed (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: one a core)")
    parser.add_argument("--full", action="store_true", help="go on after the first broken rule, to see each rule bite")
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
    return conclude(report, options)


def run(options: argparse.Namespace) -> Report:
    """Try the right sandbox first, then every fault. Raises ToolError."""
    faults = catalogue(options.fault)
    report = Report(options.profile, full=options.full)
    stock = Stock.measured() if options.stock else None
    every_rule = control(options)
    say(f"The right sandbox passes. Trying {len(faults)} faults in the {options.profile} profile …")
    with ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for future in [pool.submit(attempt, fault, options, stock) for fault in faults]:
            result = future.result()
            report.results.append(result)
            say(fault_table.line(result))
    caught = {rule for result in report.results for rule in result.rules}
    report.silent = tuple(rule for rule in every_rule if rule not in caught)
    return report


def conclude(report: Report, options: argparse.Namespace) -> int:
    """Print the figures, write the table where asked to; return the exit code."""
    missed = [result for result in report.results if not result.caught]
    total = len(report.results)
    say("")
    if report.profile == "ci" and not report.full:
        quick = sum(result.profile == "quick" for result in report.results)
        say(f"{quick} of {total} faults caught in the quick profile.")
    say(f"{total - len(missed)} of {total} faults caught in the {report.profile} profile.")
    for result in missed:
        say(f"missed: {result.fault.name} (exit {result.exit_status}): {result.fault.summary}")
    if report.full and not options.fault:
        for rule in report.silent:
            say(f"never broken by any fault: {rule}")
    if options.table:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(fault_table.document(report), encoding="utf-8")
        say(f"Wrote {TABLE.relative_to(ROOT).as_posix()}.")
    enough = total - len(missed) >= _NEEDED[report.profile] * total
    return 0 if enough and not (report.full and report.silent and not options.fault) else 1


def catalogue(names: Sequence[str]) -> list[Fault]:
    """The sandbox's faults, or those named. Raises ToolError for a name that it does not know."""
    raw = json.loads(sandbox_output("faults", "--json"))
    known = {
        one["name"]: Fault(one["name"], one["chapter"], one["summary"], one["trigger"], bool(one["advice"]))
        for one in raw
    }
    if unknown := [name for name in names if name not in known]:
        raise ToolError(f"the sandbox knows no fault {unknown[0]!r}; python -m spot_sandbox faults lists them.")
    return [known[name] for name in names] or list(known.values())


def control(options: argparse.Namespace) -> list[str]:
    """The rules judged on the right sandbox. Raises ToolError where it does not pass: then no catch would count."""
    with tempfile.TemporaryDirectory() as folder, running() as (url, token):
        status, report = judged(
            url, token, Path(folder), ["--strict", "--profile", options.profile, "--seed", options.seed]
        )
    if status != 0:
        raise ToolError(
            f"the suite does not pass the right sandbox (exit {status}); run scripts/conformance to see why."
        )
    return [str(rule["id"]) for rule in report["rules"]]


def attempt(fault: Fault, options: argparse.Namespace, stock: Stock | None) -> Result:
    """One fault: the sandbox with it, the suite on it.

    A whole run sends all that a part of it does, and the ci profile all that quick does: what the tests of the fault's
    own chapter catch, or what quick catches, need not be tried again.
    """
    start = time.monotonic()
    result = None
    for profile, tests in _steps(fault, options):
        result = _attempt(fault, options, profile, tests)
        if result.caught:
            break
    if result is None:
        raise ToolError("there is nothing to try.")
    result = replace(result, seconds=time.monotonic() - start)
    if stock is None:
        return result
    with running(fault.name) as (url, token):
        return replace(result, stock=tuple(sorted(stock.failures(url, token) - stock.usual)))


def _steps(fault: Fault, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Profiles and tests to try, from the quickest to the whole."""
    whole = "contract_tests"
    if options.full:
        yield options.profile, whole
        return
    chapter = f"{whole}/test_{fault.chapter.replace(' ', '_').removesuffix('_types')}.py"
    profiles = ["quick", "ci"] if options.profile == "ci" else [options.profile]
    if (ROOT / chapter).exists():
        yield profiles[0], chapter
    for profile in profiles:
        yield profile, whole


def _attempt(fault: Fault, options: argparse.Namespace, profile: str, tests: str) -> Result:
    extra = ["--strict"] if fault.advice else []
    if not options.full:
        extra.append("--maxfail=1")
    with tempfile.TemporaryDirectory() as folder, running(fault.name) as (url, token):
        status, report = judged(url, token, Path(folder), [*extra, "--profile", profile, "--seed", options.seed], tests)
    return Result(fault, status, tuple(_broken(report)), 0.0, profile)


def _broken(report: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    return (rule["id"] for rule in report.get("rules", []) if rule["verdict"] == "broken")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
