"""Blocks of the first layout, which kept bytes as they came, moved into tables that pack them.

The tables of blocks only grow, so they are not changed: new ones are made beside them, filled,
compared byte by byte with the old ones, and the old ones go.  All of it in the transaction of the
caller: either the blocks are packed afterwards or everything is as it was.  Raises ValueError when
a block does not come back as it was.  The index goes, too; the caller makes it anew.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, inspect

from server.store.dialect import Inserter
from server.store.packing import pack, unpack
from server.store.schema import BLOCK_BATCH, BLOCK_HEADER

_INDEX: Final = ("posting", "transaction", "block", "balance")
"""Tables of the old index that stand where views and other tables will be; children first."""
_OLD_HEADERS: Final = "SELECT height, parent, header, seal FROM old_block_header ORDER BY height"
_OLD_BATCHES: Final = (
    "SELECT height, position, author, first_seq, count, bytes FROM old_block_batch"
    " ORDER BY height, position"
)
_HEADERS: Final = "SELECT height, parent, packed, seal FROM block_header ORDER BY height"
_BATCHES: Final = (
    "SELECT height, position, author, first_seq, count, packed FROM block_batch"
    " ORDER BY height, position"
)
_HEADER_AT, _BATCH_AT = 2, 5
"""Where the bytes stand in those rows."""


def is_old(connection: Connection) -> bool:
    """Tell whether the blocks are in tables of the first layout."""
    return "bytes" in {column["name"] for column in inspect(connection).get_columns("block_batch")}


def repack(connection: Connection) -> None:
    """Move the blocks."""
    for name in _INDEX:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS chain_{name}")
    for table in (BLOCK_HEADER, BLOCK_BATCH):
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table.name}_no_{verb}")
        connection.exec_driver_sql(f"ALTER TABLE {table.name} RENAME TO old_{table.name}")
        table.create(connection)
    _move(connection, _OLD_HEADERS, Inserter(BLOCK_HEADER), _HEADERS, _HEADER_AT)
    _move(connection, _OLD_BATCHES, Inserter(BLOCK_BATCH), _BATCHES, _BATCH_AT)
    connection.exec_driver_sql("DROP TABLE old_block_batch")
    connection.exec_driver_sql("DROP TABLE old_block_header")


def _move(connection: Connection, old: str, table: Inserter, new: str, at: int) -> None:
    for row in _rows(connection, old):
        table.write(connection, [(*row[:at], pack(row[at]), *row[at + 1 :])])
    for before, after in zip_longest(_rows(connection, old), _rows(connection, new)):
        if after is None or before != (*after[:at], unpack(after[at]), *after[at + 1 :]):
            raise ValueError("a block did not come back as it was")


def _rows(connection: Connection, question: str) -> Iterator[tuple[Any, ...]]:
    return map(tuple, connection.exec_driver_sql(question))
