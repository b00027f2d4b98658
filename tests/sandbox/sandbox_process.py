"""The sandbox as its users run it: a separate process."""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from sandbox_program import run
from sandbox_talk import TOKEN

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "sandbox"
VENDORED = ROOT / "openapi" / "spot-api-v2.yaml"
if find_spec("spot_sandbox") is None:
    # Not installed: a checkout tests itself.
    sys.path.insert(0, str(SOURCE))
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "SPOT_API_TOKEN"}
ENVIRONMENT["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
# Where systems can fork, sandboxes are forked from a process that has imported them: that takes a tenth of the time.
CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods()
STARTER = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
if CAN_FORK:
    STARTER.set_forkserver_preload(
        ["spot_sandbox.serving.building", "spot_sandbox.serving.server", "spot_sandbox.store.postgresql", "psycopg"]
    )


def _create_order_alone():
    """A document of create-order alone, if the vendored one has further operations; otherwise None."""
    document = yaml.safe_load(VENDORED.read_text("utf-8"))
    order = {"/api/v2/orders/": {"post": document["paths"]["/api/v2/orders/"]["post"]}}
    if document["paths"] == order:
        return None
    path = Path(tempfile.mkdtemp()) / "create-order.yaml"
    path.write_text(yaml.safe_dump({**document, "paths": order}, sort_keys=False), encoding="utf-8")
    return path


CREATE_ORDER = _create_order_alone()


class Process:
    """One running sandbox, and what it printed; `settings` replace attributes of its modules, such as time limits."""

    def __init__(self, *options, token=TOKEN, settings=None, **environment):
        given = [("--token", token), ("--document", CREATE_ORDER)]
        words = [word for name, value in given if value for word in (name, str(value))]
        self._folder = tempfile.TemporaryDirectory(prefix="spot-sandbox-")
        self._output, self._errors = (Path(self._folder.name) / name for name in ("output", "errors"))
        for file in (self._output, self._errors):
            file.touch()
        self._process = STARTER.Process(
            target=run,
            args=(
                ["--port", "0", *words, *map(str, options)],
                settings or {},
                ENVIRONMENT | environment,
                str(self._output),
                str(self._errors),
            ),
            daemon=True,
        )
        self._process.start()
        self._printed = None
        self.pid = self._process.pid
        self.line = self.read_line(0)
        self.port = int(self.line.rpartition(":")[2]) if self.line else 0

    def read_line(self, number):
        """A line of the output, once it is printed; empty if the process ends before."""
        deadline = time.monotonic() + 30
        while len(lines := self._output.read_text("utf-8").split("\n")) < number + 2:
            if not self._process.is_alive():
                return ""
            assert time.monotonic() < deadline, "the sandbox does not print its address"
            time.sleep(0.005)
        return lines[number]

    def kill(self):
        """End it at once, unless it has ended; what it printed to stderr."""
        if self._process.is_alive():
            self._process.kill()
        return self.wait()[2]

    def end(self, number=signal.SIGTERM):
        """Send a signal; the exit code, and all that was printed after the first line."""
        if os.name != "posix":
            pytest.skip("this system has no signals that ask a process to end")
        os.kill(self.pid, number)
        return self.wait()

    def wait(self):
        """Wait for its end; the exit code, and all that was printed after the first line."""
        self._process.join(10)
        assert not self._process.is_alive(), "the sandbox does not end"
        if self._printed is None:
            self._printed = self._output.read_text("utf-8").partition("\n")[2], self._errors.read_text("utf-8")
            self._folder.cleanup()
        return self._process.exitcode, *self._printed
