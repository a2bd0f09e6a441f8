"""What SQLite and PostgreSQL say differently, in one place: lists, many rows, rows that are there.

Statements are written as SQLite reads them; PostgreSQL's cursors put `TRANSLATIONS` in.  Callers
work with what is here and never ask which database it is.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects import postgresql, sqlite

ANY_TEXT: Final = "IN (SELECT value FROM json_each(?))"
"""Follows a column of text; the value is a JSON list."""
ANY_NUMBER: Final = "IN (SELECT value FROM json_each(?) WHERE type = 'integer')"
"""The same for whole numbers."""
_ELEMENTS: Final = "SELECT json_array_elements_text(CAST(? AS json))"
TRANSLATIONS: Final = (
    (ANY_TEXT, f"= ANY (ARRAY({_ELEMENTS}))"),
    (ANY_NUMBER, f"= ANY (CAST(ARRAY({_ELEMENTS}) AS bigint[]))"),
)
FEW: Final = 8
"""Up to so many rows are inserted: COPY asks the server once more than an INSERT."""
_TYPES: Final = {BigInteger: "int8", Integer: "int8", Text: "text", LargeBinary: "bytea"}
Rows = Sequence[Sequence[Any]]


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give an INSERT that can say what to do about a row that is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


class Inserter:
    """Writes whole rows of one table, many at once; nothing of it is compiled twice.

    On SQLite one statement is run for each row, on PostgreSQL one for all: COPY where no row may
    be there already, else an INSERT from arrays.
    """

    def __init__(self, table: Table, on_conflict: str = "") -> None:
        """`on_conflict` is what follows INSERT … VALUES; empty: a row that is there is an error."""
        names = [f'"{column.name}"' for column in table.columns]
        self._into = f"{table.name} ({', '.join(names)})"
        self._types = [_type(column) for column in table.columns]
        self._copies = not on_conflict
        marks = ", ".join("?" * len(names))
        arrays = ", ".join(f"CAST(? AS {name}[])" for name in self._types)
        begin, end = "INSERT INTO " + self._into, f" {on_conflict}" if on_conflict else ""
        self._sqlite = f"{begin} VALUES ({marks}){end}"
        self._arrays = " ".join((begin, "SELECT * FROM", f"unnest({arrays}){end}"))

    def write(self, connection: Connection, rows: Rows) -> None:
        """Write rows, each with every column of the table in its order."""
        cursor: Any = connection.connection.cursor()
        if connection.dialect.name == "sqlite":
            cursor.executemany(self._sqlite, rows)
        elif self._copies and len(rows) > FEW:
            with cursor.copy(f"COPY {self._into} FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)
        elif rows:
            columns = zip(self._types, zip(*rows, strict=True), strict=True)
            cursor.execute(self._arrays, [_array(kind, values) for kind, values in columns])
        cursor.close()


def keeper(table: Table) -> Inserter:
    """Give an inserter that leaves rows alone that are there already."""
    return Inserter(table, "ON CONFLICT DO NOTHING")


def replacer(table: Table) -> Inserter:
    """Give an inserter that replaces the row with the same primary key."""
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in keys]
    target = ", ".join(f'"{name}"' for name in keys)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
    action = f"UPDATE SET {changes}" if rest else "NOTHING"
    return Inserter(table, f"ON CONFLICT ({target}) DO {action}")


def _array(kind: str, values: Sequence[Any]) -> str | list[Any]:
    """Give an array; of numbers as text, which is a tenth of the work."""
    if kind != "int8":
        return list(values)
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


def _type(column: Column[Any]) -> str:
    return next(name for kind, name in _TYPES.items() if isinstance(column.type, kind))
