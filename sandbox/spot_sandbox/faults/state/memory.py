"""Answers and refusals that are kept too long or shared between requests."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.state.identity import LEAK, UNIQUE
from spot_sandbox.hooks.steps import BAD, CREATED, DENIED, on_problems
from spot_sandbox.hooks.trees import is_object
from spot_sandbox.http.messages import Answer, Refusal, envelope

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service
    from spot_sandbox.store.orders import Order, Row
    from spot_sandbox.store.store import Store

NAMES = "error.detail names the offending field, in parallel, too"
STRANGERS = "no header, another token: 401, in parallel, too"
QUERY = "with a query string that means nothing: the same order, the same answer"
TOGETHER = 0.005  # Seconds: what is this near to each other goes wrong together.


def _copy(answer: Answer) -> Answer:
    return dataclasses.replace(answer, headers=list(answer.headers))


@fault("identity", UNIQUE, "cross-request")
def answers_cached_by_query(service: Service) -> None:
    """An order under an address with a query that was seen before gets the answer that was given then."""
    inner = service.respond
    known: dict[bytes, Answer] = {}

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == CREATED and request.query:
            return _copy(known.setdefault(request.query, answer))
        return answer

    service.respond = respond


@fault("identity", UNIQUE, "cross-request")
def identical_order_conflicts(service: Service) -> None:
    """An order that is identical to the one before it is answered with 409, for a click too many."""
    inner = service.respond
    last = b""

    async def respond(request: Request) -> Answer:
        nonlocal last
        answer = await inner(request)
        if answer.status != CREATED:
            return answer
        before, last = last, request.raw
        return envelope(Refusal(409, "This order was placed already.")) if before == last else answer

    service.respond = respond


@fault("identity", UNIQUE, "cross-request")
def order_id_given_again_after_a_refusal(service: Service) -> None:
    """The order after a refused body gets the id of the order before it: the number was rolled back."""
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
    """Whose order was refused is refused again once it is corrected: the outcome is kept by e-mail."""
    kept: dict[str, dict[str, str]] = {}

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        recipient = body.tree.get("recipient") if is_object(body.tree) else None
        email: Any = recipient.get("email") if is_object(recipient) else None
        if not isinstance(email, str):
            return None
        if found:
            kept[email] = dict(found)
        return kept.get(email)

    on_problems(service, change)


@fault("authentication", STRANGERS, "cross-request")
def denial_cached_by_body(service: Service) -> None:
    """A body for which a stranger was denied is denied to everybody: the 401 is cached by its hash."""
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
    """Of bodies refused at the same time each gets the last one's refusal: the text is kept in one place."""
    inner = service.respond
    last = Answer(BAD, b"")

    async def respond(request: Request) -> Answer:
        nonlocal last
        answer = await inner(request)
        if answer.status != BAD:
            return answer
        last = answer
        await asyncio.sleep(TOGETHER)
        return _copy(last)

    service.respond = respond


@fault("refusal", NAMES, "cross-request")
def order_refused_with_a_parallel_one(service: Service) -> None:
    """An order that comes while a wrong one is being refused gets its refusal: the list of errors is shared."""
    inner = service.respond
    errors: list[Answer] = []

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == BAD:
            errors.append(answer)
            await asyncio.sleep(TOGETHER)
            errors.pop()
        return _copy(errors[-1]) if answer.status == CREATED and errors else answer

    service.respond = respond


@fault("authentication", STRANGERS, "cross-request")
def stranger_let_in_with_a_parallel_caller(service: Service) -> None:
    """Who comes without a token while a caller's order is under way is taken for that caller."""
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
            await asyncio.sleep(TOGETHER)
            callers -= 1
        return answer

    service.authorize = authorized
    service.respond = responded


@fault("identity", LEAK, "cross-request")
def recipients_mixed_up_in_parallel(service: Service) -> None:
    """Of orders placed at the same time each shows the last one's recipient."""
    inner = service.respond
    last: Any = None

    async def respond(request: Request) -> Answer:
        nonlocal last
        answer = await inner(request)
        if answer.status != CREATED:
            return answer
        order = json.loads(answer.body)
        last = order["recipient"]
        await asyncio.sleep(TOGETHER)
        return (
            answer if last is order["recipient"] else Answer(CREATED, json.dumps({**order, "recipient": last}).encode())
        )

    service.respond = respond
