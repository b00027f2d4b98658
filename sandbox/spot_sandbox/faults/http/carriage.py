"""Bodies and headers that are misread, depending on how HTTP transfers them."""

import asyncio
import time
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import answer_instead, failure, is_form, on_request
from spot_sandbox.hooks.wire import App, Message, Receive, Send, around, header_value, is_chunked, on_send
from spot_sandbox.http.messages import BAD_REQUEST, Answer, Refusal, Request, envelope, page
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service

CHAPTER = "carriage"
PIECES = "a length or chunks, one write or many, slowly or at once: the same order, the same answer"
EXPECT = "with Expect: 100-continue: the same order, the same answer"
OLD = "however HTTP carries it: the same order, the same answer"
HEADERS = "with the usual extra headers of clients and gateways, some 8 KiB of them: the same order, the same answer"
LATE, SLOW = 0.1, 0.2
CHUNK = 4096


def _lose_body(service: Service, lost: Callable[[Request], bool]) -> None:
    """Read the bodies of some requests as empty."""
    inner = service.read

    async def read(request: Request) -> bytes:
        raw = await inner(request)
        return b"" if lost(request) else raw

    service.read = read


class _Chunks(Protocol):
    """Keeps the chunks of a chunked body until it is complete."""

    def on_message_begin(self) -> None:
        self.chunks: list[bytes] = []
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        if header_value(self.headers, b"transfer-encoding") == b"chunked":
            self.chunks.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        for chunk in self.kept():
            super().on_body(chunk)
        super().on_message_complete()

    def kept(self) -> list[bytes]:
        """The chunks that are not lost."""
        return self.chunks


@fault(CHAPTER, PIECES, "rare")
def second_chunk_lost(service: Service) -> None:
    """The second chunk of a body is lost."""

    class Lossy(_Chunks):
        def kept(self) -> list[bytes]:
            return self.chunks[:1] + self.chunks[2:]

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def last_of_many_chunks_lost(service: Service) -> None:
    """The last chunk of a body with four or more chunks is lost, as by a proxy that forwards too early."""

    class Lossy(_Chunks):
        def kept(self) -> list[bytes]:
            return self.chunks[:-1] if len(self.chunks) > 3 else self.chunks  # noqa: PLR2004 - the docstring says four.

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def large_chunks_cut(service: Service) -> None:
    """A chunk is cut after 4 KiB, the size of a buffer that is filled only once."""

    class Lossy(_Chunks):
        def kept(self) -> list[bytes]:
            return [chunk[:CHUNK] for chunk in self.chunks]

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def chunked_forms_read_as_empty(service: Service) -> None:
    """A chunked form is read as empty, as by a server that only looks at Content-Length."""
    _lose_body(service, lambda request: is_chunked(request) and is_form(request))


@fault(CHAPTER, PIECES, "rare")
def body_read_to_the_first_segment(service: Service) -> None:
    """Only the first segment of a body is read."""

    async def read(request: Request) -> bytes:
        message = await request.receive()
        return bytes(message.get("body", b""))

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def late_body_taken_for_empty(service: Service) -> None:
    """A body that starts more than 100 milliseconds after its headers is read as empty."""
    inner = service.read

    async def read(request: Request) -> bytes:
        message: Message = {}

        async def first() -> Message:
            nonlocal message
            request.receive = receive
            return message

        receive = request.receive
        try:
            async with asyncio.timeout(LATE):
                message = await receive()
        except TimeoutError:
            return b""
        request.receive = first
        return await inner(request)

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def slow_body_gets_408(service: Service) -> None:
    """A body that takes more than 0.2 seconds is answered with 408, as under a minimum data rate."""
    inner = service.read

    async def read(request: Request) -> bytes:
        started = time.monotonic()
        raw = await inner(request)
        if time.monotonic() - started > SLOW:
            raise Refusal(408, "The body came too slowly.")
        return raw

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def split_head_refused(service: Service) -> None:
    """Headers that arrive in two segments are answered with 400, as by a server that reads the socket only once."""

    class Impatient(Protocol):
        segments = 0

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.segments += 1
            if self.segments == 1 and self._is_in_head:
                self.send_400_response("Bad Request")

    service.protocol = Impatient


def _expects(request: Request) -> bool:
    return header_value(request.headers, b"expect") == b"100-continue"


@fault(CHAPTER, EXPECT, "rare")
def expect_never_answered(service: Service) -> None:
    """The server waits for the body without sending 100 Continue, for which clients wait."""

    class Silent(Protocol):
        def on_headers_complete(self) -> None:
            self.expect_100_continue = False
            super().on_headers_complete()

    service.protocol = Silent


