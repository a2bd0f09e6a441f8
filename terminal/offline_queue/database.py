"""The journal's SQLite file: how it is opened, what its tables are, how its failures are named.

WAL with synchronous=FULL: a commit that returned survives a power cut.  Exclusive locking: a second
process (or a second connection) on the same file is refused, and there is no shared-memory file
that a crash could leave wrong.  What must not change cannot: triggers refuse to alter an entry, to
insert one out of turn, or to delete one that the node has not finally answered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from terminal.till.ports import JournalError

SCHEMA_VERSION: Final = 1
CHECKPOINT_PAGES: Final = 8_000  # of the log, if `checkpoint` was never called: about 32 MB

_SCHEMA: Final = """
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    payload BLOB NOT NULL CHECK (length(payload) <= 8192),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    detail BLOB,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE verdict (seq INTEGER PRIMARY KEY, verdict TEXT NOT NULL) STRICT;
CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE card (ref TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER entry_in_turn BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN SELECT raise(ABORT, 'an entry out of turn'); END;
CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
WHEN NOT EXISTS (SELECT 1 FROM verdict WHERE seq = OLD.seq)
BEGIN SELECT raise(ABORT, 'an entry without a verdict is kept'); END;
PRAGMA user_version = 1;
"""


class JournalBusyError(JournalError):
    """Another process has this journal open."""


class JournalTooNewError(JournalError):
    """A newer version of the terminal wrote this journal; this one does not understand it."""


class JournalFullError(JournalError):
    """There is no room.  The entry is not in the journal, and may be tried again."""


class JournalDamagedError(JournalError):
    """What is in the file is not what was written there, or is not of this terminal."""


class JournalBrokenError(JournalError):
    """Writing failed in a way that leaves open what is durable: close, and open anew."""


def connect(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """Open the file, made if absent, and lock it.

    Raises JournalBusyError, JournalTooNewError, JournalFullError, JournalBrokenError.
    `synchronous` other than FULL is for the test that proves that FULL is needed.
    """
    with named_errors():
        connection = sqlite3.connect(
            path, timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, synchronous)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, synchronous: str) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        message = f"the journal has schema {version}, this terminal knows {SCHEMA_VERSION}"
        raise JournalTooNewError(message)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    if version == 0:
        connection.executescript(f"BEGIN EXCLUSIVE;{_SCHEMA}COMMIT;")
    else:
        connection.execute("BEGIN EXCLUSIVE").execute("COMMIT")  # take the lock now


@contextmanager
def named_errors() -> Iterator[None]:
    """Turn what SQLite raises into one of this module's errors."""
    try:
        yield
    except sqlite3.Error as error:
        match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise JournalBusyError("another process has the journal open") from error
            case sqlite3.SQLITE_FULL:
                raise JournalFullError("the disk is full") from error
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                raise JournalDamagedError(str(error)) from error
            case _:
                raise JournalBrokenError(str(error)) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run statements that become durable together, or not at all."""
    with named_errors():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
