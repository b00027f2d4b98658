"""The state of a running batch, for threads and tasks: which row comes next, when to wait, when to stop."""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ..outcomes.errors import (
    AuthenticationError,
    LedgerError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RejectedError,
    SpotError,
)
from ..outcomes.responses import Response
from ..outcomes.rows import RowOutcome, RowStatus
from ..requests.operations import Call, Options, seal
from ..transport.retries import pause_before_retry
from ..values.kinds import is_object
from ..values.sealed import Sealed, sheltered

if TYPE_CHECKING:
    from .ledger import Ledger

T = TypeVar("T")

logger = logging.getLogger("spot_api_client")

Progress = Callable[[RowOutcome[T]], object]


class Row(NamedTuple):
    """One row: the caller's key, and what to send."""

    key: str
    call: Sealed[Call]


def rows_of(rows: Sealed[Iterable[Any]], options: Sealed[Options], *, needs_keys: bool) -> list[Row]:
    """The rows with their keys. Raises TypeError, and ValueError that names the row by its place."""
    return sheltered(_rows_of, rows, options, needs_keys=needs_keys)


def _rows_of(rows: Sealed[Iterable[Any]], options: Sealed[Options], *, needs_keys: bool) -> list[Row]:
    given = rows.open()
    is_iterable = isinstance(given, Iterable)  # pyright: ignore[reportUnnecessaryIsInstance] - callers need not be typed
    if is_object(given) or isinstance(given, str) or not is_iterable:
        advice = ": pass its items()" if is_object(given) else ""
        raise TypeError(f"rows must be orders, or pairs of a key and an order, not {_name(given)}{advice}.")
    found: list[Row] = []
    places: dict[str, int] = {}
    for index, row in enumerate(rows.open()):
        key, body = _pair(row)
        if key is None and needs_keys:
            raise ValueError(f"rows[{index}] has no key: with a ledger, pass pairs of a key and an order.")
        key = str(index) if key is None else key
        if not isinstance(key, str) or not key or not key.isprintable():
            raise ValueError(f"The key of rows[{index}] must be a non-empty str of printable characters.")
        if key in places:
            raise ValueError(
                f"rows[{index}] and rows[{places[key]}] have the same key: each row needs a key of its own."
            )
        places[key] = index
        found.append(Row(key, seal(body=body, options=options.open())))
    return found


def _name(value: object) -> str:
    return type(value).__name__


def _pair(row: object) -> tuple[Any, Any]:
    value: Any = row
    # A key and an order.
    return (value[0], value[1]) if isinstance(row, tuple) and len(value) == 2 else (None, value)  # noqa: PLR2004


class Hold(NamedTuple):
    """A pause for all rows, since the server asked for it."""

    until: float
    """By the monotonic clock."""
    seconds: float

    def remaining(self) -> float:
        """Seconds left; never more than the pause itself, since tests of programs freeze clocks."""
        return min(self.seconds, max(0.0, self.until - monotonic()))