@fault(CHAPTER, EXPECT, "rare")
def expect_refused_with_417(service: Service) -> None:
    """A request with Expect is answered with 417, as by old versions of lighttpd."""
    answer_instead(service, _expects, lambda: page(417, "Expectation Failed"))


@fault(CHAPTER, EXPECT, "rare")
def body_after_continue_lost(service: Service) -> None:
    """The server does not wait for the body that follows 100 Continue."""
    inner = service.read

    async def read(request: Request) -> bytes:
        if not _expects(request):
            return await inner(request)
        try:
            message = await asyncio.wait_for(request.receive(), 0.01)
        except TimeoutError:
            return b""
        return bytes(message.get("body", b""))

    service.read = read


@fault(CHAPTER, OLD, "rare", advice=True)
def old_http_gets_426(service: Service) -> None:
    """An HTTP/1.0 request is answered with 426, as by gateways that do not support it."""
    answer_instead(service, lambda request: request.version == "1.0", lambda: Answer(426, b"Upgrade Required", []))


@fault(CHAPTER, OLD, "rare")
def old_http_answered_in_chunks(service: Service) -> None:
    """An HTTP/1.0 request is answered in chunks, which HTTP/1.0 does not have."""

    def change(scope: Message, message: Message) -> Message:
        if scope["http_version"] == "1.0" and "headers" in message:
            message["headers"] = [each for each in message["headers"] if each[0] != b"content-length"]
        return message

    on_send(service, change)


@fault(CHAPTER, OLD, "rare")
def head_answered_with_a_body(service: Service) -> None:
    """The answer to HEAD has a body, which clients read as the next answer on the connection."""

    def wrap(inner: App) -> App:
        async def app(scope: Message, receive: Receive, send: Send) -> None:
            original = dict(scope)
            # The protocol reads the method from the scope when it sends the answer.
            scope["method"] = "GET" if scope["method"] == "HEAD" else scope["method"]
            await inner(original, receive, send)

        return app

    around(service, wrap)


@fault(CHAPTER, OLD, "rare", advice=True)
def offer_of_http_2_loses_the_body(service: Service) -> None:
    """The body of a request with Upgrade: h2c, which Java's client sends, is lost."""
    _lose_body(service, lambda request: header_value(request.headers, b"upgrade") == b"h2c")


@fault(CHAPTER, HEADERS, "rare")
def lower_case_header_names_unseen(service: Service) -> None:
    """Headers with lower-case names, as gateways and HTTP/2 write them, are ignored."""

    class Strict(Protocol):
        def on_header(self, name: bytes, value: bytes) -> None:
            if name not in {b"authorization", b"content-type"}:
                super().on_header(name, value)

    service.protocol = Strict


def _cut(service: Service, most: int) -> None:
    """Drop the headers beyond so many bytes."""

    def change(request: Request) -> None:
        sizes = accumulate(len(name) + len(text) + 4 for name, text in request.headers)
        request.headers = [header for header, size in zip(request.headers, sizes, strict=True) if size <= most]

    on_request(service, change)


def _size(request: Request) -> int:
    return sum(len(name) + len(text) + 4 for name, text in request.headers)


@fault(CHAPTER, HEADERS, "rare")
def headers_beyond_4_kib_lost(service: Service) -> None:
    """Headers beyond the first 4 KiB are lost, including the token."""
    _cut(service, 4096)


@fault(CHAPTER, HEADERS, "rare")
def large_headers_get_400(service: Service) -> None:
    """More than 6 KiB of headers are answered with 400 and an HTML page, as by nginx with a small buffer."""
    title = "Request Header Or Cookie Too Large"
    answer_instead(service, lambda request: _size(request) > 6 * 1024, lambda: page(400, title))


@fault(CHAPTER, HEADERS, "rare")
def many_headers_get_400(service: Service) -> None:
    """More than 60 headers are answered with 400."""
    many = 60
    refusal = Refusal(400, "Too many headers.", BAD_REQUEST)
    answer_instead(service, lambda request: len(request.headers) > many, lambda: envelope(refusal))


@fault(CHAPTER, HEADERS, "rare")
def repeated_header_fails(service: Service) -> None:
    """A repeated header is answered with 500, as if headers were read into a plain dictionary."""

    def wanted(request: Request) -> bool:
        names: list[Any] = [name for name, _ in request.headers]
        return len(set(names)) < len(names)

    answer_instead(service, wanted, failure)
