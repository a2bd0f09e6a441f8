"""The stand-in's memory: one SQLite file, so that a restart forgets nothing.

Guarantees that each request is one transaction: what it changed, what it answered under its
idempotency key and the events it caused are stored together or not at all.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from server.payments.standin.objects import Object

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS object (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parameters (session TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0);
"""


class Draft:
    """What one request reads and writes, inside its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, thing: Object) -> None:
        """Store an object, new or changed."""
        self._connection.execute(
            "INSERT INTO object (id, type, body) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (thing["id"], thing["object"], json.dumps(thing)),
        )

    def get(self, kind: str, ident: str) -> Object | None:
        """Find an object."""
        row = self._connection.execute(
            "SELECT body FROM object WHERE id = ? AND type = ?", (ident, kind)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def newest_first(self, kind: str) -> list[Object]:
        """List the objects of a type."""
        rows = self._connection.execute(
            "SELECT body FROM object WHERE type = ? ORDER BY position DESC", (kind,)
        )
        return [json.loads(row[0]) for row in rows]

    def keep_parameters(self, session: str, parameters: Object) -> None:
        """Remember what a session was made with; the payment needs it later."""
        self._connection.execute(
            "INSERT INTO parameters VALUES (?, ?)", (session, json.dumps(parameters))
        )

    def parameters(self, session: str) -> Object:
        """Give what a session was made with."""
        row = self._connection.execute(
            "SELECT body FROM parameters WHERE session = ?", (session,)
        ).fetchone()
        return dict(json.loads(row[0]))

    def replay(self, key: str) -> tuple[str, int, str] | None:
        """Give the fingerprint, status and body first answered under a key."""
        row = self._connection.execute(
            "SELECT fingerprint, status, body FROM idempotency WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def remember(self, key: str, fingerprint: str, status: int, body: str) -> None:
        """Store the answer of a key."""
        self._connection.execute(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?)", (key, fingerprint, status, body)
        )

    def post(self, event: Object) -> None:
        """Queue an event for the node."""
        self._connection.execute(
            "INSERT INTO outbox (id, body) VALUES (?, ?)", (event["id"], json.dumps(event))
        )

    def undelivered(self) -> list[tuple[str, str]]:
        """List the queued events: id and body."""
        return [
            (row[0], row[1])
            for row in self._connection.execute(
                "SELECT id, body FROM outbox WHERE delivered = 0 ORDER BY position"
            )
        ]

    def delivered(self, event: str) -> None:
        """Mark an event as taken by the node."""
        self._connection.execute("UPDATE outbox SET delivered = 1 WHERE id = ?", (event,))


class State:
    """The file."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        self._path = path
        self._lock = Lock()
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Open a transaction; it is kept unless an exception leaves it."""
        with self._lock, closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield Draft(connection)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30, isolation_level=None)
