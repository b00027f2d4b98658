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
    """The order was created, in this run or (with a ledger) in an earlier one."""
    REJECTED = "rejected"
    """The server refused the order (4xx) and created nothing. Correct the row and run the batch again."""
    NOT_SENT = "not sent"
    """No connection was made, or the row contains a value that cannot be sent. Nothing was created."""
    UNKNOWN = "unknown"
    """The order was sent, but no readable response arrived. Check whether it exists before you order again."""
    NOT_TRIED = "not tried"
    """The batch stopped before this row."""


@define(repr=False, frozen=True, kw_only=True, field_transformer=out_of_reprs)
class RowOutcome(Generic[T]):
    """The outcome of one row of a batch. Its repr shows only index, status and order_id.

    Attributes:
        index (int): The position of the row in the batch, from 0.
        key (str): Your key, or the index as a str if the row has no key.
        status (RowStatus): How the row ended.
        order_id (str | None): The identifier of the order. It may come from a response that is unreadable otherwise.
        result (T | None): The order as the server returned it; None if this run did not create it.
        error (Exception | None): Why there is no order. None for outcomes of an earlier run and for rows that were
            not tried.
        status_code (int | None): The HTTP status of the response; None if there was no response.
        request_id (str | None): The server's identifier of the request, to quote to its support. None if the server
            sent none.
        started_at (datetime | None): When the last attempt started, in UTC; None if the row was not tried.
        from_ledger (bool): Whether the outcome was recorded by an earlier run.

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
