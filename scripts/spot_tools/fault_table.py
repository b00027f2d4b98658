"""The kill table: as lines while it is made, and as the document in docs/."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .faults import Report, Result


_SHOWN = 3


def line(result: "Result") -> str:
    """One fault as a line of the terminal."""
    more = len(result.rules) - _SHOWN
    shown = ", ".join(result.rules[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    verdict = "caught" if result.caught else "MISSED"
    stock = "" if result.stock is None else ("  stock: caught" if result.stock else "  stock: missed")
    return f"{verdict}  {result.fault.name:<44} {result.seconds:5.1f} s  {shown}{stock}"


def document(report: "Report") -> str:
    """The whole table as Markdown."""
    results = report.results
    caught = sum(result.caught for result in results)
    lines = [
        "# Which faults the suite catches",
        "",
        f"Made by `scripts/faults --profile {report.profile}{' --full' if report.full else ''} --table`. Each row is",
        "the sandbox with one wrong behaviour; the suite on it ends with exit code 1 and names the broken rules.",
        "",
        f"**{caught} of {len(results)} faults caught in the {report.profile} profile"
        + (
            f", {sum(result.profile == 'quick' for result in results)} of them in quick.**"
            if not report.full
            else ".**"
        ),
    ]
    compared = [result for result in results if result.stock is not None]
    if compared:
        stock = sum(bool(result.stock) for result in compared)
        lines += [
            "",
            f"Stock Schemathesis (`st run --continue-on-failure`, all checks) catches {stock} of {len(compared)}: a",
            "fault counts for it where its failures differ from those it reports of the right sandbox.",
        ]
    lines += [
        "",
        *_chapters(results),
        "",
        "| fault | what is wrong | kind | caught by | in | seconds | stock |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results:
        rules = ", ".join(f"`{rule}`" for rule in result.rules[:_SHOWN])
        rules += " …" if len(result.rules) > _SHOWN else ""
        stock_says = "" if result.stock is None else ("caught" if result.stock else "missed")
        kind = f"{result.fault.trigger}, advice" if result.fault.advice else result.fault.trigger
        lines.append(
            f"| {result.fault.name} | {result.fault.summary.replace('|', '/')} | {kind} "
            f"| {rules or '**missed**'} | {result.profile} | {result.seconds:.1f} | {stock_says} |"
        )
    if report.full and report.silent:
        lines += ["", f"Rules that no fault broke: {', '.join(report.silent)}."]
    return "\n".join(lines) + "\n"


def _chapters(results: "list[Result]") -> list[str]:
    total = Counter(result.fault.chapter for result in results)
    caught = Counter(result.fault.chapter for result in results if result.caught)
    rows = [f"| {chapter} | {caught[chapter]} of {number} |" for chapter, number in total.items()]
    return ["| chapter | caught |", "|---|---|", *rows]
