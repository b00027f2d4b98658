"""Connection pools: one for each process and, in async code, for each event loop."""

import os
import ssl
import sys
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import httpx2

from ..requests.operations import Request
from ..values.sealed import Sealed
from .custom_http import holds_connections, is_traced

H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)

# All connections may stay idle, so that bursts of orders do not reconnect each time.
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=100)

_WITH_BODY = ("POST", "PUT", "PATCH")

Trace = Callable[[str, Any], Any]
"""The callback of httpcore2 for each of its steps."""


CLOSED = "The client is closed, nothing was sent: create a new client."
FORKED = (
    "its http_client or transport was created before this process was forked: create it and the client in each process"
)
OTHER_LOOP = "its http_client or transport belongs to another event loop: create it and the client in each event loop"


class Pool(Generic[H]):
    """An httpx2 client, and how requests are built for it."""

    def __init__(self, http: H, *, is_owned: bool) -> None:
        """Take an httpx2 client; `is_owned` is False if the caller created it."""
        self.http: H = http
        self.is_owned = is_owned
        self.is_traced = is_traced(http)
        self._accept_encoding: tuple[str, str] = ("Accept-Encoding", http.headers["Accept-Encoding"])

    def build(self, request: Request, trace: Trace) -> httpx2.Request:
        """The request as httpx2 sends it."""
        built = self._direct(request) if self.is_owned else self._merged(request)
        built.extensions["trace"] = trace
        if request.secrets:
            built.url = _MaskedURL(built.url, request.secrets)
        return built

    def _direct(self, request: Request) -> httpx2.Request:
        # Our own client has no headers or parameters to merge. Cookies are left out on purpose: what one response sets
        # must not appear in the next request.
        url = _url(request.url)
        headers = [("Host", url.netloc.decode("ascii")), self._accept_encoding, *request.headers]
        if request.content is not None or request.method in _WITH_BODY:
            headers.append(("Content-Length", str(len(request.content or b""))))
        built = httpx2.Request(
            request.method,
            url,
            headers=headers,
            stream=httpx2.ByteStream(request.content or b""),
            extensions={"timeout": request.timeout.as_dict()},
        )
        built.read()
        return built

    def _merged(self, request: Request) -> httpx2.Request:
        built = self.http.build_request(
            request.method, request.url, headers=request.headers, content=request.content, timeout=request.timeout
        )
        if self.http.params:  # httpx2 would replace the parameters of the operation with them.
            built.url = httpx2.URL(f"{request.url}{'&' if '?' in request.url else '?'}{self.http.params}")
        return built


class _MaskedURL(httpx2.URL):
    """An address with credentials in its query. Its text, which httpx2 logs, masks them."""

    def __init__(self, url: httpx2.URL, secrets: Iterable[str]) -> None:
        """Take the address and the secrets in it."""
        super().__init__(url)
        shown = super().__str__()
        for secret in secrets:
            shown = shown.replace(secret, "***")
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"URL({self._shown!r})"


# Parsing an address takes longer than everything else about a request.
_url = lru_cache(maxsize=64)(httpx2.URL)


class SyncPools:
    """A pool for each process. If processes shared connections after a fork, responses would get mixed up."""

    __slots__ = ("_first", "_is_closed", "_is_given", "_is_owned", "_pools")

    def __init__(self, transport: httpx2.BaseTransport | None, http_client: httpx2.Client | None) -> None:
        """Use the caller's transport or client, or create a client."""
        self._is_owned = http_client is None
        self._is_given = transport is not None or http_client is not None
        http = http_client if http_client is not None else httpx2.Client(transport=transport, limits=_LIMITS)
        self._first = Sealed(Pool(http, is_owned=self._is_owned))
        self._pools: dict[int, Sealed[Pool[httpx2.Client]]] = {os.getpid(): self._first}
        self._is_closed = False

    def current(self) -> Sealed[Pool[httpx2.Client]] | str:
        """The pool of this process, or why there is none. Raises RuntimeError if the client is closed."""
        if self._is_closed:
            raise RuntimeError(CLOSED)
        return self._pools.get(os.getpid()) or self._after_fork()

    def _after_fork(self) -> Sealed[Pool[httpx2.Client]] | str:
        if self._is_given:
            return FORKED if holds_connections(self._first.open().http) else self._first
        # The parent's pool stays open: closing it here could close the parent's connections.
        created = Sealed(Pool(httpx2.Client(limits=_LIMITS), is_owned=True))
        return self._pools.setdefault(os.getpid(), created)

    def close(self) -> None:
        """Close the connections of this process, unless the caller created them."""
        if not self._is_owned:
            return
        self._is_closed = True
        sealed = self._pools.get(os.getpid())
        if sealed is not None:
            sealed.open().http.close()


