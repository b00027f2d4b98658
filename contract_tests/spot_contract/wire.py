"""Bytes out, bytes in: a faithful HTTP/1.1 connection that sends what it is told and reads what comes.

HTTP libraries mend or refuse exactly the bytes that a server must be tried with, so requests are written by hand;
answers are read by the standard library, which is lenient.
"""

import select
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPResponse
from urllib.parse import SplitResult

from .errors import CutShort, NoAnswer, TimedOut
from .messages import Answer, Request

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Target:
    """Where the server is. `path` is the prefix that the operation's path is appended to."""

    host: str
    port: int
    secure: bool
    prefix: str

    @classmethod
    def of(cls, url: SplitResult) -> "Target":
        """The target that an address names."""
        secure = url.scheme == "https"
        return cls(url.hostname or "", url.port or (443 if secure else 80), secure, url.path.rstrip("/"))

    @property
    def origin(self) -> str:
        """Host and port, as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.secure else 80)
        return host if usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address."""
        return f"{'https' if self.secure else 'http'}://{self.origin}{self.prefix}"


@dataclass(frozen=True)
class Written:
    """A request on its way: when it was written, on which connection, and what kept it from being written whole."""

    request: Request
    data: bytes
    connection: socket.socket
    reused: bool
    sent: datetime
    start: float
    broken: str


class Connection:
    """One connection, opened when first needed and kept open while the server lets it."""

    def __init__(self, target: Target, timeout: float) -> None:
        self.target = target
        self.timeout = timeout
        self.resent = 0
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, request: Request) -> Answer:
        """The answer to a request. Raises NoAnswer, and OSError where no connection can be made.

        A server may close a kept connection at any moment; if nothing of an answer came on a used connection, the
        request goes out once more on a fresh one.
        """
        return self.end(self.begin(request))

    def begin(self, request: Request) -> "Written":
        """Write a request without waiting for the answer, which `end` reads. Raises OSError without a connection."""
        return self._written(request, self._bytes(request))

    def end(self, written: "Written") -> Answer:
        """The answer to the request written last. Raises as `send` does."""
        try:
            return self._read(written)
        except NoAnswer as failure:
            self.close()
            if not written.reused or isinstance(failure, TimedOut):
                raise
            self.resent += 1
            return self._read(self._written(written.request, written.data))

    def send_raw(self, data: bytes, *, hang_up: bool = False) -> None:
        """Send bytes on a connection of their own and read whatever comes, or hang up at once."""
        with self._open() as connection:
            try:
                connection.sendall(data)
                if not hang_up:
                    connection.settimeout(2)
                    while connection.recv(_CHUNK):
                        pass
            except OSError:
                return  # Closing on such bytes is a fine answer; whether the server lives is asked next.

    def _open(self) -> socket.socket:
        plain = socket.create_connection((self.target.host, self.target.port), timeout=self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.target.secure:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.target.host)

    def _bytes(self, request: Request) -> bytes:
        lines = [f"{request.method} {self.target.prefix}{request.path} HTTP/1.1".encode()]
        lines.append(f"Host: {self.target.origin}".encode())
        lines.append(b"Accept: application/json")
        if request.credential.header is not None:
            lines.append(b"Authorization: " + request.credential.header)
        if request.content_type is not None:
            lines.append(f"Content-Type: {request.content_type}".encode())
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            lines.append(f"Content-Length: {len(request.body)}".encode())
        lines.extend(f"{name}: {value}".encode() for name, value in request.headers)
        return b"\r\n".join(lines) + b"\r\n\r\n" + request.body

    def _written(self, request: Request, data: bytes) -> "Written":
        reused = self._socket is not None
        if self._socket is None:
            self._socket = self._open()
        sent, start = datetime.now(UTC), time.perf_counter()
        broken = self._write(self._socket, data)
        return Written(request, data, self._socket, reused, sent, start, broken)

    def _read(self, written: "Written") -> Answer:
        broken = written.broken
        response = HTTPResponse(written.connection, method=written.request.method)
        try:
            response.begin()
            body = response.read()
        except (OSError, HTTPException) as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise TimedOut(f"no answer came within {self.timeout:.0f} s") from error
            if broken and len(written.data) > _CHUNK:
                raise CutShort(broken) from error
            raise NoAnswer(f"no HTTP answer came ({broken or type(error).__name__})") from error
        finally:
            response.close()
        answer = Answer(
            status=response.status,
            headers=tuple(response.getheaders()),
            body=body,
            seconds=time.perf_counter() - written.start,
            sent=written.sent,
            received=datetime.now(UTC),
        )
        if response.will_close or broken:
            self.close()
        return answer

    def _write(self, connection: socket.socket, data: bytes) -> str:
        """Write all, but stop as soon as the server answers: a limit may be told before the end of the body.

        Returns why not all was written, or an empty text.
        """
        parts = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
        try:
            for number, part in enumerate(parts):
                if number and select.select([connection], [], [], 0)[0]:
                    return "the server answered before the end of the request"
                connection.sendall(part)
        except OSError as error:
            return f"the connection broke while sending: {type(error).__name__}"
        return ""
