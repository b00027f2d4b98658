"""What is kept of an order: its table, its row and what is read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Table, Text

FIRST_NUMBER = 1_000_000

metadata = MetaData()
orders_table = Table(
    "orders",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("created", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("kit_types", Text, nullable=False),
    Column("metadata", Text),
    Column("owner", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,  # A number is never given twice, not even after its order was deleted.
)
# Finds the orders of a further token, and costs nothing where there is none. As text, because SQLAlchemy would load a
# dialect that is not used.
ORDERS_OF_OTHERS = "CREATE INDEX IF NOT EXISTS orders_owner ON orders (owner, number) WHERE owner <> ''"


class StoreError(Exception):
    """The database cannot be used; the message says why, in one line, without any data.

    Attributes:
        is_unknown: the order may have been kept all the same, because the database was lost while it wrote.

    """

    def __init__(self, reason: str, *, is_unknown: bool = False) -> None:
        super().__init__(reason)
        self.is_unknown = is_unknown


class Row(NamedTuple):
    """What is kept of an order beside its number.

    Recipient, kit types and metadata are the JSON texts that were sent; owner is a key of the token that placed the
    order, never the token itself.
    """

    created: str
    recipient: str
    kit_types: str
    metadata: str | None
    owner: str = ""


@dataclass(slots=True)
class Order:
    """An accepted order, with the JSON texts that were sent."""

    order_id: str
    created: str
    recipient: str
    kit_types: str
    metadata: str | None
    owner: str = ""


def order_of(number: int, row: Row) -> Order:
    """The order that a row with this number is."""
    return Order(f"O{FIRST_NUMBER + number}", *row)


def number_of(order_id: str) -> int:
    """The row number of an order id, 0 where it is none."""
    digits = order_id[1:]
    return int(digits) - FIRST_NUMBER if order_id[:1] == "O" and digits.isascii() and digits.isdigit() else 0
