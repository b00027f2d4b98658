"""Several exchanges in flight, with their results in order."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue
from typing import Any, Generic, Self, TypeVar

from spot_contract.errors import NotJudged
from spot_contract.exchanges.messages import Request

from .budget import Lease
from .sender import Outcome, Sender

U = TypeVar("U")

_POLL = 0.2  # Seconds between two wake-ups of a waiting thread, to handle Ctrl-C where waiting blocks it.
_QUICK = 1_900  # Requests in the quick profile.
_WAITING = 4.0  # Seconds that quick may spend on round trips, of the 20 s that it may take with a latency of 50 ms.
_NEAR = 0.003  # Seconds; with a shorter round trip, threads cost more than they save.
_MOST = 32  # Enough for a latency of 70 ms; more could overload a server.


def connections_for(round_trip: float) -> int:
    """The number of connections for a server with this round trip, in seconds.

    With n connections, quick waits for 1,900 / n round trips and one more to connect. 50 ms give 25 connections, 66 ms
    and more give 32.
    """
    if round_trip < _NEAR:
        return 1
    return min(_MOST, math.ceil(_QUICK * round_trip / max(1.0, _WAITING - round_trip)))


@dataclass
class _Job(Generic[U]):
    unit: U
    requests: Sequence[Request]
    is_over: threading.Event  # Of the iteration: no further unit is started.
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def end(self, error: BaseException | None = None) -> None:
        """Mark the job as done, or as failed."""
        if error is not None:
            self.error = error
            self.is_over.set()
        self.done.set()

    def wait(self, sender: Sender) -> BaseException | None:
        """Wait for the end and return the error, if any. Does not wait for a sender that has been stopped."""
        while not self.done.wait(_POLL):
            if sender.stopped and not self.done.wait(_POLL):
                return NotJudged("the run was stopped")
        return self.error


class Flow:
    """Sends units of requests on several connections, each in a daemon thread. A context manager.

    The end of the `with` block ends the threads; after Ctrl-C it stops all sending at once.
    """

    def __init__(self, sender: Sender, connections: int) -> None:
        self.sender = sender
        self.connections = connections
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._next = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._left: list[_Job[Any]] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.sender.stop()
        self.close()

    def results(
        self, units: Iterable[U], requests_of: Callable[[U], Sequence[Request]]
    ) -> Iterator[tuple[U, list[Outcome]]]:
        """Each unit with the outcomes of its requests, in the order of the units.

        Units are taken in the caller's thread, somewhat ahead of the results. An error in taking or sending a unit is
        raised at its position, after the outcomes that the unit already has and once all requests in flight have ended.
        If the iteration is left early, no further unit is started; the next iteration, or `close`, waits for the rest.
        """
        self._start()
        self._wait_for_left()
        is_over = threading.Event()
        source = self._begun(units, requests_of, is_over)
        ahead: deque[_Job[U] | Exception] = deque()
        error: BaseException | None
        try:
            while True:
                ahead.extend(islice(source, 2 * self.connections + 1 - len(ahead)))
                if not ahead:
                    return
                job = ahead.popleft()
                if isinstance(job, Exception):
                    error = job
                    break
                error = job.wait(self.sender)
                if error is None or job.outcomes:
                    yield job.unit, list(job.outcomes)
                if error is not None:
                    break
        finally:
            is_over.set()
            self._left = [job for job in ahead if isinstance(job, _Job)]
        self._wait_for_left()
        raise error

    def close(self) -> None:
        """End the threads and their connections, each after its current unit unless the sender has been stopped."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_POLL)
                if self.sender.stopped:
                    break

    def _begun(
        self, units: Iterable[U], requests_of: Callable[[U], Sequence[Request]], is_over: threading.Event
    ) -> Iterator[_Job[U] | Exception]:
        """The units as jobs, already queued for the threads. An error in taking a unit comes last."""
        try:
            for unit in units:
                job = _Job(unit, requests_of(unit), is_over)
                self._jobs.put(job)
                yield job
                if is_over.is_set():
                    return
        except Exception as error:  # noqa: BLE001  # Raised at its position, after the results before it.
            yield error

    def _wait_for_left(self) -> None:
        """Wait for the requests that an earlier iteration left in flight."""
        while self._left and not self.sender.stopped:
            self._left.pop().wait(self.sender)

    def _start(self) -> None:
        if self._closed:
            raise ValueError("the flow is closed")
        while len(self._threads) < self.connections:
            name = f"connection {len(self._threads) + 1}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (taken := self._taken()) is not None:
            job, lease = taken
            try:
                with lease:
                    self.sender.exchange(job.requests, lease, job.outcomes)
            except BaseException as error:  # noqa: BLE001  # Raised where the result is awaited.
                job.end(error)
            else:
                job.end()
        self.sender.close()

    def _taken(self) -> tuple[_Job[Any], Lease] | None:
        """The next job and its lease. One thread at a time, so that orders are leased in the order of the jobs."""
        with self._next:
            while (job := self._jobs.get()) is not None:
                if job.is_over.is_set() or self._closed:
                    job.end()
                    continue
                try:
                    return job, self.sender.lease(job.requests)
                except BaseException as error:  # noqa: BLE001
                    job.end(error)
            return None


def at_once(
    sender: Sender, units: Sequence[U], requests_of: Callable[[U], Sequence[Request]], connections: int
) -> Iterator[tuple[U, list[Outcome]]]:
    """The units with their outcomes, sent at the same moment over separate connections.

    Raises the error of the first failed unit after all results, and BudgetSpent before anything is sent if the budget
    would make some connections wait.
    """
    jobs = [_Job(unit, requests_of(unit), threading.Event()) for unit in units]
    shares = [share for number in range(connections) if (share := jobs[number::connections])]
    barrier = threading.Barrier(len(shares) or 1)
    requests = [request for job in jobs for request in job.requests]
    ordering = sum(any(request.may_order for job in share for request in job.requests) for share in shares)
    with sender.lease(requests, at_least=ordering) as lease:
        for share in shares:
            threading.Thread(target=_send_share, args=(sender, share, lease, barrier), daemon=True).start()
        for job in jobs:
            job.wait(sender)
    errors = [job.wait(sender) for job in jobs]
    yield from ((job.unit, list(job.outcomes)) for job in jobs if job.outcomes or job.error is None)
    if failed := [error for error in errors if error is not None]:
        raise failed[0]


def _send_share(sender: Sender, share: Sequence[_Job[Any]], lease: Lease, barrier: threading.Barrier) -> None:
    """Send these units on one connection, once all threads have opened theirs."""
    try:
        try:
            sender.connect()
        finally:
            barrier.wait()
        for job in share:
            sender.exchange(job.requests, lease, job.outcomes)
            job.end()
    except BaseException as error:  # noqa: BLE001  # Raised where the results are awaited.
        for job in share:
            if not job.done.is_set():
                job.end(error)
    finally:
        sender.close()
