"""Sends orders over plain sockets, which costs less than the fastest server that is measured."""

import json
import selectors
import socket
import time
from typing import Any

from spot_tools.errors import ToolError

PATH = "/api/v2/orders/"
ORDER: dict[str, Any] = {
    "kit_types": ["health_kit_1"],
    "recipient": {
        "first_name": "Ann",
        "last_name": "Lee",
        "email": "ann@example.com",
        "phone": "5555550142",
        "address": {"street1": "12 Elm St", "city": "Boston", "state": "MA", "country": "US", "zip": "02134"},
    },
    "metadata": {"some_key": "some_value"},
}


def request(token: str) -> bytes:
    """The request of one order."""
    body = json.dumps(ORDER).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {token}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def is_complete(response: bytes) -> bool:
    """Whether a response was received completely."""
    head, end, body = response.partition(b"\r\n\r\n")
    if not end:
        return False
    _, stated, rest = head.lower().partition(b"content-length:")
    return len(body) >= int(rest.split(b"\r\n", 1)[0]) if stated else body.endswith(b"0\r\n\r\n")


def orders_per_second(port: int, token: str, connections: int, seconds: float) -> float:
    """Measure how many orders a server accepts per second.

    Args:
        port: the port of the server on loopback.
        token: the token that it accepts.
        connections: the number of connections, each of which sends an order after the response to the last one.
        seconds: the duration.

    Raises:
        ToolError: an order was refused, or a connection failed.

    """
    sent = request(token)
    done = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            each = socket.create_connection(("127.0.0.1", port))
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(each, selectors.EVENT_READ, bytearray())
            each.sendall(sent)
        begun = time.perf_counter()
        try:
            while time.perf_counter() - begun < seconds:
                for key, _ in selector.select(1):
                    done += _take(key, sent)
            return done / (time.perf_counter() - begun)
        except OSError as error:
            raise ToolError(f"a connection failed after {done} orders: {error}.") from None
        finally:
            for key in list(selector.get_map().values()):
                _socket(key).close()


def _take(key: selectors.SelectorKey, sent: bytes) -> int:
    """Read from a connection, and send the next order after a complete response; return the number of responses."""
    connection, response = _socket(key), key.data
    data = connection.recv(65536)
    response += data
    if data and not is_complete(response):
        return 0
    if not response.startswith(b"HTTP/1.1 201"):
        raise ToolError(f"an order was not accepted: {bytes(response[:60])!r}.")
    response.clear()
    connection.sendall(sent)
    return 1


def _socket(key: selectors.SelectorKey) -> socket.socket:
    assert isinstance(key.fileobj, socket.socket)  # noqa: S101 - for the type checker
    return key.fileobj
