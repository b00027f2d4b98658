"""The create-order operation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spot_sandbox.http.messages import Answer

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Body
    from spot_sandbox.store.database import Order, Store


def create_order(store: Store, body: Body) -> Order:
    """Place the order that the body describes."""
    created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return store.place(created, body.texts["recipient"], body.texts["kit_types"], body.texts.get("metadata"))


def present(order: Order) -> Answer:
    """The order as OrderEmpty, its parts in the very texts that were sent."""
    text = (
        f'{{"order_id":"{order.order_id}","status":"pending","recipient":{order.recipient},'
        f'"kit_types":{order.kit_types},"kits":[],"created":"{order.created}","updated":"{order.created}",'
        f'"metadata":{order.metadata or "null"}}}'
    )
    return Answer(201, text.encode())
