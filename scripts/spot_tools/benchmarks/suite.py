"""The speed of the suite beside that of another revision, or over a slow line.

Exit codes: 0 the suite is fast enough, 1 it is not, 2 could not measure.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spot_tools.environment import ROOT, say
from spot_tools.errors import ToolError, exit_code
from spot_tools.processes.delay_proxy import slow_line
from spot_tools.processes.sandbox import running
from spot_tools.processes.suite import judged

_PROFILES = ("quick", "ci")
_LINE = 50.0  # Milliseconds of a round trip, for which these limits apply:
_SECONDS = {"quick": 20.0, "ci": 45.0}
_ROUNDS = 2  # Runs of each of two suites, in turn; the faster one counts.
_TOLERANCE = 1.05  # The usual difference between two runs of the same suite.


def main(arguments: list[str]) -> int:
    """Measure and compare; return the exit code."""
    options = _parser().parse_args(arguments)
    return exit_code("scripts/bench suite", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    profiles = (options.profile,) if options.profile else _PROFILES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.beside:
            is_fast = _compare_revision(folder, profiles, options.beside, options.delay)
        else:
            is_fast = _over_slow_line(folder, profiles, options.delay)
    return 0 if is_fast else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench suite", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--profile", choices=_PROFILES, help="the profile to run (default: both)")
    parser.add_argument(
        "--delay",
        type=_milliseconds,
        metavar="MS",
        default=0.0,
        help="add a round trip (default: 0)",
    )
    parser.add_argument("--beside", metavar="REV", help="compare with the suite of this git revision")
    return parser


def _milliseconds(text: str) -> float:
    found = float(text)
    if not 0 <= found <= 2000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("expected 0 to 2000 milliseconds")
    return found


def _over_slow_line(folder: Path, profiles: Sequence[str], delay: float) -> bool:
    """Whether each profile is within its limit, where the line is as fast as the one that limits apply to."""
    is_fast = True
    for profile in profiles:
        with running() as (url, token), slow_line(url, delay) as far:
            report = _judge(far, token, folder, profile)
        _print(f"{profile} profile, delay {delay:g} ms", report)
        if delay <= _LINE and report["seconds"] > _SECONDS[profile]:
            say(f"The limit of the {profile} profile is {_SECONDS[profile]:.0f} s with a round trip of {_LINE:.0f} ms.")
            is_fast = False
    return is_fast


def _compare_revision(folder: Path, profiles: Sequence[str], revision: str, delay: float) -> bool:
    """Whether each profile is as fast as with the suite of another revision."""
    is_fast = True
    with _checkout(folder / "beside", revision) as other:
        for profile in profiles:
            ours: list[dict[str, Any]] = []
            theirs: list[dict[str, Any]] = []
            for _ in range(_ROUNDS):
                for reports, tests in ((ours, ROOT), (theirs, other)):
                    with running() as (url, token), slow_line(url, delay) as far:
                        reports.append(_judge(far, token, folder, profile, tests / "contract_tests"))
            quickest, beside = (min(reports, key=lambda report: report["seconds"]) for reports in (ours, theirs))
            _print(f"{profile} profile", quickest)
            _print(f"{profile} profile at {revision}", beside)
            is_fast = is_fast and quickest["seconds"] <= beside["seconds"] * _TOLERANCE
    return is_fast


@contextmanager
def _checkout(folder: Path, revision: str) -> Generator[Path]:
    """Check a revision out into a folder, and yield the folder."""
    _git("worktree", "add", "--quiet", "--detach", str(folder), "--", revision)
    try:
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"git cannot check out the revision: {' '.join(done.stderr.split())[-200:]}")


def _judge(url: str, token: str, folder: Path, profile: str, tests: Path = ROOT / "contract_tests") -> dict[str, Any]:
    """The report of one run of a suite on the sandbox."""
    (folder / "report.json").unlink(missing_ok=True)
    status, report = judged(url, token, folder, ["--profile", profile], str(tests))
    if status:
        output = (folder / "output.txt").read_text(encoding="utf-8", errors="replace").split()
        raise ToolError(
            f"the sandbox does not conform (exit {status}), so the speed means nothing: … {' '.join(output)[-300:]}"
        )
    return report


def _print(what: str, report: dict[str, Any]) -> None:
    requests, orders, seconds = report["requests"], report["orders"], report["seconds"]
    rate = f"{requests / seconds:6.0f} requests/s"
    say(f"{what:<38} {requests:>6} requests in {seconds:6.1f} s: {rate}{f', {orders} orders' if orders else ''}")
