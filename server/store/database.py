"""One SQLite database: a connection that writes, and connections that read beside it.

Guarantees WAL with synchronous=FULL (what was committed survives a power cut), foreign keys, and
that a reader sees one snapshot from the first to the last statement.  `write` hands the writer's
connection to the caller inside a transaction of the writer's queue.  Fails with StoreError when the
database cannot be opened or written; then nothing of that transaction is there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from server.store import migrate, rebuild, schema
from server.store.writer import StoreError, Writer
from shared.errors import Refused

T = TypeVar("T")

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",
)
_READERS: Final = 40
_WRITER_CACHE: Final = "PRAGMA cache_size = -32768"
_READER_CACHE: Final = "PRAGMA cache_size = -4096"
"""In KiB: forty readers must fit on a small machine."""


class Database:
    """An open database; made by `open_database`."""

    def __init__(self, path: Path, writing: Engine, reading: Engine) -> None:
        self.path = path
        self._writing = writing
        self._reading = reading
        self.writer = Writer(writing)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading one snapshot; it never waits for the writer."""
        with self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Lend the writer's connection: the block is one transaction, durable at its end.

        The writer waits meanwhile: no engine call and no slow work inside.  Raises StoreError.
        """
        with self.writer.lend() as connection:
            yield connection

    def run(self, function: Callable[[Connection], T]) -> T:
        """Run a function in a transaction of the writer; those that wait share one commit."""
        return self.writer.run(function)

    def close(self) -> None:
        """Finish what is queued and close every connection."""
        self.writer.close()
        self._reading.dispose()
        self._writing.dispose()


def open_database(path: Path) -> Database:
    """Open (or make) the database of a node and bring its tables up to date."""
    writing = _engine(path, readers=0)
    try:
        with writing.begin() as connection:
            schema.METADATA.create_all(connection)
            rebuild.bring_up_to_date(connection)
            migrate.upgrade(connection)
    except (SQLAlchemyError, ValueError, Refused) as error:
        writing.dispose()
        raise StoreError(f"{path} cannot be opened: {error}") from error
    return Database(path, writing, _engine(path, readers=_READERS))


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
