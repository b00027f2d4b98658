"""Several processes that answer on one socket and share one database."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_STOPS = (signal.SIGTERM, signal.SIGINT)
_TOLD_AGAIN = 0.5  # Seconds.


def run_workers(many: int, start: Callable[[Callable[[], None]], None], ready: Callable[[], None]) -> int:
    """Keep that many worker processes running until SIGTERM or SIGINT; the exit code.

    Args:
        many: how many processes.
        start: what a worker does, until it is told to stop; it calls what it is given once it answers requests.
        ready: called once all of them answer.

    A worker that is killed is started again. One that ends by itself ends all: its message says why.

    """
    crew = _Crew(start)
    for number in _STOPS:
        signal.signal(number, crew.stop)
    for _ in range(many):
        crew.fork()
    if crew.are_ready(many):
        ready()
    return crew.wait()


class _Crew:
    def __init__(self, start: Callable[[Callable[[], None]], None]) -> None:
        self._start = start
        self._pids: set[int] = set()
        self._is_stopping = False
        self._news, self._tell = os.pipe()
        # Only the parent holds the other end: when it is gone, however it ended, its workers read the end of it.
        self._alive, self._life = os.pipe()

    def fork(self) -> None:
        pid = os.fork()
        if pid:
            self._pids.add(pid)
            if self._is_stopping:  # It was told so while it forked.
                os.kill(pid, signal.SIGTERM)
            return
        code = 1
        try:
            for number in _STOPS:
                signal.signal(number, _end)
            os.close(self._life)
            os.close(self._news)
            threading.Thread(target=_end_with_parent, args=(self._alive,), daemon=True).start()
            self._start(self._say_ready)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # Never back into what the parent was doing.

    def _say_ready(self) -> None:
        os.write(self._tell, b".")

    def are_ready(self, many: int) -> bool:
        """Wait for as many workers; False where one ended or all are to stop."""
        seen = 0
        while seen < many and not self._is_stopping:
            if self._reap(os.WNOHANG):
                return False
            if select.select([self._news], [], [], 0.1)[0]:
                seen += len(os.read(self._news, many))
        return seen == many

    def wait(self) -> int:
        """Wait until all workers ended; the exit code."""
        code = 0
        while self._pids:
            code = self._reap(0) or code
        return code

    def stop(self, _signal: int = 0, _frame: object = None) -> None:
        """Have all workers end what they are doing, and end."""
        self._is_stopping = True
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        # A worker that was just starting may have lost the signal, so it is told again until all have ended.
        signal.signal(signal.SIGALRM, self.stop)
        signal.setitimer(signal.ITIMER_REAL, _TOLD_AGAIN)

    def _reap(self, options: int) -> int:
        """Take notice of a worker's end; the exit code that it means, 0 where none ended or it is replaced."""
        pid, status = os.waitpid(-1, options)
        if pid not in self._pids:
            return 0
        self._pids.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        if self._is_stopping:
            return 0
        if code < 0:
            self.fork()
            return 0
        self.stop()
        return code or 1


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _end_with_parent(alive: int) -> None:
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
