"""Servers to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "sandbox"
if find_spec("spot_sandbox") is None:
    sys.path.insert(0, str(SOURCE))

from sandbox_talk import TOKEN, Talk  # noqa: E402 - after the path to the package is known.


class Process:
    """The sandbox as its users run it."""

    def __init__(self, *options, token=TOKEN, **environment):
        variables = {name: value for name, value in os.environ.items() if name != "SPOT_API_TOKEN"}
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
        secret = ["--token", token] if token else []
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "spot_sandbox", "--port", "0", *secret, *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables | environment,
        )
        self.line = self.popen.stdout.readline().strip()
        self.port = int(self.line.rpartition(":")[2]) if self.line else 0

    def end(self, number):
        """Send a signal; the exit code, and all that was printed beside the first line."""
        self.popen.send_signal(number)
        out, err = self.popen.communicate(timeout=10)
        return self.popen.returncode, out, err


@pytest.fixture
def start():
    """Start sandboxes, and end them after the test."""
    started = []

    def run(*options, **more):
        started.append(Process(*options, **more))
        return started[-1]

    yield run
    for process in started:
        process.popen.kill()
        process.popen.communicate()


@pytest.fixture(scope="session")
def process():
    """One conforming sandbox for all tests that only ask it questions."""
    running = Process()
    yield running
    running.popen.kill()
    _, err = running.popen.communicate()
    assert err == "", "a conforming sandbox has nothing to complain about"


@pytest.fixture
def talk(process):
    return Talk(process.port)
