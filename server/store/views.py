"""Whether the views that people look through are ours: a view can lie although every row is true.

The database is asked for the words of each view, and for those of ours, made anew where nobody sees
them and forgotten at once: on SQLite in memory; on PostgreSQL, which keeps a form of its own, as
temporary views of a session beside.  So what is compared was written by the same program.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine

from server.store.schema import METADATA, VIEWS

_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name LIKE 'chain_%'"
_POSTGRESQL: Final = """
SELECT relname, pg_get_viewdef(oid) FROM pg_class
WHERE relkind IN ('v', 'm') AND starts_with(relname, 'chain_')
AND relnamespace = CAST(quote_ident(current_schema()) AS regnamespace)
"""
_TEMPORARY: Final = """
SELECT set_config('search_path', 'pg_temp, ' || quote_ident(current_schema()), true),
set_config('lock_timeout', '5s', true)
"""
"""What is made from here on is temporary; the tables that it names are those of the chain."""


def foreign_views(connection: Connection) -> Iterator[str]:
    """Name the views that are missing, too many, or say something else."""
    on_sqlite = connection.dialect.name == "sqlite"
    ours = _on_sqlite() if on_sqlite else _on_postgresql(connection)
    found = _read(connection, _SQLITE if on_sqlite else _POSTGRESQL)
    for name in sorted(ours.keys() | found.keys()):
        if ours.get(name) != found.get(name):
            yield name


def _read(connection: Connection, question: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.exec_driver_sql(question)}


@cache
def _on_sqlite() -> dict[str, str]:
    with create_engine("sqlite://", poolclass=NullPool).connect() as memory:
        METADATA.create_all(memory)
        VIEWS.create_all(memory)
        return _read(memory, _SQLITE)


def _on_postgresql(connection: Connection) -> dict[str, str]:
    """Make our views in a transaction that is never committed; nobody waits for it."""
    with create_engine(connection.engine.url, poolclass=NullPool).connect() as beside:
        beside.exec_driver_sql(_TEMPORARY)
        VIEWS.create_all(beside, checkfirst=False)
        return _read(beside, _POSTGRESQL)
