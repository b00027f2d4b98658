"""A sandbox process as the server under test."""

import atexit
import os
import re
import secrets as random_secrets
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import IO

from spot_contract.errors import CannotJudge
from spot_contract.exchanges.secrets import Secret

_SANDBOX = Path(__file__).resolve().parents[3] / "sandbox"
_READY = re.compile(r"(http://127\.0\.0\.1:\d+)")
_PATIENCE = 20.0


def new_token() -> Secret:
    """A random token for a sandbox, with letters of both cases and digits."""
    return Secret(f"Aa0-{random_secrets.token_urlsafe(24)}")


@dataclass
class Sandbox:
    """A sandbox process owned by this run."""

    url: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, token: Secret) -> "Sandbox":
        """Start `spot_sandbox` on a free port. Raises CannotJudge if it does not start."""
        if not _SANDBOX.is_dir() and find_spec("spot_sandbox") is None:
            raise CannotJudge("No sandbox is installed here; name the server to judge with --base-url URL.")
        environment = {**os.environ, "SPOT_API_TOKEN": token.value}
        paths = [environment.get("PYTHONPATH", ""), str(_SANDBOX)]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        process = subprocess.Popen(
            [sys.executable, "-m", "spot_sandbox", "--port", "0"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        sandbox = cls("", process)
        atexit.register(sandbox.stop)
        sandbox.url = sandbox._first_line()
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
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _first_line(self) -> str:
        lines: Queue[str] = Queue()
        errors: list[str] = []
        for pipe, sink in ((self.process.stdout, lines.put), (self.process.stderr, errors.append)):
            threading.Thread(target=_drain, args=(pipe, sink), daemon=True).start()
        try:
            line = lines.get(timeout=_PATIENCE)
        except Empty:
            line = ""
        found = _READY.search(line)
        if found is None:
            self.process.terminate()
            self.process.wait()
            said = " ".join((line or "".join(errors)).split())[-300:]
            reason = said or f"it printed nothing within {_PATIENCE:.0f} s"
            raise CannotJudge(
                f"The sandbox did not start ({reason}); name a server with --base-url to judge another one."
            )
        return found.group(1)


def _drain(pipe: IO[str] | None, sink: "object") -> None:
    """Read a pipe to its end, so that the process never blocks on it."""
    if pipe is None or not callable(sink):
        return
    try:
        for line in pipe:
            sink(line)
    except ValueError:
        return  # The pipe was closed by stop().
    finally:
        sink("")
