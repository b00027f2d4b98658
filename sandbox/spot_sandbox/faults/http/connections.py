"""Connections that keep state between requests, or end too early."""

import asyncio
import dataclasses
import time
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.carriage import CHAPTER
from spot_sandbox.hooks.steps import DENIED, on_answer, on_body
from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service

REUSED = "on a new, a reused or a briefly idle connection: the same order, the same answer"
AFTER = "after a HEAD or a refused request on the same connection: the same order, the same answer"
IDLE = 0.3


@fault(CHAPTER, REUSED, "cross-request")
def idle_connection_told_408(service: Service) -> None:
    """After 0.3 idle seconds the server sends a 408, which a client takes for its next answer."""

    class Impatient(Protocol):
        timer: asyncio.TimerHandle | None = None

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self.timer = self.loop.call_later(IDLE, self.time_out)

        def time_out(self) -> None:
            if not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                self.transport.close()

        def data_received(self, data: bytes) -> None:
            if self.timer is not None:
                self.timer.cancel()
            super().data_received(data)

    service.protocol = Impatient


@fault(CHAPTER, REUSED, "cross-request")
def request_after_a_pause_dropped(service: Service) -> None:
    """A request on a connection that was idle for 0.3 seconds is dropped."""

    class Dropping(Protocol):
        answered: float | None = None

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self.answered = self.loop.time()

        def data_received(self, data: bytes) -> None:
            if self.answered is not None and self.loop.time() - self.answered > IDLE:
                self.transport.abort()
                return
            self.answered = None
            super().data_received(data)

    service.protocol = Dropping


@fault(CHAPTER, REUSED, "cross-request")
def answer_repeated_after_a_pause(service: Service) -> None:
    """The first request on a connection after 0.3 idle seconds gets the previous answer."""
    inner = service.respond
    last: dict[Any, tuple[float, Answer]] = {}

    async def respond(request: Request) -> Answer:
        now = time.monotonic()
        moment, known = last.get(request.client, (now, None))
        answer = await inner(request)
        if known is not None and now - moment > IDLE:
            answer = known
        last[request.client] = (time.monotonic(), answer)
        return answer

    service.respond = respond


@fault(CHAPTER, REUSED, "cross-request")
def token_remembered_by_the_connection(service: Service) -> None:
    """After one valid token, all requests on the same connection are accepted, as with NTLM."""
    inner = service.authorize
    known: set[Any] = set()

    def authorize(request: Request) -> None:
        if request.client not in known:
            inner(request)
        known.add(request.client)

    service.authorize = authorize


@fault(CHAPTER, REUSED, "cross-request")
def media_type_remembered_by_the_connection(service: Service) -> None:
    """The media type of the first order on a connection is applied to all orders on it."""
    inner = service.media_type
    known: dict[Any, str] = {}
    service.media_type = lambda operation, request: known.setdefault(request.client, inner(operation, request))


@fault(CHAPTER, REUSED, "cross-request")
def street2_remembered_by_the_connection(service: Service) -> None:
    """An address without street2 gets the street2 of the previous order on the same connection."""
    known: dict[Any, Any] = {}

    def change(request: Request, tree: dict[str, Any]) -> None:
        address = tree["recipient"]["address"]
        if address.get("street2") is None:
            address["street2"] = known.get(request.client)
        known[request.client] = address["street2"]

    on_body(service, change)


@fault(CHAPTER, AFTER, "cross-request")
def body_of_a_stranger_left_over(service: Service) -> None:
    """The body of a request that gets 401 is not read, and is taken for the next request on the connection."""
    unread: set[Any] = set()
    inner = service.respond

    async def respond(request: Request) -> Answer:
        if request.client in unread:
            unread.discard(request.client)
            return Answer(501, b"<h1>Unsupported method</h1>", [(b"content-type", b"text/html")])
        answer = await inner(request)
        if answer.status == DENIED and request.method == "POST":
            unread.add(request.client)
        return answer

    service.respond = respond


@fault(CHAPTER, AFTER, "cross-request")
def order_after_head_answered_without_a_body(service: Service) -> None:
    """The request after a HEAD on the same connection is answered without a body."""
    after: set[Any] = set()

    def change(request: Request, answer: Answer) -> Answer | None:
        was_head = request.client in after
        (after.add if request.method == "HEAD" else after.discard)(request.client)
        return dataclasses.replace(answer, body=b"") if was_head else None

    on_answer(service, change)
