"""A database that is there already, opened for reading beside the process that writes it.

Loads neither migrations nor the writer: a process that only reads begins in a third of a second.
Fails with StoreError.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from server.store.backend import Backend
from server.store.sqlite import Sqlite


def backend_of(where: Path | str) -> Backend:
    """Give what opens a file of SQLite (a path) or a database of PostgreSQL (an address)."""
    if isinstance(where, Path):
        return Sqlite(where)
    from server.store.postgres import Postgres  # noqa: PLC0415 - a node on SQLite does not load it

    return Postgres(where)


@contextmanager
def reading(where: Path | str) -> Iterator[Connection]:
    """Give one snapshot."""
    backend = backend_of(where)
    try:
        with backend.reading.begin() as connection:
            yield connection
    finally:
        backend.reading.dispose()
