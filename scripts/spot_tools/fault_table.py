"""The kill table and the two figures: as lines while they are made, and as the document in docs/."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .alarms import CorrectRun
from .attempts import Result

if TYPE_CHECKING:
    from .faults import Report


_SHOWN = 3


def line(result: Result) -> str:
    """One fault as a line of the terminal."""
    more = len(result.rules) - _SHOWN
    shown = ", ".join(result.rules[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    verdict = "caught" if result.caught else "MISSED"
    stock = "" if result.stock is None else ("  stock: caught" if result.stock else "  stock: missed")
    return f"{verdict}  {result.fault.name:<44} {result.seconds:5.1f} s  {shown}{stock}"


def correct_line(run: CorrectRun) -> str:
    """One run on a correct server as a line of the terminal."""
    said = "passed" if run.right else f"FALSE ALARM (exit {run.exit_status}): {', '.join(run.rules)}"
    return f"{run.variant:<24} seed {run.seed:<3} {run.requests:>5} requests {run.seconds:5.1f} s  {said}"


def figures(report: "Report") -> Iterator[str]:
    """The figures that trust hangs on, a sentence each."""
    total, caught = len(report.results), len(report.results) - len(report.missed)
    quick = sum(result.profile == "quick" for result in report.results if result.caught)
    more = f", {quick} of them in quick" if report.profile == "ci" else ""
    yield f"{caught} of {total} faulty servers caught in the {report.profile} profile{more}."
    if report.correct:
        kinds = len({run.kind for run in report.correct})
        variants = len({run.variant for run in report.correct})
        seeds = max(run.seed for run in report.correct)
        yield (
            f"False alarms on correct servers: {len(report.alarms)} in {len(report.correct)} runs "
            f"({kinds} kinds of code, {variants} variants, seeds 1 to {seeds}, quick profile)."
        )
    if report.bites:
        yield f"{len(report.bites) - len(report.silent)} of {len(report.bites)} rules were broken by some fault."
    compared = [result for result in report.results if result.stock is not None]
    if compared:
        stock = sum(bool(result.stock) for result in compared)
        yield (
            f"Stock Schemathesis catches {stock} of {len(compared)} (`st run --continue-on-failure`, all checks; "
            f"a fault counts for it where its failures differ from those it reports of the right sandbox)."
        )


def document(report: "Report") -> str:
    """The whole table as Markdown."""
    lines = [
        "# How far to trust the suite",
        "",
        "Made by `scripts/faults --table`. Each row of the first table is the sandbox with one wrong behaviour; the",
        "suite on it ends with exit code 1 and names the broken rules. The correct servers are in `tests/servers`.",
        "",
        *(f"- **{figure}**" for figure in figures(report)),
        "",
        *_chapters(report.results),
        "",
        "| fault | what is wrong | kind | caught by | in | seconds | stock |",
        "|---|---|---|---|---|---|---|",
        *(_row(result) for result in report.results),
    ]
    if report.bites:
        lines += ["", "## Every rule bites", "", "| rule | a fault that breaks it |", "|---|---|"]
        lines += [f"| `{rule}` | {fault or '**none**'} |" for rule, fault in report.bites.items()]
    if report.correct:
        lines += ["", "## Correct servers", "", "| server | variant | seed | requests | seconds | verdict |"]
        lines += ["|---|---|---|---|---|---|", *(_correct_row(run) for run in report.correct)]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    rules = ", ".join(f"`{rule}`" for rule in result.rules[:_SHOWN])
    rules += " …" if len(result.rules) > _SHOWN else ""
    stock_says = "" if result.stock is None else ("caught" if result.stock else "missed")
    kind = f"{result.fault.trigger}, advice" if result.fault.advice else result.fault.trigger
    return (
        f"| {result.fault.name} | {result.fault.summary.replace('|', '/')} | {kind} "
        f"| {rules or '**missed**'} | {result.profile} | {result.seconds:.1f} | {stock_says} |"
    )


def _correct_row(run: CorrectRun) -> str:
    said = "passed" if run.right else f"**false alarm**: {', '.join(run.rules) or f'exit {run.exit_status}'}"
    return f"| {run.kind} | {run.variant} | {run.seed} | {run.requests} | {run.seconds:.1f} | {said} |"


def _chapters(results: list[Result]) -> list[str]:
    total = Counter(result.fault.chapter for result in results)
    caught = Counter(result.fault.chapter for result in results if result.caught)
    rows = [f"| {chapter} | {caught[chapter]} of {number} |" for chapter, number in total.items()]
    return ["| chapter | caught |", "|---|---|", *rows]
