"""Bodies and heads that are lost on the way, by how HTTP carries them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import is_form, on_request
from spot_sandbox.hooks.wire import around, is_chunked, on_send, value
from spot_sandbox.http.messages import BAD_REQUEST, INTERNAL, Answer, Refusal, envelope, page
from spot_sandbox.http.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.hooks.wire import App, Message, Receive, Send
    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

CHAPTER = "carriage"
PIECES = "a length or chunks, one write or many, slowly or at once: the same order, the same answer"
EXPECT = "with Expect: 100-continue: the same order, the same answer"
OLD = "however HTTP carries it: the same order, the same answer"
HEADERS = "with the usual extra headers of clients and gateways, some 8 KiB of them: the same order, the same answer"
LATE, SLOW = 0.1, 0.2
PIECE = 4096


def _instead(service: Service, wanted: Callable[[Request], bool], answer: Callable[[], Answer]) -> None:
    """Answer some requests without asking the service."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        return answer() if wanted(request) else await inner(request)

    service.respond = respond


class _Pieces(Protocol):
    """Knows the pieces in which a body came: chunks, or what of a body one segment held."""

    def on_message_begin(self) -> None:
        self.pieces: list[bytes] = []
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        if value(self.headers, b"transfer-encoding") == b"chunked":
            self.pieces.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        for piece in self.kept():
            super().on_body(piece)
        super().on_message_complete()

    def kept(self) -> list[bytes]:
        """The pieces that are not lost."""
        return self.pieces


@fault(CHAPTER, PIECES, "rare")
def second_chunk_lost(service: Service) -> None:
    """Of a body in more than one chunk the second one is lost, as where a reader skips it with the line before it."""

    class Lossy(_Pieces):
        def kept(self) -> list[bytes]:
            return self.pieces[:1] + self.pieces[2:]

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def last_of_many_chunks_lost(service: Service) -> None:
    """Of a body in four chunks or more the last one is lost, as a proxy that forwards too early loses it."""

    class Lossy(_Pieces):
        def kept(self) -> list[bytes]:
            return self.pieces[:-1] if len(self.pieces) > 3 else self.pieces  # noqa: PLR2004 - the docstring says four.

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def large_chunks_cut(service: Service) -> None:
    """A chunk of more than 4 KiB is cut there, the size of a buffer that is filled once."""

    class Lossy(_Pieces):
        def kept(self) -> list[bytes]:
            return [piece[:PIECE] for piece in self.pieces]

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare")
def chunked_forms_read_as_empty(service: Service) -> None:
    """A form in chunks is read as empty, as by servers that look at Content-Length alone."""
    inner = service.read

    async def read(request: Request) -> bytes:
        raw = await inner(request)
        return b"" if is_chunked(request) and is_form(request) else raw

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def body_read_to_the_first_segment(service: Service) -> None:
    """What of a body comes in a later segment is lost, as where a socket is read once."""

    async def read(request: Request) -> bytes:
        message = await request.receive()
        return bytes(message.get("body", b""))

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def late_body_taken_for_empty(service: Service) -> None:
    """A body of which nothing comes within 100 milliseconds of its head is taken for an empty one."""
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
    """A body that takes more than 0.2 seconds is answered with 408, as under a least rate of data."""
    inner = service.read

    async def read(request: Request) -> bytes:
        begun = time.monotonic()
        raw = await inner(request)
        if time.monotonic() - begun > SLOW:
            raise Refusal(408, "The body came too slowly.")
        return raw

    service.read = read


@fault(CHAPTER, PIECES, "rare")
def split_head_refused(service: Service) -> None:
    """A head that comes in two segments is answered with 400, as where one read is taken for all of it."""

    class Hasty(Protocol):
        segments = 0

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.segments += 1
            if self.segments == 1 and self._is_in_head:
                self.send_400_response("Bad Request")

    service.protocol = Hasty


def _expects(request: Request) -> bool:
    return value(request.headers, b"expect") == b"100-continue"


@fault(CHAPTER, EXPECT, "rare")
def expect_never_answered(service: Service) -> None:
    """The body is waited for without 100 Continue, for which clients wait in their turn."""

    class Silent(Protocol):
        def on_headers_complete(self) -> None:
            self.expect_100_continue = False
            super().on_headers_complete()

    service.protocol = Silent


@fault(CHAPTER, EXPECT, "rare")
def expect_refused_with_417(service: Service) -> None:
    """A request with Expect is answered with 417, as lighttpd did."""
    _instead(service, _expects, lambda: page(417, "Expectation Failed"))


