"""Many requests at once, in threads or in tasks, with one outcome for each row."""

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..configuration.settings import Settings
from ..outcomes.responses import Response
from ..outcomes.rows import RowOutcome
from ..requests.operations import Operation, prepare
from ..transport.engine import AsyncEngine, SyncEngine
from ..transport.retries import sleep_in_task
from ..values.sealed import Sealed, bare
from .batch import Batch, Progress, Row

if TYPE_CHECKING:
    from .ledger import Ledger

T = TypeVar("T")

_LOOK_EVERY = 0.5
"""Seconds after which a waiting task checks whether the batch has stopped."""


def _check(concurrency: int, progress: object) -> int:
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be a function, not {type(progress).__name__}.")
    if type(concurrency) is not int or concurrency < 1:
        raise ValueError("concurrency must be an integer of at least 1.")
    return concurrency


def _open(path: str | os.PathLike[str] | None, settings: Sealed[Settings]) -> "Ledger | None":
    from .ledger import Ledger  # noqa: PLC0415 - most programs have none, and SQLite takes a while to import

    return Ledger(path, settings.open().base_url) if path is not None else None


def run_in_threads(  # noqa: PLR0913 - one for each thing that can be said
    engine: SyncEngine,
    settings: Sealed[Settings],
    operation: Operation[T],
    rows: Sequence[Row],
    *,
    concurrency: int,
    ledger: str | os.PathLike[str] | None,
    progress: Progress[T] | None,
) -> list[RowOutcome[T]]:
    """Send the rows, so many at a time. Raises LedgerError and ValueError before anything is sent."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it takes a while to import

    workers = _check(concurrency, progress)
    engine.check_open()
    written = _open(ledger, settings)
    try:
        batch = Batch(rows, settings.open().max_retries, written, progress)

        def work() -> None:
            while (index := batch.next()) is not None:
                pause: float | None = 0.0
                while pause is not None:
                    if _is_stopped(batch, pause) or not batch.begin(index):
                        break
                    pause = batch.settle(index, _end(engine, settings, operation, rows[index]))
                batch.give_up(index)

        with ThreadPoolExecutor(min(workers, max(1, len(rows)))) as pool:
            try:
                for future in [pool.submit(work) for _ in range(workers)]:
                    future.result()
            finally:
                batch.stopped.set()  # After Ctrl-C, requests under way end and no further one begins.
        return batch.outcomes()
    finally:
        if written is not None:
            written.close()


def _is_stopped(batch: Batch[Any], pause: float) -> bool:
    """Wait until the row may be sent; return whether the batch has stopped meanwhile."""
    seconds, waited = pause, None
    # Another row may meet a 429 meanwhile.
    while not batch.stopped.wait(seconds) and (hold := batch.hold) is not waited:
        seconds, waited = hold.remaining() if hold is not None else 0.0, hold
    return batch.stopped.is_set()


def _end(engine: SyncEngine, settings: Sealed[Settings], operation: Operation[T], row: Row) -> Response[T] | Exception:
    try:
        return engine.run(operation, prepare(settings, operation, row.call), 0)
    except Exception as error:  # noqa: BLE001 - the outcome of this row, which must not hide the others
        return bare(error)


async def run_in_tasks(  # noqa: PLR0913 - one for each thing that can be said
    engine: AsyncEngine,
    settings: Sealed[Settings],
    operation: Operation[T],
    rows: Sequence[Row],
    *,
    concurrency: int,
    ledger: str | os.PathLike[str] | None,
    progress: Progress[T] | None,
) -> list[RowOutcome[T]]:
    """Send the rows, so many at a time. Raises LedgerError and ValueError before anything is sent."""
    import anyio  # noqa: PLC0415 - a program that uses threads alone need not wait for its import

    workers = _check(concurrency, progress)
    await engine.check_open()
    written = _open(ledger, settings)
    try:
        batch = Batch(rows, settings.open().max_retries, written, progress)

        async def work() -> None:
            while (index := batch.next()) is not None:
                pause: float | None = 0.0
                while pause is not None:
                    # A thread waits for the disk, so that no other task has to.
                    if await _is_stopped_in_task(batch, pause) or not (
                        batch.begin(index) if written is None else await anyio.to_thread.run_sync(batch.begin, index)
                    ):
                        break
                    end = await _end_in_task(engine, settings, operation, rows[index])
                    settle = partial(batch.settle, index, end)
                    pause = settle() if written is None else await anyio.to_thread.run_sync(settle)
                batch.give_up(index)

        async with anyio.create_task_group() as group:
            for _ in range(min(workers, len(rows))):
                group.start_soon(work)
        return batch.outcomes()
    finally:
        if written is not None:
            written.close()


async def _is_stopped_in_task(batch: Batch[Any], pause: float) -> bool:
    seconds, waited = pause, None
    while not await _is_stopped_within(batch, seconds) and (hold := batch.hold) is not waited:
        seconds, waited = hold.remaining() if hold is not None else 0.0, hold
    return batch.stopped.is_set()


async def _is_stopped_within(batch: Batch[Any], seconds: float) -> bool:
    while seconds > 0 and not batch.stopped.is_set():
        await sleep_in_task(min(seconds, _LOOK_EVERY))
        seconds -= _LOOK_EVERY
    return batch.stopped.is_set()


async def _end_in_task(
    engine: AsyncEngine, settings: Sealed[Settings], operation: Operation[T], row: Row
) -> Response[T] | Exception:
    try:
        return await engine.run(operation, prepare(settings, operation, row.call), 0)
    except Exception as error:  # noqa: BLE001 - the outcome of this row, which must not hide the others
        return bare(error)
