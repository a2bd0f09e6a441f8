"""Every cell of every table of the chain is changed, and each change is named with its height.

The database is edited as somebody would who owns its file: triggers dropped, foreign keys and
checks off.  Bytes are never only compared with themselves: what an insider re-seals with the node's
own key is found by the checkpoint that somebody else holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Table

from server.ledger.finding import Finding
from server.ledger.records import TABLES
from server.store import schema
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.truth import prove
from shared.checkpoint import Checkpoint, origin
from shared.ids import ChainId
from tests.server.ledger.story import tell
from tests.server.ledger.world import World, sale
from tests.server.store.editing import unlock

AWAY: Final = 1_000_000
"""Added to a number, so that it collides with no other."""
ROWS: Final = 3
"""Of each table, in which each column is changed: the first, one in the middle, the last."""


class _Undo(Exception):  # noqa: N818 - ends a transaction
    """The change was seen."""


@dataclass
class Stored:
    """A database with a chain in it, and the chain as it was told."""

    database: Database
    world: World

    def tampered(self, *statements: tuple[str, tuple[Any, ...]]) -> list[Finding]:
        """Give what an audit finds after some changes, which are undone again."""
        found: list[Finding] = []
        try:
            with self.database.write() as connection:
                unlock(connection)
                for words, values in statements:
                    assert connection.exec_driver_sql(words, values).rowcount == 1, words
                found = prove(connection).findings
                raise _Undo
        except _Undo:
            return found

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        names = ", ".join(f'"{name}"' for name in list(table.columns.keys()))
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        words = f"SELECT {names} FROM {table.name} ORDER BY {keys}"  # noqa: S608 - our names
        with self.database.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(words)]


@pytest.fixture(scope="module")
def stored(whole_module: Path | str) -> Iterator[Stored]:
    """Import a chain with every kind of protocol 1, and long enough to fill subtrees of its log."""
    world = tell()
    for _ in range(3):
        world.do(world.till, *(sale(1, 1) for _ in range(50)))
    database = open_database(whole_module)
    with database.write() as connection:
        assert append_chain(connection, world.blocks) == world.tip
    made = Stored(database, world)
    assert made.tampered() == []
    yield made
    database.close()


TABLES_OF_CHAIN: Final = {
    table.name: table
    for table in schema.METADATA.sorted_tables
    if table.name.startswith(("block_", "chain_"))
}


def test_the_chain_has_rows_of_every_kind(stored: Stored) -> None:
    """Of every kind that its protocol has."""
    empty = {name for name, table in TABLES_OF_CHAIN.items() if not stored.rows(table)}
    records = stored.world.memory.records
    assert empty == {f"chain_{name}" for name, (kind, _) in TABLES.items() if not records[kind]}


def changed(value: Any) -> Any:
    """Give a value of the same type that differs as little as a flipped bit."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if value is None:  # of `chain_step`: it had not changed before
        return AWAY
    if isinstance(value, int) or value is None:  # only numbers may be missing
        return (value or 0) + AWAY
    return f"{value[:-1]}{chr(ord(value[-1]) ^ 32)}" if value else "x"