@fault(CHAPTER, EXPECT, "rare")
def body_after_continue_lost(service: Service) -> None:
    """The body that comes after 100 Continue is not waited for."""
    inner = service.read

    async def read(request: Request) -> bytes:
        if not _expects(request):
            return await inner(request)
        message = await asyncio.wait_for(request.receive(), 0.01)
        return bytes(message.get("body", b""))

    async def safe(request: Request) -> bytes:
        try:
            return await read(request)
        except TimeoutError:
            return b""

    service.read = safe


@fault(CHAPTER, OLD, "rare", advice=True)
def old_http_gets_426(service: Service) -> None:
    """A request of HTTP/1.0 is answered with 426, as by gateways that do not take it."""
    _instead(service, lambda request: request.version == "1.0", lambda: Answer(426, b"Upgrade Required", []))


@fault(CHAPTER, OLD, "rare")
def old_http_answered_in_chunks(service: Service) -> None:
    """A request of HTTP/1.0 is answered in chunks, which HTTP/1.0 does not know."""

    def change(scope: Message, message: Message) -> Message:
        if scope["http_version"] == "1.0" and "headers" in message:
            message["headers"] = [each for each in message["headers"] if each[0] != b"content-length"]
        return message

    on_send(service, change)


@fault(CHAPTER, OLD, "rare")
def head_answered_with_a_body(service: Service) -> None:
    """The answer to HEAD has a body, which the next answer on the connection is read from."""

    def wrap(inner: App) -> App:
        async def app(scope: Message, receive: Receive, send: Send) -> None:
            told = dict(scope)
            # uvicorn looks at the method when it sends.
            scope["method"] = "GET" if scope["method"] == "HEAD" else scope["method"]
            await inner(told, receive, send)

        return app

    around(service, wrap)


@fault(CHAPTER, OLD, "rare", advice=True)
def offer_of_http_2_loses_the_body(service: Service) -> None:
    """The body of a request that offers h2c, as Java's client does, is lost."""
    inner = service.read

    async def read(request: Request) -> bytes:
        raw = await inner(request)
        return b"" if value(request.headers, b"upgrade") == b"h2c" else raw

    service.read = read


@fault(CHAPTER, HEADERS, "rare")
def lower_case_header_names_unseen(service: Service) -> None:
    """A header whose name came in lower case, as gateways and HTTP/2 write it, is not seen where it is looked for."""

    class Strict(Protocol):
        def on_header(self, name: bytes, value: bytes) -> None:
            if name not in {b"authorization", b"content-type"}:
                super().on_header(name, value)

    service.protocol = Strict


def _cut(service: Service, most: int) -> None:
    """Forget the headers that come after so many bytes of them."""

    def change(request: Request) -> None:
        size, kept = 0, list[tuple[bytes, bytes]]()
        for name, text in request.headers:
            size += len(name) + len(text) + 4
            if size <= most:
                kept.append((name, text))
        request.headers = kept

    on_request(service, change)


def _size(request: Request) -> int:
    return sum(len(name) + len(text) + 4 for name, text in request.headers)


@fault(CHAPTER, HEADERS, "rare")
def headers_beyond_4_kib_lost(service: Service) -> None:
    """Headers that begin or end beyond 4 KiB are lost, the token among them."""
    _cut(service, 4096)


@fault(CHAPTER, HEADERS, "rare")
def large_headers_get_400(service: Service) -> None:
    """More than 6 KiB of headers are answered with 400 and a page, as by nginx with a small buffer."""
    title = "Request Header Or Cookie Too Large"
    _instead(service, lambda request: _size(request) > 6 * 1024, lambda: page(400, title))


@fault(CHAPTER, HEADERS, "rare")
def many_headers_get_400(service: Service) -> None:
    """More than 60 headers are answered with 400, a limit of their number."""
    many = 60
    refusal = Refusal(400, "Too many headers.", BAD_REQUEST)
    _instead(service, lambda request: len(request.headers) > many, lambda: envelope(refusal))


@fault(CHAPTER, HEADERS, "rare")
def repeated_header_fails(service: Service) -> None:
    """A header that comes twice is answered with 500, as where headers are read into a plain dictionary."""

    def wanted(request: Request) -> bool:
        names: list[Any] = [name for name, _ in request.headers]
        return len(set(names)) < len(names)

    _instead(service, wanted, lambda: envelope(Refusal(500, "The service failed.", INTERNAL)))
