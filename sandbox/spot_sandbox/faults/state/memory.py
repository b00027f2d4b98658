"""Answers and refusals that are cached or shared between requests by mistake."""

import asyncio
import dataclasses
import json
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.state.identity import LEAK, UNIQUE
from spot_sandbox.hooks.steps import BAD, CREATED, DENIED, on_created, on_problems
from spot_sandbox.hooks.trees import value_at
from spot_sandbox.http.messages import Answer, Body, Refusal, Request, envelope
from spot_sandbox.orders.service import Service
from spot_sandbox.store.orders import Order, Row
from spot_sandbox.store.store import Store

NAMES = "error.detail names the offending field, in parallel, too"
UNAUTHENTICATED = "no header, another token: 401, in parallel, too"
PAUSE = 0.005  # In seconds: requests that arrive this close together affect each other.


def _copy(answer: Answer) -> Answer:
    return dataclasses.replace(answer, headers=list(answer.headers))


@fault("identity", UNIQUE, "cross-request")
def answers_cached_by_query(service: Service) -> None:
    """An order with a query string that was seen before gets the earlier answer."""
    known: dict[bytes, Answer] = {}

    def change(request: Request, answer: Answer) -> Answer | None:
        return _copy(known.setdefault(request.query, answer)) if request.query else None

    on_created(service, change)


@fault("identity", UNIQUE, "cross-request")
def identical_order_conflicts(service: Service) -> None:
    """An order that is identical to the previous one is answered with 409."""
    last = b""

    def change(request: Request, _answer: Answer) -> Answer | None:
        nonlocal last
        previous, last = last, request.raw
        return envelope(Refusal(409, "This order was placed already.")) if previous == last else None

    on_created(service, change)


@fault("identity", UNIQUE, "cross-request")
def order_id_given_again_after_a_refusal(service: Service) -> None:
    """The order after a refused body gets the order_id of the previous order, as after a rollback."""
    last = ""
    was_refused = False
    place, respond = service.place, service.respond

    async def placed(store: Store, row: Row) -> Order:
        nonlocal last
        order = await place(store, row)
        if was_refused and last:
            return dataclasses.replace(order, order_id=last)
        last = order.order_id
        return order

    async def responded(request: Request) -> Answer:
        nonlocal was_refused
        answer = await respond(request)
        was_refused = answer.status == BAD
        return answer

    service.place = placed
    service.respond = responded


@fault("refusal", "a refusal is of the body that was sent", "cross-request")
def corrected_order_still_refused(service: Service) -> None:
    """A corrected order is refused again: the result of validation is cached by email address."""
    cached: dict[str, dict[str, str]] = {}

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        email = value_at(body.tree, "recipient.email")
        if not isinstance(email, str):
            return None
        if found:
            cached[email] = dict(found)
        return cached.get(email)

    on_problems(service, change)


@fault("authentication", UNAUTHENTICATED, "cross-request")
def denial_cached_by_body(service: Service) -> None:
    """After a body was sent without a valid token, it always gets 401: the 401 is cached by body."""
    inner = service.respond
    denied: dict[bytes, Answer] = {}

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == DENIED:
            denied[await service.read(request)] = answer
        return _copy(denied[request.raw]) if request.raw in denied else answer

    service.respond = respond


@fault("refusal", NAMES, "cross-request")
def refusals_mixed_up_in_parallel(service: Service) -> None:
    """Bodies that are refused at the same time all get the refusal of the last one."""
    inner = service.respond
    last = Answer(BAD, b"")

    async def respond(request: Request) -> Answer:
        nonlocal last
        answer = await inner(request)
        if answer.status != BAD:
            return answer
        last = answer
        await asyncio.sleep(PAUSE)
        return _copy(last)

    service.respond = respond


@fault("refusal", NAMES, "cross-request")
def order_refused_with_a_parallel_one(service: Service) -> None:
    """A valid order gets the 400 of an invalid order that is processed at the same time."""
    inner = service.respond
    errors: list[Answer] = []

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == BAD:
            errors.append(answer)
            await asyncio.sleep(PAUSE)
            errors.pop()
        return _copy(errors[-1]) if answer.status == CREATED and errors else answer

    service.respond = respond


@fault("authentication", UNAUTHENTICATED, "cross-request")
def stranger_let_in_with_a_parallel_caller(service: Service) -> None:
    """A request without a token is accepted while a request with a valid token is processed."""
    authorize, respond = service.authorize, service.respond
    callers = 0

    def authorized(request: Request) -> None:
        if not callers or request.header(b"authorization"):
            authorize(request)

    async def responded(request: Request) -> Answer:
        nonlocal callers
        answer = await respond(request)
        if answer.status == CREATED and request.header(b"authorization"):
            callers += 1
            await asyncio.sleep(PAUSE)
            callers -= 1
        return answer

    service.authorize = authorized
    service.respond = responded


@fault("identity", LEAK, "cross-request")
def recipients_mixed_up_in_parallel(service: Service) -> None:
    """Orders placed at the same time all contain the recipient of the last one."""
    inner = service.respond
    last: Any = None

    async def respond(request: Request) -> Answer:
        nonlocal last
        answer = await inner(request)
        if answer.status != CREATED:
            return answer
        order = json.loads(answer.body)
        last = order["recipient"]
        await asyncio.sleep(PAUSE)
        if last is order["recipient"]:
            return answer
        return Answer(CREATED, json.dumps({**order, "recipient": last}).encode())

    service.respond = respond
