"""The emulator's memory: one SQLite database, in memory or in a file, with one lock.

Why one connection and one lock: the server answers requests one after the other on one thread; the lock is for the
thread that starts and stops it.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Document = dict[str, Any]
"""A JSON object."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    number INTEGER PRIMARY KEY, vendor TEXT NOT NULL, id TEXT NOT NULL, identity TEXT NOT NULL,
    document TEXT NOT NULL, UNIQUE (vendor, id));
CREATE INDEX IF NOT EXISTS people_in_order ON people (vendor);
CREATE TABLE IF NOT EXISTS keys (
    vendor TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (vendor, kind, value, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY, vendor TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, polls INTEGER NOT NULL,
    submitted_at REAL NOT NULL, finished_at REAL, payload BLOB NOT NULL, outcome TEXT, ending TEXT NOT NULL,
    work TEXT NOT NULL, UNIQUE (vendor, id));
CREATE INDEX IF NOT EXISTS jobs_in_order ON jobs (vendor);
CREATE INDEX IF NOT EXISTS waiting_jobs ON jobs (vendor, number) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, vendor TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, status INTEGER NOT NULL, fault TEXT, at REAL NOT NULL, milliseconds REAL NOT NULL,
    body BLOB, response BLOB);
CREATE INDEX IF NOT EXISTS journal_in_order ON journal (vendor);
CREATE TABLE IF NOT EXISTS history (
    number INTEGER PRIMARY KEY, vendor TEXT NOT NULL, person TEXT NOT NULL, entry INTEGER,
    at REAL NOT NULL, before TEXT);
CREATE TABLE IF NOT EXISTS submissions (
    vendor TEXT NOT NULL, job TEXT NOT NULL, entry INTEGER, PRIMARY KEY (vendor, job)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS history_of_person ON history (person);
CREATE TABLE IF NOT EXISTS catalogues (vendor TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Store:
    """A SQLite database with the emulator's tables.

    Args:
        path: The file to keep everything in; None keeps it in memory, for the life of the process.
    """

    def __init__(self, path: str | None = None) -> None:
        """Open the database and create what is missing."""
        self._lock = threading.RLock()
        self.rollbacks = 0
        """How many transactions came to nothing; what was read inside them may not be relied on."""
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        # A test double need not survive a power failure; it must not be slowed down by the disk.
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(SCHEMA)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows."""
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it changed."""
        with self._lock:
            return self._database.execute(sql, values).rowcount

    def change_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Run one statement once for each row of ``values``."""
        with self._lock:
            self._database.executemany(sql, values)

    def count_up(self, name: str, by: int = 1) -> int:
        """Reserve ``by`` numbers of the counter ``name`` and return the first; counters start at 1 and never repeat."""
        sql = (
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"
            " RETURNING value"
        )
        return int(self.rows(sql, (name, by))[0][0]) - by + 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside, or none of them when an exception leaves the block; may be nested."""
        with self._lock:
            if self._database.in_transaction:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:  # nothing half-written stays, whatever it is; it is raised again
                self._database.execute("ROLLBACK")
                self.rollbacks += 1
                raise
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the database; it cannot be used afterwards."""
        with self._lock:
            self._database.close()
