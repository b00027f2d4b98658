"""Bodies and headers that are misread, depending on how HTTP transfers them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import accumulate
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import answer_instead, failure, is_form, on_request
from spot_sandbox.hooks.wire import around, header_value, is_chunked, on_send
from spot_sandbox.http.messages import (
    BAD_REQUEST,
    Answer,
    Application,
    Message,
    Receive,
    Refusal,
    Request,
    Send,
    envelope,
    page,
)
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service

CHAPTER = "carriage"
PIECES = "a length or chunks, one write or many, slowly or at once: the same order, the same answer"
EXPECT = "with Expect: 100-continue: the same order, the same answer"
OLD = "however HTTP carries it: the same order, the same answer"
HEADERS = "with the usual extra headers of clients and gateways, some 8 KiB of them: the same order, the same answer"
Read = Callable[[Request], Awaitable[bytes]]
LATE, SLOW = 0.1, 0.2
CHUNK = 4096


def _on_read(service: Service, read: Callable[[Request, Read], Awaitable[bytes]]) -> None:
    """Replace the step that reads the body; `read` gets the original step, too."""
    inner = service.read
    service.read = lambda request: read(request, inner)


def _lose_body(service: Service, lost: Callable[[Request], bool]) -> None:
    """Read the bodies of some requests as empty."""

    async def read(request: Request, inner: Read) -> bytes:
        raw = await inner(request)
        return b"" if lost(request) else raw

    _on_read(service, read)


def _on_chunks(service: Service, kept: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the chunks of a chunked body, once all have arrived."""

    class Lossy(Protocol):
        def on_message_begin(self) -> None:
            self.chunks: list[bytes] = []
            super().on_message_begin()

        def on_body(self, body: bytes) -> None:
            if header_value(self.headers, b"transfer-encoding") == b"chunked":
                self.chunks.append(body)
            else:
                super().on_body(body)

        def on_message_complete(self) -> None:
            for chunk in kept(self.chunks):
                super().on_body(chunk)
            super().on_message_complete()

    service.protocol = Lossy


@fault(CHAPTER, PIECES, "rare", hook=_on_chunks)
def second_chunk_lost(chunks: list[bytes]) -> list[bytes]:
    """The second chunk of a body is lost."""
    return chunks[:1] + chunks[2:]


@fault(CHAPTER, PIECES, "rare", hook=_on_chunks)
def last_of_many_chunks_lost(chunks: list[bytes]) -> list[bytes]:
    """The last chunk of a body with four or more chunks is lost, as by a proxy that forwards too early."""
    return chunks[:-1] if len(chunks) > 3 else chunks  # noqa: PLR2004 - the docstring says four.


@fault(CHAPTER, PIECES, "rare", hook=_on_chunks)
def large_chunks_cut(chunks: list[bytes]) -> list[bytes]:
    """A chunk is cut after 4 KiB, the size of a buffer that is filled only once."""
    return [chunk[:CHUNK] for chunk in chunks]


@fault(CHAPTER, PIECES, "rare")
def chunked_forms_read_as_empty(service: Service) -> None:
    """A chunked form is read as empty, as by a server that only looks at Content-Length."""
    _lose_body(service, lambda request: is_chunked(request) and is_form(request))


@fault(CHAPTER, PIECES, "rare", hook=_on_read)
async def body_read_to_the_first_segment(request: Request, _inner: Read) -> bytes:
    """Only the first segment of a body is read."""
    message = await request.receive()
    return bytes(message.get("body", b""))


@fault(CHAPTER, PIECES, "rare", hook=_on_read)
async def late_body_taken_for_empty(request: Request, inner: Read) -> bytes:
    """A body that starts more than 100 milliseconds after its headers is read as empty."""
    receive = request.receive
    try:
        async with asyncio.timeout(LATE):
            message = await receive()
    except TimeoutError:
        return b""

    async def first() -> Message:
        request.receive = receive
        return message

    request.receive = first
    return await inner(request)


@fault(CHAPTER, PIECES, "rare", hook=_on_read)
async def slow_body_gets_408(request: Request, inner: Read) -> bytes:
    """A body that takes more than 0.2 seconds is answered with 408, as under a minimum data rate."""
    started = time.monotonic()
    raw = await inner(request)
    if time.monotonic() - started > SLOW:
        raise Refusal(408, "The body came too slowly.")
    return raw


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


@fault(CHAPTER, EXPECT, "rare", hook=_on_read)
async def body_after_continue_lost(request: Request, inner: Read) -> bytes:
    """The server does not wait for the body that follows 100 Continue."""
    if not _expects(request):
        return await inner(request)
    try:
        message = await asyncio.wait_for(request.receive(), 0.01)
    except TimeoutError:
        return b""
    return bytes(message.get("body", b""))


@fault(CHAPTER, OLD, "rare", advice=True)
def old_http_gets_426(service: Service) -> None:
    """An HTTP/1.0 request is answered with 426, as by gateways that do not support it."""
    answer_instead(service, lambda request: request.version == "1.0", lambda: Answer(426, b"Upgrade Required", []))


@fault(CHAPTER, OLD, "rare", hook=on_send)
def old_http_answered_in_chunks(scope: Message, message: Message) -> Message:
    """An HTTP/1.0 request is answered in chunks, which HTTP/1.0 does not have."""
    if scope["http_version"] == "1.0" and "headers" in message:
        message["headers"] = [each for each in message["headers"] if each[0] != b"content-length"]
    return message


@fault(CHAPTER, OLD, "rare", hook=around)
async def head_answered_with_a_body(inner: Application, scope: Message, receive: Receive, send: Send) -> None:
    """The answer to HEAD has a body, which clients read as the next answer on the connection."""
    original = dict(scope)
    # The protocol reads the method from the scope when it sends the answer.
    scope["method"] = "GET" if scope["method"] == "HEAD" else scope["method"]
    await inner(original, receive, send)


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


def _sizes(request: Request) -> Iterator[int]:
    """The size of the headers up to and including each."""
    return accumulate(len(name) + len(text) + 4 for name, text in request.headers)


@fault(CHAPTER, HEADERS, "rare", hook=on_request)
def headers_beyond_4_kib_lost(request: Request) -> None:
    """Headers beyond the first 4 KiB are lost, including the token."""
    sizes = zip(request.headers, _sizes(request), strict=True)
    request.headers = [header for header, size in sizes if size <= 4 * 1024]


@fault(CHAPTER, HEADERS, "rare")
def large_headers_get_400(service: Service) -> None:
    """More than 6 KiB of headers are answered with 400 and an HTML page, as by nginx with a small buffer."""
    title = "Request Header Or Cookie Too Large"
    answer_instead(service, lambda request: max(_sizes(request), default=0) > 6 * 1024, lambda: page(400, title))


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
