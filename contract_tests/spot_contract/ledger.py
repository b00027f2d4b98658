"""What one process remembers of all orders, to see what no single answer shows."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import checks, jsontext
from .jsontext import is_object
from .messages import Answer, Problem

_STEP = 2.5  # Seconds by which a clock may seem to run apart from ours: times may be cut to whole seconds.


@dataclass
class Ledger:
    """The identifiers, the marks and the clock of the orders so far."""

    ids: dict[str, str] = field(default_factory=dict[str, str])
    marks: dict[str, None] = field(default_factory=dict[str, None])
    _late: float = float("-inf")
    _early: float = float("inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, answer: Answer, what: str) -> Iterator[Problem]:
        """Enter an accepted order; tell what is wrong with it beside the earlier ones."""
        body, _ = checks.parsed(answer)
        if not is_object(body):
            return
        identifier = body.get("order_id")
        if isinstance(identifier, int):
            identifier = str(identifier)
        if isinstance(identifier, str) and identifier:
            with self._lock:
                earlier = self.ids.setdefault(identifier, what)
                repeated = len(self.ids) == self._size
                self._size = len(self.ids)
            if repeated:
                got = f"{identifier!r} again, which an earlier order had ({earlier})"
                yield Problem("identity.own_id", "an order_id of its own", got)
        yield from self._clock(body.get("created"), answer)

    _size: int = 0

    def _clock(self, value: object, answer: Answer) -> Iterator[Problem]:
        """Whether `created` moves on with time: a constant distance from our clock is fine, a growing one is not."""
        moment = checks.timestamp(value)
        if moment is None:
            return
        with self._lock:
            self._late = max(self._late, (moment - answer.received).total_seconds())
            self._early = min(self._early, (moment - answer.sent).total_seconds())
            drift = self._late - self._early
        if _STEP < drift < 86400:
            got = f"{jsontext.shown(value)}, {drift:.0f} s apart from what earlier orders said"
            yield Problem("success.created_moves", "created moves on as time does", got)
