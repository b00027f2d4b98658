"""Orders in PostgreSQL, through psycopg 3."""

from collections.abc import Sequence
from importlib.util import find_spec

from sqlalchemy import create_engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from spot_sandbox.store.database import BusyError, Database, LostError, reason
from spot_sandbox.store.orders import Row, StoreError, orders_table

_NUMBERS = text("SELECT nextval(pg_get_serial_sequence('orders', 'number')) FROM generate_series(1, :many)")
# connect_timeout is in seconds, the others are in milliseconds.
_CONNECT = {
    "connect_timeout": 3,
    "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
    "tcp_user_timeout": 10000,
}
# SQLSTATE codes and prefixes: a lock wait ended; the server shuts down, starts or has no free connection.
_HELD = frozenset({"55P03", "40P01", "40001"})
_DOWN = ("57P", "08", "53300")


class PostgresDatabase(Database):
    """A database on a PostgreSQL server. Written by a separate thread."""

    is_remote = True

    def __init__(self, url: URL) -> None:
        """Prepare to connect. Raises StoreError if psycopg is not installed."""
        if find_spec("psycopg") is None:
            raise StoreError('PostgreSQL needs psycopg: pip install "spot-sandbox[postgresql]"')
        given = {name: value for name, value in _CONNECT.items() if name not in url.query}
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), connect_args=given, hide_parameters=True, pool_pre_ping=True
        )
        super().__init__(url.render_as_string(hide_password=True), engine)
        self._insert = insert(orders_table).on_conflict_do_nothing(index_elements=["number"])

    def insert(self, rows: Sequence[Row], numbers: list[int]) -> None:
        """Write a batch; see Database."""
        try:
            with self.engine.connect() as connection:
                if not numbers:
                    numbers.extend(sorted(connection.execute(_NUMBERS, {"many": len(rows)}).scalars()))
                batch = [{"number": number, **row._asdict()} for number, row in zip(numbers, rows, strict=True)]
                connection.execute(self._insert, batch)
                connection.commit()
        except DBAPIError as error:
            state = str(getattr(error.orig, "sqlstate", None) or "")
            if state in _HELD:
                raise BusyError from None
            if error.connection_invalidated or not state or state.startswith(_DOWN):
                raise LostError(reason(error)) from None
            raise StoreError(f"cannot write to the database: {reason(error)}") from None
        except SQLAlchemyError as error:
            raise StoreError(f"cannot write to the database: {reason(error)}") from None