def where(table: Table, row: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    names = table.columns.keys()
    keys = [column.name for column in table.primary_key]
    words = " AND ".join(f'"{name}" = ?' for name in keys)
    return words, tuple(row[names.index(name)] for name in keys)


def height_of(stored: Stored, table: Table, row: tuple[Any, ...]) -> int | None:
    """Say at which height a change of a row must be found; None: at any."""
    names = table.columns.keys()
    if table.name == "chain_tip":
        return stored.world.tip.height
    for name in ("changed", "height"):
        if name in names:
            height: int = row[names.index(name)]
            return height
    return None


def some(stored: Stored, table: Table) -> list[tuple[Any, ...]]:
    """Give the rows to change; on PostgreSQL one, as what compares them is the same code."""
    rows = stored.rows(table) or [()]
    if isinstance(stored.database.where, str):
        return [rows[len(rows) // 2]]
    return list(dict.fromkeys((rows[0], rows[len(rows) // 2], rows[-1])))


@pytest.mark.parametrize("name", TABLES_OF_CHAIN)
def test_a_changed_cell_is_found(stored: Stored, name: str) -> None:
    table = TABLES_OF_CHAIN[name]
    for row in some(stored, table):
        for column, value in zip(table.columns, row, strict=False):
            condition, key = where(table, row)
            words = f'UPDATE {name} SET "{column.name}" = ? WHERE {condition}'  # noqa: S608 - our names
            found = stored.tampered((words, (changed(value), *key)))
            what = f"{name} {key} {column.name}"
            assert found, what
            height = height_of(stored, table, row)
            assert height is None or found[0].height == height, (what, found)


@pytest.mark.parametrize("name", TABLES_OF_CHAIN)
def test_a_row_that_is_gone_is_found(stored: Stored, name: str) -> None:
    table = TABLES_OF_CHAIN[name]
    for row in some(stored, table):
        if row:
            condition, key = where(table, row)
            found = stored.tampered((f"DELETE FROM {name} WHERE {condition}", key))  # noqa: S608 - our names
            assert found, (name, key)
            height = height_of(stored, table, row)
            if name == "block_header":
                height = min(height or 0, stored.world.tip.height)
            assert height is None or found[0].height == height, (name, key, found)


@pytest.mark.parametrize("name", TABLES_OF_CHAIN)
def test_a_row_too_many_is_found(stored: Stored, name: str) -> None:
    """A copy of each row under another key: beside it, and far away."""
    table = TABLES_OF_CHAIN[name]
    names = table.columns.keys()
    marks = ", ".join("?" * len(names))
    for row in some(stored, table):
        if row:
            unique = {
                "hash",
                "parent",
                "text",
                "seq",
                *(c.name for c in list(table.primary_key)[-1:]),
            }
            extra = tuple(
                changed(value) if each in unique else value
                for each, value in zip(names, row, strict=True)
            )
            found = stored.tampered((f"INSERT INTO {name} VALUES ({marks})", extra))  # noqa: S608 - our names
            assert found, (name, extra)


@pytest.mark.parametrize(
    "name", ["block_batch", "chain_compact_transaction", "chain_compact_posting"]
)
def test_rows_that_have_changed_places_are_found(stored: Stored, name: str) -> None:
    table = TABLES_OF_CHAIN[name]
    last = list(table.primary_key)[-1].name
    rows = stored.rows(table)
    one, other = next(
        (a, b) for a, b in pairwise(rows) if where(table, a)[1][:-1] == where(table, b)[1][:-1]
    )
    (condition, first), (_, second) = where(table, one), where(table, other)
    move = f'UPDATE {name} SET "{last}" = ? WHERE {condition}'  # noqa: S608 - our names
    found = stored.tampered(
        (move, (AWAY, *first)),
        (move, (first[-1], *second)),
        (move, (second[-1], *first[:-1], AWAY)),
    )
    assert found
    assert found[0].height == first[0]


# ---------- the node's own key ----------


def rewritten() -> World:
    """Tell the same story with one sale of another amount, sealed by the same key."""
    world = tell()
    world.do(world.till, sale(1, 2))
    return world


def test_a_rewritten_history_audits_and_is_not_the_one_that_somebody_saw(
    stored: Stored, tmp_path: Path
) -> None:
    told = stored.world
    seen = Checkpoint(origin(told.tip.chain), told.tip.log.size, told.tip.log.root())
    with stored.database.read() as connection:
        assert prove(connection, held=seen).findings == []
    other = rewritten()
    assert other.tip.chain == told.tip.chain
    for _ in range(3):
        other.do(other.till, *(sale(1, 1) for _ in range(50)))
    database = open_database(tmp_path / "other.db")
    with database.write() as connection:
        append_chain(connection, other.blocks)
    with database.read() as connection:
        assert prove(connection).findings == []
        (found,) = prove(connection, held=seen).findings
        assert "was rewritten" in found.what
        (stranger,) = prove(connection, chain=ChainId("f" * 32)).findings
        assert stranger == Finding(0, "another chain")
    database.close()


def test_a_history_that_was_cut_is_shorter_than_what_somebody_saw(
    stored: Stored, tmp_path: Path
) -> None:
    told = stored.world
    seen = Checkpoint(origin(told.tip.chain), told.tip.log.size, told.tip.log.root())
    database = open_database(tmp_path / "cut.db")
    with database.write() as connection:
        append_chain(connection, told.blocks[:-1])
    with database.read() as connection:
        assert prove(connection).findings == []
        (found,) = prove(connection, held=seen).findings
    what = f"the checkpoint has {seen.size} transactions, this chain {seen.size - 50}"
    assert found == Finding(told.tip.height - 1, what)
    database.close()
