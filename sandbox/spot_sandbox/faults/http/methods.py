"""Other methods than POST, answered wrongly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_refusal, on_request
from spot_sandbox.http.messages import Answer

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Refusal, Request
    from spot_sandbox.orders.service import Service

CHAPTER = "methods"
NOT_ALLOWED = "other methods on the path: 4xx, 405 with an Allow that lists POST; body free"
RATHER_405 = "another method gets 405 rather than 404"
METHOD_NOT_ALLOWED, NOT_FOUND = 405, 404


@fault(CHAPTER, NOT_ALLOWED)
def not_allowed_without_allow(service: Service) -> None:
    """A 405 has no Allow."""

    def change(refusal: Refusal) -> None:
        if refusal.status == METHOD_NOT_ALLOWED:
            refusal.headers.clear()

    on_refusal(service, change)


@fault(CHAPTER, NOT_ALLOWED)
def allow_lists_get_only(service: Service) -> None:
    """The Allow of a 405 lists GET and HEAD."""

    def change(refusal: Refusal) -> None:
        if refusal.status == METHOD_NOT_ALLOWED:
            refusal.headers["Allow"] = "GET, HEAD"

    on_refusal(service, change)


@fault(CHAPTER, RATHER_405, advice=True)
def other_methods_not_found(service: Service) -> None:
    """Another method is answered as if the path did not exist."""

    def change(refusal: Refusal) -> None:
        if refusal.status == METHOD_NOT_ALLOWED:
            refusal.status = NOT_FOUND
            refusal.kind = "not_found"
            refusal.headers.clear()

    on_refusal(service, change)


@fault(CHAPTER, NOT_ALLOWED)
def other_methods_bad_request(service: Service) -> None:
    """Another method is answered with 400."""

    def change(refusal: Refusal) -> None:
        if refusal.status == METHOD_NOT_ALLOWED:
            refusal.status = 400

    on_refusal(service, change)


@fault(CHAPTER, NOT_ALLOWED)
def put_accepted(service: Service) -> None:
    """PUT places an order, as POST does."""
    _as_post(service, "PUT")


@fault(CHAPTER, NOT_ALLOWED)
def patch_accepted(service: Service) -> None:
    """PATCH places an order, as POST does."""
    _as_post(service, "PATCH")


def _as_post(service: Service, method: str) -> None:
    def change(request: Request) -> None:
        if request.method == method:
            request.method = "POST"

    on_request(service, change)


@fault(CHAPTER, NOT_ALLOWED)
def get_lists_orders(service: Service) -> None:
    """GET is answered with 200 and an empty list, without asking for a token."""
    _answer(service, "GET", Answer(200, json.dumps([]).encode()))


@fault(CHAPTER, NOT_ALLOWED)
def delete_accepted(service: Service) -> None:
    """DELETE is answered with 204."""
    _answer(service, "DELETE", Answer(204, b"", []))


@fault(CHAPTER, NOT_ALLOWED)
def options_fails(service: Service) -> None:
    """OPTIONS is answered with 500."""
    _answer(service, "OPTIONS", Answer(500, b"{}"))


def _answer(service: Service, method: str, answer: Answer) -> None:
    inner = service.respond

    async def respond(request: Request) -> Answer:
        if request.method == method and request.path.startswith("/api/"):
            return Answer(answer.status, answer.body, list(answer.headers))
        return await inner(request)

    service.respond = respond


@fault(CHAPTER, NOT_ALLOWED, "rare")
def trace_fails(service: Service) -> None:
    """TRACE is answered with 500."""
    _answer(service, "TRACE", Answer(500, b"{}"))


@fault(CHAPTER, NOT_ALLOWED, "rare")
def unknown_methods_accepted(service: Service) -> None:
    """A method that HTTP does not know places an order, as POST does."""
    known = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}

    def change(request: Request) -> None:
        if request.method not in known:
            request.method = "POST"

    on_request(service, change)


@fault(CHAPTER, NOT_ALLOWED, "rare")
def get_without_token_lists_orders(service: Service) -> None:
    """GET without a token is answered with 200 and an empty list."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        if request.method == "GET" and request.path.startswith("/api/") and not request.header(b"authorization"):
            return Answer(200, json.dumps([]).encode())
        return await inner(request)

    service.respond = respond
