"""Several processes that serve one socket and share one database."""

import os
import select
import signal
import sys
import threading
from collections.abc import Callable

_STOPS = (signal.SIGTERM, signal.SIGINT)
_SIGNAL_INTERVAL = 0.5  # Seconds.


def run_workers(many: int, start: Callable[[Callable[[], None]], None], ready: Callable[[], None]) -> int:
    """Keep worker processes running until SIGTERM or SIGINT; return the exit code.

    Args:
        many: the number of processes.
        start: runs in each worker until it is stopped; calls its argument once the worker accepts requests.
        ready: called once all workers accept requests.

    A worker that is killed is started again. If a worker exits by itself, all stop; its message says why.

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
        # Only the parent holds the write end. When the parent ends, even by SIGKILL, its workers read end-of-file.
        self._alive, self._life = os.pipe()

    def fork(self) -> None:
        pid = os.fork()
        if pid:
            self._pids.add(pid)
            if self._is_stopping:  # A signal arrived during the fork.
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
            os._exit(code)  # Never return into the parent's code.

    def _say_ready(self) -> None:
        os.write(self._tell, b".")

    def are_ready(self, many: int) -> bool:
        """Wait until that many workers are ready; False if one ended or all are to stop."""
        seen = 0
        while seen < many and not self._is_stopping:
            if self._reap(os.WNOHANG):
                return False
            if select.select([self._news], [], [], 0.1)[0]:
                seen += len(os.read(self._news, many))
        return seen == many

    def wait(self) -> int:
        """Wait until all workers have ended; return the exit code."""
        code = 0
        while self._pids:
            code = self._reap(0) or code
        # While Python exits, the handler is gone: the alarm would kill the process.
        signal.setitimer(signal.ITIMER_REAL, 0)
        return code

    def stop(self, _signal: int = 0, _frame: object = None) -> None:
        """Ask all workers to finish their requests and exit."""
        self._is_stopping = True
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        # A worker that was just starting may have missed the signal, so it is sent until all have ended.
        signal.signal(signal.SIGALRM, self.stop)
        signal.setitimer(signal.ITIMER_REAL, _SIGNAL_INTERVAL)

    def _reap(self, options: int) -> int:
        """Reap a worker; return the exit code of the whole, 0 if none ended or it was replaced."""
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
