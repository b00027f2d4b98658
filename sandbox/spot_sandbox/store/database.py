"""The interface of a database of orders: written in batches, read in pages."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Engine, Select, delete, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from spot_sandbox.store.orders import (
    ORDERS_OF_OTHERS,
    Order,
    Row,
    StoreError,
    metadata,
    number_of,
    order_of,
    orders_table,
)

Query = TypeVar("Query", Select[Any], Delete)
MOST_COUNTED = 100_000
FORMS = "a file path, :memory:, sqlite:///FILE or postgresql://USER@HOST/NAME"


class BusyError(Exception):
    """Another process holds a lock; nothing was written."""


class LostError(Exception):
    """The connection to the database was lost; writing the batch again shows whether it was written."""


class Database(ABC):
    """One database.

    Attributes:
        is_memory: whether only this process uses it, so that orders are written at once.
        is_remote: whether writing waits for a server, so that it needs a separate thread.

    """

    is_memory = False
    is_remote = False

    def __init__(self, name: str, engine: Engine) -> None:
        """The name is for messages and contains no password."""
        self.name = name
        self.engine = engine

    @abstractmethod
    def insert(self, rows: Sequence[Row], numbers: list[int]) -> None:
        """Write a batch in one transaction, and append the number of each row to `numbers`.

        After LostError, call it again with the same `numbers`, so that no row is written twice.

        Raises:
            BusyError, LostError: see their docstrings.
            StoreError: the database rejected the batch; nothing was written.

        """

    def create(self) -> None:
        """Create the table, or check that an existing one can be used. Raises StoreError."""
        with self.reading("cannot use the database") as connection:
            metadata.create_all(connection)
            if all(column["name"] != "owner" for column in inspect(connection).get_columns("orders")):
                connection.execute(text("ALTER TABLE orders ADD COLUMN owner TEXT NOT NULL DEFAULT ''"))
            connection.execute(text(ORDERS_OF_OTHERS))
            connection.execute(orders_table.select().limit(1)).all()
            connection.commit()

    def orders(self, owner: str | None = None, *, after: str = "", limit: int | None = 100) -> list[Order]:
        """At most `limit` orders after an id (None is no limit), oldest first, of one owner or of all (None)."""
        query = select(orders_table).where(orders_table.c.number > number_of(after))
        return self._orders(_owned(query, owner).order_by(orders_table.c.number).limit(limit))

    def newest(self, owner: str | None = None, *, limit: int = 100) -> list[Order]:
        """At most `limit` orders, newest first. Raises StoreError."""
        query = _owned(select(orders_table), owner)
        return self._orders(query.order_by(orders_table.c.number.desc()).limit(limit))

    def count(self, owner: str | None = None) -> int:
        """The number of orders, counted up to 100,000: a million take half a second. Raises StoreError."""
        some = _owned(select(orders_table.c.number), owner).limit(MOST_COUNTED).subquery()
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(some)).scalar_one()

    def clear(self, owner: str | None = None) -> None:
        """Delete the orders of one owner or of all (None). Ids are not reused. Raises StoreError."""
        with self.reading("cannot write to the database") as connection:
            connection.execute(_owned(delete(orders_table), owner))
            connection.commit()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def _orders(self, query: Select[Any]) -> list[Order]:
        with self.reading() as connection:
            return [order_of(number, Row(*rest)) for number, *rest in connection.execute(query)]

    @contextlib.contextmanager
    def reading(self, what: str = "cannot read from the database") -> Generator[Connection]:
        """A connection whose errors become StoreError."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{what} {self.name}: {reason(error)}") from None


def _owned(query: Query, owner: str | None) -> Query:
    if owner is None:
        return query
    mine = query.where(orders_table.c.owner == owner)
    # Redundant, but lets the database use the partial index ORDERS_OF_OTHERS.
    return mine.where(orders_table.c.owner != "") if owner else mine


def reason(error: SQLAlchemyError) -> str:
    """The first line of the database's error message, without the statement and its values."""
    words = str(getattr(error, "orig", None) or type(error).__name__).strip()
    return words.partition("\n")[0] or type(error).__name__


def parse(database: str) -> URL:
    """Parse the option --database. Raises StoreError."""
    if "://" not in database:
        return URL.create("sqlite", database=database)
    try:
        url = make_url(database)
    except ArgumentError:
        raise StoreError(f"the database URL is malformed: pass {FORMS}") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(f"the database must be SQLite or PostgreSQL: pass {FORMS}")
    return url
