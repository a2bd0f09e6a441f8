"""SQLite: one file beside the node.

WAL with synchronous=FULL: what was committed survives a power cut.  A commit that fails is not
there, so nobody has to be asked about it afterwards; nobody else writes, as the home is locked.
"""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 33554432",
)
"""The log grows as long as a reader needs what was; afterwards it is cut to twice the usual."""
_AT_FAULT: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_READERS: Final = 40
_WRITER_CACHE: Final = "PRAGMA cache_size = -8192"
"""In KiB: what a block changes lies at the ends of the tables, so more is never asked for again."""
_READER_CACHE: Final = "PRAGMA cache_size = -4096"
"""In KiB: forty readers must fit on a small machine."""


class Sqlite:
    """The `Backend` port over one file."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.writing = _engine(path, readers=0)
        self.reading = _engine(path, readers=_READERS)

    @staticmethod
    def begin(_connection: Connection) -> str:
        """Need no name: see `committed`."""
        return ""

    @staticmethod
    def committed(_connection: Connection, _transaction: str) -> bool:
        """Tell that a commit that failed is not there."""
        return False

    @staticmethod
    def is_at_fault(error: BaseException) -> bool:
        """Go by SQLite's primary result code; its exceptions do not tell these apart."""
        code: int = getattr(getattr(error, "orig", error), "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return code & 0xFF in _AT_FAULT

    @staticmethod
    def size(connection: Connection) -> int:
        """Give the bytes of the file, its log not counted."""
        pages: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return pages * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())

    @staticmethod
    def damage(connection: Connection) -> str:
        """Say what SQLite's own check finds."""
        found = str(connection.exec_driver_sql("PRAGMA quick_check").scalars().first())
        return "" if found == "ok" else found


def _engine(path: Path, *, readers: int) -> Engine:
    """Give an engine that begins its transactions itself: the driver would begin them too late."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "cached_statements": 256},
        poolclass=QueuePool,
        pool_size=max(1, readers // 4),
        max_overflow=max(0, readers - readers // 4),
    )

    @event.listens_for(engine, "connect")
    def connect(driver: Any, _: object) -> None:
        driver.isolation_level = None
        for pragma in _PRAGMAS:
            driver.execute(pragma).close()
        driver.execute(_READER_CACHE if readers else _WRITER_CACHE).close()
        if readers:
            driver.execute("PRAGMA query_only = ON").close()

    start = "BEGIN" if readers else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(start)

    return engine
