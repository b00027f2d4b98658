"""Orders and requests as tests see them."""

import json
from dataclasses import dataclass
from typing import Any, Self

from spot_sandbox.journal.entry import Entry
from spot_sandbox.store.orders import Order


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that exists in the sandbox, whatever the response was.

    Attributes:
        order_id: its id.
        created: when it was placed: RFC 3339, UTC.
        recipient: the recipient, as sent.
        kit_types: the kit types, as sent.
        metadata: the metadata, as sent; None without.

    """

    order_id: str
    created: str
    recipient: dict[str, Any]
    kit_types: list[str]
    metadata: dict[str, Any] | None

    @classmethod
    def of(cls, order: Order) -> Self:
        """Convert a stored order."""
        return cls(
            order.order_id,
            order.created,
            json.loads(order.recipient),
            json.loads(order.kit_types),
            json.loads(order.metadata or "null"),
        )


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that the sandbox received, and its outcome.

    Attributes:
        method, path, query: the request line.
        headers: in the order sent, with names in lower case and tokens masked.
        body: the bytes sent, up to 64 KiB.
        status: the status of the response; None if the connection was dropped before it.
        answer: the body of the response; empty without one.
        order_id: the order that it placed, whatever the response was; None if it placed none.
        scenario: the scenario that applied; None without.
        outcome: whether an order was placed and what the response was, in a sentence.

    """

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    status: int | None
    answer: bytes
    order_id: str | None
    scenario: str | None
    outcome: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Convert an entry of the journal."""
        return cls(
            entry.request.method,
            entry.request.path,
            entry.request.query.decode("latin-1"),
            entry.headers,
            entry.request.raw,
            entry.status,
            entry.answer.body if entry.answer else b"",
            entry.order_id,
            entry.scenario,
            entry.outcome,
        )

    def json(self) -> Any:
        """Parse the body as JSON. Raises ValueError if it is not valid JSON."""
        return json.loads(self.body)
