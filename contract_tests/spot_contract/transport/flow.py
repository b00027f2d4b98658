"""Several exchanges in flight, and their results in order all the same."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from spot_contract.errors import NotJudged
from spot_contract.exchanges.messages import Request

from .budget import Lease
from .sender import Outcome, Sender

U = TypeVar("U")

_LOOK = 0.2  # Seconds after which whoever waits lets Ctrl-C come through, on systems where waiting holds it off.
_QUICK = 1_900  # Requests of the quick profile.
_WAITING = 4.0  # Seconds that quick may wait for the line, of the 20 s that it may take on a line of 50 ms.
_NEAR = 0.003  # Seconds: below, a line costs less than the threads that would hide it.
_MOST = 32  # More would be an attack on some servers, and gain nothing: a line of 70 ms needs so many.


def connections_for(round_trip: float) -> int:
    """How many connections a run opens to a server that is so many seconds away, there and back.

    Each request waits for one round trip, so with n connections quick waits for 1,900 / n of them, and for one more to
    connect. 50 ms come to 25 connections, anything beyond 66 ms to 32.
    """
    if round_trip < _NEAR:
        return 1
    return min(_MOST, math.ceil(_QUICK * round_trip / max(1.0, _WAITING - round_trip)))


@dataclass
class _Batch:
    """The units of one iteration. Nothing of it is begun once it is over."""

    over: bool = False


@dataclass
class _Job(Generic[U]):
    unit: U
    requests: Sequence[Request]
    batch: _Batch
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def end(self, error: BaseException | None = None) -> None:
        """The outcomes are there, or will never be."""
        if error is not None:
            self.error, self.batch.over = error, True
        self.done.set()

    def wait(self, sender: Sender) -> BaseException | None:
        """Wait for the end, and tell what went wrong. A sender that has been stopped is not waited for."""
        while not self.done.wait(_LOOK):
            if sender.stopped and not self.done.wait(_LOOK):
                return NotJudged("the run was stopped")
        return self.error


class Flow:
    """Sends units of requests on so many connections, whose threads never hold up the interpreter.

    Its `with` block ends them, and after Ctrl-C all sending at once.
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.sender.stop()
        self.close()

    def results(
        self, units: Iterable[U], requests_of: Callable[[U], Sequence[Request]]
    ) -> Iterator[tuple[U, list[Outcome]]]:
        """Each unit with the outcomes of its requests, in the order of the units.

        Units are taken in the caller's thread, somewhat ahead of the results. What taking or sending one raises comes
        at its place, behind the outcomes that the unit had by then, after what was in flight has ended. Where the
        iteration is left, nothing more is begun, and the next one, or `close`, waits for what is in flight.
        """
        self._start()
        self._wait_for_left()
        batch = _Batch()
        source = self._begun(units, requests_of, batch)
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
            batch.over = True
            self._left = [job for job in ahead if isinstance(job, _Job)]
        self._wait_for_left()
        raise error

    def close(self) -> None:
        """End the threads and their connections, each after what it sends at this moment if the sender goes on."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_LOOK)
                if self.sender.stopped:
                    break

    def _begun(
        self, units: Iterable[U], requests_of: Callable[[U], Sequence[Request]], batch: _Batch
    ) -> Iterator[_Job[U] | Exception]:
        """The units as jobs that were handed to the threads; at last why there are no more, where that is an error."""
        try:
            for unit in units:
                job = _Job(unit, requests_of(unit), batch)
                self._jobs.put(job)
                yield job
                if batch.over:
                    return
        except Exception as error:  # noqa: BLE001  # It is raised at its place, behind the results of what came before.
            yield error

    def _wait_for_left(self) -> None:
        """Wait for what an iteration left in flight. Not where it is left, since Ctrl-C may be what left it."""
        while self._left and not self.sender.stopped:
            self._left.pop().wait(self.sender)

    def _start(self) -> None:
        if self._closed:
            raise ValueError("a flow that was closed sends nothing more")
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
            except BaseException as error:  # noqa: BLE001  # It is raised where the result is awaited.
                job.end(error)
            else:
                job.end()
        self.sender.close()

    def _taken(self) -> tuple[_Job[Any], Lease] | None:
        """The next job, with the orders it could spend. One thread at a time, so that orders are leased in order."""
        with self._next:
            while (job := self._jobs.get()) is not None:
                if job.batch.over or self._closed:
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
    """The units with their outcomes, sent from the same moment on over so many connections of their own.

    Raises at last what the first unit that failed raised, and BudgetSpent before anything is sent where the budget
    would keep some connections waiting.
    """
    jobs = [_Job(unit, requests_of(unit), _Batch()) for unit in units]
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
    """Send these units on a connection of the calling thread, once all threads have theirs."""
    try:
        try:
            sender.connect()
        finally:
            barrier.wait()
        for job in share:
            sender.exchange(job.requests, lease, job.outcomes)
            job.end()
    except BaseException as error:  # noqa: BLE001  # It is raised where the results are awaited.
        for job in share:
            if not job.done.is_set():
                job.end(error)
    finally:
        sender.close()
