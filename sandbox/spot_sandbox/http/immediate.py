"""Answers a small, complete order as soon as its last byte arrives, without a task of the event loop.

Everything else (another path, chunks, Expect, an incomplete body, a client that does not read its answers) is left to
uvicorn.
"""

import asyncio
from http import HTTPStatus
from itertools import chain
from typing import Any, cast

from spot_sandbox.http.messages import Answer, ClientGoneError, Message, Request
from spot_sandbox.http.protocol import Protocol

LARGEST = 64 * 1024
# Requests with these headers are left to uvicorn.
_ODD = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"connection", b"spot-sandbox-scenario"})
_STATUS = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus}


class _Open:
    """Stands for a running request in uvicorn's cycle attribute, which delays later requests on the connection."""

    def __init__(self) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True
        self.more_body = False
        self.body = bytearray()
        self.message_event = asyncio.Event()


class ImmediateProtocol(Protocol):
    """One connection."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # The Service. Not self.app, which uvicorn wraps at log level trace.
        self._service = cast("Any", self.config.app)
        self._path: bytes = self._service.immediate_path
        self._parts: list[bytes] | None = None
        self._open = _Open()
        self._idle_since = 0.0

    def data_received(self, data: bytes) -> None:
        """Handle incoming bytes."""
        super().data_received(data)
        if self._parts is not None:
            # The body is incomplete.
            parts, self._parts = self._parts, None
            if not self.transport.is_closing():
                super().on_headers_complete()
                for part in parts:
                    super().on_body(part)

    def on_headers_complete(self) -> None:
        """Handle the end of the headers."""
        if self.url == self._path and not self._service.scenarios.is_any and self._is_plain():
            self._is_in_head = False
            self._waits_since = None
            self._parts = []
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Handle a part of the body."""
        if self._parts is None:
            super().on_body(body)
        else:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """Handle the end of the request."""
        if self._parts is None:
            super().on_message_complete()
            return
        raw, self._parts = b"".join(self._parts), None
        self._open.response_complete = False
        self.cycle = cast("Any", self._open)
        path = self._path.decode("ascii")
        request = Request("POST", path, b"", self.headers, _gone, raw, client=self.client)
        self._service.immediately(request, self._answer)

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request; uvicorn does not declare that.
        return cycle is not None and not cycle.response_complete

    def _is_plain(self) -> bool:
        if self._is_answering() or self.flow.write_paused:
            return False
        length = 0
        for name, value in self.headers:
            if name == b"content-length":
                length = int(value) if value.isdigit() and len(value) < len(b"%d0" % LARGEST) else LARGEST + 1
            elif name in _ODD and value.lower() != b"keep-alive":
                return False
        return 0 < length <= LARGEST and self.parser.get_method() == b"POST" and self.parser.get_http_version() == "1.1"

    def _answer(self, answer: Answer) -> None:
        self._open.response_complete = True
        transport = self.transport
        if transport.is_closing():
            return
        lines = [_STATUS[answer.status]]
        for name, value in chain(self.server_state.default_headers, answer.headers):
            lines += (name, b": ", value, b"\r\n")
        if not self._open.keep_alive:
            lines.append(b"connection: close\r\n")
        lines += (b"content-length: %d\r\n\r\n" % len(answer.body), answer.body)
        transport.write(b"".join(lines))
        if not self._open.keep_alive:
            transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Start the next request, or wait for it until the keep-alive timeout."""
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_next(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it is idle for too long. One timer serves all its requests."""
        idle = 0.0 if self._is_answering() else self.loop.time() - self._idle_since
        if idle < self.timeout_keep_alive:
            self._wait_for_next(self.timeout_keep_alive - idle)
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        """Handle the end of the connection."""
        super().connection_lost(exc)
        super()._unset_keepalive_if_required()

    def _unset_keepalive_if_required(self) -> None:
        """Keep the timer running: its handler checks the time."""

    def _wait_for_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


async def _gone() -> Message:
    """The body was read already; report a disconnect."""
    raise ClientGoneError
