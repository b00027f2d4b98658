"""HTTP/1.1 by uvicorn and httptools, with upgrade offers ignored and with timeouts.

A client may offer an upgrade (those of Java and Kotlin offer HTTP/2 with every request). A server may ignore the offer
(RFC 9110, 7.8), but httptools then loses the body. Connections cannot be held open without use: a head must arrive in
time, and only a limited amount is read after the answer.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

# The key of the ASGI scope for the function that closes the connection.
CLOSE = "spot_sandbox.close"
# The size limit of a head, in bytes. Smaller ones that are still too large get 431 from the service.
LARGEST_HEAD = 1024 * 1024
# The time limit for a head, and for a new connection without a request, in seconds.
HEAD_WAIT = 30
# How much of a body is still read after the answer (413, 408), in bytes, so that the client can read the answer.
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
        # When waiting for a head began, by the loop's clock; None while a request is answered.
        self._waits_since: float | None = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Handle a new connection."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_WAIT, self._look_at_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Handle the end of the connection."""
        super().connection_lost(exc)
        if self._head_timer is not None:
            self._head_timer.cancel()

    def _look_at_head(self) -> None:
        """Close the connection if the head is late. One timer serves all its requests."""
        late = 0.0 if self._waits_since is None else self.loop.time() - self._waits_since
        if late >= HEAD_WAIT:
            self.transport.close()
        else:
            self._head_timer = self.loop.call_later(HEAD_WAIT - late, self._look_at_head)

    def data_received(self, data: bytes) -> None:
        """Handle incoming bytes."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._is_in_head else 0
        if self._head_bytes > LARGEST_HEAD:
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        """Handle the start of a request."""
        self._is_in_head = True
        self._waits_since = self.loop.time()
        self._rest_bytes = 0
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[CLOSE] = self.transport.close

    def on_headers_complete(self) -> None:
        """Handle the end of the headers."""
        self._is_in_head = False
        self._waits_since = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Handle a part of the body."""
        if self.cycle.response_complete:
            self._rest_bytes += len(body)
            if self._rest_bytes > LARGEST_REST:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Handle the end of the request, unless httptools stopped after the head."""
        if not self.parser.should_upgrade():
            super().on_message_complete()


class _Parser(httptools.HttpRequestParser):
    """Continues where httptools stops because of an upgrade offer."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._follow(protocol)

    def _follow(self, target: object) -> None:
        """Parse for `target` from now on."""
        self._inner = httptools.HttpRequestParser(target)
        # Like uvicorn: a request may follow one with Connection: close.
        self._inner.set_dangerous_leniencies(lenient_data_after_close=True)
        for name in ("get_http_version", "get_method", "should_keep_alive", "should_upgrade"):
            setattr(self, name, getattr(self._inner, name))

    def feed_data(self, data: Any) -> None:
        try:
            self._inner.feed_data(data)
        except httptools.HttpParserUpgrade as stop:
            if self.get_method() == b"CONNECT":
                raise
            head = b"%s %s HTTP/%s\r\n" % (self.get_method(), self._protocol.url, self.get_http_version().encode())
            for name, value in self._protocol.headers:
                if name != b"upgrade":
                    head += b"%s: %s\r\n" % (name, value)
            self._follow(_Rest(self._protocol))
            self.feed_data(head + b"\r\n" + data[stop.args[0] :])


class _Rest:
    """Callbacks of a parser that is fed the head again: ignores the head and passes on the body."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._is_known = True
        self.on_message_begin = self._unless_known(protocol.on_message_begin)
        self.on_url = self._unless_known(protocol.on_url)
        self.on_header = self._unless_known(protocol.on_header)
        self.on_headers_complete = self._unless_known(protocol.on_headers_complete)
        self.on_body = protocol.on_body

    def _unless_known(self, callback: Callable[..., None]) -> Callable[..., None]:
        return lambda *given: None if self._is_known else callback(*given)

    def on_message_complete(self) -> None:
        self._is_known = False
        self._protocol.on_message_complete()
