"""Stores orders: those that arrive together are written together, and none is answered before it is committed."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from spot_sandbox.store.database import BusyError, Database, LostError, parse
from spot_sandbox.store.orders import Order, Row, StoreError, order_of
from spot_sandbox.store.sqlite import SqliteDatabase

# How long an order waits for a locked or lost database, and the pause between attempts, in seconds.
PATIENCE = 5
PAUSE = 0.005
LONGEST_PAUSE = 0.2
# The time limit of one attempt, in seconds, for a database server that stops responding.
SILENCE = 20
# The size limit of a batch, in orders.
LARGEST_BATCH = 500

_SILENT = "the database does not answer"


@dataclass(slots=True, eq=False)
class _Batch:
    """Orders that are written in one transaction, or one by one if one of them is rejected."""

    rows: list[Row]
    done: list[Callable[[Order | StoreError], None]]
    deadline: float
    numbers: list[int] = field(default_factory=list[int])
    is_lost: bool = False  # It may have been written already.
    pause: float = PAUSE


class Store:
    """Stores orders in one database, from one event loop.

    Orders are read through `database`.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._rows: list[Row] = []
        self._done: list[Callable[[Order | StoreError], None]] = []
        self._is_busy = False
        self._was_lost = False
        self._is_silent = False  # The thread still waits for an abandoned attempt.
        self._thread = ThreadPoolExecutor(1, "spot-sandbox-writer") if database.is_remote else None

    async def place(self, row: Row) -> Order:
        """Store one order and return it with its id.

        Raises:
            StoreError: it was not stored; if `is_unknown` is set, it may have been.

        """
        if self.database.is_memory:
            return self._place_now(row)
        kept: asyncio.Future[Order] = asyncio.get_running_loop().create_future()

        def done(result: Order | StoreError) -> None:
            if kept.done():
                return
            if isinstance(result, StoreError):
                kept.set_exception(result)
            else:
                kept.set_result(result)

        self.submit(row, done)
        return await kept

    def _place_now(self, row: Row) -> Order:
        """Store one order in memory."""
        numbers: list[int] = []
        self.database.insert((row,), numbers)
        return order_of(numbers[0], row)

    def submit(self, row: Row, done: Callable[[Order | StoreError], None]) -> None:
        """Store one order and call `done` once with the result: at once in memory, else from the event loop."""
        if self.database.is_memory:
            done(self._place_now(row))
            return
        if self._is_silent:
            done(StoreError(_SILENT))
            return
        self._rows.append(row)
        self._done.append(done)
        if not self._is_busy:
            self._is_busy = True
            asyncio.get_running_loop().call_soon(self._next)

    def close(self) -> None:
        """Close the database. All answered orders are committed already."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
        self.database.close()

    def _next(self) -> None:
        """Write the orders that are waiting."""
        if not self._rows:
            self._is_busy = False
            return
        patience = 0 if self._was_lost else PATIENCE
        deadline = asyncio.get_running_loop().time() + patience
        batch = _Batch(self._rows[:LARGEST_BATCH], self._done[:LARGEST_BATCH], deadline)
        del self._rows[:LARGEST_BATCH], self._done[:LARGEST_BATCH]
        self._write(batch)

    def _write(self, batch: _Batch) -> None:
        if self._thread is None:
            try:
                self.database.insert(batch.rows, batch.numbers)
            except (BusyError, StoreError) as error:
                self._failed(batch, error)
            else:
                self._kept(batch)
            return
        task = asyncio.get_running_loop().run_in_executor(self._thread, self.database.insert, batch.rows, batch.numbers)
        timer = asyncio.get_running_loop().call_later(SILENCE, self._give_up, batch)

        def written(task: asyncio.Future[None]) -> None:
            timer.cancel()
            self._is_silent = False
            if task.cancelled():
                return
            error = task.exception()
            if error is None:
                self._kept(batch)
            else:
                self._failed(batch, error)

        task.add_done_callback(written)

    def _give_up(self, batch: _Batch) -> None:
        """Fail the orders that wait for an unresponsive database; the thread keeps waiting for it."""
        self._was_lost = self._is_silent = True
        for done in batch.done:
            done(StoreError(_SILENT, is_unknown=True))
        for done in self._done:
            done(StoreError(_SILENT))
        batch.done.clear()
        self._rows.clear()
        self._done.clear()

    def _kept(self, batch: _Batch) -> None:
        self._was_lost = False
        for number, row, done in zip(batch.numbers, batch.rows, batch.done, strict=False):
            done(order_of(number, row))
        self._next()

    def _failed(self, batch: _Batch, error: BaseException) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(error, LostError):
            batch.is_lost = batch.is_lost or bool(batch.numbers)
        if isinstance(error, (BusyError, LostError)) and loop.time() < batch.deadline and batch.done:
            batch.pause = min(batch.pause * 1.5, LONGEST_PAUSE)
            loop.call_later(batch.pause, self._write, batch)
            return
        if isinstance(error, StoreError) and len(batch.rows) > 1 and not batch.is_lost:
            self._one_by_one(batch)
            return
        self._refuse(batch, error)
        self._next()

    def _refuse(self, batch: _Batch, error: BaseException) -> None:
        if isinstance(error, BusyError):
            failure = StoreError("cannot write to the database: another process holds it")
        elif isinstance(error, LostError):
            self._was_lost = True
            failure = StoreError(f"lost the database: {error}", is_unknown=batch.is_lost)
        elif isinstance(error, StoreError):
            failure = StoreError(str(error), is_unknown=batch.is_lost)
        else:
            failure = StoreError(f"cannot write to the database: {type(error).__name__}", is_unknown=batch.is_lost)
        for done in batch.done:
            done(failure)

    def _one_by_one(self, batch: _Batch) -> None:
        """Retry the orders one by one, so that a rejected order does not fail the others."""
        rows, done = batch.rows, batch.done
        self._rows[:0], self._done[:0] = rows[1:], done[1:]
        self._write(_Batch(rows[:1], done[:1], batch.deadline))


def open_store(name: str) -> Store:
    """Open a store by a file path, :memory: or an SQLAlchemy URL. Raises StoreError."""
    url = parse(name)
    if url.get_backend_name() == "sqlite":
        database: Database = SqliteDatabase(url)
    else:
        from spot_sandbox.store.postgresql import PostgresDatabase  # noqa: PLC0415 - needs an optional package.

        database = PostgresDatabase(url)
    with contextlib.ExitStack() as stack:
        stack.callback(database.close)
        database.create()
        stack.pop_all()
    return Store(database)
