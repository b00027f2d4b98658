"""The sandbox as its users run it: a separate process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from sandbox_talk import TOKEN

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "sandbox"
VENDORED = ROOT / "openapi" / "spot-api-v2.yaml"
if find_spec("spot_sandbox") is None:
    # Not installed: a checkout tests itself.
    sys.path.insert(0, str(SOURCE))
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "SPOT_API_TOKEN"}
ENVIRONMENT["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))


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


def _program(limits):
    """Arguments of Python that run the sandbox after assignments like "spot_sandbox.http.protocol.HEAD_WAIT = 1"."""
    if not limits:
        return ["-m", "spot_sandbox"]
    # Modules are named in lower case, and what they hold is not.
    modules = [re.match(r"[a-z_]+(\.[a-z_]+)*(?=\.)", limit)[0] for limit in limits]
    lines = [f"import {module}\n{limit}" for module, limit in zip(modules, limits, strict=True)]
    return ["-c", "\n".join([*lines, "import sys", "import spot_sandbox.serving.cli as cli", "cli.main(sys.argv[1:])"])]


class Process:
    """One running sandbox, and what it printed; `limits` are assignments that change its time-outs and sizes."""

    def __init__(self, *options, token=TOKEN, limits=(), **environment):
        given = [("--token", token), ("--document", CREATE_ORDER)]
        words = [word for name, value in given if value for word in (name, value)]
        self.popen = subprocess.Popen(
            [sys.executable, *_program(limits), "--port", "0", *map(str, [*words, *options])],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT | environment,
        )
        self.line = self.popen.stdout.readline().strip()
        self.port = int(self.line.rpartition(":")[2]) if self.line else 0

    def kill(self):
        """End it at once, unless it has ended; what it printed to stderr."""
        self.popen.kill()
        return self.popen.communicate(timeout=10)[1]

    def end(self, number=signal.SIGTERM):
        """Send a signal; the exit code, and all that was printed after the first line."""
        if os.name != "posix":
            pytest.skip("this system has no signals that ask a process to end")
        self.popen.send_signal(number)
        out, err = self.popen.communicate(timeout=10)
        return self.popen.returncode, out, err
