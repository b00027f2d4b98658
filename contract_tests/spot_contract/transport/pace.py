"""Limits the rate of requests: --rate, and waiting after a 429."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from spot_contract.errors import OutOfTime
from spot_contract.exchanges.messages import Answer

PATIENCE = 90.0
"""Total seconds that one request waits while the server answers 429."""
_POLL = 0.5


class Pace:
    """Spaces the requests of all threads at `rate` requests per second; without a rate they are not delayed.

    While one request waits after a 429, no other is sent, since they would keep the server throttling.
    """

    def __init__(self, rate: float | None, check_running: Callable[[], None]) -> None:
        """`check_running` raises an error if the run has ended, to stop waiting threads."""
        self._rate = rate
        self._check_running = check_running
        self._next = 0.0
        self._lock = threading.Lock()
        self._open = threading.Condition()
        self._waits: int | None = None  # The thread that waits after a 429.

    def turn(self, deadline: float | None) -> float:
        """Seconds to wait before the calling thread's next request. Raises OutOfTime if that is past the deadline."""
        if self._waits is not None:
            with self._open:
                self._await_opening(threading.get_ident())
        if not self._rate:
            return 0.0
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            if deadline is not None and start >= deadline:
                raise OutOfTime("the time of the run is up")
            self._next = start + 1 / self._rate
        return start - now

    @contextmanager
    def throttled(self) -> Generator[None]:
        """Stop all other threads from sending. One thread at a time can hold this."""
        me = threading.get_ident()
        with self._open:
            self._await_opening(me)
            self._waits = me
        try:
            yield
        finally:
            with self._open:
                self._waits = None
                self._open.notify_all()

    def _await_opening(self, me: int) -> None:
        while self._waits not in {None, me}:
            self._open.wait(_POLL)
            self._check_running()


def retry_after(answer: Answer, attempt: int) -> float:
    """Seconds to wait after a 429: the Retry-After header, or 1, 2, 4 … 30 without one."""
    wanted = (answer.header("Retry-After") or "").strip()
    if wanted.isascii() and wanted.isdigit():
        return float(min(int(wanted), 3600)) + 0.05
    return min(2.0 ** (attempt - 1), 30.0)
