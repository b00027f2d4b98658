"""The contract suite as a process of its own, for the commands that measure it.

Its imports take longer than many of its runs, so processes are forked off one that has them, where that is possible.
"""

import json
import multiprocessing
import multiprocessing.process
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError

_PRELOAD = ["pytest", "hypothesis.strategies", "schemathesis.pytest.plugin", "jsonschema"]
_COULD_NOT_JUDGE = 2
_LONGEST = 1800.0  # Seconds; a run that takes longer hangs, and could not judge.


def judged(
    url: str, token: str, folder: Path, options: Sequence[str], tests: str = "contract_tests"
) -> tuple[int, dict[str, Any]]:
    """Judge a server by these tests; the suite's exit code and its JSON report (empty where it could not begin).

    Raises ToolError where the suite itself failed: that says nothing of a server.
    """
    arguments = (url, token, str(folder), [tests, *options])
    if "forkserver" in multiprocessing.get_all_start_methods():
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload(_PRELOAD)
        process: multiprocessing.process.BaseProcess = forks.Process(target=_judge, args=arguments)
    else:
        process = multiprocessing.get_context("spawn").Process(target=_judge, args=arguments)
    process.start()
    process.join(_LONGEST)
    if process.is_alive():
        process.kill()
        process.join()
    report = folder / "report.json"
    status = 2 if process.exitcode is None else abs(process.exitcode)
    if report.exists():
        return status, json.loads(report.read_text(encoding="utf-8"))
    if status > _COULD_NOT_JUDGE:
        raise ToolError(f"the suite itself failed (exit {status}): {_last_line(folder)}")
    return status, {}


def _last_line(folder: Path) -> str:
    output = folder / "output.txt"
    lines = output.read_text(encoding="utf-8", errors="replace").split("\n") if output.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing.")


def _judge(url: str, token: str, folder: str, options: list[str]) -> None:
    """Become the suite: its output into a file, its exit code as the process's own."""
    output = os.open(str(Path(folder) / "output.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(ROOT)
    os.environ["SPOT_API_TOKEN"] = token
    import pytest  # noqa: PLC0415  # Only the process that becomes the suite needs it.

    # Nothing is remembered from run to run, and no assertion rewritten: each run stands alone and starts at once.
    alone = ["-q", "-p", "no:cacheprovider", "--assert=plain"]
    sys.exit(int(pytest.main([*alone, "--base-url", url, "--report-dir", folder, *options])))
