"""The state of a running batch, for threads and tasks: which row is next, when to wait, when to stop."""

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
from ..values.sealed import Sealed, drop_frames

if TYPE_CHECKING:
    from .ledger import Ledger

T = TypeVar("T")

logger = logging.getLogger("spot_api_client")

Progress = Callable[[RowOutcome[T]], object]


class Row(NamedTuple):
    """A row: the caller's key, and the order."""

    key: str
    call: Sealed[Call]


@drop_frames
def rows_of(rows: Sealed[Iterable[Any]], options: Sealed[Options], *, needs_keys: bool) -> list[Row]:
    """The rows with their keys. Raises TypeError and ValueError, which name a row by its index."""
    given = rows.open()
    is_iterable = isinstance(given, Iterable)  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
    if is_object(given) or isinstance(given, str) or not is_iterable:
        advice = ": pass rows.items()" if is_object(given) else ""
        raise TypeError(f"rows must be orders, or pairs of a key and an order, not {type(given).__name__}{advice}.")
    found: list[Row] = []
    indexes: dict[str, int] = {}
    for index, row in enumerate(given):
        key, body = _pair(row)
        if key is None and needs_keys:
            raise ValueError(f"rows[{index}] has no key: with a ledger, pass pairs of a key and an order.")
        key = str(index) if key is None else key
        if not isinstance(key, str) or not key or not key.isprintable():
            raise ValueError(f"The key of rows[{index}] must be a non-empty str of printable characters.")
        if key in indexes:
            raise ValueError(
                f"rows[{index}] and rows[{indexes[key]}] have the same key: pass a different key for each row."
            )
        indexes[key] = index
        found.append(Row(key, seal(body=body, options=options.open())))
    return found


def _pair(row: object) -> tuple[Any, Any]:
    value: Any = row
    # A key and an order.
    return (value[0], value[1]) if isinstance(row, tuple) and len(value) == 2 else (None, value)  # noqa: PLR2004


class Hold(NamedTuple):
    """A pause of all rows, which the server asked for."""

    until: float
    """By the monotonic clock."""
    seconds: float

    def remaining(self) -> float:
        """Seconds left. Never more than the pause itself, because test suites freeze clocks."""
        return min(self.seconds, max(0.0, self.until - monotonic()))


class Batch(Generic[T]):
    """The rows of a batch and their outcomes. Thread-safe."""

    def __init__(
        self, rows: Sequence[Row], max_retries: int, ledger: "Ledger | None", progress: "Progress[T] | None"
    ) -> None:
        """Take the rows; those that the ledger has as ordered or unknown get their outcome at once."""
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
        """The pause that all rows wait for before they are sent."""
        self.stopped = threading.Event()
        settled = ledger.settled if ledger is not None else {}
        for index, row in enumerate(rows):
            if row.key in settled:
                entry = settled[row.key]
                self._outcomes[index] = RowOutcome(index=index, key=row.key, from_ledger=True, **entry._asdict())
        self._waiting = iter([index for index in range(len(rows)) if index not in self._outcomes])

    def next(self) -> int | None:
        """The index of the next row to send; None at the end of the batch."""
        with self._lock:
            return None if self.stopped.is_set() else next(self._waiting, None)

    def begin(self, index: int) -> bool:
        """Record that the row is about to be sent; return whether to send it."""
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

    def settle(self, index: int, result: Response[T] | Exception) -> float | None:
        """Record the result of an attempt; return the seconds until the next attempt, or None if there is none."""
        status, facts = self._last[index] = _read(result)
        pause = self._pause(index, result)
        self._write(index, status, facts)
        if pause is None:
            self.give_up(index)
        return pause

    def give_up(self, index: int) -> None:
        """Make the result of the last attempt the outcome of the row."""
        if index in self._last:
            status, facts = self._last.pop(index)
            self._finish(index, status, **facts)

    def _pause(self, index: int, result: Response[T] | Exception) -> float | None:
        if isinstance(result, AuthenticationError | PermissionDeniedError):
            self.stopped.set()  # All other rows would be rejected for the same reason.
        pause = pause_before_retry(result, self._attempts[index])
        if isinstance(result, RateLimitedError):
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
            # In the ledger, the row is still being sent: a later run returns it as unknown and does not send it.
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
            except Exception as error:  # noqa: BLE001 - the outcomes of the other rows matter more
                logger.warning("progress raised %s and will not be called again.", type(error).__name__)
                self._progress = None

    def outcomes(self) -> list[RowOutcome[T]]:
        """One outcome for each row, in the order of the rows."""
        return [
            self._outcomes.get(index) or RowOutcome(index=index, key=row.key, status=RowStatus.NOT_TRIED)
            for index, row in enumerate(self.rows)
        ]


def _read(result: Response[Any] | Exception) -> tuple[RowStatus, dict[str, Any]]:
    facts: dict[str, Any]
    if isinstance(result, Response):
        facts = {"status_code": result.status_code, "request_id": result.request_id, "result": result.parsed}
        return RowStatus.ORDERED, {**facts, "order_id": getattr(result.parsed, "order_id", None)}
    facts = {"error": result}
    if isinstance(result, SpotError):
        facts |= {"status_code": result.status_code, "request_id": result.request_id}
    if isinstance(result, OutcomeUnknownError):
        # If the response contains an identifier, the order exists.
        return RowStatus.UNKNOWN, {**facts, "order_id": result.order_id}
    return (RowStatus.REJECTED if isinstance(result, RejectedError) else RowStatus.NOT_SENT), facts
