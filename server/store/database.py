"""The database of a node: a connection that writes, and connections that read beside it.

SQLite or PostgreSQL, by what it is opened with; nothing outside of this package asks which.
Guarantees that what was answered survives a power cut, and that a reader sees one snapshot from the
first to the last statement and never waits for the writer.  `write` hands the writer's connection
to the caller inside a transaction of the writer's queue.  Fails with StoreError when the database
cannot be opened, reached or written; then nothing of that transaction is there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError as NoConnectionError

from server.store import migrate, rebuild, schema
from server.store.backend import Backend
from server.store.beside import backend_of
from server.store.writer import StoreError, Writer, cause
from shared.errors import Refused

T = TypeVar("T")


class Database:
    """An open database; made by `open_database`."""

    def __init__(self, where: Path | str, backend: Backend) -> None:
        self.where = where
        self._backend = backend
        self.writer = Writer(backend)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading one snapshot.  Raises StoreError when it is lost."""
        try:
            connection = self._backend.reading.connect()
        except (DBAPIError, NoConnectionError) as error:
            raise StoreError(f"cannot be reached: {cause(error)}") from error
        try:
            with connection, connection.begin():
                yield connection
        except DBAPIError as error:
            if self._backend.is_at_fault(error):
                raise StoreError(f"lost while reading: {cause(error)}") from error
            raise

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

    def size(self) -> int:
        """Give the bytes that it takes on its disk."""
        with self.read() as connection:
            return self._backend.size(connection)

    def damage(self) -> str:
        """Say what the database finds wrong with itself; empty when nothing."""
        with self.read() as connection:
            return self._backend.damage(connection)

    def close(self) -> None:
        """Finish what is queued and close every connection."""
        self.writer.close()
        self._backend.reading.dispose()
        self._backend.writing.dispose()


def open_database(where: Path | str) -> Database:
    """Open the database of a node and bring its tables up to date.

    A path is a file of SQLite, made when it is missing; a text is the address of a database of
    PostgreSQL, which must be there.  Raises StoreError, also when another node writes into it.
    """
    backend = backend_of(where)
    try:
        with backend.writing.begin() as connection:
            schema.METADATA.create_all(connection)
            migrate.upgrade(connection)
            rebuild.bring_up_to_date(connection)
    except (SQLAlchemyError, StoreError, ValueError, Refused) as error:
        backend.writing.dispose()
        raise StoreError(f"{backend.name} cannot be opened: {cause(error)}") from error
    return Database(where, backend)
