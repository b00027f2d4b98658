"""The suite's pace beside stock Schemathesis, on the same server in the same run.

Exit codes: 0 the suite is no slower, 1 it is, 2 it could not be measured.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from . import stock
from .environment import say
from .errors import ToolError
from .sandbox_process import running
from .suite_process import judged


def main(arguments: list[str]) -> int:
    """Measure and compare; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench suite", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--profile", choices=["quick", "ci"], default="ci", help="the suite's profile (default: ci)")
    parser.add_argument("--examples", type=int, default=100, help="what stock gets for -n (default: 100)")
    options = parser.parse_args(arguments)
    try:
        with running() as (url, token), tempfile.TemporaryDirectory() as folder:
            ours = _ours(url, token, Path(folder), options.profile)
            theirs = _theirs(url, token, Path(folder), options.examples)
    except ToolError as error:
        print(f"scripts/bench suite: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/bench suite: interrupted; nothing was compared.", file=sys.stderr)
        return 130
    say(f"the suite is {ours / theirs:.1f} times as fast as stock Schemathesis.")
    return 0 if ours >= theirs else 1


def _ours(url: str, token: str, folder: Path, profile: str) -> float:
    """Requests per second of the suite, from its first request to its last."""
    status, report = judged(url, token, folder, ["--profile", profile])
    if status != 0:
        raise ToolError(f"the suite does not pass the right sandbox (exit {status}), so its pace means nothing.")
    return _tell(f"contract suite, {profile} profile", int(report["requests"]), float(report["seconds"]))


def _theirs(url: str, token: str, folder: Path, examples: int) -> float:
    """Requests per second of stock Schemathesis, from the start of its engine to its end."""
    file = folder / "stock.ndjson"
    stock.run(url, token, file, examples=examples)
    return _tell(f"st run --continue-on-failure -n {examples}", stock.cases(file), stock.seconds(file))


def _tell(what: str, requests: int, seconds: float) -> float:
    if not requests or seconds <= 0:
        raise ToolError(f"{what} sent nothing.")
    say(f"{what:<36} {requests:>6} requests in {seconds:6.1f} s: {requests / seconds:6.0f} requests/s")
    return requests / seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
