"""Orders in SQLite: in memory, where the oldest are dropped, or in a file that processes share."""

import os
import sqlite3
from collections import deque
from collections.abc import Sequence

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

from spot_sandbox.store.database import BusyError, Database
from spot_sandbox.store.orders import Row, StoreError

# The limits of a database in memory. The oldest orders are dropped first, a hundredth at a time.
MOST_ORDERS = 100_000
MOST_BYTES = 256 * 1024 * 1024
_INSERT = "INSERT INTO orders (created, recipient, kit_types, metadata, owner) VALUES (?, ?, ?, ?, ?)"
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class SqliteDatabase(Database):
    """A file, or memory. Used by a single thread."""

    def __init__(self, url: URL) -> None:
        """Open the database. Raises StoreError."""
        # The one connection also keeps a database in memory alive. Its timeout is 0, because the store retries
        # without blocking the event loop.
        engine = create_engine(
            url,
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "timeout": 0, "isolation_level": None},
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._tune)
        super().__init__(url.database or ":memory:", engine)
        self._sizes: deque[int] = deque()
        self._bytes = self._last = 0
        self._connect()

    def insert(self, rows: Sequence[Row], numbers: list[int]) -> None:
        """Write a batch; see Database."""
        if self.is_memory:
            self._insert_into_memory(rows, numbers)
            return
        self._find_file()
        numbers.clear()
        cursor = self._cursor
        try:
            cursor.execute("BEGIN IMMEDIATE")
            for row in rows:
                cursor.execute(_INSERT, row)
                numbers.append(cursor.lastrowid or 0)
            cursor.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _HELD:
                raise BusyError from None
            raise StoreError(f"cannot write to the database: {error}") from None
        self._last = numbers[-1]

    def clear(self, owner: str | None = None) -> None:
        """Delete orders; see Database."""
        super().clear(owner)
        if owner is None:
            self._sizes.clear()
            self._bytes = 0

    def _insert_into_memory(self, rows: Sequence[Row], numbers: list[int]) -> None:
        cursor = self._cursor
        for row in rows:
            cursor.execute(_INSERT, row)
            self._last = cursor.lastrowid or 0
            numbers.append(self._last)
            size = sum(map(len, filter(None, row)))
            self._sizes.append(size)
            self._bytes += size
        if len(self._sizes) > MOST_ORDERS or self._bytes > MOST_BYTES:
            self._make_room()

    def _make_room(self) -> None:
        sizes = self._sizes
        while len(sizes) > MOST_ORDERS * 0.99 or self._bytes > MOST_BYTES * 0.99:
            self._bytes -= sizes.popleft()
        self._cursor.execute("DELETE FROM orders WHERE number <= ?", (self._last - len(sizes),))

    def _connect(self) -> None:
        try:
            connection = self.engine.raw_connection().driver_connection
        except sqlite3.Error as error:
            raise StoreError(f"cannot use the database {self.name}: {error}") from None
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - for the type checker.
        self._cursor = connection.cursor()
        # Empty if the database is in memory.
        self._path: str = self._cursor.execute("PRAGMA database_list").fetchone()[2]
        self.is_memory = not self._path
        self._file = 0 if self.is_memory else self._inode()

    def _inode(self) -> int:
        try:
            return os.stat(self._path).st_ino  # noqa: PTH116 - runs for every batch; a Path doubles its cost.
        except OSError:
            raise StoreError(f"the database file {self._path} is missing") from None

    def _find_file(self) -> None:
        """Reconnect if the file was moved or deleted: orders written to the old one would be lost."""
        if self._inode() == self._file:
            return
        self.engine.dispose()
        self.engine.pool = self.engine.pool.recreate()
        self._connect()
        self.create()
        # The new file may be a backup, whose sequence is behind the numbers already used.
        self._cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'orders' AND seq < ?", (self._last,))
        self._cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'orders', ? "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'orders')",
            (self._last,),
        )

    def _undo(self) -> None:
        connection = self._cursor.connection
        if connection.in_transaction:
            connection.rollback()

    def _tune(self, connection: sqlite3.Connection, _record: object) -> None:
        """Use a write-ahead log, which survives a killed process without a flush for every order."""
        cursor = connection.cursor()
        # These may wait for a lock, because no request is served yet.
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA busy_timeout=0")
        cursor.close()
