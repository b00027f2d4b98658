"""One HTTP connection, which writes each request as its carriage specifies."""

import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from spot_contract.errors import CutShort, NoAnswer, OtherProtocol, OutOfTime, StrayBytes, TimedOut
from spot_contract.exchanges.messages import Answer, Carriage, Request

from .framing import Framing, Reading
from .target import Target

_CHUNK = 64 * 1024
_NEARBY = 200  # Bytes in which the end of a piece looks for a character to split.
_CONTINUE = 1.0  # Seconds that a request with Expect waits for 100 Continue.
_RAW = 2.0  # Seconds for which the response to raw bytes is read.
_MOMENT = 0.001
_SHOWN = 40  # Unexpected bytes that a message shows.


class Stale(NoAnswer):
    """A kept connection returned nothing: the server may have closed it before the request arrived."""


@dataclass
class _Sent:
    """A request that was written: when, and why it was not written completely."""

    reading: Reading
    reused: bool
    sent: datetime
    start: float
    large: bool
    broken: str = ""
    answered: bool = False  # At least one byte of an answer has arrived.
    waited: bool = False  # For 100 Continue, in vain.


class Connection:
    """One connection, opened on first use and kept open as long as the server allows.

    `timeout` is in seconds, from the end of the request to the end of the answer. `deadline` is a time.monotonic() time
    after which nothing waits. `sleep` is called with seconds.
    """

    def __init__(self, target: Target, timeout: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.target = target
        self.timeout = timeout
        self.deadline: float | None = None
        self._sleep = sleep
        self._socket: socket.socket | None = None
        self._framing = Framing()
        self._used = False
        self._rest = b""

    def open(self, idle: float = 0.0) -> None:
        """Open a connection, unless the kept one is still usable after `idle` seconds.

        Raises OSError if no connection can be made, and NoAnswer if the server sent unexpected bytes on the kept one.
        """
        if self._socket is not None and self._used:
            if idle > 0:
                self._sleep(idle)
            self._check_kept(self._socket, was_idle=idle > 0)
        if self._socket is None:
            self._socket = self._connect()
            self._framing, self._used = Framing(), False

    def close(self) -> None:
        """Close the connection. The next request opens a new one."""
        connection, self._socket, self._rest = self._socket, None, b""
        if connection is not None:
            connection.close()

    def cut(self) -> None:
        """Abort what another thread is doing on the connection."""
        connection = self._socket
        if connection is not None:
            try:
                # Not SSLSocket.shutdown, which would reset the TLS state that the other thread uses.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                return  # Already closed.

    def send(self, request: Request) -> Answer:
        """Send a request and return the answer.

        Raises OSError if no connection can be made, NoAnswer (or Stale, TimedOut, CutShort) if no answer came, and
        OutOfTime at the deadline.
        """
        if self._socket is None:
            self.open()
        connection = self._socket
        if connection is None:
            raise AssertionError("an open connection has a socket")
        try:
            sent = self._written(connection, request)
            answer = self._read(connection, sent)
        except BaseException:
            self.close()
            raise
        if sent.broken or request.carriage.version != "1.1" or not self._framing.begin_again():
            self.close()
        return answer

    def send_raw(self, request: Request) -> bytes:
        """Send the raw bytes of a request on a new connection and return the beginning of the response.

        With a negative pause the client hangs up at once. Raises OSError if no connection can be made.
        """
        found = b""
        self._socket = connection = self._connect()
        try:
            connection.sendall(request.raw or b"")
            until = self._until(_RAW)
            while request.carriage.pause >= 0 and (part := self._receive(connection, until)):
                found = (found + part)[:_CHUNK]
        except OSError:
            return found  # Closing the connection is allowed; the next request shows whether the server is alive.
        finally:
            self.close()
        return found

    def _connect(self) -> socket.socket:
        limit = self._until(self.timeout) - time.monotonic()
        if limit <= 0:
            raise OutOfTime("the time of the run was up")
        plain = socket.create_connection((self.target.host, self.target.port), timeout=limit)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _tls().wrap_socket(plain, server_hostname=self.target.host) if self.target.secure else plain
        except BaseException:
            plain.close()
            raise

    def _check_kept(self, connection: socket.socket, *, was_idle: bool) -> None:
        """Drop a kept connection that the server closed. Raises NoAnswer if the server sent unexpected bytes on it."""
        try:
            rest = self._rest or _available(connection)
        except OSError:
            rest = b""
        if rest is None:
            return
        self.close()
        # A server may send 408 before it closes an idle connection, but not after an actual pause of the test.
        if rest.strip() and (was_idle or b" 408 " not in rest[:16]):
            raise StrayBytes(f"after its last answer the server sent what belongs to none: {rest[:_SHOWN]!r}")

    def _written(self, connection: socket.socket, request: Request) -> _Sent:
        """Write a request, and stop early if the server answers before the end of the body."""
        carriage = request.carriage
        head = self._framing.head(request, self.target)
        reading = self._framing.reading(request)
        large = len(request.body) > _CHUNK
        sent = _Sent(reading, self._used, datetime.now(UTC), time.perf_counter(), large)
        self._used = True
        apart = carriage.expect or carriage.pieces > 1 or carriage.head_pieces > 1 or carriage.pause > 0
        try:
            if apart:
                self._write_head(connection, head, carriage)
            if carriage.expect:
                if self._is_answered(connection, sent, _CONTINUE, or_leave=True):
                    return sent
                sent.waited = True
            body = self._framing.body(request)
            for number, (pause, piece) in enumerate(_pieces(body, carriage) if apart else _parts(head + body)):
                # A server may report a limit or a wrong token before the end of the body.
                if (number or pause) and self._is_answered(connection, sent, pause, or_leave=False):
                    sent.broken = "the server answered before the end of the request"
                    return sent
                self._write(connection, piece)
        except OSError as error:
            sent.broken = f"the connection broke while sending: {type(error).__name__}"
        return sent

    def _write_head(self, connection: socket.socket, head: bytes, carriage: Carriage) -> None:
        size = -(-len(head) // carriage.head_pieces)
        for start in range(0, len(head), size):
            if start:
                self._sleep(max(_MOMENT, carriage.pause))
            self._write(connection, head[start : start + size])

    def _write(self, connection: socket.socket, data: bytes) -> None:
        connection.settimeout(max(_MOMENT, self._until(self.timeout) - time.monotonic()))
        connection.sendall(data)

    def _is_answered(self, connection: socket.socket, sent: _Sent, seconds: float, *, or_leave: bool) -> bool:
        """Whether an answer begins, or the connection ends, within `seconds`. With `or_leave`, a 1xx counts too."""
        until = self._until(seconds)
        reading = sent.reading
        while reading.head is None and not (or_leave and reading.continued):
            data = _available(connection, max(0.0, until - time.monotonic()))
            if data is None:
                return False
            if not data:
                return True  # Reading the answer finds the end again.
            sent.answered = True
            reading.take(data)
        return reading.head is not None

    def _read(self, connection: socket.socket, sent: _Sent) -> Answer:
        reading = sent.reading
        until = self._until(self.timeout)
        try:
            while not reading.ended:
                data = self._receive(connection, until)
                sent.answered = sent.answered or bool(data)
                reading.take(data)
        except TimeoutError as error:
            if self.deadline is not None and time.monotonic() >= self.deadline:
                raise OutOfTime("the time of the run was up before an answer came") from error
            raise TimedOut(f"no answer came within {self.timeout:.0f} s") from error
        except (OSError, NoAnswer) as error:
            raise _failure(sent, error) from error
        self._rest = reading.rest
        return Answer(
            status=reading.status,
            headers=reading.headers,
            body=reading.body(),
            seconds=time.perf_counter() - sent.start,
            sent=sent.sent,
            received=datetime.now(UTC),
            continued=reading.continued or not sent.waited,
        )

    def _receive(self, connection: socket.socket, until: float) -> bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        return connection.recv(_CHUNK)

    def _until(self, seconds: float) -> float:
        """The time.monotonic() time in `seconds`, or the deadline if that is earlier."""
        until = time.monotonic() + seconds
        return until if self.deadline is None else min(until, self.deadline)


def _failure(sent: _Sent, error: Exception) -> NoAnswer:
    """The error for a request without an answer, by what was sent and received."""
    why = str(error) if isinstance(error, NoAnswer) else f"the connection broke ({type(error).__name__})"
    if sent.reused and "illegal status line" in why:
        return StrayBytes(why)
    if not sent.answered and sent.reused:
        return Stale(why)
    if isinstance(error, OtherProtocol):
        return error
    if sent.broken and sent.large:
        return CutShort(sent.broken)
    return NoAnswer(why if sent.answered or not sent.broken else f"no answer came: {sent.broken}")


def _parts(data: bytes) -> Iterator[tuple[float, bytes]]:
    """The data in writes small enough to check for an answer between them, without pauses."""
    return ((0.0, data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK))


def _pieces(body: bytes, carriage: Carriage) -> Iterator[tuple[float, bytes]]:
    """The body in the number of writes that the carriage specifies, each with the pause before it.

    A write ends within a character of several bytes if there is one nearby: some servers decode what each read brings.
    """
    size = max(1, -(-len(body) // max(1, carriage.pieces)))
    start = 0
    while start < len(body):
        near = range(start + size, min(start + size + _NEARBY, len(body)))
        end = next((at for at in near if body[at] & 0xC0 == 0x80), start + size)  # A byte that continues a character.
        for number, (_, part) in enumerate(_parts(body[start:end])):
            yield (0.0 if number else max(0.0, carriage.pause)), part
        start = end


def _available(connection: socket.socket, seconds: float = 0.0) -> bytes | None:
    """The bytes that arrive within `seconds`: empty at the end of the connection, None if nothing arrives."""
    pending = isinstance(connection, ssl.SSLSocket) and connection.pending()
    if not pending and not select.select([connection], [], [], seconds)[0]:
        return None
    try:
        connection.settimeout(0)
        return connection.recv(_CHUNK)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None  # Only TLS records without data arrived.


@cache
def _tls() -> ssl.SSLContext:
    """Cached, since loading the certificates takes longer than many exchanges."""
    return ssl.create_default_context()
