"""Orders that share an order_id, or data of another order."""

import asyncio
import dataclasses
import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import CREATED, is_form, on_created, on_order, on_status
from spot_sandbox.http.messages import Answer, Refusal, Request, envelope
from spot_sandbox.orders.service import Service
from spot_sandbox.store.orders import Order, Row
from spot_sandbox.store.store import Store

CHAPTER = "identity"
UNIQUE = "every order has a unique id: repeated identical bodies, many orders in a row, many in parallel"
LEAK = "no data of one order appears in another"


def _renumber(service: Service, change: Callable[[Order], str]) -> None:
    """Change the order_id of each order."""
    inner = service.place

    async def place(store: Store, row: Row) -> Order:
        order = await inner(store, row)
        return dataclasses.replace(order, order_id=change(order))

    service.place = place


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_constant(service: Service) -> None:
    """Every order has the order_id of the document's example."""
    _renumber(service, lambda _order: "O1234567")


@fault(CHAPTER, UNIQUE, "cross-request")
def every_7th_order_id_repeated(service: Service) -> None:
    """Every 7th order has the order_id of the previous order."""
    numbers = count(1)
    last = ""

    def change(order: Order) -> str:
        nonlocal last
        last = order.order_id if next(numbers) % 7 else last
        return last

    _renumber(service, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def order_ids_start_again_after_50(service: Service) -> None:
    """The order_ids start again after 50 orders."""
    numbers = count()
    _renumber(service, lambda _order: f"O{7_000_000 + next(numbers) % 50}")


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_reused_for_identical_body(service: Service) -> None:
    """Orders with the same body have the same order_id."""
    known: dict[str, str] = {}

    def change(order: Order) -> str:
        key = f"{order.recipient}\n{order.kit_types}\n{order.metadata}"
        return known.setdefault(key, order.order_id)

    _renumber(service, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_reused_for_same_recipient(service: Service) -> None:
    """Orders with the same recipient have the same order_id."""
    known: dict[str, str] = {}
    _renumber(service, lambda order: known.setdefault(order.recipient, order.order_id))


@fault(CHAPTER, UNIQUE, "cross-request")
def order_id_is_the_second(service: Service) -> None:
    """The order_id is the time in seconds: orders of the same second share it."""
    _renumber(service, lambda order: "O" + re.sub("[-T:]", "", order.created.partition(".")[0]))


@fault(CHAPTER, UNIQUE, "cross-request")
def order_ids_collide_in_parallel(service: Service) -> None:
    """The next order_id is read before and written after a pause: parallel orders share it."""
    inner = service.respond
    newest = 3_000_000

    async def respond(request: Request) -> Answer:
        nonlocal newest
        number = newest + 1
        answer = await inner(request)
        if answer.status == CREATED:
            await asyncio.sleep(0.02)
            newest = number
            answer.body = b'{"order_id":"O%d",' % number + answer.body.partition(b",")[2]
        return answer

    service.respond = respond


@fault(CHAPTER, UNIQUE, "cross-request")
def json_and_forms_count_apart(service: Service) -> None:
    """JSON orders and form orders have separate order_ids that start at the same number."""
    counts: dict[bool, int] = {}

    def change(request: Request, answer: Answer) -> None:
        kind = is_form(request)
        counts[kind] = counts.get(kind, 4_000_000) + 1
        answer.body = b'{"order_id":"O%d",' % counts[kind] + answer.body.partition(b",")[2]

    on_created(service, change)


def _with_previous(service: Service, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Change an order by the previous one."""
    previous: dict[str, Any] = {}

    def rewrite(order: dict[str, Any]) -> None:
        nonlocal previous
        original = dict(order)
        if previous:
            change(order, previous)
        previous = original

    on_order(service, rewrite)


@fault(CHAPTER, LEAK, "cross-request")
def previous_metadata_shown(service: Service) -> None:
    """An order contains the metadata of the previous order."""
    _with_previous(service, lambda order, previous: order.update(metadata=previous["metadata"]))


@fault(CHAPTER, LEAK, "cross-request")
def absent_metadata_filled_from_previous(service: Service) -> None:
    """An order without metadata contains the metadata last sent, as with a mutable default argument."""
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
    """Every 11th order contains the recipient of the previous order."""
    numbers = count(2)

    def change(order: dict[str, Any], previous: dict[str, Any]) -> None:
        if not next(numbers) % 11:
            order["recipient"] = previous["recipient"]

    _with_previous(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def absent_street2_filled_from_previous(service: Service) -> None:
    """An address without street2 contains the street2 last sent."""
    newest: dict[str, Any] = {}

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        if address.get("street2"):
            newest["street2"] = address["street2"]
        else:
            address.update(newest)

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def address_cached_by_email(service: Service) -> None:
    """A recipient whose email address is known gets the address of the first order with it."""
    known: dict[str, Any] = {}

    def change(order: dict[str, Any]) -> None:
        recipient = order["recipient"]
        recipient["address"] = known.setdefault(json.dumps(recipient["email"]), recipient["address"])

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def recent_orders_listed(service: Service) -> None:
    """The answer has an extra property with the email addresses of earlier orders."""
    known: list[Any] = []

    def change(order: dict[str, Any]) -> None:
        order["recent"] = list(known)
        known.append(order["recipient"]["email"])
        del known[:-5]

    on_order(service, change)


@fault(CHAPTER, LEAK, "cross-request")
def kit_types_accumulate_in_forms(service: Service) -> None:
    """A form order also contains the last kit type of the previous form order."""
    last: list[Any] = []

    def change(request: Request, order: dict[str, Any]) -> None:
        if is_form(request):
            kit_types = order["kit_types"]
            order["kit_types"] = last + kit_types
            last[:] = kit_types[-1:]

    on_status(service, CREATED, change)


@fault(CHAPTER, UNIQUE, "cross-request")
def parallel_orders_refused(service: Service) -> None:
    """While one order is being processed, another is answered with 409."""
    inner = service.respond
    busy = False

    async def respond(request: Request) -> Answer:
        nonlocal busy
        if busy:
            return envelope(Refusal(409, "Another order is being processed."))
        busy = True
        try:
            await asyncio.sleep(0.002)
            return await inner(request)
        finally:
            busy = False

    service.respond = respond
