"""The table of orders, its rows, and orders as they are read."""

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
    sqlite_autoincrement=True,  # Numbers are not reused after their order was deleted.
)
# Finds the orders of additional tokens, and costs nothing without any. As text, because SQLAlchemy would load an
# unused dialect.
ORDERS_OF_OTHERS = "CREATE INDEX IF NOT EXISTS orders_owner ON orders (owner, number) WHERE owner <> ''"


class StoreError(Exception):
    """The database cannot be used; the message says why, in one line, without data of orders.

    Attributes:
        is_unknown: whether the order may exist, because the database was lost during the commit.

    """

    def __init__(self, reason: str, *, is_unknown: bool = False) -> None:
        super().__init__(reason)
        self.is_unknown = is_unknown


class Row(NamedTuple):
    """The columns of an order without its number.

    Recipient, kit types and metadata are the JSON texts that were sent; owner is a key of the token, never the token
    itself.
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
    """The order of a row."""
    return Order(f"O{FIRST_NUMBER + number}", *row)


def number_of(order_id: str) -> int:
    """The row number of an order id; 0 if the id is malformed."""
    digits = order_id[1:]
    return int(digits) - FIRST_NUMBER if order_id[:1] == "O" and digits.isascii() and digits.isdigit() else 0
