"""The outcome of each row of a batch."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, TypeVar

from attrs import define

from ..values.hidden import out_of_reprs

T = TypeVar("T")


class RowStatus(StrEnum):
    """How a row of a batch ended."""

    ORDERED = "ordered"
    """The order was created, now or, with a ledger, in an earlier run."""
    REJECTED = "rejected"
    """The server refused it (4xx), nothing was created: correct the row and run the batch again."""
    NOT_SENT = "not sent"
    """No connection was made, or the row cannot be sent as it is; nothing was created."""
    UNKNOWN = "unknown"
    """It was sent, and no readable answer came back: find out before ordering again."""
    NOT_TRIED = "not tried"
    """The batch stopped before this row."""


@define(repr=False, frozen=True, kw_only=True, field_transformer=out_of_reprs)
class RowOutcome(Generic[T]):
    """The outcome of one row of a batch. Its repr shows index, status and order_id alone.

    Attributes:
        index (int): The row's place among the rows given, from 0.
        key (str): The key you gave, or the index as text where the row has none.
        status (RowStatus): How the row ended.
        order_id (str | None): The identifier of the order, or one found in an otherwise unreadable answer.
        result (T | None): The order as the server sent it; None where this run did not create it.
        error (Exception | None): Why there is no order; None for the outcome of an earlier run, and for what
            was not tried.
        status_code (int | None): The HTTP status of the answer; None where there was none.
        request_id (str | None): The server's identifier of the request, to quote to its support.
        started_at (datetime | None): When its last attempt began, in UTC.
        from_ledger (bool): Whether the outcome is that of an earlier run.

    """

    index: int
    key: str
    status: RowStatus
    order_id: str | None = None
    result: T | None = None
    error: Exception | None = None
    status_code: int | None = None
    request_id: str | None = None
    started_at: dt.datetime | None = None
    from_ledger: bool = False

    def __repr__(self) -> str:
        return f"RowOutcome({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        yield "index", self.index
        yield "status", str(self.status)
        yield "order_id", self.order_id
