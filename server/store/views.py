"""Whether the views that people look through are ours: a view can lie although every row is true.

SQLite keeps the words of each view, so they can be compared.  PostgreSQL keeps a form of its
own: there nothing is compared, and `node rebuild` makes views anew.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from sqlalchemy import Connection, create_engine

from server.store.schema import METADATA, VIEWS

_VIEWS: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name LIKE 'chain_%'"


def foreign_views(connection: Connection) -> Iterator[str]:
    """Name the views that are missing, too many, or say something else."""
    if connection.dialect.name != "sqlite":
        return
    ours, found = _ours(), _read(connection)
    for name in sorted(ours.keys() | found.keys()):
        if ours.get(name) != found.get(name):
            yield name


def _read(connection: Connection) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.exec_driver_sql(_VIEWS)}


@cache
def _ours() -> dict[str, str]:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            VIEWS.create_all(connection)
            return _read(connection)
    finally:
        engine.dispose()
