"""httpx2 transports that pass requests to the sandbox without a port, and fail like a connection."""

import asyncio
import queue
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import anyio.to_thread
import httpx2

from spot_sandbox.testing.sandbox import SpotSandbox

_CLIENT = ("127.0.0.1", 0)


class _Exchange:
    """One request to the sandbox's event loop, from another thread."""

    def __init__(self, sandbox: SpotSandbox, request: httpx2.Request, body: bytes) -> None:
        self._messages: queue.SimpleQueue[MutableMapping[str, Any] | None] = queue.SimpleQueue()
        self._timeout: float | None = request.extensions.get("timeout", {}).get("read")
        self._request = request
        self._body = body
        self._is_read = False
        self._gone: asyncio.Event | None = None
        self._sandbox = sandbox
        sandbox.start(self._run())

    async def _run(self) -> None:
        self._gone = asyncio.Event()
        url = self._request.url
        scope = {
            "type": "http",
            "method": self._request.method,
            "path": url.path,
            "query_string": url.query,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "http_version": "1.1",
            "client": _CLIENT,
        }
        try:
            await self._sandbox.service(scope, self._receive, self._send)
        finally:
            self._messages.put(None)

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._body}
        if self._gone is not None:
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self._messages.put(message)

    def next(self) -> MutableMapping[str, Any]:
        """The next ASGI message. Raises httpx2's errors for a closed connection and for a timeout."""
        try:
            message = self._messages.get(timeout=self._timeout)
        except queue.Empty:
            raise httpx2.ReadTimeout("The sandbox did not answer in time.", request=self._request) from None
        if message is None:
            raise httpx2.RemoteProtocolError("The sandbox closed the connection.", request=self._request)
        return message

    def close(self) -> None:
        """Cancel the request."""
        gone = self._gone
        if gone is not None:
            self._sandbox.call(gone.set)


class _Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        is_more = True
        while is_more:
            message = self._exchange.next()
            is_more = message.get("more_body", False)
            yield message["body"]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        is_more = True
        while is_more:
            message = await anyio.to_thread.run_sync(self._exchange.next, abandon_on_cancel=True)
            is_more = message.get("more_body", False)
            yield message["body"]

    def close(self) -> None:
        self._exchange.close()

    async def aclose(self) -> None:
        self._exchange.close()


def _check_refused(sandbox: SpotSandbox, request: httpx2.Request) -> None:
    if sandbox.call(sandbox.service.scenarios.refusing_for):
        raise httpx2.ConnectError("The sandbox refuses connections.", request=request)


def _response(start: MutableMapping[str, Any], exchange: _Exchange) -> httpx2.Response:
    return httpx2.Response(start["status"], headers=start["headers"], stream=_Body(exchange))


class SandboxTransport(httpx2.BaseTransport):
    """A transport for SpotClient and httpx2.Client."""

    def __init__(self, sandbox: SpotSandbox) -> None:
        """The sandbox must be running while the transport is used."""
        self._sandbox = sandbox

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request to the sandbox."""
        _check_refused(self._sandbox, request)
        exchange = _Exchange(self._sandbox, request, request.read())
        try:
            return _response(exchange.next(), exchange)
        except httpx2.TransportError:
            exchange.close()
            raise


class AsyncSandboxTransport(httpx2.AsyncBaseTransport):
    """A transport for AsyncSpotClient and httpx2.AsyncClient."""

    def __init__(self, sandbox: SpotSandbox) -> None:
        """The sandbox must be running while the transport is used."""
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request to the sandbox."""
        _check_refused(self._sandbox, request)
        exchange = _Exchange(self._sandbox, request, await request.aread())
        try:
            return _response(await anyio.to_thread.run_sync(exchange.next, abandon_on_cancel=True), exchange)
        except BaseException:
            exchange.close()
            raise
