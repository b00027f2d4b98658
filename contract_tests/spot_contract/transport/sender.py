"""The one place from which requests leave: it keeps the order budget, the pace, the count and the end of the run."""

import math
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from spot_contract.errors import NoAnswer, NotJudged, OrderMade, OutOfTime, ServerGone, TimedOut
from spot_contract.exchanges.messages import Answer, Request

from .budget import Budget, Lease, Slot
from .connection import Connection, Stale
from .pace import PATIENCE, Pace, retry_after
from .target import Target

Result = TypeVar("Result")
Outcome = Answer | NoAnswer | None
"""What came of a request: an answer, why there is none, or None for raw bytes, whose answer is thrown away."""

_PAUSES = (0.1, 0.4, 1.5)  # Seconds between attempts to connect.
_UP = "the time of the run is up"
_LEAST_PATIENCE = 3.0  # Seconds that are always waited for an answer.


@dataclass(frozen=True)
class Count:
    """What was sent so far. `waited` is the seconds that 429 answers cost."""

    requests: int
    orders: int
    waited: float


class Sender:
    """Sends requests from any thread. Each thread has a connection of its own.

    `timeout` is in seconds, `allowed` the orders that may be spent, `rate` in requests per second over all threads.
    `on_request` is called before each request, from whichever thread sends it. Nothing is sent or waited for past
    `deadline`, a time of time.monotonic().
    """

    def __init__(
        self,
        target: Target,
        timeout: float = 30.0,
        allowed: int | None = None,
        rate: float | None = None,
        on_request: Callable[[Count], None] | None = None,
    ) -> None:
        self.target = target
        self.timeout = timeout
        self.on_request = on_request
        self.deadline: float | None = None
        # Where no order is allowed, only what a right server refuses is sent; what it accepts ends all sending.
        self._budget = Budget(allowed or None, self._check_running)
        self._may_order = allowed != 0
        self._made = ""
        self._pace = Pace(rate, self._check_running)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._local = threading.local()
        self._connections: set[Connection] = set()
        self._requests = 0
        self._waited = 0.0
        self._slowest = 0.0
        self._quickest = math.inf

    @property
    def count(self) -> Count:
        """What was sent so far. A request without an answer counts as an order where it may have become one."""
        return Count(self._requests, self._budget.spent, self._waited)

    @property
    def stopped(self) -> bool:
        """Whether nothing is sent any more."""
        return self._stopped.is_set()

    def lease(self, requests: Sequence[Request], at_least: int = 0) -> Lease:
        """The orders that these requests could spend, reserved for them.

        Raises BudgetSpent where fewer than `at_least` are left.
        """
        return self._budget.lease(sum(request.may_order for request in requests), at_least)

    def exchange(
        self, requests: Sequence[Request], lease: Lease | None = None, into: list[Outcome] | None = None
    ) -> list[Outcome]:
        """Send requests one after the other on this thread's connection; their outcomes.

        They are put into the list `into` as they come, so that those before an error are not lost.
        A 429 is waited out. Raises BudgetSpent before a request that could be one order too many, OutOfTime at the
        deadline, ServerGone where the server takes no connection, NotJudged where it would not stop saying 429 and
        after `stop`.
        """
        if lease is None:
            with self.lease(requests) as own:
                return self.exchange(requests, own, into)
        found = [] if into is None else into
        for request in requests:
            found.append(self._outcome(request, lease))  # An error must not take what came before it.
        return found

    def connect(self) -> None:
        """Open this thread's connection, if it is not open. Raises ServerGone."""
        self._connected(self._connection().open)

    def close(self) -> None:
        """Close this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            del self._local.connection
            self._discard(connection)

    def stop(self) -> None:
        """End all sending at once, in whichever thread: whatever is in flight ends without an answer."""
        self._stopped.set()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.cut()

    def round_trip(self) -> float:
        """Seconds to the server and back: the median of three connects, or of the quickest answer if that took longer.

        A proxy nearby takes connections at once, however far the server is. Raises ServerGone.
        """
        taken: list[float] = []
        try:
            with socket.create_connection((self.target.host, self.target.port), self.timeout) as found:
                family, address = found.family, found.getpeername()
            for _ in range(3):
                with socket.socket(family, socket.SOCK_STREAM) as probe:
                    probe.settimeout(self.timeout)
                    start = time.perf_counter()
                    probe.connect(address)
                    taken.append(time.perf_counter() - start)
        except OSError as error:
            raise ServerGone(f"the server takes no connections ({type(error).__name__})") from error
        quickest = 0.0 if math.isinf(self._quickest) else self._quickest
        return max(statistics.median(taken), quickest)

    def _outcome(self, request: Request, lease: Lease) -> Outcome:
        try:
            if request.raw is not None:
                self._raw(request, lease)
                return None
            return self._patient(request, lease)
        except NoAnswer as failure:
            self._check_running()  # An answer that did not come because the run was stopped says nothing of the server.
            return failure

    def _patient(self, request: Request, lease: Lease) -> Answer:
        """The answer, after any 429 was waited out."""
        with Slot(lease, needed=request.may_order) as slot:
            answer = self._sent(request, slot)
            if answer.status != 429:
                return answer
            throttled: list[Answer] = []
            waited = 0.0
            with self._pace.throttled():
                while answer.status == 429:
                    throttled.append(answer)
                    pause = retry_after(answer, len(throttled))
                    if waited + pause > PATIENCE:
                        raise NotJudged(f"the server still says 429 after {waited:.0f} s of waiting")
                    self._sleep(pause)
                    waited += pause
                    self._waited += pause
                    # A kept connection could need an order more, and would wait for those that now wait for this one.
                    self._connection().close()
                    answer = self._sent(request, slot)
            return replace(answer, throttled=tuple(throttled))

    def _sent(self, request: Request, slot: Slot) -> Answer:
        """The answer, or a 429; on a fresh connection where a kept one gave no byte of an answer."""
        try:
            return self._sent_once(request, slot)
        except Stale:
            self._check_running()
            slot.renew()
            return replace(self._sent_once(request, slot), was_dropped=True)

    def _sent_once(self, request: Request, slot: Slot) -> Answer:
        self._admit()
        connection = self._connection()
        self._connected(lambda: connection.open(request.carriage.idle))
        slot.spent = True  # From here on nobody knows, unless an answer tells.
        try:
            answer = connection.send(request)
        except TimedOut:
            # A server that hung once is not waited for so long again: generously longer than its slowest answer took.
            self.timeout = min(self.timeout, max(_LEAST_PATIENCE, 20 * self._slowest))
            raise
        slot.spent = 200 <= answer.status < 300
        if slot.spent and request.may_order and not self._may_order:
            self._made = f"an order may have been made by {request.what or request.method}, answered {answer.status}"
        with self._lock:
            self._slowest = max(self._slowest, answer.seconds)
            self._quickest = min(self._quickest, answer.seconds)
        return answer

    def _raw(self, request: Request, lease: Lease) -> None:
        """Send raw bytes: an order where the answer says so, or where a whole head was sent and no answer came."""
        with Slot(lease, needed=request.may_order) as slot:
            self._admit()
            connection = self._new_connection()
            try:
                answer = self._connected(lambda: connection.send_raw(request))
            finally:
                self._discard(connection)
            told = answer.startswith(b"HTTP/")
            slot.spent = answer[9:10] == b"2" if told else b"\r\n\r\n" in (request.raw or b"")

    def _admit(self) -> None:
        """Wait for the turn of the next request, and count it."""
        self._check_running()
        pause = self._pace.turn(self.deadline)
        if pause > 0:
            self._sleep(pause)
        with self._lock:
            self._requests += 1
        if self.on_request is not None:
            self.on_request(self.count)

    def _connected(self, act: Callable[[], Result]) -> Result:
        """Do what needs a new connection, and try again for a while where none can be made."""
        for pause in _PAUSES:
            try:
                return act()
            except OSError:
                self._sleep(pause)
        try:
            return act()
        except OSError as error:
            self._check_running()
            raise ServerGone(f"the server takes no more connections ({type(error).__name__})") from error

    def _sleep(self, seconds: float) -> None:
        """Wait, unless the run ends before that."""
        if self.deadline is not None and time.monotonic() + seconds >= self.deadline:
            raise OutOfTime(_UP)
        self._stopped.wait(seconds)
        self._check_running()

    def _check_running(self) -> None:
        """Raise what ends the run, where something does."""
        if self._made:
            raise OrderMade(f"{self._made}; nothing more was sent")
        if self._stopped.is_set():
            raise NotJudged("the run was stopped")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise OutOfTime(_UP)

    def _connection(self) -> Connection:
        """The calling thread's own."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._new_connection()
        found.timeout = self.timeout
        found.deadline = self.deadline
        return found

    def _new_connection(self) -> Connection:
        made = Connection(self.target, self.timeout, sleep=self._sleep)
        made.deadline = self.deadline
        with self._lock:
            self._connections.add(made)
        return made

    def _discard(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()
