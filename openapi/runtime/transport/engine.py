"""Send a request until there is an outcome: SyncEngine and AsyncEngine. Everything but I/O is shared."""

import logging
from time import monotonic, sleep
from typing import Any, TypeVar

import httpx2

from ..outcomes.errors import NotSentError, SpotError
from ..outcomes.responses import Response
from ..requests.operations import Operation, Request
from ..values.sealed import Sealed, without_frames
from .answers import Answer, read
from .custom_http import check_custom_http
from .pools import AsyncPools, H, Pool, SyncPools
from .retries import pause_before_retry, sleep_in_task

T = TypeVar("T")

logger = logging.getLogger("spot_api_client")
logger.addHandler(logging.NullHandler())


class Exchange:
    """One call: its attempts, and whether another attempt is safe."""

    def __init__(self, operation: Operation[Any], max_retries: int) -> None:
        """Take the operation and the maximum number of retries."""
        self._operation = operation
        self._max_retries = max_retries
        self._attempt = 0
        self._started = self._first_started = 0.0

    def begin(self, *, is_traced: bool) -> Answer:
        """Start an attempt."""
        self._attempt += 1
        self._started = monotonic()
        self._first_started = self._first_started or self._started
        return Answer(self._attempt, self._first_started, is_traced=is_traced)

    def pause_before_retry(self, outcome: Response[Any] | SpotError, answer: Answer) -> float | None:
        """Seconds until the next attempt; None if there must be none. Logs the attempt."""
        pause = pause_before_retry(outcome, self._attempt) if self._attempt <= self._max_retries else None
        if logger.isEnabledFor(logging.INFO):
            self._log(outcome, answer, pause)
        return pause

    def _log(self, outcome: Response[Any] | SpotError, answer: Answer, pause: float | None) -> None:
        logger.info(
            "%s %s: %s in %.0f ms (attempt %d of %d)%s",
            self._operation.method,
            self._operation.path,
            answer.status if answer.status is not None else type(outcome).__name__,
            (monotonic() - self._started) * 1000,
            self._attempt,
            self._max_retries + 1,
            "" if pause is None else f", next in {pause:.1f} s",
        )


Step = tuple[Response[T] | SpotError, float | None]
"""The outcome of an attempt, and the seconds until the next attempt; None if there is none."""


def _usable(operation: Operation[Any], pool: Sealed[Pool[H]] | str) -> Sealed[Pool[H]]:
    if isinstance(pool, str):
        raise NotSentError(f"{operation.name} was not sent: {pool}.")
    return pool


def _outcome(step: Step[T] | BaseException) -> Step[T]:
    """The outcome of an attempt. Raises KeyboardInterrupt, SystemExit and cancellation."""
    if isinstance(step, BaseException):
        try:
            raise step
        finally:
            del step  # Otherwise the exception and this frame would form a reference cycle.
    return step


class SyncEngine:
    """Sends requests from threads."""

    __slots__ = ("_pools",)

    def __init__(self, transport: httpx2.BaseTransport | None, http_client: httpx2.Client | None) -> None:
        """Use the caller's transport or client, or create a client."""
        check_custom_http(transport, http_client, httpx2.BaseTransport, httpx2.Client)
        self._pools = SyncPools(transport, http_client)

    def check_open(self) -> None:
        """Raise RuntimeError if the client is closed."""
        self._pools.current()

    def run(self, operation: Operation[T], request: Sealed[Request], max_retries: int) -> Response[T]:
        """Send until there is an outcome. Raises SpotError; RuntimeError if the client is closed."""
        exchange = Exchange(operation, max_retries)
        pool = _usable(operation, self._pools.current())
        while True:
            outcome, pause = _outcome(self._attempt(operation, request, exchange, pool))
            if pause is None:
                break
            sleep(pause)
        if isinstance(outcome, SpotError):
            raise outcome
        return outcome

    @staticmethod
    def _attempt(
        operation: Operation[T], request: Sealed[Request], exchange: Exchange, pool: Sealed[Pool[httpx2.Client]]
    ) -> Step[T] | BaseException:
        """Send once. Exceptions are returned, so that no traceback holds this frame and the frames below."""
        used = pool.open()
        answer = exchange.begin(is_traced=used.is_traced)
        try:
            built = used.build(request.open(), answer.trace)
            response = used.http.send(built, stream=True, auth=None, follow_redirects=False)
            try:
                answer.start(response)
                all(map(answer.add, response.iter_bytes()))
            finally:
                response.close()
        except Exception as error:  # noqa: BLE001 - after any error, the order may exist
            answer.fail(error)
        except BaseException as error:  # noqa: BLE001 - `run` raises it again
            return without_frames(error)
        outcome = read(operation, answer)
        return outcome, exchange.pause_before_retry(outcome, answer)

    def close(self) -> None:
        """Close the connections, unless the caller created them."""
        self._pools.close()


class AsyncEngine:
    """Sends requests from async tasks."""

    __slots__ = ("_pools",)

    def __init__(self, transport: httpx2.AsyncBaseTransport | None, http_client: httpx2.AsyncClient | None) -> None:
        """Use the caller's transport or client, or create a client."""
        check_custom_http(transport, http_client, httpx2.AsyncBaseTransport, httpx2.AsyncClient)
        self._pools = AsyncPools(transport, http_client)

    async def check_open(self) -> None:
        """Raise RuntimeError if the client is closed."""
        await self._pools.current()

    async def run(self, operation: Operation[T], request: Sealed[Request], max_retries: int) -> Response[T]:
        """Send until there is an outcome. Raises SpotError; RuntimeError if the client is closed."""
        exchange = Exchange(operation, max_retries)
        pool = _usable(operation, await self._pools.current())
        while True:
            outcome, pause = _outcome(await self._attempt(operation, request, exchange, pool))
            if pause is None:
                break
            await sleep_in_task(pause)
        if isinstance(outcome, SpotError):
            raise outcome
        return outcome

    @staticmethod
    async def _attempt(
        operation: Operation[T], request: Sealed[Request], exchange: Exchange, pool: Sealed[Pool[httpx2.AsyncClient]]
    ) -> Step[T] | BaseException:
        """Send once. Exceptions are returned, so that no traceback holds this frame and the frames below."""
        used = pool.open()
        answer = exchange.begin(is_traced=used.is_traced)
        try:
            built = used.build(request.open(), answer.trace_in_task)
            response = await used.http.send(built, stream=True, auth=None, follow_redirects=False)
            try:
                answer.start(response)
                async for chunk in response.aiter_bytes():
                    if not answer.add(chunk):
                        break
            finally:
                await response.aclose()
        except Exception as error:  # noqa: BLE001 - after any error, the order may exist
            answer.fail(error)
        except BaseException as error:  # noqa: BLE001 - `run` raises it again
            return without_frames(error)
        outcome = read(operation, answer)
        return outcome, exchange.pause_before_retry(outcome, answer)

    async def aclose(self) -> None:
        """Close the connections, unless the caller created them."""
        await self._pools.aclose()
