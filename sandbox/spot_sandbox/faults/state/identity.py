"""Orders that are not told apart."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from itertools import count
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import CREATED, is_form, on_order, on_status
from spot_sandbox.http.messages import Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Answer, Request
    from spot_sandbox.orders.service import Service
    from spot_sandbox.store.orders import Order, Row
    from spot_sandbox.store.store import Store

CHAPTER = "identity"
UNIQUE = "every order has an id of its own: repeated identical bodies, many orders in a row, many in parallel"
LEAK = "nothing of one order shows in another"


def _renumber(service: Service, change: Callable[[Order], str]) -> None:
    """Give orders other ids."""
    inner = service.place

    async def place(store: Store, row: Row) -> Order:
        order = await inner(store, row)
        return dataclasses.replace(order, order_id=change(order))

    service.place = place


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_constant(service: Service) -> None:
    """Every order has the id of the document's example."""
    _renumber(service, lambda _order: "O1234567")


@fault(CHAPTER, UNIQUE, "cross-request")
def every_7th_order_id_repeated(service: Service) -> None:
    """Every 7th order has the id of the one before it."""
    numbers = count(1)
    last = ""

    def change(order: Order) -> str:
        nonlocal last
        last = order.order_id if next(numbers) % 7 else last
        return last

    _renumber(service, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def order_ids_start_again_after_50(service: Service) -> None:
    """The ids start again after 50 orders."""
    numbers = count()
    _renumber(service, lambda _order: f"O{7_000_000 + next(numbers) % 50}")


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_reused_for_identical_body(service: Service) -> None:
    """The id is computed from the body: the same body, the same id."""
    known: dict[str, str] = {}

    def change(order: Order) -> str:
        key = f"{order.recipient}\n{order.kit_types}\n{order.metadata}"
        return known.setdefault(key, order.order_id)

    _renumber(service, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_reused_for_same_recipient(service: Service) -> None:
    """Whoever orders twice gets the first order's id again."""
    known: dict[str, str] = {}
    _renumber(service, lambda order: known.setdefault(order.recipient, order.order_id))


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_is_the_second(service: Service) -> None:
    """The id is the time in seconds: orders of the same second share it."""
    _renumber(
        service, lambda order: "O" + order.created.partition(".")[0].translate({ord(each): None for each in "-T:"})
    )


@fault(CHAPTER, UNIQUE, "cross-request")
def order_ids_collide_in_parallel(service: Service) -> None:
    """The next id is read before and written after a pause: parallel orders share it."""
    inner = service.respond
    newest = 3_000_000

    async def respond(request: Request) -> Answer:
        nonlocal newest
        mine = newest + 1
        answer = await inner(request)
        if answer.status == CREATED:
            await asyncio.sleep(0.02)
            newest = mine
            answer.body = b'{"order_id":"O%d",' % mine + answer.body.partition(b",")[2]
        return answer

    service.respond = respond


@fault(CHAPTER, UNIQUE, "cross-request")
def json_and_forms_count_apart(service: Service) -> None:
    """JSON orders and form orders are numbered apart, from the same first number."""
    counts: dict[bool, int] = {}
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == CREATED:
            kind = is_form(request)
            counts[kind] = counts.get(kind, 4_000_000) + 1
            answer.body = b'{"order_id":"O%d",' % counts[kind] + answer.body.partition(b",")[2]
        return answer

    service.respond = respond


def _previous(service: Service, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Let an order show something of the one before it."""
    before: dict[str, Any] = {}

    def mix(order: dict[str, Any]) -> None:
        nonlocal before
        now = dict(order)
        if before:
            change(order, before)
        before = now

    on_order(service, mix)


@fault(CHAPTER, LEAK, "cross-request")
def previous_metadata_shown(service: Service) -> None:
    """An order shows the metadata of the order before it."""
    _previous(service, lambda order, before: order.update(metadata=before["metadata"]))


@fault(CHAPTER, LEAK, "cross-request")
def absent_metadata_filled_from_previous(service: Service) -> None:
    """An order without metadata shows the newest that was sent, as a default argument that is shared would."""
    newest: dict[str, Any] = {}

    def change(order: dict[str, Any]) -> None:
        if order["metadata"] is None:
            order["metadata"] = newest.get("metadata")
        else:
            newest["metadata"] = order["metadata"]

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def metadata_accumulates(service: Service) -> None:
    """Metadata is merged into one object that all orders share."""
    shared: dict[str, Any] = {}

    def change(order: dict[str, Any]) -> None:
        if order["metadata"]:
            shared.update(order["metadata"])
            order["metadata"] = dict(shared)

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def every_11th_recipient_from_previous(service: Service) -> None:
    """Every 11th order shows the recipient of the order before it."""
    numbers = count(2)

    def change(order: dict[str, Any], before: dict[str, Any]) -> None:
        if not next(numbers) % 11:
            order["recipient"] = before["recipient"]

    _previous(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def absent_street2_filled_from_previous(service: Service) -> None:
    """An address without street2 shows the newest that was sent."""
    newest: list[str] = []

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        if address.get("street2"):
            newest[:] = [address["street2"]]
        elif newest:
            address["street2"] = newest[0]

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def address_cached_by_email(service: Service) -> None:
    """A recipient whose e-mail is known shows the address of the first order with it."""
    known: dict[str, Any] = {}

    def change(order: dict[str, Any]) -> None:
        recipient = order["recipient"]
        recipient["address"] = known.setdefault(json.dumps(recipient["email"]), recipient["address"])

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def recent_orders_listed(service: Service) -> None:
    """The answer has an extra property that lists the e-mails of earlier orders."""
    known: list[Any] = []

    def change(order: dict[str, Any]) -> None:
        order["recent"] = list(known)
        known.append(order["recipient"]["email"])
        del known[:-5]

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def kit_types_accumulate_in_forms(service: Service) -> None:
    """A list that the form reader shares keeps the last kit type of the form order before it."""
    left: list[Any] = []

    def change(request: Request, order: dict[str, Any]) -> None:
        if is_form(request):
            now = order["kit_types"]
            order["kit_types"] = left + now
            left[:] = now[-1:]

    on_status(service, CREATED, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def parallel_orders_refused(service: Service) -> None:
    """While an order is under way, another one is answered with 409."""
    inner = service.respond
    busy = False

    async def respond(request: Request) -> Answer:
        nonlocal busy
        if busy:
            return envelope(Refusal(409, "Another order is under way."))
        busy = True
        try:
            await asyncio.sleep(0.002)
            return await inner(request)
        finally:
            busy = False

    service.respond = respond
