"""The messages between the steps of the service: requests, answers and refusals."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

# Of ASGI.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

CREATED = 201
# An answer with this status has neither a body nor a Content-Length (RFC 9110, 8.6).
NO_CONTENT = 204
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, INTERNAL = "bad_request", "unauthorized", "not_found", "internal_server_error"
FORBIDDEN, RATE_LIMITED = "forbidden", "rate_limit_exceeded"
# The values of error.status in the document's BadRequest; other refusals omit it.
STATABLE = frozenset({400, 401, 403, 404, 500})


@dataclass(slots=True, eq=False)
class Request:
    """One HTTP request as received; header names are in lower case, values are the bytes sent."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    receive: Receive
    raw: bytes = b""  # The body, once it is read.
    version: str = "1.1"  # Of HTTP.
    client: object = None  # Identifies the connection; None without one.
    owner: str = ""  # The key of its token, once that was validated.
    close: Callable[[], None] | None = None  # Closes the connection; None without one.
    armed: Any = None  # The scenario that may apply: an Armed of spot_sandbox.scenarios.
    has_met: bool = False  # Whether the scenario has applied.
    order_id: str | None = None  # The order that it placed, once that is stored.
    is_unknown: bool = False  # Whether it may have placed an order without the sandbox knowing.
    dropped: str = ""  # How the sandbox broke the connection, in words; empty if it did not.

    def header(self, name: bytes) -> list[bytes]:
        """All values of the header, in the order sent."""
        return [value for key, value in self.headers if key == name]


@dataclass(slots=True)
class Answer:
    """One HTTP response; Content-Length is added when it is sent."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"content-type", b"application/json")])


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: the parsed value, and the JSON text of each top-level property as sent."""

    tree: Any
    texts: dict[str, str]


class Refusal(Exception):  # noqa: N818 - the contract's term.
    """Ends a request with the document's BadRequest envelope. The detail must not repeat values from the request."""

    def __init__(
        self, status: int, detail: str, kind: str = BAD_REQUEST, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.headers = headers or {}


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


async def until_gone(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_head(answer: Answer, send: Send) -> None:
    """Send the status and the headers, with the length of the body."""
    headers = answer.headers
    if answer.status != NO_CONTENT:
        headers = [*headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer."""
    await send_head(answer, send)
    await send({"type": "http.response.body", "body": answer.body})


def envelope(refusal: Refusal) -> Answer:
    """The refusal as BadRequest."""
    error: dict[str, Any] = {"status": refusal.status} if refusal.status in STATABLE else {}
    error |= {"type": refusal.kind, "detail": refusal.detail}
    answer = Answer(refusal.status, json.dumps({"error": error}).encode())
    answer.headers += [(name.lower().encode(), value.encode()) for name, value in refusal.headers.items()]
    return answer


def page(status: int, title: str) -> Answer:
    """An HTML page, like those of gateways."""
    text = f"<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, text.encode(), [(b"content-type", b"text/html")])
