"""The order budget: exact, however many requests are in flight."""

import threading
from collections.abc import Callable
from typing import Self

from spot_contract.errors import BudgetSpent

_POLL = 0.5  # Seconds between two checks of a waiting thread whether the run continues.


class Budget:
    """Counts the orders spent and those that requests in flight may spend. `allowed` is None for no limit.

    A unit of requests leases all orders that it could spend before its first request. If the budget might not suffice
    because of requests in flight, the unit waits for their outcome. So the budget ends the run at the same request as
    with one request at a time.
    """

    def __init__(self, allowed: int | None, check_running: Callable[[], None]) -> None:
        """`check_running` raises an error if the run has ended, to stop waiting threads."""
        self.allowed = allowed
        self.spent = 0
        self.reserved = 0
        self.changed = threading.Condition()
        self._check_running = check_running

    def lease(self, wanted: int, at_least: int = 0) -> "Lease":
        """Reserve `wanted` orders, or all that are left once nothing else is in flight.

        Raises BudgetSpent if fewer than `at_least` are left.
        """
        with self.changed:
            while self.reserved and not self.has_room(wanted):
                self.wait()
            granted = wanted if self.allowed is None else min(wanted, max(0, self.allowed - self.spent - self.reserved))
            if granted < at_least:
                raise BudgetSpent(
                    f"the budget of {self.allowed} orders does not allow {at_least} orders at the same time"
                )
            self.reserved += granted
        return Lease(self, granted, wanted - granted)

    def has_room(self, wanted: int) -> bool:
        """Whether this many more orders can be reserved now."""
        return self.allowed is None or self.spent + self.reserved + wanted <= self.allowed

    def wait(self) -> None:
        """Wait until the outcome of a request is known."""
        self.changed.wait(_POLL)
        self._check_running()


class Lease:
    """Orders reserved for the requests of one unit, as a context manager. Threads may share it."""

    def __init__(self, budget: Budget, left: int, lacking: int) -> None:
        self._budget = budget
        self.left = left
        self._lacking = lacking  # Orders not granted. Unspent orders are kept for them rather than returned.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def take(self) -> None:
        """Take one order for a request that is about to be sent. Raises BudgetSpent if none is left.

        After the lease has run out, orders may still be free or be returned by requests in flight. A waiting thread
        holds no reservation, so threads cannot block each other.
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
        """Record whether the request that took an order has spent it."""
        with self._budget.changed:
            if self._lacking and not spent:
                self._lacking -= 1
                self.left += 1
            else:
                self._budget.reserved -= 1
                self._budget.spent += spent
            self._budget.changed.notify_all()

    def end(self) -> None:
        """Return the orders that were not taken."""
        with self._budget.changed:
            self._budget.reserved -= self.left
            self.left = 0
            self._budget.changed.notify_all()


class Slot:
    """One order for one request, as a context manager. Set `spent` if the request may have created an order."""

    def __init__(self, lease: Lease, *, needed: bool) -> None:
        self._lease = lease
        self._needed = needed
        self._held = False
        self.spent = False

    def __enter__(self) -> Self:
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        if self._held:
            self._lease.settle(spent=self.spent)

    def renew(self) -> None:
        """Take another order for resending, and count the first as spent. Raises BudgetSpent."""
        if self._held:
            self._held = False
            self._lease.settle(spent=True)
        self.spent = False
        self._take()

    def _take(self) -> None:
        if self._needed:
            self._lease.take()
            self._held = True
