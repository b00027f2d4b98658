"""What passes between the steps of the service: requests, answers and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

CREATED = 201
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, INTERNAL = "bad_request", "unauthorized", "not_found", "internal_server_error"
FORBIDDEN, RATE_LIMITED = "forbidden", "rate_limit_exceeded"
# The statuses that the document's BadRequest can state; a refusal with another one leaves error.status out.
STATABLE = frozenset({400, 401, 403, 404, 500})


class Armed(Protocol):
    """A scenario that a request meets."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        ...

    async def reach(self, stage: Any, request: Request, answer: Answer | None = None) -> Answer | None:
        """Act, if this is the scenario's stage: the answer to send, or None to go on as usual."""
        ...


@dataclass(slots=True, eq=False)
class Request:
    """One HTTP request as it arrived; header names are in lower case, values are the bytes sent."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]]
    raw: bytes = b""  # The body, once it has been read.
    version: str = "1.1"  # Of HTTP.
    client: object = None  # The other end of the connection: the same for all requests on it, if there is one.
    owner: str = ""  # A key of the token that it carried, once that was found valid.
    close: Callable[[], None] | None = None  # Closes the connection; None where there is none to close.
    armed: Armed | None = None  # The scenario that it may meet.
    has_met: bool = False  # Whether it has met that.
    order_id: str | None = None  # The order that it placed, from the moment at which that is kept.
    is_unknown: bool = False  # Whether it may have placed an order that is not known of.
    dropped: str = ""  # What the sandbox did to the connection, in words; empty where it did nothing.

    def header(self, name: bytes) -> list[bytes]:
        """All values of the header, in the order sent."""
        return [value for key, value in self.headers if key == name]


@dataclass(slots=True)
class Answer:
    """One HTTP answer; content length is added when it is sent."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"content-type", b"application/json")])


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: what its schema judges, and the JSON text of each top-level property as it was sent."""

    tree: Any
    texts: dict[str, str]


class Refusal(Exception):  # noqa: N818 - the word for what the contract's chapter on refusals is about.
    """Ends a request with the document's BadRequest envelope. The detail repeats no value that the caller sent."""

    def __init__(
        self, status: int, detail: str, kind: str = BAD_REQUEST, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.headers = headers or {}


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete: nobody waits for an answer."""


def envelope(refusal: Refusal) -> Answer:
    """The refusal as BadRequest."""
    error: dict[str, Any] = {"status": refusal.status} if refusal.status in STATABLE else {}
    error |= {"type": refusal.kind, "detail": refusal.detail}
    answer = Answer(refusal.status, json.dumps({"error": error}).encode())
    answer.headers += [(name.lower().encode(), value.encode()) for name, value in refusal.headers.items()]
    return answer


def page(status: int, title: str) -> Answer:
    """An answer as gateways give it: a page."""
    text = f"<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, text.encode(), [(b"content-type", b"text/html")])
