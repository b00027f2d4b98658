"""A database of orders: opened by its URL, written in batches, read in pages."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Delete, Select, delete, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from spot_sandbox.store.orders import Order, Row, StoreError, metadata, number_of, order_of, orders_table

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sqlalchemy import Connection, Engine

Query = TypeVar("Query", Select[Any], Delete)
MOST_COUNTED = 100_000
FORMS = "a file's path, :memory:, sqlite:///FILE or postgresql://USER@HOST/NAME"


class BusyError(Exception):
    """Another process holds what is to be written; nothing was written."""


class LostError(Exception):
    """The connection to the database is gone; whether the batch was written is to be seen by writing it again."""


class Database(ABC):
    """One database.

    Attributes:
        is_memory: it is this process's alone, and an order is written at once.
        is_remote: writing waits for another process, so that it needs a thread of its own.

    """

    is_memory = False
    is_remote = False

    def __init__(self, name: str, engine: Engine) -> None:
        """The name is for messages; it holds no password."""
        self.name = name
        self.engine = engine

    @abstractmethod
    def insert(self, rows: Sequence[Row], numbers: list[int]) -> None:
        """Write a batch as one transaction, and put the number of each row into `numbers`.

        A batch that was lost is written again with the numbers that it has: no row is then written twice.

        Raises:
            BusyError, LostError: see there.
            StoreError: the database refused it; nothing was written.

        """

    def create(self) -> None:
        """Make the table, or see that the one that is there can be used. Raises StoreError."""
        with self.reading("cannot use the database") as connection:
            metadata.create_all(connection)
            if all(column["name"] != "owner" for column in inspect(connection).get_columns("orders")):
                connection.execute(text("ALTER TABLE orders ADD COLUMN owner TEXT NOT NULL DEFAULT ''"))
            for index in orders_table.indexes:
                index.create(connection, checkfirst=True)
            connection.execute(orders_table.select().limit(1)).all()
            connection.commit()

    def find(self, order_id: str) -> Order | None:
        """The order with this id. Raises StoreError."""
        found = self._orders(select(orders_table).where(orders_table.c.number == number_of(order_id)))
        return found[0] if found else None

    def orders(self, owner: str | None = None, *, after: str = "", limit: int = 100) -> list[Order]:
        """The orders after that id, the oldest first, at most `limit` of them; of one owner, or of all (None)."""
        query = select(orders_table).where(orders_table.c.number > number_of(after))
        return self._orders(_owned(query, owner).order_by(orders_table.c.number).limit(limit))

    def newest(self, owner: str | None = None, *, limit: int = 100) -> list[Order]:
        """The last orders, the newest first. Raises StoreError."""
        query = _owned(select(orders_table), owner)
        return self._orders(query.order_by(orders_table.c.number.desc()).limit(limit))

    def count(self, owner: str | None = None, *, most: int = MOST_COUNTED) -> int:
        """How many orders there are, counted up to `most`: a million take half a second. Raises StoreError."""
        some = _owned(select(orders_table.c.number), owner).limit(most).subquery()
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(some)).scalar_one()

    def clear(self, owner: str | None = None) -> int:
        """Delete the orders of one owner or all; how many they were. Ids are not given again. Raises StoreError."""
        with self.reading("cannot write to the database") as connection:
            gone = connection.execute(_owned(delete(orders_table), owner)).rowcount
            connection.commit()
        return gone

    def close(self) -> None:
        """Close it; every order is in it already."""
        self.engine.dispose()

    def _orders(self, query: Select[Any]) -> list[Order]:
        with self.reading() as connection:
            return [order_of(number, Row(*rest)) for number, *rest in connection.execute(query)]

    @contextlib.contextmanager
    def reading(self, what: str = "cannot read from the database") -> Generator[Connection]:
        """A connection to read by; what fails there is a StoreError."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{what} {self.name}: {reason(error)}") from None


def _owned(query: Query, owner: str | None) -> Query:
    if owner is None:
        return query
    mine = query.where(orders_table.c.owner == owner)
    # Said in so many words, so that the index on the owners of further tokens is used.
    return mine.where(orders_table.c.owner != "") if owner else mine


def reason(error: SQLAlchemyError) -> str:
    """Why a call failed: the first line of the database's own words, without the statement and its values."""
    words = str(getattr(error, "orig", None) or type(error).__name__).strip()
    return words.partition("\n")[0] or type(error).__name__


def parse(database: str) -> URL:
    """The URL that an option names. Raises StoreError."""
    if "://" not in database:
        return URL.create("sqlite", database=database)
    try:
        url = make_url(database)
    except ArgumentError:
        raise StoreError(f"the database URL is malformed: give {FORMS}") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(f"the database must be SQLite or PostgreSQL: give {FORMS}")
    return url
