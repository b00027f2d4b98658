"""How many orders may be spent: exact, however many requests are in flight."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from spot_contract.errors import BudgetSpent

_LOOK = 0.5  # Seconds after which whoever waits looks whether the run goes on.


class Budget:
    """The orders that were spent and those that requests in flight may spend. `allowed` is None where all are allowed.

    A unit of requests leases all the orders that it could spend before its first request. Where these could be too many
    with what is in flight, it waits until that is settled: so the budget ends the run at the same request as
    it does with one request at a time.
    """

    def __init__(self, allowed: int | None, check_running: Callable[[], None]) -> None:
        """`check_running` raises what ends the waiting of a run that has been stopped."""
        self.allowed = allowed
        self.spent = 0
        self.reserved = 0
        self.changed = threading.Condition()
        self._check_running = check_running

    def lease(self, wanted: int, at_least: int = 0) -> "Lease":
        """So many orders, or as many as are left when nothing else is in flight.

        Raises BudgetSpent where fewer than `at_least` are left.
        """
        with self.changed:
            while self.reserved and not self.has_room(wanted):
                self.wait()
            granted = wanted if self.allowed is None else min(wanted, max(0, self.allowed - self.spent - self.reserved))
            if granted < at_least:
                raise BudgetSpent(f"the budget of {self.allowed} orders leaves no {at_least} orders at the same time")
            self.reserved += granted
        return Lease(self, granted, wanted - granted)

    def has_room(self, wanted: int) -> bool:
        """Whether so many more can be reserved at this moment."""
        return self.allowed is None or self.spent + self.reserved + wanted <= self.allowed

    def wait(self) -> None:
        """Wait until something was settled."""
        self.changed.wait(_LOOK)
        self._check_running()


class Lease:
    """Orders that the requests of one unit may spend; threads may share it. It ends with its `with` block."""

    def __init__(self, budget: Budget, left: int, lacking: int) -> None:
        self._budget = budget
        self.left = left
        self._lacking = (
            lacking  # What it was not granted: it keeps for that what is not spent, so that no other gets it.
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def take(self) -> None:
        """One order for a request that is about to be sent. Raises BudgetSpent where the budget is spent.

        Where a lease has run out, more may be left, or be given back by requests in flight. Whoever waits for that
        holds nothing back, so nobody waits in vain.
        """
        budget = self._budget
        with budget.changed:
            while not self.left:
                if budget.has_room(1):
                    budget.reserved += 1
                    return
                if not budget.reserved:
                    raise BudgetSpent(f"the budget of {budget.allowed} orders is spent")
                budget.wait()
            self.left -= 1

    def settle(self, *, spent: bool) -> None:
        """The request that took one order became an order or did not."""
        with self._budget.changed:
            if self._lacking and not spent:
                self._lacking -= 1
                self.left += 1
            else:
                self._budget.reserved -= 1
                self._budget.spent += spent
            self._budget.changed.notify_all()

    def end(self) -> None:
        """Let go of what was not taken."""
        with self._budget.changed:
            self._budget.reserved -= self.left
            self.left = 0
            self._budget.changed.notify_all()


class Slot:
    """The order that one request may become, held in a `with` block. `spent` says at its end whether it did."""

    def __init__(self, lease: Lease, *, needed: bool) -> None:
        self._lease = lease
        self._needed = needed
        self._held = False
        self.spent = False

    def __enter__(self) -> Self:
        self._take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held:
            self._lease.settle(spent=self.spent)

    def renew(self) -> None:
        """The request is sent once more, and nobody knows whether it has become an order. Raises BudgetSpent."""
        if self._held:
            self._held = False
            self._lease.settle(spent=True)
        self.spent = False
        self._take()

    def _take(self) -> None:
        if self._needed:
            self._lease.take()
            self._held = True
