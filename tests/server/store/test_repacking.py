"""A database of the first layout opens, with every byte of its blocks; a damaged one does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from server.ledger.chain import Block
from server.store.database import open_database
from server.store.stored import stored_blocks
from server.store.truth import prove
from server.store.writer import StoreError
from tests.server.engine.world import World, sale, verdicts
from tests.server.store.old_layout import to_first_layout


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose database was closed, and changed back to how it once was."""
    world = World(tmp_path / "node.db")
    world.solo.submit(world.till[0].next(sale(0, 300), sale(1, 200)))
    world.solo.submit(world.till[1].next(sale(2, 5_000)))
    return world


def blocks(world: World) -> list[Block]:
    with world.database.read() as connection:
        return list(stored_blocks(connection))


def test_an_old_database_is_packed_when_it_is_opened(world: World) -> None:
    before, tip = blocks(world), world.solo.tip
    world.database.close()
    to_first_layout(world.path)
    world.reopen()
    assert blocks(world) == before
    assert world.solo.tip == tip
    with world.database.read() as connection:
        assert prove(connection).findings == []
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert [name for name in names if name.startswith("old_")] == []
    assert verdicts(world.solo.submit(world.till[0].next(sale(0, 1)))) == ["accepted"]
    with (
        pytest.raises(IntegrityError, match="only grows"),
        world.database.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM block_batch")
    world.database.close()


def test_damaged_blocks_are_not_moved(world: World) -> None:
    world.database.close()
    to_first_layout(world.path)
    with closing(sqlite3.connect(world.path)) as outside:
        outside.execute("DROP TRIGGER block_batch_no_update")
        changed = outside.execute(
            "UPDATE block_batch SET bytes = CAST(replace(bytes, ':300', ':301') AS BLOB)"
            " WHERE height = 2"
        )
        assert changed.rowcount == 1
        outside.execute(
            "CREATE TRIGGER block_batch_no_update BEFORE UPDATE ON block_batch"
            " BEGIN SELECT RAISE(ABORT, 'block_batch only grows'); END"
        )
        outside.commit()
        before = list(outside.execute("SELECT * FROM block_batch"))
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be opened"):
            open_database(world.path)
    with closing(sqlite3.connect(world.path)) as outside:
        assert list(outside.execute("SELECT * FROM block_batch")) == before
