"""HTTP/1.1 framing with h11.

h11 refuses what no well-behaved client sends: odd bytes in a header, two Host headers, HTTP/1.0. Such a head is written
by hand, and h11 gets a plain request in its place, so that it still frames the body and reads the answer.
"""

import zlib
from collections.abc import Iterator

import h11

from spot_contract.errors import NoAnswer, OtherProtocol
from spot_contract.exchanges.messages import Request

from .target import Target

_HEAD_LIMIT = 256 * 1024  # Bytes of an answer's status line and headers.
_BODY_LIMIT = 64 * 1024 * 1024  # Bytes of an answer's body, before and after decompression.
_SWITCHING = 101
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}

_Headers = list[tuple[bytes, bytes]]


class Framing:
    """The state of one connection, request after request."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)

    def head(self, request: Request, target: Target) -> bytes:
        """The request line and the headers; starts a new cycle of request and answer."""
        length = _length(request)
        own = [(b"Host", target.origin.encode()), *_own_headers(request), *length]
        given = _given_headers(request)
        headers = [*own[:1], *given, *own[1:]] if request.carriage.extra_first else [*own, *given]
        if request.carriage.lower_case:
            headers = [(name.lower(), value) for name, value in headers]
        path = (target.prefix + request.path).encode()
        if request.carriage.version == "1.1":
            try:
                event = h11.Request(method=request.method.encode(), target=path, headers=headers)
            except h11.LocalProtocolError:
                pass  # h11's state is unchanged; the head is written by hand below.
            else:
                # h11 normalises some headers, such as a repeated Content-Length, that must be sent unmodified.
                if event.headers.raw_items() == headers:
                    return self._http.send(event)
        method = b"HEAD" if request.method == "HEAD" else b"POST"
        self._http.send(h11.Request(method=method, target=b"/", headers=[(b"Host", b"plain"), *length]))
        lines = [b" ".join((request.method.encode(), path, b"HTTP/" + request.carriage.version.encode()))]
        lines.extend(b": ".join(header) for header in headers)
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def body(self, request: Request) -> bytes:
        """The encoded body, in chunks if the request specifies them."""
        parts = _chunks(request.body, request.carriage.chunks) if request.carriage.chunks else iter((request.body,))
        sent = [self._http.send(h11.Data(data=part)) for part in parts if part]
        return b"".join((*sent, self._http.send(h11.EndOfMessage())))

    def reading(self, request: Request) -> "Reading":
        """A reader for the answer to the request whose head was written last."""
        return Reading(self._http, request)

    def begin_again(self) -> bool:
        """Prepare for another request. Returns whether the connection can carry one."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True


class Reading:
    """Reads one answer. `continued` is whether a 1xx answer preceded it."""

    def __init__(self, http: h11.Connection, request: Request) -> None:
        self._http = http
        self._request = request
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = False
        self.continued = False
        self.head: h11.Response | None = None
        self.ended = False

    def take(self, data: bytes) -> None:
        """Process received bytes; empty bytes mean the end of the connection. Raises NoAnswer if this is not HTTP."""
        if not data and not self._begun:
            raise NoAnswer("the server closed the connection without an answer")
        self._begun = True
        self._http.receive_data(data)
        try:
            while not self.ended and self._take_event(self._http.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            raise NoAnswer(f"the answer is not HTTP: {' '.join(str(error).split())[:200]}") from error

    @property
    def status(self) -> int:
        """The status of a complete answer."""
        if self.head is None:
            raise AssertionError("a complete answer has a head")
        return self.head.status_code

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers as received."""
        found = self.head.headers.raw_items() if self.head is not None else []
        return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in found)

    @property
    def rest(self) -> bytes:
        """The bytes after the end of the answer."""
        return self._http.trailing_data[0]

    def body(self) -> bytes:
        """The body, decompressed if the request accepted the coding. Raises NoAnswer if that fails."""
        body = b"".join(self._parts)
        accepted = ",".join(value.lower() for name, value in self._request.headers if name.lower() == "accept-encoding")
        codings = [value for name, value in self.head.headers if name == b"content-encoding"] if self.head else []
        coding = codings[0].decode("latin-1").strip().lower() if len(codings) == 1 else ""
        return _decompressed(body, coding) if body and coding and coding in accepted else body

    def _take_event(self, event: object) -> bool:
        """Process one event. Returns whether another may be available."""
        if isinstance(event, h11.InformationalResponse):
            if event.status_code == _SWITCHING:
                raise OtherProtocol("the server switched to another protocol")
            self.continued = True
        elif isinstance(event, h11.Response):
            self.head = event
        elif isinstance(event, h11.Data):
            self._parts.append(bytes(event.data))
            self._size += len(event.data)
            if self._size > _BODY_LIMIT:
                raise NoAnswer(f"the answer is larger than {_BODY_LIMIT // 1024 // 1024} MiB")
        elif isinstance(event, h11.EndOfMessage):
            self.ended = True
        elif event is h11.NEED_DATA:
            return False
        else:
            raise NoAnswer("the server closed the connection before its answer")
        return True


def _own_headers(request: Request) -> _Headers:
    headers: _Headers = []
    if not any(name.lower() == "accept" for name, _ in request.headers):
        headers.append((b"Accept", b"application/json"))
    if request.credential.header is not None:
        headers.append((b"Authorization", request.credential.header))
    if request.content_type is not None:
        headers.append((b"Content-Type", request.content_type.encode()))
    return headers


def _length(request: Request) -> _Headers:
    """The header that declares the length of the body."""
    if request.carriage.chunks:
        return [(b"Transfer-Encoding", b"chunked")]
    if request.body or request.method in _WITH_BODY:
        return [(b"Content-Length", b"%d" % len(request.body))]
    return []


def _given_headers(request: Request) -> _Headers:
    expect: _Headers = [(b"Expect", b"100-continue")] if request.carriage.expect else []
    return expect + [(name.encode(), value.encode()) for name, value in request.headers]


def _chunks(body: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    """The body in parts of these sizes; the last size is repeated."""
    start, number = 0, 0
    while start < len(body):
        size = max(1, sizes[min(number, len(sizes) - 1)])
        yield body[start : start + size]
        start, number = start + size, number + 1


def _decompressed(body: bytes, coding: str) -> bytes:
    if coding not in _WINDOW:
        return body
    windows = [_WINDOW[coding]]
    if coding == "deflate":
        windows.append(-zlib.MAX_WBITS)  # Some servers omit the zlib header, and clients accept that.
    for window in windows:
        decompressor = zlib.decompressobj(window)
        try:
            found = decompressor.decompress(body, _BODY_LIMIT)
        except zlib.error:
            continue
        if decompressor.unconsumed_tail:
            raise NoAnswer(f"the answer is larger than {_BODY_LIMIT // 1024 // 1024} MiB once it is decompressed")
        if decompressor.eof:
            return found
    raise NoAnswer(f"the answer says {coding} and is not")
