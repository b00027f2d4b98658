"""Measure how far to trust the contract suite: judge faulty, correct, stock and waived servers.

Exit codes: 0 every fault is caught (in quick: nine of ten), every rule was broken by some fault, there is no false
alarm on a correct server, on stock servers exactly the deviations are found, and no waiver hides a fault; 1 otherwise;
2 could not measure.
"""

import argparse
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

from spot_tools.environment import ROOT, say, servers_python
from spot_tools.errors import ToolError, exit_code
from spot_tools.fault_runs import correct, faulty, stock_runs, table, waived
from spot_tools.fault_runs.faulty import Fault, catalogue
from spot_tools.fault_runs.records import Records
from spot_tools.fault_runs.report import Report, complaints, figures, report
from spot_tools.processes.stock_servers import StockServer

Server = TypeVar("Server")
TABLE = ROOT / "docs" / "fault-table.md"
FAULTS, CORRECT, STOCK, WAIVED = PARTS = ("faults", "correct", "stock", "waivers")


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    return exit_code("scripts/faults", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    records = Records.of_files(options.read) if options.read else Records(options.results)
    _check(options)
    faults = catalogue(options.name if FAULTS in options.part else ())
    if not options.read:
        try:
            measure(options, faults, records)
        except KeyboardInterrupt:
            file = f"{len(records)} results are in {options.results}"
            say(f"{file if options.results else '--results FILE would keep the results'}.", aside=True)
            raise
    return conclude(report(options.profile, faults, records, whole=not options.name), write=options.table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="*", help="measure only these: faults, or servers of the given --part")
    parser.add_argument(
        "--part", choices=PARTS, action="append", help="measure only this part; repeatable (default: all)"
    )
    parser.add_argument(
        "--profile", choices=("ci", "deep", "quick"), default="ci", help="the suite's profile (default: ci)"
    )
    parser.add_argument("--seed", default="1", help="the suite's seed, except on correct servers (default: 1)")
    parser.add_argument("--seeds", type=int, default=1, help="judge correct servers with N seeds (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="runs at once (default: one per core)")
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="record results in FILE, and do not repeat those that it contains"
    )
    parser.add_argument(
        "--read",
        type=Path,
        metavar="FILE",
        action="append",
        help="measure nothing, and report the results in FILE; repeatable",
    )
    parser.add_argument("--table", action="store_true", help=f"write the table to {TABLE.relative_to(ROOT).as_posix()}")
    return parser


def _check(options: argparse.Namespace) -> None:
    """Settle which parts are measured. Raises ToolError for options that exclude each other."""
    if options.read and (options.results or options.name or options.part):
        raise ToolError("--read measures nothing: it cannot be combined with --results, --part or names.")
    if options.name and len(options.part or ()) > 1:
        raise ToolError("names belong to one part: give only one --part.")
    options.part = options.part or ([FAULTS] if options.name else list(PARTS))


def measure(options: argparse.Namespace, faults: list[Fault], records: Records) -> None:
    """Measure the selected parts. Raises ToolError."""
    if FAULTS in options.part or WAIVED in options.part:
        faulty.control("quick" if options.profile == "ci" else options.profile, options.seed, records)
        say("The sandbox without a fault conforms.")
    for part, run in ((CORRECT, _correct), (STOCK, _stock), (WAIVED, _waived)):
        if part in options.part:
            run(options, records)
    if FAULTS in options.part:
        _faults(options, faults, records)


def _faults(options: argparse.Namespace, faults: list[Fault], records: Records) -> None:
    say(f"Trying {len(faults)} fault{'' if len(faults) == 1 else 's'} in the {options.profile} profile …")

    def line(fault: Fault) -> str:
        faulty.run(fault, options.profile, options.seed, records)
        return table.fault_line(faulty.results([fault], options.profile, records)[0])

    _all(options.jobs, line, faults)


def _correct(options: argparse.Namespace, records: Records) -> None:
    python, planned = str(servers_python()), correct.plan(options.seeds, options.name)
    say(f"Judging the correct servers, seeds 1 to {options.seeds} …")

    def line(one: tuple[correct.CorrectServer, int]) -> str:
        return table.correct_line(correct.run(python, *one, records))

    _all(options.jobs, line, planned)


def _stock(options: argparse.Namespace, records: Records) -> None:
    python, planned = str(servers_python()), stock_runs.plan(options.name)
    say("Judging the stock servers …")

    def line(server: StockServer) -> str:
        return table.server_line(stock_runs.run(python, server, options.seed, records))

    runnable: list[StockServer] = []
    for server in planned:
        if why := server.why_skipped():
            say(f"{server.name:<16} skipped: {why}")
        else:
            runnable.append(server)
    _all(options.jobs, line, runnable)


def _waived(options: argparse.Namespace, records: Records) -> None:
    planned = waived.plan(options.name)
    say(f"Adding a fault to {len(planned)} servers with waivers …")

    def line(server: waived.WaivedServer) -> str:
        return table.waived_line(waived.run(server, options.seed, records))

    _all(options.jobs, line, planned)


def _all(jobs: int, line: Callable[[Server], str], servers: Iterable[Server]) -> None:
    """Judge all servers, with a number of jobs at once, and print the line of each when it is done."""
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        try:
            for done in as_completed([pool.submit(line, one) for one in servers]):
                say(done.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def conclude(made: Report, *, write: bool) -> int:
    """Print the figures and write the table if wanted; return the exit code."""
    say("")
    for line in (*complaints(made), *figures(made)):
        say(line)
    if write:
        TABLE.write_text(table.document(made), encoding="utf-8")
        say(f"Wrote {TABLE.relative_to(ROOT).as_posix()}.")
    return 0 if made.is_good else 1
