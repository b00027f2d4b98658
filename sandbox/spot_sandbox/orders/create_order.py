"""The create-order operation."""

import time
from datetime import UTC, datetime
from functools import lru_cache

from spot_sandbox.document.operations import Operation
from spot_sandbox.http.messages import Answer, Body
from spot_sandbox.store.orders import Order, Row
from spot_sandbox.store.store import Store

# The path of the operation in the published document.
PLACE = ("POST", "/api/v2/orders/")


def find_create_order(operations: list[Operation]) -> Operation | None:
    """The operation that creates orders: the one at PATH, else the only POST with kit types and a recipient."""
    for operation in operations:
        if (operation.method, operation.template) == PLACE:
            return operation
    alike = [each for each in operations if each.method == "POST" and _takes_orders(each)]
    return alike[0] if len(alike) == 1 else None


def _takes_orders(operation: Operation) -> bool:
    schemas = list(operation.bodies.values())
    return bool(schemas) and {"kit_types", "recipient"} <= schemas[0].top.get("properties", {}).keys()


def row_of(body: Body, owner: str) -> Row:
    """The row to store for an order."""
    texts = body.texts
    return Row(_now(), texts["recipient"], texts["kit_types"], texts.get("metadata"), owner)


def _now() -> str:
    """The time in UTC with milliseconds; the rest is formatted only once a second."""
    seconds, fraction = divmod(time.time(), 1)
    return f"{_second(seconds)}.{int(fraction * 1000):03d}Z"


@lru_cache(maxsize=1)
def _second(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


async def create_order(store: Store, row: Row) -> Order:
    """Place the order."""
    return await store.place(row)


def present(order: Order) -> Answer:
    """The order as OrderEmpty, with the JSON texts that were sent."""
    text = (
        f'{{"order_id":"{order.order_id}","status":"pending","recipient":{order.recipient},'
        f'"kit_types":{order.kit_types},"kits":[],"created":"{order.created}","updated":"{order.created}",'
        f'"metadata":{order.metadata or "null"}}}'
    )
    return Answer(201, text.encode())
