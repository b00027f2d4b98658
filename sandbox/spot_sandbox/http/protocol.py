"""HTTP/1.1 as uvicorn and httptools speak it, without three of their limits.

A client may offer another protocol (Java's and Kotlin's offer HTTP/2 with every request); a server that does not take
the offer reads the request as if it had not been made (RFC 9110, 7.8), where httptools loses the body. And nobody keeps
a connection without using it: a head has to come in time, and what is sent after the answer is not read for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio
    from array import array

    from uvicorn.config import Config
    from uvicorn.server import ServerState

# Under this key of ASGI's scope lies what closes the connection.
CLOSE = "spot_sandbox.close"
# A head this long is not read to its end; one of moderate length gets its 431 from the service.
LARGEST_HEAD = 1024 * 1024
# How long a connection may be open without a request, and a head may take, in seconds.
HEAD_WAIT = 30
# What may still come of a body that is answered already (413, 408), in bytes: a client that is about to read the
# answer is not cut off, one that sends for ever is.
LARGEST_REST = 16 * 1024 * 1024


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.parser = _Parser(self)
        self._head_bytes = 0
        self._is_in_head = False
        self._rest_bytes = 0
        # Since when a head is waited for, by the loop's clock; None while a request is answered.
        self._waits_since: float | None = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_WAIT, self._look_at_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end is gone."""
        super().connection_lost(exc)
        if self._head_timer is not None:
            self._head_timer.cancel()

    def _look_at_head(self) -> None:
        """Close the connection if its head is late. One timer serves all requests on it."""
        late = 0.0 if self._waits_since is None else self.loop.time() - self._waits_since
        if late >= HEAD_WAIT:
            self.transport.close()
        else:
            self._head_timer = self.loop.call_later(HEAD_WAIT - late, self._look_at_head)

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._is_in_head else 0
        if self._head_bytes > LARGEST_HEAD:
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_in_head = True
        self._waits_since = self.loop.time()
        self._rest_bytes = 0
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[CLOSE] = self.transport.close

    def on_headers_complete(self) -> None:
        """All headers are there."""
        self._is_in_head = False
        self._waits_since = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        if self.cycle.response_complete:
            self._rest_bytes += len(body)
            if self._rest_bytes > LARGEST_REST:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete, unless httptools stops at the end of its head."""
        if not self.parser.should_upgrade():
            super().on_message_complete()


class _Parser(httptools.HttpRequestParser):
    """Goes on where httptools stops because of an offer."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._inner = _parser(protocol)

    def feed_data(self, data: bytes | bytearray | memoryview[int] | array[int]) -> None:
        try:
            self._inner.feed_data(data)
        except httptools.HttpParserUpgrade as stop:
            if self.get_method() == b"CONNECT":
                raise
            head = b"%s %s HTTP/%s\r\n" % (self.get_method(), self._protocol.url, self.get_http_version().encode())
            for name, value in self._protocol.headers:
                if name != b"upgrade":
                    head += b"%s: %s\r\n" % (name, value)
            self._inner = _parser(_Rest(self._protocol))
            self.feed_data(head + b"\r\n" + bytes(data[stop.args[0] :]))

    def get_http_version(self) -> str:
        return self._inner.get_http_version()

    def get_method(self) -> bytes:
        return self._inner.get_method()

    def should_keep_alive(self) -> bool:
        return self._inner.should_keep_alive()

    def should_upgrade(self) -> bool:
        return self._inner.should_upgrade()


class _Rest:
    """What a parser finds that is told a head a second time: the head is known already, what follows is not."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._is_known = True
        self.on_body = protocol.on_body

    def on_message_begin(self) -> None:
        if not self._is_known:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._is_known:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_known:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        if not self._is_known:
            self._protocol.on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_known = False
        self._protocol.on_message_complete()


def _parser(target: object) -> httptools.HttpRequestParser:
    parser = httptools.HttpRequestParser(target)
    # As uvicorn does: a request may follow one that asks for the connection to be closed.
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser
