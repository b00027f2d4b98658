"""The one place from which requests leave: it keeps the order budget, the pace, the count and the marks of the run."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .errors import BudgetSpent, NoAnswer, NotJudged, ServerGone, TimedOut
from .messages import Answer, Request
from .wire import Connection, Target, Written

Result = TypeVar("Result")

_PATIENCE = 90.0  # Seconds in all that one request waits while the server says 429.
_LARGE = 32_768  # Bytes of a body that may take its time.


@dataclass
class Count:
    """What was sent so far."""

    requests: int = 0
    orders: int = 0
    waited: float = 0.0


@dataclass(frozen=True)
class Started:
    """A request that was written to a connection, which had sent so many again before."""

    request: Request
    connection: Connection
    written: Written
    resent: int


@dataclass
class Desk:
    """Sends requests from any thread. Each thread has a connection of its own."""

    target: Target
    timeout: float
    allowed: int | None = None
    rate: float | None = None
    count: Count = field(default_factory=Count)
    on_request: Callable[[Count], None] | None = None
    times: list[float] = field(default_factory=list[float])  # Seconds that each order of ordinary size took.
    _pending: int = 0
    _slowest: float = 0.0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _local: threading.local = field(default_factory=threading.local)

    def send(self, request: Request) -> Answer:
        """The answer, after any 429 was waited out.

        Raises BudgetSpent before a request that could be one order too many, NoAnswer where the server gave none but
        still takes connections, ServerGone where it does not, NotJudged where it would not stop saying 429.
        """
        return self.begin(request).answer()

    def begin(self, request: Request) -> "Ahead":
        """Send a request without waiting for its answer, where neither budget nor pace says to wait."""
        self._settle_ahead()
        ahead = Ahead(self, request)
        if self.allowed is None and self.rate is None:
            ahead.started = self._started(request)
            self._local.ahead = ahead
        return ahead

    def _settle_ahead(self) -> None:
        """Read the answer that this thread's connection still owes, before anything else is written to it."""
        ahead: Ahead | None = getattr(self._local, "ahead", None)
        if ahead is not None:
            ahead.settle()

    def patient(self, request: Request, started: "Started | None") -> Answer:
        """The answer to a request that was started or not, after any 429 was waited out."""
        self._local.ahead = None
        throttled: list[Answer] = []
        waited = 0.0
        while True:
            answer = self._finished(started or self._started(request))
            started = None
            if answer.status != 429:
                return replace(answer, throttled=tuple(throttled)) if throttled else answer
            throttled.append(answer)
            pause = retry_after(answer, len(throttled))
            waited += pause
            if waited > _PATIENCE:
                raise NotJudged(f"the server still says 429 after {waited - pause:.0f} s of waiting")
            self.count.waited += pause
            time.sleep(pause)

    def raw(self, data: bytes, *, hang_up: bool = False) -> None:
        """Send bytes that are no HTTP request a library would send; whatever comes back is thrown away."""
        self._reserve(may_order=True)
        try:
            Connection(self.target, self.timeout).send_raw(data, hang_up=hang_up)
        except OSError as error:
            raise ServerGone("the server takes no more connections") from error
        finally:
            self._settle(may_order=True, accepted=False)

    def close(self) -> None:
        """Close this thread's connection."""
        self._settle_ahead()
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()

    def _started(self, request: Request) -> "Started":
        may_order = _may_order(request)
        self._reserve(may_order=may_order)
        connection = self._connection()
        try:
            written = self._connected(connection, lambda: connection.begin(request))
        except BaseException:
            self._settle(may_order=may_order, accepted=False)
            raise
        return Started(request, connection, written, connection.resent)

    def _finished(self, started: "Started") -> Answer:
        request, connection = started.request, started.connection
        may_order = _may_order(request)
        accepted = False
        try:
            try:
                answer = connection.end(started.written)
            except OSError:
                connection.close()
                answer = self._connected(connection, lambda: connection.send(request))
            accepted = 200 <= answer.status < 300
            if may_order and accepted and len(request.body) < _LARGE:
                self.times.append(answer.seconds)
            self._slowest = max(self._slowest, answer.seconds)
        except NoAnswer as failure:
            if isinstance(failure, TimedOut):
                self._lose_patience()
            # Nobody knows whether it became an order, so it counts as one.
            accepted = may_order
            raise
        finally:
            self._settle(may_order=may_order, accepted=accepted, resent=connection.resent - started.resent)
        return answer

    def _lose_patience(self) -> None:
        """A server that hung once is not waited for so long again: generously longer than its slowest answer took."""
        self.timeout = min(self.timeout, max(3.0, 20 * self._slowest))

    def _connected(self, connection: Connection, act: Callable[[], Result]) -> Result:
        for pause in (0.1, 0.4, 1.5, 0.0):
            try:
                return act()
            except OSError as error:
                connection.close()
                if not pause:
                    raise ServerGone(f"the server takes no more connections ({type(error).__name__})") from error
                time.sleep(pause)
        raise AssertionError("the loop returns or raises")

    def _connection(self) -> Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = Connection(self.target, self.timeout)
        found: Connection = self._local.connection
        found.timeout = self.timeout
        return found

    def _reserve(self, *, may_order: bool) -> None:
        pause = 0.0
        with self._lock:
            if may_order and self.allowed is not None:
                if self.count.orders + self._pending >= self.allowed:
                    raise BudgetSpent(f"the budget of {self.allowed} orders is spent")
                self._pending += 1
            self.count.requests += 1
            if self.rate:
                now = time.monotonic()
                start = max(now, self._next)
                self._next = start + 1 / self.rate
                pause = start - now
        if self.on_request is not None:
            self.on_request(self.count)
        if pause > 0:
            time.sleep(pause)

    def _settle(self, *, may_order: bool, accepted: bool, resent: int = 0) -> None:
        with self._lock:
            if may_order and self.allowed is not None:
                self._pending -= 1
            if may_order:
                self.count.orders += accepted + resent
            self.count.requests += resent


@dataclass
class Ahead:
    """A request that may have been sent already. Its answer is read in the thread that sent it."""

    desk: Desk
    request: Request
    started: Started | None = None
    _answer: Answer | None = None
    _failure: Exception | None = None

    def settle(self) -> None:
        """Have the answer, or why there is none, read and kept."""
        if self._answer is None and self._failure is None:
            try:
                self._answer = self.desk.patient(self.request, self.started)
            except (NoAnswer, NotJudged, ServerGone) as failure:
                self._failure = failure

    def answer(self) -> Answer:
        """The answer. Raises as `Desk.send` does."""
        self.settle()
        if self._failure is not None:
            raise self._failure
        if self._answer is None:
            raise AssertionError("a settled request has an answer or a failure")
        return self._answer


def _may_order(request: Request) -> bool:
    """Whether a server could take this for an order, be it that it is wrong about the method."""
    return request.method == "POST" or bool(request.body)


def retry_after(answer: Answer, attempt: int) -> float:
    """Seconds to wait after a 429: what the server says, or one, two, four … where it does not say."""
    said = (answer.header("Retry-After") or "").strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said), 3600)) + 0.05
    return min(2.0 ** (attempt - 1), 30.0)
