"""What became of each row of a batch."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, TypeVar

from attrs import define

from ..values.hidden import out_of_reprs

T = TypeVar("T")


class RowStatus(StrEnum):
    """What became of one row."""

    ORDERED = "ordered"
    """The order was made, now or, with a ledger, by an earlier run."""
    REJECTED = "rejected"
    """The server refused it (4xx), nothing was made: mend the row, and run the batch again."""
    NOT_SENT = "not sent"
    """No connection came about, or the row cannot be sent as it is; nothing was made."""
    UNKNOWN = "unknown"
    """It was sent, and no readable answer came back: ask before ordering again."""
    NOT_TRIED = "not tried"
    """The batch ended before it came to this row."""


@define(repr=False, frozen=True, kw_only=True, field_transformer=out_of_reprs)
class RowOutcome(Generic[T]):
    """What became of one row. Its repr shows index, status and order_id alone."""

    index: int
    """The row's place among the rows given, from 0."""
    key: str
    """The caller's key, or the index as text where the row has none."""
    status: RowStatus
    order_id: str | None = None
    """The order's identifier: that of an order made, or one found in an answer that was otherwise unreadable."""
    result: T | None = None
    """The order as the server gave it; None where it was not made in this run."""
    error: Exception | None = None
    """Why there is no order; None for what an earlier run did, and for what was not tried."""
    status_code: int | None = None
    request_id: str | None = None
    """The server's name for the request, for its support."""
    started_at: dt.datetime | None = None
    """When it was last begun to be sent, in UTC."""
    from_ledger: bool = False
    """Whether an earlier run did it."""

    def __repr__(self) -> str:
        return f"RowOutcome({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        yield "index", self.index
        yield "status", str(self.status)
        yield "order_id", self.order_id
