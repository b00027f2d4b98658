"""A load of orders over plain sockets: a process of this kind costs less than the quickest server that it asks."""

import json
import selectors
import socket
import time

from spot_tools.errors import ToolError

PATH = "/api/v2/orders/"
ORDER = json.dumps(
    {
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
).encode()


def request(token: str) -> bytes:
    """The bytes of one order."""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {token}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(ORDER)}\r\n\r\n"
    )
    return head.encode() + ORDER


def is_whole(answer: bytes) -> bool:
    """Whether an answer has come to its end."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    _, stated, rest = head.lower().partition(b"content-length:")
    return len(body) >= int(rest.split(b"\r\n", 1)[0]) if stated else body.endswith(b"0\r\n\r\n")


def orders_per_second(port: int, token: str, connections: int, seconds: float) -> float:
    """How many orders a server accepts in a second: each connection sends one as soon as it has its answer.

    Raises:
        ToolError: an order was refused or not answered.

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
    """Read on one connection, and send the next order if the answer is whole; how many were answered."""
    connection, answer = _socket(key), key.data
    came = connection.recv(65536)
    answer += came
    if came and not is_whole(answer):
        return 0
    if not answer.startswith(b"HTTP/1.1 201"):
        raise ToolError(f"an order was not accepted: {bytes(answer[:60])!r}.")
    answer.clear()
    connection.sendall(sent)
    return 1


def _socket(key: selectors.SelectorKey) -> socket.socket:
    assert isinstance(key.fileobj, socket.socket)  # noqa: S101 - tells the type checker what was registered.
    return key.fileobj
