"""A server on a bare socket, which does to each connection what the test says, and counts what it was sent."""

import contextlib
import itertools
import json
import socket
import struct
import threading

from client_orders import TOKEN, an_answer, http


class WireServer:
    """`script` holds one behaviour for each connection; the last one serves all further connections."""

    def __init__(self):
        self.script = []
        self.requests = []
        """The whole requests that arrived, one for each order that a real server could have accepted."""
        self.connections = 0
        self.numbers = itertools.count(1)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._done = threading.Event()
        self._threads = []
        self._open = []

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def orders(self):
        return len(self.requests)

    @property
    def metadata(self):
        """The metadata of each order, which all came as JSON."""
        return [json.loads(body).get("metadata") for _, body in self.requests]

    def answers(self, *bodies):
        self.script = [answer(body) for body in bodies]

    def __enter__(self):
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._done.set()
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):  # It may be closed already.
                end.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self):
        while not self._done.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            behaviour = self.script[min(self.connections, len(self.script) - 1)]
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, behaviour))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection, behaviour):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(60)
            behaviour(self, connection)

    def read_request(self, connection):
        """Read one whole request, and count it."""
        head, body = self.read_head(connection)
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        while len(body) < length:
            body += self._receive(connection)
        self.requests.append((head, body))
        return head, body

    def read_head(self, connection):
        """Read the head of a request, and what of the body came with it."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        return head, body

    @staticmethod
    def _receive(connection):
        chunk = connection.recv(65536)
        if not chunk:
            raise ConnectionError("the client went away")
        return chunk

    def wait(self):
        """Stall until the test is over."""
        self._done.wait(10)


def answer(content):
    """Read the request and answer with these bytes."""

    def behaviour(server, connection):
        server.read_request(connection)
        connection.sendall(content)

    return behaviour


def drop_at_once(_server, connection):
    """Accept the connection and reset it; whoever connects may see that as a refusal still."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drop_half_read(server, connection):
    connection.recv(100)
    drop_at_once(server, connection)


def drop_after_reading(server, connection):
    server.read_request(connection)


def stall_before_reading(server, _connection):
    server.wait()


def stall_after_reading(server, connection):
    server.read_request(connection)
    server.wait()


def answer_each(server, connection):
    """Keep the connection, and answer each order by a 201 that repeats it."""
    while True:
        _, body = server.read_request(connection)
        content = json.dumps(an_answer(order_id=f"O{next(server.numbers):07}", **json.loads(body))).encode()
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content)


ECHO = {"error": {"status": 400, "type": "bad_request", "detail": f"Canary {TOKEN}"}, "sent": an_answer()}
ENDS = {
    "201": answer(http(201, an_answer())),
    "201 of another form": answer(http(201, an_answer(status=None))),
    "201 broken off": answer(http(201, an_answer())[:-30]),
    "307": answer(http(307, headers=["Location: /api/v2/orders/"])),
    "400 that repeats the order": answer(http(400, ECHO)),
    "429": answer(http(429, ECHO)),
    "500 that repeats the order": answer(http(500, an_answer())),
    "dropped": drop_after_reading,
    "stalled": stall_after_reading,
}
"""How a call ends: behaviours of the server."""