class Batch(Generic[T]):
    """The rows of a batch and their outcomes. Safe to share between threads."""

    def __init__(
        self, rows: Sequence[Row], max_retries: int, ledger: "Ledger | None", progress: "Progress[T] | None"
    ) -> None:
        """Take the rows, and what an earlier run recorded of them."""
        self.rows = rows
        self._max_retries = max_retries
        self._ledger = ledger
        self._progress = progress
        self._lock = threading.Lock()
        self._outcomes: dict[int, RowOutcome[T]] = {}
        self._started: dict[int, dt.datetime] = {}
        self._attempts: dict[int, int] = {}
        self._last: dict[int, tuple[RowStatus, dict[str, Any]]] = {}
        self.hold: Hold | None = None
        """What all rows wait for before they are sent."""
        self.stopped = threading.Event()
        settled = ledger.settled if ledger is not None else {}
        for index, row in enumerate(rows):
            if row.key in settled:
                entry = settled[row.key]
                self._outcomes[index] = RowOutcome(index=index, key=row.key, from_ledger=True, **entry._asdict())
        self._waiting = iter([index for index in range(len(rows)) if index not in self._outcomes])

    def next(self) -> int | None:
        """The next row to send; None when the batch is over."""
        with self._lock:
            return None if self.stopped.is_set() else next(self._waiting, None)

    def begin(self, index: int) -> bool:
        """Record that the row is about to be sent; return whether it may be."""
        self._started[index] = dt.datetime.now(dt.UTC)
        self._attempts[index] = self._attempts.get(index, 0) + 1
        if self._ledger is None:
            return True
        try:
            self._ledger.begin(self.rows[index].key)
        except LedgerError as error:
            self.stopped.set()
            self._finish(index, RowStatus.NOT_SENT, error=error)
            return False
        return True

    def settle(self, index: int, end: Response[T] | Exception) -> float | None:
        """Take the end of an attempt; return the seconds until the row's next one, None where it has its outcome."""
        status, facts = self._last[index] = _read(end)
        pause = self._pause(index, end)
        self._write(index, status, facts)
        if pause is None:
            self.give_up(index)
        return pause

    def give_up(self, index: int) -> None:
        """Make the last attempt the row's outcome."""
        if index in self._last:
            status, facts = self._last.pop(index)
            self._finish(index, status, **facts)

    def _pause(self, index: int, end: Response[T] | Exception) -> float | None:
        if isinstance(end, AuthenticationError | PermissionDeniedError):
            self.stopped.set()  # All other rows would be refused for the same reason.
        pause = pause_before_retry(end, self._attempts[index])
        if isinstance(end, RateLimitedError):
            if pause is None:
                self.stopped.set()
                return None
            with self._lock:
                hold = Hold(monotonic() + pause, pause)
                self.hold = max(self.hold or hold, hold)
        return pause if self._attempts[index] <= self._max_retries and not self.stopped.is_set() else None

    def _write(self, index: int, status: RowStatus, facts: dict[str, Any]) -> None:
        if self._ledger is None:
            return
        recorded = {name: facts.get(name) for name in ("order_id", "status_code", "request_id")}
        try:
            self._ledger.end(self.rows[index].key, status, **recorded)
        except LedgerError as error:
            # The ledger still has the row as being sent: a later run reports it as unknown and does not send it.
            logger.warning("%s The batch stops.", error)
            self.stopped.set()

    def _finish(self, index: int, status: RowStatus, **facts: Any) -> None:
        outcome: RowOutcome[T] = RowOutcome(
            index=index, key=self.rows[index].key, status=status, started_at=self._started.get(index), **facts
        )
        with self._lock:
            self._outcomes[index] = outcome
            if self._progress is None:
                return
            try:
                self._progress(outcome)
            except Exception as error:  # noqa: BLE001 - the outcomes of the other rows are worth more
                logger.warning("progress raised %s and is not called again.", type(error).__name__)
                self._progress = None

    def outcomes(self) -> list[RowOutcome[T]]:
        """One outcome for each row, in the rows' order."""
        return [
            self._outcomes.get(index) or RowOutcome(index=index, key=row.key, status=RowStatus.NOT_TRIED)
            for index, row in enumerate(self.rows)
        ]


def _read(end: Response[Any] | Exception) -> tuple[RowStatus, dict[str, Any]]:
    facts: dict[str, Any]
    if isinstance(end, Response):
        facts = {"status_code": end.status_code, "request_id": end.request_id, "result": end.parsed}
        return RowStatus.ORDERED, {**facts, "order_id": getattr(end.parsed, "order_id", None)}
    facts = {"error": end}
    if isinstance(end, SpotError):
        facts |= {"status_code": end.status_code, "request_id": end.request_id}
    if isinstance(end, OutcomeUnknownError):
        # With an identifier in the answer the order exists, however unreadable the rest is.
        return RowStatus.UNKNOWN, {**facts, "order_id": end.order_id}
    return (RowStatus.REJECTED if isinstance(end, RejectedError) else RowStatus.NOT_SENT), facts
