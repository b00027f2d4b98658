"""Starts the server under test in a separate process group, waits until it answers, and ends the whole group."""

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from spot_contract.errors import CannotJudge
from spot_contract.exchanges.secrets import Mask
from spot_contract.transport.target import Target

_POLL = 0.1  # Seconds between two checks whether the server answers.
_FORKED = 5.0  # Seconds in which the server must answer after its command ended with 0, as one that forks does.
_GRACE = 5.0  # Seconds that the group has to end before it is killed.
_LINES, _BYTES = 20, 8192  # Limits of the excerpt from the end of a log.


if sys.platform == "win32":
    _GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _GROUP = 0


@dataclass
class Started:
    """A running start command and its log."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]
    mask: Mask

    @property
    def ending(self) -> str:
        """How the command ended; empty while it runs."""
        code = self.process.poll()
        if code is None:
            return ""
        return f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"

    def log_excerpt(self) -> str:
        """The end of its log, masked, or a sentence that it printed nothing."""
        self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - _BYTES))
        lines = self.log.read().decode("utf-8", "replace").rstrip().splitlines()[-_LINES:]
        return self.mask("\n  ".join(["The end of its log:", *lines])) if lines else "It printed nothing."


@contextmanager
def started(command: str, target: Target, patience: float, mask: Mask) -> Generator[Started]:
    """Run a command without a shell until the block ends, and wait until it answers at `target`.

    `patience` is in seconds. Raises CannotJudge if another process already listens there, or if the command cannot be
    run, ends early or does not answer in time.
    """
    words = _words(command)
    if _is_open(target):
        raise CannotJudge(
            f"Another process already accepts connections at {target.url}, so the server of --start cannot be judged "
            "there; end that process or choose another port."
        )
    with tempfile.TemporaryFile() as log, _terminable():
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                creationflags=_GROUP,
                process_group=0,  # Ignored on Windows, as are the flags elsewhere.
            )
        except OSError as error:
            raise CannotJudge(f"--start {command!r} cannot be run: {error.strerror or error}.") from error
        server = Started(process, log, mask)
        try:
            _await(server, target, patience)
            yield server
        finally:
            _end(process)


def _words(command: str) -> list[str] | str:
    """The command and its arguments; on Windows as one text, also without a shell."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CannotJudge(f"--start {command!r} is not a valid command: {str(error).lower()}.") from error
    if not words:
        raise CannotJudge("--start is empty; give the command that starts the server.")
    return command if sys.platform == "win32" else words


@contextmanager
def _terminable() -> Generator[None]:
    """End the run cleanly on SIGTERM, which CI sends when a job is cancelled."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _is_open(target: Target) -> bool:
    try:
        with socket.create_connection((target.host, target.port), timeout=2):
            return True
    except OSError:
        return False


def _await(server: Started, target: Target, patience: float) -> None:
    end = time.monotonic() + patience
    while not _answers(target):
        ending = server.ending
        if ending and server.process.returncode == 0:
            end = min(end, time.monotonic() + _FORKED)
        is_late = time.monotonic() > end
        if ending and (server.process.returncode or is_late):
            raise CannotJudge(
                f"The start command {ending} before anything answered at {target.url}. {server.log_excerpt()}"
            )
        if is_late:
            raise CannotJudge(
                f"The start command runs, but nothing answers at {target.url} within {patience:g} s; check --base-url "
                f"or raise --start-timeout. {server.log_excerpt()}"
            )
        time.sleep(_POLL)


def _answers(target: Target) -> bool:
    """Whether a request without a token gets any HTTP response but 503, which means that the server is not ready."""
    kind = http.client.HTTPSConnection if target.secure else http.client.HTTPConnection
    connection = kind(target.host, target.port, timeout=5)
    try:
        connection.request("GET", f"{target.prefix}/")
        return connection.getresponse().status != http.client.SERVICE_UNAVAILABLE
    except http.client.HTTPException:
        return True  # Something answers, but not HTTP: the suite reports that.
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the group, and kill what is left after the grace period."""
    if sys.platform == "win32":
        with suppress(OSError):
            process.send_signal(signal.CTRL_BREAK_EVENT)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
            process.wait()
        return
    _signal(process.pid, signal.SIGTERM)
    end = time.monotonic() + _GRACE
    while _signal(process.pid, 0):
        process.poll()  # A process that ended stays in the group until it is waited for.
        if time.monotonic() > end:
            _signal(process.pid, signal.SIGKILL)
        time.sleep(_POLL)
    process.wait()


def _signal(group: int, number: int) -> bool:
    """Send a signal to a group. Returns whether the group has members."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # The latter if only zombies are left.
        return False
    return True
