"""The suite's pace: beside stock Schemathesis, over a slow line, or beside another revision of itself.

Exit codes: 0 the suite is fast enough, 1 it is not, 2 it could not be measured.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spot_tools.environment import ROOT, say
from spot_tools.errors import ToolError
from spot_tools.processes import stock_schemathesis
from spot_tools.processes.delay_proxy import slow_line
from spot_tools.processes.sandbox import running
from spot_tools.processes.suite import judged

_PROFILES = ("quick", "ci")
_LINE = 50.0  # Milliseconds there and back, which a run has to take this way or better:
_SECONDS = {"quick": 20.0, "ci": 45.0}
_ROUNDS = 2  # Runs of each of two suites, in turn; the quicker one of each counts.
_ALIKE = 1.05  # Two runs of the same suite differ by so much.


@dataclass(frozen=True)
class Pace:
    """What a run came to."""

    requests: int
    orders: int
    seconds: float


def main(arguments: list[str]) -> int:
    """Measure and compare; return the exit code."""
    options = _parser().parse_args(arguments)
    profiles = (options.profile,) if options.profile else _PROFILES
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if options.beside:
                good = _beside(folder, profiles, options.beside, options.delay)
            elif options.delay is not None:
                good = _over_a_line(folder, profiles, options.delay)
            else:
                good = _beside_stock(folder, options.profile or "ci", options.examples)
    except ToolError as error:
        print(f"scripts/bench suite: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/bench suite: interrupted; nothing was compared.", file=sys.stderr)
        return 130
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench suite", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--profile", choices=_PROFILES, help="the profile to run (default: both, or ci beside stock Schemathesis)"
    )
    parser.add_argument("--examples", type=int, default=100, help="what stock gets for -n (default: 100)")
    parser.add_argument(
        "--delay", type=_milliseconds, metavar="MS", help="run over a line that takes MS milliseconds, there and back"
    )
    parser.add_argument("--beside", metavar="REV", help="run the suite of this git revision as well, in turn with ours")
    return parser


def _milliseconds(text: str) -> float:
    found = float(text)
    if not 0 <= found <= 2000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("a line takes from 0 to 2000 milliseconds")
    return found


def _beside_stock(folder: Path, profile: str, examples: int) -> bool:
    """Whether the suite sends no fewer requests per second than stock Schemathesis."""
    with running() as (url, token):
        ours = _run(url, token, folder, profile)
        _tell(f"contract suite, {profile} profile", ours)
        file = folder / "stock.ndjson"
        stock_schemathesis.run(url, token, file, examples=examples)
    theirs = Pace(stock_schemathesis.cases(file), 0, stock_schemathesis.seconds(file))
    _tell(f"st run --continue-on-failure -n {examples}", theirs)
    times = ours.requests / ours.seconds / (theirs.requests / theirs.seconds)
    say(f"the suite is {times:.1f} times as fast as stock Schemathesis.")
    return times >= 1


def _over_a_line(folder: Path, profiles: Sequence[str], delay: float) -> bool:
    """Whether each profile takes no longer than it may, where the line is one that this is said of."""
    good = True
    for profile in profiles:
        with running() as (url, token), slow_line(url, delay) as far:
            pace = _run(far, token, folder, profile)
        _tell(f"{profile} profile, {delay:g} ms there and back", pace)
        if delay <= _LINE and pace.seconds > _SECONDS[profile]:
            say(f"the {profile} profile may take {_SECONDS[profile]:.0f} s over a line of {_LINE:.0f} ms.")
            good = False
    return good


def _beside(folder: Path, profiles: Sequence[str], revision: str, delay: float | None) -> bool:
    """Whether each profile takes no longer than with the suite of another revision."""
    good = True
    with _checkout(folder / "beside", revision) as other:
        for profile in profiles:
            ours: list[Pace] = []
            theirs: list[Pace] = []
            for _ in range(_ROUNDS):
                for paces, tests in ((ours, ROOT), (theirs, other)):
                    with running() as (url, token), slow_line(url, delay or 0.0) as far:
                        server = url if delay is None else far
                        paces.append(_run(server, token, folder, profile, tests / "contract_tests"))
            quickest, beside = (min(paces, key=lambda pace: pace.seconds) for paces in (ours, theirs))
            _tell(f"{profile} profile", quickest)
            _tell(f"{profile} profile at {revision}", beside)
            good = good and quickest.seconds <= beside.seconds * _ALIKE
    return good


@contextmanager
def _checkout(folder: Path, revision: str) -> Generator[Path]:
    """A folder with the files of a revision."""
    _git("worktree", "add", "--quiet", "--detach", str(folder), "--", revision)
    try:
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"git cannot check the revision out: {' '.join(done.stderr.split())[-200:]}")


def _run(url: str, token: str, folder: Path, profile: str, tests: Path = ROOT / "contract_tests") -> Pace:
    """One run of a suite against a right sandbox."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    status, told = judged(url, token, folder, ["--profile", profile], str(tests))
    if status:
        output = (folder / "output.txt").read_text(encoding="utf-8", errors="replace").split()
        raise ToolError(
            f"the suite does not pass the right sandbox (exit {status}), so its pace means nothing: "
            f"… {' '.join(output)[-300:]}"
        )
    return Pace(int(told["requests"]), int(told["orders"]), float(told["seconds"]))


def _tell(what: str, pace: Pace) -> None:
    if not pace.requests or pace.seconds <= 0:
        raise ToolError(f"{what} sent nothing.")
    orders = f", {pace.orders} orders" if pace.orders else ""
    say(
        f"{what:<38} {pace.requests:>6} requests in {pace.seconds:6.1f} s:"
        f" {pace.requests / pace.seconds:6.0f} requests/s{orders}"
    )