class _Held(NamedTuple):
    """The pool of one event loop."""

    process: int
    pool: Sealed[Pool[httpx2.AsyncClient]]
    closing: AsyncGenerator[None]


async def _closing(http: httpx2.AsyncClient) -> AsyncGenerator[None]:
    """Close the connections when the event loop ends: it closes the async generators that it has started."""
    try:
        yield
    finally:
        await http.aclose()


def _running_loop() -> Any:
    trio: Any = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return trio.lowlevel.current_trio_token()
    import asyncio  # noqa: PLC0415 - programs that only use threads or trio do not need it

    return asyncio.get_running_loop()


class AsyncPools:
    """A pool for each event loop. Connections of a closed loop would lose orders."""

    __slots__ = ("_given", "_held", "_home", "_is_closed", "_is_owned", "_trust")

    def __init__(self, transport: httpx2.AsyncBaseTransport | None, http_client: httpx2.AsyncClient | None) -> None:
        """Use the caller's transport or client, or create clients."""
        self._is_owned = http_client is None
        self._given: Sealed[Pool[httpx2.AsyncClient]] | None = None
        if http_client is not None:
            self._given = Sealed(Pool(http_client, is_owned=False))
        elif transport is not None:
            self._given = Sealed(Pool(httpx2.AsyncClient(transport=transport, limits=_LIMITS), is_owned=True))
        self._home: tuple[int, weakref.ref[Any]] | None = None
        self._held: weakref.WeakKeyDictionary[Any, _Held] = weakref.WeakKeyDictionary()
        self._trust: ssl.SSLContext | None = None
        self._is_closed = False

    async def current(self) -> Sealed[Pool[httpx2.AsyncClient]] | str:
        """The pool of the running event loop, or why there is none. Raises RuntimeError if the client is closed."""
        if self._is_closed:
            raise RuntimeError(CLOSED)
        loop = _running_loop()
        if self._given is not None:
            return self._problem(loop, self._given.open().http) or self._given
        held = self._held.get(loop)
        if held is None or held.process != os.getpid():
            self._forget_closed()
            pool = self._make()
            held = self._held[loop] = _Held(os.getpid(), pool, _closing(pool.open().http))
            await anext(held.closing)
        return held.pool

    def _forget_closed(self) -> None:
        # The generators refer to their loops, so the weak keys alone would release none.
        for loop, held in list(self._held.items()):
            if held.pool.open().http.is_closed:
                self._held.pop(loop, None)

    def _make(self) -> Sealed[Pool[httpx2.AsyncClient]]:
        # Reading the certificates takes longer than an order, and they are the same for every loop.
        self._trust = self._trust or httpx2.create_ssl_context()
        return Sealed(Pool(httpx2.AsyncClient(verify=self._trust, limits=_LIMITS), is_owned=True))

    def _problem(self, loop: Any, http: httpx2.AsyncClient) -> str | None:
        if self._home is None:
            self._home = (os.getpid(), weakref.ref(loop))
        process, home = self._home
        if not holds_connections(http):
            return None
        if process != os.getpid():
            return FORKED
        return OTHER_LOOP if home() is not loop else None

    async def aclose(self) -> None:
        """Close the connections of this event loop, unless the caller created them. Others close with their loops."""
        if not self._is_owned:
            return
        self._is_closed = True
        if self._given is not None:
            await self._given.open().http.aclose()
        held = self._held.get(_running_loop())
        if held is not None and held.process == os.getpid():
            await held.closing.aclose()
