"""Attempts over a connection, in threads (SyncEngine) and in tasks (AsyncEngine); all that is not I/O is shared."""

import logging
import random
from collections.abc import Callable, Iterable
from functools import lru_cache
from time import monotonic, sleep
from typing import Any, TypeVar

import httpx2

from .answers import Answer, read
from .errors import NotSentError, RateLimitedError, SpotError
from .operations import Operation, Request
from .responses import Response

T = TypeVar("T")

logger = logging.getLogger("spot_api_client")
logger.addHandler(logging.NullHandler())

BACKOFF_SECONDS = 0.5
"""The longest pause before the first repeat; it doubles with each."""
LONGEST_PAUSE = 8.0
LONGEST_RETRY_AFTER = 60.0
"""Seconds of Retry-After that are waited out; where the server asks for more, the caller is told instead."""

_TRANSPORT_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError)


class Exchange:
    """One call: its attempts, what each brought, and whether another one is safe."""

    def __init__(self, operation: Operation[Any], max_retries: int) -> None:
        """Take the operation and the number of repeats."""
        self._operation = operation
        self._max_retries = max_retries
        self._attempt = 0
        self._started = 0.0

    def begin(self) -> Answer:
        """Start an attempt."""
        self._attempt += 1
        self._started = monotonic()
        return Answer()

    def pause_before_repeat(self, outcome: Response[Any] | SpotError, answer: Answer) -> float | None:
        """Seconds until the next attempt; None where there must be none. Logs the attempt."""
        pause = self._pause(outcome) if isinstance(outcome, NotSentError | RateLimitedError) else None
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

    def _pause(self, error: NotSentError | RateLimitedError) -> float | None:
        if self._attempt > self._max_retries:
            return None
        ceiling = min(LONGEST_PAUSE, BACKOFF_SECONDS * 2 ** (self._attempt - 1))
        # Jitter spreads the callers that one outage has lined up.
        jitter = random.uniform(ceiling / 2, ceiling)  # noqa: S311 - no secret
        asked = error.retry_after if isinstance(error, RateLimitedError) else None
        if asked is None:
            return jitter
        return asked + jitter / 10 if asked <= LONGEST_RETRY_AFTER else None


# As many idle connections as there may be at all: httpcore2 closes a surplus one although another thread has just been
# given it, and an order would be lost between the two.
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=100)


_Build = Callable[[Request], httpx2.Request]


def _direct(http: httpx2.Client | httpx2.AsyncClient) -> _Build:
    """Make requests for a client of ours, which has no headers or parameters to merge.

    Its cookies are left out on purpose: what one answer sets must not show in the next request.
    """
    encodings = ("Accept-Encoding", http.headers["Accept-Encoding"])

    def build(request: Request) -> httpx2.Request:
        built = httpx2.Request(
            request.method,
            _url(request.url),
            headers=[encodings, *request.headers],
            content=request.content,
            extensions={"timeout": request.timeout.as_dict()},
        )
        return _masked(built, request.secrets) if request.secrets else built

    return build


def _merged(http: httpx2.Client | httpx2.AsyncClient) -> _Build:
    """Make requests for a client of the caller's, with its headers, cookies and parameters."""

    def build(request: Request) -> httpx2.Request:
        built = http.build_request(
            request.method, request.url, headers=request.headers, content=request.content, timeout=request.timeout
        )
        if http.params:  # httpx2 puts them in place of the operation's own.
            built.url = httpx2.URL(f"{request.url}{'&' if '?' in request.url else '?'}{http.params}")
        return _masked(built, request.secrets) if request.secrets else built

    return build


class _MaskedURL(httpx2.URL):
    """An address with credentials in its query, which its text does not show: httpx2 logs that text."""

    def __init__(self, url: httpx2.URL, secrets: Iterable[str]) -> None:
        """Take the address and what not to show of it."""
        super().__init__(url)
        shown = super().__str__()
        for secret in secrets:
            shown = shown.replace(secret, "***")
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"URL({self._shown!r})"


def _masked(request: httpx2.Request, secrets: Iterable[str]) -> httpx2.Request:
    request.url = _MaskedURL(request.url, secrets)
    return request


# Parsing an address takes longer than all else that a request needs.
_url = lru_cache(maxsize=64)(httpx2.URL)


async def sleep_in_task(seconds: float) -> None:
    """Pause this task alone."""
    import asyncio  # noqa: PLC0415 - a program that uses threads alone need not wait for its import

    await asyncio.sleep(seconds)


class SyncEngine:
    """Requests from threads, over one pool of connections."""

    def __init__(self, transport: httpx2.BaseTransport | None, http_client: httpx2.Client | None) -> None:
        """Take a transport or a client of the caller's; make a client of its own otherwise."""
        self._owned = http_client is None
        self.http = http_client if http_client is not None else httpx2.Client(transport=transport, limits=_LIMITS)
        self._build = _direct(self.http) if self._owned else _merged(self.http)

    def run(self, operation: Operation[T], request: Request, max_retries: int) -> Response[T]:
        """Send until there is an outcome. Raises SpotError."""
        exchange = Exchange(operation, max_retries)
        while True:
            answer = exchange.begin()
            self._attempt(request, answer)
            outcome = read(operation, answer)
            pause = exchange.pause_before_repeat(outcome, answer)
            if pause is not None:
                sleep(pause)
            elif isinstance(outcome, SpotError):
                raise outcome
            else:
                return outcome

    def _attempt(self, request: Request, answer: Answer) -> None:
        try:
            built = self._build(request)
            response = self.http.send(built, stream=True, auth=None, follow_redirects=False)
            try:
                answer.start(response)
                for chunk in response.iter_bytes():
                    if not answer.add(chunk):
                        break
            finally:
                response.close()
        except _TRANSPORT_ERRORS as error:
            answer.fail(error)

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owned:
            self.http.close()


class AsyncEngine:
    """Requests from tasks, over one pool of connections."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None, http_client: httpx2.AsyncClient | None) -> None:
        """Take a transport or a client of the caller's; make a client of its own otherwise."""
        self._owned = http_client is None
        self.http = http_client if http_client is not None else httpx2.AsyncClient(transport=transport, limits=_LIMITS)
        self._build = _direct(self.http) if self._owned else _merged(self.http)

    async def run(self, operation: Operation[T], request: Request, max_retries: int) -> Response[T]:
        """Send until there is an outcome. Raises SpotError."""
        exchange = Exchange(operation, max_retries)
        while True:
            answer = exchange.begin()
            await self._attempt(request, answer)
            outcome = read(operation, answer)
            pause = exchange.pause_before_repeat(outcome, answer)
            if pause is not None:
                await sleep_in_task(pause)
            elif isinstance(outcome, SpotError):
                raise outcome
            else:
                return outcome

    async def _attempt(self, request: Request, answer: Answer) -> None:
        try:
            built = self._build(request)
            response = await self.http.send(built, stream=True, auth=None, follow_redirects=False)
            try:
                answer.start(response)
                async for chunk in response.aiter_bytes():
                    if not answer.add(chunk):
                        break
            finally:
                await response.aclose()
        except _TRANSPORT_ERRORS as error:
            answer.fail(error)

    async def aclose(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owned:
            await self.http.aclose()
