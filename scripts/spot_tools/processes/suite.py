"""Runs the contract suite as a process.

Its imports take longer than many runs, so where possible processes are forked from one that has imported everything.
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
_LONGEST = 1800.0  # Seconds; a longer run counts as one that could not judge.


def judged(
    url: str, token: str, folder: Path, options: Sequence[str], tests: str = "contract_tests"
) -> tuple[int, dict[str, Any]]:
    """Judge a server.

    Args:
        url: the address of the server.
        token: the token that it accepts.
        folder: where output.txt and report.json are written.
        options: options of the suite.
        tests: the folder of the suite.

    Returns:
        The exit code and report.json, which is empty where the suite could not start.

    Raises:
        ToolError: the suite itself failed, which says nothing about the server.

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
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output.")


def _judge(url: str, token: str, folder: str, options: list[str]) -> None:
    """Run the suite in this process, with its output in a file, and exit with its exit code."""
    output = os.open(str(Path(folder) / "output.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(ROOT)
    os.environ["SPOT_API_TOKEN"] = token
    import pytest  # noqa: PLC0415 - only this process needs it

    # No cache and no assertion rewriting: runs are independent and start faster.
    alone = ["-q", "-p", "no:cacheprovider", "--assert=plain"]
    sys.exit(int(pytest.main([*alone, "--base-url", url, "--report-dir", folder, *options])))
