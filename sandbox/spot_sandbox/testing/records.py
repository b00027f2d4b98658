"""What tests look at: orders that were placed, and requests that came in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spot_sandbox.journal.entry import Entry
    from spot_sandbox.store.orders import Order


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that the sandbox keeps, whatever was answered.

    Attributes:
        order_id: its id.
        created: when it was placed: RFC 3339, UTC.
        recipient: who gets the kits, as it was sent.
        kit_types: what was ordered, as it was sent.
        metadata: what was sent with it; None where there was none.

    """

    order_id: str
    created: str
    recipient: dict[str, Any]
    kit_types: list[str]
    metadata: dict[str, Any] | None

    @classmethod
    def of(cls, order: Order) -> PlacedOrder:
        """The order as tests look at it."""
        return cls(
            order.order_id,
            order.created,
            json.loads(order.recipient),
            json.loads(order.kit_types),
            json.loads(order.metadata or "null"),
        )


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that the sandbox received, and what became of it.

    Attributes:
        method, path, query: what was asked for.
        headers: in the order sent, names in lower case; tokens are masked.
        body: the bytes sent, up to 64 KiB.
        status: of the answer; None where the connection was dropped before any.
        answer: the answer's body; empty without one.
        order_id: the order that it placed, whatever was answered; None where it placed none.
        scenario: the scenario that it met, None for none.
        outcome: what became of it, in a sentence.

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
    def of(cls, entry: Entry) -> SentRequest:
        """The journal's entry as tests look at it."""
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
        """The body, read as JSON. Raises ValueError where it is none."""
        return json.loads(self.body)
