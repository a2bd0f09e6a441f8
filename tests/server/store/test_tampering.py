"""Every cell of every table of the chain is changed, and each change is named with its height.

The database is edited as somebody would who owns its file: triggers dropped, foreign keys and
checks off.  Its chain is the recorded one of protocol 2, which has rows in every table.  Tables of
the index are changed together, one cell of each, and each must be named: that asks for a fifth of
the audits.  Bytes are never only compared with themselves: what an insider re-seals with the node's
own key is found by the checkpoint that somebody else holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from sqlalchemy import Table

from server.ledger.finding import Finding
from server.store import schema
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.truth import MOST_FINDINGS, prove
from shared.checkpoint import Checkpoint, origin
from shared.ids import ChainId
from tests.server.ledger import story, story_two
from tests.server.ledger.recorded import read
from tests.server.ledger.world import World, sale
from tests.server.store.editing import unlock

AWAY: Final = 1_000_000
"""Added to a number, so that it collides with no other."""
TOGETHER: Final = MOST_FINDINGS // 2
"""So many tables are changed at once: a changed key is two findings, and none may be left out."""


class _Undo(Exception):  # noqa: N818 - ends a transaction
    """The change was seen."""


class Edit(NamedTuple):
    """A statement that changes one row of a table, and the height at which it must be found.

    None: at any height.
    """

    table: str
    height: int | None
    words: str
    values: tuple[Any, ...]


@dataclass
class Stored:
    """A database with a chain in it, and the height of the chain's end."""

    database: Database
    top: int
    _rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def tampered(self, *edits: Edit) -> list[Finding]:
        """Give what an audit finds after some changes, which are undone again."""
        found: list[Finding] = []
        try:
            with self.database.write() as connection:
                unlock(connection)
                for edit in edits:
                    assert connection.exec_driver_sql(edit.words, edit.values).rowcount == 1, edit
                found = prove(connection).findings
                raise _Undo
        except _Undo:
            return found

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        if table.name not in self._rows:
            names = ", ".join(f'"{name}"' for name in list(table.columns.keys()))
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
            words = f"SELECT {names} FROM {table.name} ORDER BY {keys}"  # noqa: S608 - our names
            with self.database.read() as connection:
                found = connection.exec_driver_sql(words)
                self._rows[table.name] = [tuple(row) for row in found]
        return self._rows[table.name]

    def some(self, table: Table) -> list[tuple[Any, ...]]:
        """Give the rows to change; on PostgreSQL one, as what compares them is the same code."""
        rows = self.rows(table)
        if isinstance(self.database.where, str):
            return [rows[len(rows) // 2]]
        return list(dict.fromkeys((rows[0], rows[len(rows) // 2], rows[-1])))

    def height_of(self, table: Table, row: tuple[Any, ...]) -> int | None:
        """Say at which height a change of a row must be found; None: at any."""
        if table.name == "chain_tip":
            return self.top
        values = dict(zip(table.columns.keys(), row, strict=True))
        height: int | None = values.get("changed", values.get("height"))
        return height


@pytest.fixture(scope="module")
def stored(whole_module: Path | str) -> Iterator[Stored]:
    """Import the recorded chain: it is long enough to fill subtrees of its log."""
    kept = read(story_two.FILE)
    database = open_database(whole_module)
    with database.write() as connection:
        assert append_chain(connection, kept.blocks) == kept.report.tip
    with database.write() as connection:
        unlock(connection)  # committed: it would lock the tables, which an audit looks at beside
    made = Stored(database, kept.report.tip.height)
    assert made.tampered() == []
    yield made
    database.close()


TABLES_OF_CHAIN: Final = {
    table.name: table
    for table in schema.METADATA.sorted_tables
    if table.name.startswith(("block_", "chain_"))
}
ALONE: Final = ("block_header", "block_batch", "chain_name", "chain_tip")
"""What other tables hang on: a change of it is not only its own."""


def groups() -> list[tuple[str, ...]]:
    """Give the tables that can be changed together, those with as many columns in one group."""
    others = [name for name in TABLES_OF_CHAIN if name not in ALONE]
    left = iter(sorted(others, key=lambda name: len(TABLES_OF_CHAIN[name].columns)))
    parts = iter(lambda: tuple(islice(left, TOGETHER)), ())
    return [*((name,) for name in ALONE), *parts]


GROUPS: Final = pytest.mark.parametrize("names", groups(), ids=lambda names: names[0])


def test_the_chain_has_rows_in_every_table(stored: Stored) -> None:
    assert [name for name, table in TABLES_OF_CHAIN.items() if not stored.rows(table)] == []


def changed(value: Any) -> Any:
    """Give a value of the same type that differs as little as a flipped bit."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if value is None:  # of `chain_step`: it had not changed before
        return AWAY
    if isinstance(value, int):
        return value + AWAY
    return f"{value[:-1]}{chr(ord(value[-1]) ^ 32)}" if value else "x"


def where(table: Table, row: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    names = table.columns.keys()
    keys = [column.name for column in table.primary_key]
    words = " AND ".join(f'"{name}" = ?' for name in keys)
    return words, tuple(row[names.index(name)] for name in keys)


def rounds(lists: Sequence[Sequence[Edit]]) -> Iterator[list[Edit]]:
    """Give the edits of several tables, one of each table a time, until all were there."""
    for number in range(max(map(len, lists))):
        yield [edits[number] for edits in lists if number < len(edits)]


def each_is_found(stored: Stored, edits: Sequence[Edit]) -> None:
    """Tell that an audit names the table and the height of each edit."""
    found = stored.tampered(*edits)
    assert found
    for edit in edits:
        said = [
            each.height for each in found if edit.table in ALONE or f"{edit.table} " in each.what
        ]
        assert said, (edit, found)
        assert edit.height is None or said[0] == edit.height, (edit, found)


@GROUPS
def test_a_changed_cell_is_found(stored: Stored, names: tuple[str, ...]) -> None:
    lists: list[list[Edit]] = []
    for name in names:
        table = TABLES_OF_CHAIN[name]
        lists.append([])
        for row in stored.some(table):
            condition, key = where(table, row)
            for column, value in zip(table.columns.keys(), row, strict=True):
                words = f'UPDATE {name} SET "{column}" = ? WHERE {condition}'  # noqa: S608 - our names
                height = stored.height_of(table, row)
                lists[-1].append(Edit(name, height, words, (changed(value), *key)))
    for edits in rounds(lists):
        each_is_found(stored, edits)


@GROUPS
def test_a_row_that_is_gone_is_found(stored: Stored, names: tuple[str, ...]) -> None:
    lists: list[list[Edit]] = []
    for name in names:
        table = TABLES_OF_CHAIN[name]
        lists.append([])
        for row in stored.some(table):
            condition, key = where(table, row)
            words = f"DELETE FROM {name} WHERE {condition}"  # noqa: S608 - our names
            lists[-1].append(Edit(name, stored.height_of(table, row), words, key))
    for edits in rounds(lists):
        each_is_found(stored, edits)


@GROUPS
def test_a_row_too_many_is_found(stored: Stored, names: tuple[str, ...]) -> None:
    """A copy of each row under another key: beside it, and far away."""
    lists: list[list[Edit]] = []
    for name in names:
        table = TABLES_OF_CHAIN[name]
        columns = table.columns.keys()
        unique = {"hash", "parent", "text", "seq", list(table.primary_key)[-1].name}
        marks = ", ".join("?" * len(columns))
        words = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - our names
        lists.append([])
        for row in stored.some(table):
            extra = tuple(
                changed(value) if column in unique else value
                for column, value in zip(columns, row, strict=True)
            )
            lists[-1].append(Edit(name, None, words, extra))
    for edits in rounds(lists):
        each_is_found(stored, edits)


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
    moves = (AWAY, *first), (first[-1], *second), (second[-1], *first[:-1], AWAY)
    found = stored.tampered(*(Edit(name, None, move, values) for values in moves))
    assert found
    assert found[0].height == first[0]


# ---------- the node's own key ----------


def told(*amounts: int) -> World:
    """Tell a story that ends with some sales, then three times fifty, sealed by the same key."""
    world = story.tell()
    for amount in amounts:
        world.do(world.till, sale(1, amount))
    for _ in range(3):
        world.do(world.till, *(sale(1, 1) for _ in range(50)))
    return world


def checkpoint(world: World) -> Checkpoint:
    """Give what somebody else keeps of a chain."""
    return Checkpoint(origin(world.tip.chain), world.tip.log.size, world.tip.log.root())


def test_a_rewritten_history_audits_and_is_not_the_one_that_somebody_saw(tmp_path: Path) -> None:
    seen, other = checkpoint(told(3)), told(2)
    assert seen.origin == origin(other.tip.chain)
    database = open_database(tmp_path / "other.db")
    with database.write() as connection:
        append_chain(connection, other.blocks)
    with database.read() as connection:
        assert prove(connection).findings == []
        assert prove(connection, held=checkpoint(other)).findings == []
        (found,) = prove(connection, held=seen).findings
        assert "was rewritten" in found.what
        (stranger,) = prove(connection, chain=ChainId("f" * 32)).findings
        assert stranger == Finding(0, "another chain")
    database.close()


def test_a_history_that_was_cut_is_shorter_than_what_somebody_saw(tmp_path: Path) -> None:
    world = told()
    seen = checkpoint(world)
    database = open_database(tmp_path / "cut.db")
    with database.write() as connection:
        append_chain(connection, world.blocks[:-1])
    with database.read() as connection:
        assert prove(connection).findings == []
        (found,) = prove(connection, held=seen).findings
    what = f"the checkpoint has {seen.size} transactions, this chain {seen.size - 50}"
    assert found == Finding(world.tip.height - 1, what)
    database.close()
