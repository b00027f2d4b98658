"""Servers on loopback whose behaviour a test scripts, and that record the bytes they receive."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

from spot_contract.errors import NoAnswer
from spot_contract.exchanges.messages import Answer, Credential, Request
from spot_contract.transport.sender import Sender
from spot_contract.transport.target import Target

TOKEN = Credential("the token", b"Token abc", "Token abc")


def order(body=b'{"kit_types":[]}', **more):
    return Request("application/json", body, more.pop("credential", TOKEN), "/orders/", **more)


def statuses(outcomes):
    return [outcome.status if isinstance(outcome, Answer) else outcome for outcome in outcomes]


def only(outcomes, kind=NoAnswer):
    (outcome,) = outcomes
    assert isinstance(outcome, kind), outcome
    return outcome


class Peer:
    """One connection on the server's side. `reads` are the time and the bytes of each read."""

    def __init__(self, connection):
        self.connection = connection
        self.reads = []
        self.buffer = b""
        self.ended = threading.Event()

    @property
    def data(self):
        return b"".join(data for _, data in self.reads)

    def read(self):
        try:
            data = self.connection.recv(65536)
        except OSError:
            data = b""
        if data:
            self.reads.append((time.monotonic(), data))
            self.buffer += data
        return data

    def head(self):
        """The next head, or None at the end of the connection."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.read():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head

    def request(self):
        """The next request as head and body, or None at the end of the connection."""
        head = self.head()
        return None if head is None else (head, self.body(head))

    def body(self, head):
        if b"transfer-encoding: chunked" in head.lower():
            return self._until(lambda: self.buffer.find(b"0\r\n\r\n") + 5 if b"0\r\n\r\n" in self.buffer else -1)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return self._until(lambda: int(length or 0) if len(self.buffer) >= int(length or 0) else -1)

    def _until(self, size):
        while size() < 0:
            if not self.read():
                raise ConnectionError
        found, self.buffer = self.buffer[: size()], self.buffer[size() :]
        return found

    def answer(self, status=201, body=b"{}", *headers):
        lines = [f"HTTP/1.1 {status} X".encode(), b"Content-Length: %d" % len(body), *headers]
        self.connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def accept_all(peer):
    while peer.request() is not None:
        peer.answer()


class FakeServer:
    def __init__(self, handle, port=0):
        self.handle = handle
        self.peers = []
        self._threads = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.target = Target("127.0.0.1", self._listener.getsockname()[1], secure=False, prefix="/api")
        self._start(self._accept)

    def _start(self, run, *arguments):
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.peers.append(Peer(connection))
            self._start(self._serve, self.peers[-1])

    def _serve(self, peer):
        with suppress(OSError), peer.connection:  # The client may go away.
            self.handle(peer)
        peer.ended.set()

    @property
    def used(self):
        """The connections that received bytes."""
        return [peer for peer in self.peers if peer.reads]

    def close(self):
        for end in (self._listener, *(peer.connection for peer in self.peers)):
            with suppress(OSError):  # It may be closed already.
                end.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def serving(handle=accept_all, **options):
    """A server that handles each connection with `handle`, and a sender to it."""
    server = FakeServer(handle)
    sender = Sender(server.target, **{"timeout": 5.0} | options)
    try:
        yield server, sender
    finally:
        sender.close()
        server.close()
