"""The ledger of a batch: a SQLite file that records for later runs which rows were sent, and their outcomes."""

import datetime as dt
import os
import re
import sqlite3
import threading
from typing import NamedTuple

from ..outcomes.errors import LedgerError
from ..outcomes.rows import RowStatus

_PLAIN = r"[A-Za-z0-9._:/+=-]{1,100}"
_SENDING = "sending"
"""The state of a row until its outcome is recorded. A later run that finds this state returns the row as unknown."""
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    order_id TEXT,
    status_code INTEGER,
    request_id TEXT,
    started_at TEXT NOT NULL,
    ended_at TEXT
) WITHOUT ROWID;
"""


class Entry(NamedTuple):
    """The record of a row that must not be sent again."""

    status: RowStatus
    order_id: str | None
    status_code: int | None
    request_id: str | None
    started_at: dt.datetime


class Ledger:
    """The keys and outcomes of a batch, without its payload. Only one process can open a ledger at a time."""

    def __init__(self, path: str | os.PathLike[str], base_url: str) -> None:
        """Open or create the file. Raises LedgerError."""
        self._path = os.fspath(path)
        if self._path in ("", b"", ":memory:", b":memory:"):  # SQLite would open a temporary database.
            raise LedgerError(f"The ledger {self._path!r} is not a file: pass a path.")
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        except (sqlite3.Error, ValueError) as error:
            problem = f"The ledger {self._path} cannot be opened ({error})"
            raise LedgerError(f"{problem}: check that its folder exists and is writable.") from None
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            # Records also survive a power failure.
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_TABLES)
            self._database.execute("INSERT OR IGNORE INTO about VALUES ('base_url', ?)", [base_url])
            (known,) = self._database.execute("SELECT value FROM about WHERE name = 'base_url'").fetchone()
            self.settled = self._settled()
            """The rows that must not be sent again: ordered, or unknown."""
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._database.close()
            raise LedgerError(
                f"The ledger {self._path} cannot be used ({error}): another process has it open, or it is not a ledger."
            ) from None
        if known != base_url:
            self._database.close()
            raise LedgerError(f"The ledger {self._path} is for orders at {known}, not {base_url}: pass another path.")

    def _settled(self) -> dict[str, Entry]:
        kept = (RowStatus.ORDERED.value, RowStatus.UNKNOWN.value, _SENDING)
        found = self._database.execute(
            "SELECT key, state, order_id, status_code, request_id, started_at FROM rows WHERE state IN (?, ?, ?)", kept
        )
        return {
            key: Entry(
                RowStatus.UNKNOWN if state == _SENDING else RowStatus(state),
                order_id,
                status_code,
                request_id,
                dt.datetime.fromisoformat(started_at),
            )
            for key, state, order_id, status_code, request_id, started_at in found
        }

    def begin(self, key: str) -> None:
        """Record that the row is about to be sent. Raises LedgerError if it may have been sent before."""
        changed = self._write(
            "INSERT INTO rows (key, state, started_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "state = excluded.state, started_at = excluded.started_at, ended_at = NULL "
            "WHERE state IN ('rejected', 'not sent')",
            (key, _SENDING, dt.datetime.now(dt.UTC).isoformat()),
        )
        if not changed:
            raise LedgerError(f"The ledger {self._path} says that this row was already sent. It was not sent again.")

    def end(
        self, key: str, status: RowStatus, *, order_id: str | None, status_code: int | None, request_id: str | None
    ) -> None:
        """Record the outcome of the row. Raises LedgerError."""
        # The server can put anything into this text.
        plain = request_id if request_id is not None and re.fullmatch(_PLAIN, request_id) else None
        self._write(
            "UPDATE rows SET state = ?, order_id = ?, status_code = ?, request_id = ?, ended_at = ? WHERE key = ?",
            (status.value, order_id, status_code, plain, dt.datetime.now(dt.UTC).isoformat(), key),
        )

    def _write(self, statement: str, values: tuple[str | int | None, ...]) -> int:
        try:
            with self._lock:
                return self._database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            problem = f"The ledger {self._path} cannot be written ({error})."
        raise LedgerError(problem)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
