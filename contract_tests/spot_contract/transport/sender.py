"""Sends all requests of a run, and enforces the order budget, the rate and the deadline."""

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
"""The result of a request: an answer, why there is none, or None for raw bytes, whose answer is discarded."""

_PAUSES = (0.1, 0.4, 1.5)  # Seconds between attempts to connect.
_UP = "the time of the run is up"
_LEAST_PATIENCE = 3.0  # Minimum seconds to wait for an answer.


@dataclass(frozen=True)
class Count:
    """What was sent so far. `waited` is the total seconds of waiting after 429 answers."""

    requests: int
    orders: int
    waited: float


class Sender:
    """Sends requests from any thread. Each thread has its own connection.

    `timeout` is in seconds, `allowed` is the order budget, `rate` is in requests per second over all threads.
    `on_request` is called before each request, in the thread that sends it. `deadline` is a time.monotonic() time after
    which nothing is sent or waited for.
    """

    def __init__(
        self,
        target: Target,
        timeout: float = 30.0,
        allowed: int | None = None,
        rate: float | None = None,
    ) -> None:
        self.target = target
        self.timeout = timeout
        self.on_request: Callable[[Count], None] | None = None
        self.deadline: float | None = None
        # With no order allowed, only requests that a correct server refuses are sent; an accepted one ends the run.
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
        """What was sent so far. A request without an answer counts as an order if it may have become one."""
        return Count(self._requests, self._budget.spent, self._waited)

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def lease(self, requests: Sequence[Request], at_least: int = 0) -> Lease:
        """Reserve the orders that these requests could spend. Raises BudgetSpent if fewer than `at_least` are left."""
        return self._budget.lease(sum(request.may_order for request in requests), at_least)

    def exchange(
        self, requests: Sequence[Request], lease: Lease | None = None, into: list[Outcome] | None = None
    ) -> list[Outcome]:
        """Send requests one after the other on this thread's connection and return their outcomes.

        Outcomes are appended to the list `into` as they arrive, so that those before an error are not lost. After a 429
        the request is repeated. Raises BudgetSpent before a request that could exceed the budget, OutOfTime at the
        deadline, ServerGone if the server accepts no connection, NotJudged if it keeps answering 429 or after `stop`.
        """
        if lease is None:
            with self.lease(requests) as own:
                return self.exchange(requests, own, into)
        found = [] if into is None else into
        for request in requests:
            found.append(self._outcome(request, lease))  # One by one: an error does not lose earlier outcomes.
        return found

    def connect(self) -> None:
        """Open this thread's connection unless it is open. Raises ServerGone."""
        self._connected(self._connection().open)

    def close(self) -> None:
        """Close this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            del self._local.connection
            self._discard(connection)

    def stop(self) -> None:
        """Stop sending in all threads at once. Requests in flight end without an answer."""
        self._stopped.set()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.cut()

    def round_trip(self) -> float:
        """The round trip in seconds: the median of three connects, or the quickest answer if that took longer.

        The answers are needed because a nearby proxy accepts connections at once. Raises ServerGone.
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
            raise ServerGone(f"the server accepts no connections ({type(error).__name__})") from error
        quickest = 0.0 if math.isinf(self._quickest) else self._quickest
        return max(statistics.median(taken), quickest)

    def _outcome(self, request: Request, lease: Lease) -> Outcome:
        try:
            if request.raw is not None:
                self._raw(request, lease)
                return None
            return self._with_retries(request, lease)
        except NoAnswer as failure:
            self._check_running()  # A request that the end of the run aborted says nothing about the server.
            return failure

    def _with_retries(self, request: Request, lease: Lease) -> Answer:
        """Send a request, and repeat it after a 429 until there is another answer."""
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
                        raise NotJudged(f"the server still answers 429 after {waited:.0f} s of waiting")
                    self._sleep(pause)
                    waited += pause
                    self._waited += pause
                    # Resending on a stale connection could need another order while other threads wait for this one.
                    self._connection().close()
                    answer = self._sent(request, slot)
            return replace(answer, throttled=tuple(throttled))

    def _sent(self, request: Request, slot: Slot) -> Answer:
        """Send a request, and again on a new connection if a kept one returned nothing."""
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
        slot.spent = True  # Unknown from here on, until an answer arrives.
        try:
            answer = connection.send(request)
        except TimedOut:
            # After one timeout, wait less for later answers: 20 times the slowest so far.
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
        """Send raw bytes. They count as an order if the answer is 2xx, or if a complete head got no answer."""
        with Slot(lease, needed=request.may_order) as slot:
            self._admit()
            connection = self._new_connection()
            try:
                answer = self._connected(lambda: connection.send_raw(request))
            finally:
                self._discard(connection)
            is_http = answer.startswith(b"HTTP/")
            slot.spent = answer[9:10] == b"2" if is_http else b"\r\n\r\n" in (request.raw or b"")

    def _admit(self) -> None:
        """Wait until the rate allows the next request, and count it."""
        self._check_running()
        pause = self._pace.turn(self.deadline)
        if pause > 0:
            self._sleep(pause)
        with self._lock:
            self._requests += 1
        if self.on_request is not None:
            self.on_request(self.count)

    def _connected(self, act: Callable[[], Result]) -> Result:
        """Call `act`, which opens a connection, and retry a few times if that fails. Raises ServerGone."""
        for pause in _PAUSES:
            try:
                return act()
            except OSError:
                self._sleep(pause)
        try:
            return act()
        except OSError as error:
            self._check_running()
            raise ServerGone(f"the server accepts no more connections ({type(error).__name__})") from error

    def _sleep(self, seconds: float) -> None:
        """Wait. Raises OutOfTime if the run ends before that."""
        if self.deadline is not None and time.monotonic() + seconds >= self.deadline:
            raise OutOfTime(_UP)
        self._stopped.wait(seconds)
        self._check_running()

    def _check_running(self) -> None:
        """Raise the reason if the run has ended."""
        if self._made:
            raise OrderMade(f"{self._made}; nothing more was sent")
        if self._stopped.is_set():
            raise NotJudged("the run was stopped")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise OutOfTime(_UP)

    def _connection(self) -> Connection:
        """The calling thread's connection."""
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
