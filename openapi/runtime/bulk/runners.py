"""Run a batch in threads or in tasks, with one outcome for each row."""

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
from ..values.sealed import Sealed, without_frames
from .batch import Batch, Progress, Row

if TYPE_CHECKING:
    from .ledger import Ledger

T = TypeVar("T")

_POLL_INTERVAL = 0.5
"""The interval at which a waiting task checks whether the batch has stopped, in seconds."""


def _check(concurrency: int, progress: object) -> int:
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be callable, not {type(progress).__name__}.")
    if type(concurrency) is not int or concurrency < 1:
        raise ValueError("concurrency must be an integer of at least 1.")
    return concurrency


def _open(path: str | os.PathLike[str] | None, settings: Sealed[Settings]) -> "Ledger | None":
    from .ledger import Ledger  # noqa: PLC0415 - most programs have none, and importing SQLite is slow

    return Ledger(path, settings.open().base_url) if path is not None else None


def run_in_threads(  # noqa: PLR0913 - one for each option
    engine: SyncEngine,
    settings: Sealed[Settings],
    operation: Operation[T],
    rows: Sequence[Row],
    *,
    concurrency: int,
    ledger: str | os.PathLike[str] | None,
    progress: Progress[T] | None,
) -> list[RowOutcome[T]]:
    """Send the rows, `concurrency` at a time. Raises LedgerError, TypeError and ValueError before anything is sent."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - its import is slow

    workers = _check(concurrency, progress)
    engine.check_open()
    open_ledger = _open(ledger, settings)
    try:
        batch = Batch(rows, settings.open().max_retries, open_ledger, progress)

        def work() -> None:
            while (index := batch.next()) is not None:
                pause: float | None = 0.0
                while pause is not None:
                    if _is_stopped(batch, pause) or not batch.begin(index):
                        break
                    pause = batch.settle(index, _attempt(engine, settings, operation, rows[index]))
                batch.give_up(index)

        with ThreadPoolExecutor(min(workers, max(1, len(rows)))) as pool:
            try:
                for future in [pool.submit(work) for _ in range(workers)]:
                    future.result()
            finally:
                batch.stopped.set()  # After Ctrl-C, requests in progress finish and no other one starts.
        return batch.outcomes()
    finally:
        if open_ledger is not None:
            open_ledger.close()


def _is_stopped(batch: Batch[Any], pause: float) -> bool:
    """Wait until the row may be sent; return whether the batch has stopped in the meantime."""
    seconds, waited = pause, None
    # Another row may get a 429 in the meantime.
    while not batch.stopped.wait(seconds) and (hold := batch.hold) is not waited:
        seconds, waited = hold.remaining() if hold is not None else 0.0, hold
    return batch.stopped.is_set()


def _attempt(
    engine: SyncEngine, settings: Sealed[Settings], operation: Operation[T], row: Row
) -> Response[T] | Exception:
    try:
        return engine.run(operation, prepare(settings, operation, row.call), 0)
    except Exception as error:  # noqa: BLE001 - the outcome of this row, which must not hide the others
        return without_frames(error)


async def run_in_tasks(  # noqa: PLR0913 - one for each option
    engine: AsyncEngine,
    settings: Sealed[Settings],
    operation: Operation[T],
    rows: Sequence[Row],
    *,
    concurrency: int,
    ledger: str | os.PathLike[str] | None,
    progress: Progress[T] | None,
) -> list[RowOutcome[T]]:
    """Send the rows, `concurrency` at a time. Raises LedgerError, TypeError and ValueError before anything is sent."""
    import anyio  # noqa: PLC0415 - programs that only use threads do not need it

    workers = _check(concurrency, progress)
    await engine.check_open()
    open_ledger = _open(ledger, settings)
    try:
        batch = Batch(rows, settings.open().max_retries, open_ledger, progress)

        async def work() -> None:
            while (index := batch.next()) is not None:
                pause: float | None = 0.0
                while pause is not None:
                    # A thread waits for the disk, so that other tasks do not have to.
                    if await _is_stopped_in_task(batch, pause) or not (
                        batch.begin(index)
                        if open_ledger is None
                        else await anyio.to_thread.run_sync(batch.begin, index)
                    ):
                        break
                    result = await _attempt_in_task(engine, settings, operation, rows[index])
                    settle = partial(batch.settle, index, result)
                    pause = settle() if open_ledger is None else await anyio.to_thread.run_sync(settle)
                batch.give_up(index)

        async with anyio.create_task_group() as group:
            for _ in range(min(workers, len(rows))):
                group.start_soon(work)
        return batch.outcomes()
    finally:
        if open_ledger is not None:
            open_ledger.close()


async def _is_stopped_in_task(batch: Batch[Any], pause: float) -> bool:
    seconds, waited = pause, None
    while not await _is_stopped_within(batch, seconds) and (hold := batch.hold) is not waited:
        seconds, waited = hold.remaining() if hold is not None else 0.0, hold
    return batch.stopped.is_set()


async def _is_stopped_within(batch: Batch[Any], seconds: float) -> bool:
    while seconds > 0 and not batch.stopped.is_set():
        await sleep_in_task(min(seconds, _POLL_INTERVAL))
        seconds -= _POLL_INTERVAL
    return batch.stopped.is_set()


async def _attempt_in_task(
    engine: AsyncEngine, settings: Sealed[Settings], operation: Operation[T], row: Row
) -> Response[T] | Exception:
    try:
        return await engine.run(operation, prepare(settings, operation, row.call), 0)
    except Exception as error:  # noqa: BLE001 - the outcome of this row, which must not hide the others
        return without_frames(error)
