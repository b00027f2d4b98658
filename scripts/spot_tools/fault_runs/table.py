"""The results as lines of the terminal while they are made, and as the document docs/fault-table.md."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .correct import CorrectRun
from .deviations import Assessment
from .faulty import Result
from .report import Report, figures
from .waived import WaivedRun

_SHOWN = 3


def fault_line(result: Result) -> str:
    """One fault as a line of the terminal."""
    broken = result.judged.broken
    more = len(broken) - _SHOWN
    shown = ", ".join(broken[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    verdict = "caught" if result.caught else "MISSED"
    stock = "" if result.stock is None else f"  stock: {_caught(result.stock)}"
    return f"{verdict}  {result.fault.name:<44} {result.profile:<5} {result.seconds:5.1f} s  {shown}{stock}"


def correct_line(run: CorrectRun) -> str:
    """One run on a correct server as a line of the terminal."""
    judged = run.judged
    said = "passed" if run.right else f"FALSE ALARM (exit {judged.exit_status}): {', '.join(judged.broken)}"
    return f"{run.variant:<24} seed {run.seed:<3} {judged.requests:>5} requests {judged.seconds:5.1f} s  {said}"


def server_line(one: Assessment) -> str:
    """One stock server as a line of the terminal."""
    sought = len(one.sought)
    return (
        f"{one.server:<16} {sought - len(one.missed)} of {sought} deviations, {len(one.findings)} findings, "
        f"{len(one.unexplained)} unexplained, {len(one.advice)} advice, "
        f"{one.judged.requests} requests {one.judged.seconds:5.1f} s"
    )


def waived_line(one: WaivedRun) -> str:
    """One waived server as a line of the terminal."""
    found = ", ".join(f"{pair.later} {'found' if pair.found else 'HIDDEN'}" for pair in one.pairs)
    return f"{one.server.name}: {one.findings} findings waived, exit {one.exit_status}; {found}"


def document(made: Report) -> str:
    """The whole table as Markdown."""
    lines = [
        "# How far to trust the suite",
        "",
        "Made by `scripts/faults --table`. Each row of the first table is the sandbox with one wrong behaviour; the",
        "suite on it ends with exit code 1 and names the broken rules. The correct servers are in `tests/servers`, the",
        "stock ones in `tests/servers/stock`.",
        "",
        *(f"- **{figure}**" for figure in figures(made)),
        *_faults(made.results),
        *_rules(made),
        *_servers(made.servers),
        *_waived(made.waived),
        *_correct(made.correct),
    ]
    return "\n".join(lines) + "\n"


def _faults(results: Sequence[Result]) -> Iterator[str]:
    if not results:
        return
    total = Counter(result.fault.chapter for result in results)
    caught = Counter(result.fault.chapter for result in results if result.caught)
    yield from ("", "| chapter | caught |", "|---|---|")
    yield from (f"| {chapter} | {caught[chapter]} of {number} |" for chapter, number in total.items())
    yield from (
        "",
        "| fault | what is wrong | kind | caught by | in | seconds | stock |",
        "|---|---|---|---|---|---|---|",
    )
    yield from map(_fault_row, results)


def _fault_row(result: Result) -> str:
    fault, broken = result.fault, result.judged.broken
    rules = ", ".join(f"`{rule}`" for rule in broken[:_SHOWN]) + (" …" if len(broken) > _SHOWN else "")
    kinds = [fault.trigger, *(["advice"] if fault.advice else []), *(["dialect pinned"] if fault.deployment else [])]
    stock = "" if result.stock is None else _caught(result.stock)
    return (
        f"| {fault.name} | {_cell(fault.summary)} | {', '.join(kinds)} "
        f"| {rules if result.caught else '**missed**'} | {result.profile} | {result.seconds:.1f} | {stock} |"
    )


def _rules(made: Report) -> Iterator[str]:
    if not made.rules:
        return
    yield from ("", "## Rule coverage", "", "| rule | broken by | such as |", "|---|---|---|")
    for rule, faults in made.rules.items():
        none = "not judged" if rule in made.unjudged else "**none**"
        yield f"| `{rule}` | {len(faults) or none} | {faults[0] if faults else ''} |"


def _servers(servers: Sequence[Assessment]) -> Iterator[str]:
    if not servers:
        return
    yield from ("", "## Stock servers", "", "| server | made of | deviations found | findings | unexplained | advice |")
    yield "|---|---|---|---|---|---|"
    for one in servers:
        found = f"{len(one.sought) - len(one.missed)} of {len(one.sought)}"
        counts = f"{len(one.findings)} | {len(one.unexplained)} | {len(one.advice)}"
        yield f"| {one.server} | {_cell(one.declared.made_of)} | {found} | {counts} |"


def _waived(servers: Sequence[WaivedRun]) -> Iterator[str]:
    if not servers:
        return
    yield from (
        "",
        "## Waived servers",
        "",
        "| server | findings waived | ends in | with one fault more |",
        "|---|---|---|---|",
    )
    for one in servers:
        pairs = ", ".join(f"{pair.later}: {'found' if pair.found else '**hidden**'}" for pair in one.pairs)
        yield f"| {one.server.name} | {one.findings} | {one.exit_status} | {pairs} |"


def _correct(runs: Sequence[CorrectRun]) -> Iterator[str]:
    if not runs:
        return
    yield from ("", "## Correct servers", "", "| server | variant | seed | requests | seconds | verdict |")
    yield "|---|---|---|---|---|---|"
    for run in runs:
        judged = run.judged
        said = "passed" if run.right else f"**false alarm**: {', '.join(judged.broken) or f'exit {judged.exit_status}'}"
        yield f"| {run.kind} | {run.variant} | {run.seed} | {judged.requests} | {judged.seconds:.1f} | {said} |"


def _caught(failures: Sequence[str]) -> str:
    return "caught" if failures else "missed"


def _cell(text: str) -> str:
    return text.replace("|", "/")
