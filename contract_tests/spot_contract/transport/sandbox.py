"""A sandbox process as the server under test."""

import atexit
import os
import re
import secrets as random_secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from spot_contract.errors import CannotJudge
from spot_contract.exchanges.secrets import Secret

_SANDBOX = Path(__file__).resolve().parents[3] / "sandbox"
_READY = re.compile(r"(http://127\.0\.0\.1:\d+)")
_PATIENCE = 20.0  # Seconds in which the sandbox must answer.
_POLL = 0.02  # Seconds between two checks whether it does.


def new_token() -> Secret:
    """A random token for a sandbox, with letters of both cases and digits."""
    return Secret(f"Aa0-{random_secrets.token_urlsafe(24)}")


@dataclass
class Sandbox:
    """A sandbox process owned by this run, and what it printed."""

    url: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]

    @classmethod
    def start(cls, token: Secret) -> "Sandbox":
        """Start `spot_sandbox` on a free port. Raises CannotJudge if it does not start."""
        if not _SANDBOX.is_dir() and find_spec("spot_sandbox") is None:
            raise CannotJudge("No sandbox is installed here; name the server to judge with --base-url URL.")
        environment = {**os.environ, "SPOT_API_TOKEN": token.value}
        paths = [environment.get("PYTHONPATH", ""), str(_SANDBOX)]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        output = tempfile.TemporaryFile()  # noqa: SIM115  # Closed by stop().
        process = subprocess.Popen(
            [sys.executable, "-m", "spot_sandbox", "--port", "0"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        sandbox = cls("", process, output)
        atexit.register(sandbox.stop)
        sandbox.url = sandbox._printed_url()
        return sandbox

    def stop(self) -> None:
        """End the process and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()

    def _printed_url(self) -> str:
        """The address that the sandbox prints once it answers."""
        end = time.monotonic() + _PATIENCE
        while True:
            has_ended = self.process.poll() is not None
            self.output.seek(0)  # The process shares the position, which reading to the end restores.
            printed = self.output.read().decode("utf-8", "replace")
            if (found := _READY.search(printed)) is not None:
                return found.group(1)
            if has_ended or time.monotonic() > end:
                self.stop()
                reason = " ".join(printed.split())[-300:] or f"it printed nothing within {_PATIENCE:.0f} s"
                raise CannotJudge(
                    f"The sandbox did not start ({reason}); name a server with --base-url to judge another one."
                )
            time.sleep(_POLL)
