"""Blocks come back as they went, whatever is missing beside them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from server.ledger.chain import Block
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.stored import stored_blocks
from tests.server.store.editing import unlock
from tests.server.verify.chains import recorded


@pytest.fixture(scope="module")
def database(whole_module: Path | str) -> Iterator[Database]:
    with closing(open_database(whole_module)) as database:
        with database.write() as connection:
            append_chain(connection, recorded())
        yield database


def after(database: Database, words: str, height: int) -> list[Block]:
    """Give the blocks after a change, which is undone again."""

    class Undo(Exception):  # noqa: N818 - ends a transaction
        """The blocks were read."""

    def read(connection: Connection) -> None:
        unlock(connection)
        assert connection.exec_driver_sql(words, (height,)).rowcount > 0
        found.extend(stored_blocks(connection))
        raise Undo

    found: list[Block] = []
    with pytest.raises(Undo):
        database.run(read)
    return found


@pytest.mark.parametrize("first, end", [(0, 99), (5, 99), (0, 5), (3, 4), (4, 4), (22, 99)])
def test_a_range_of_blocks(database: Database, first: int, end: int) -> None:
    with database.read() as connection:
        assert list(stored_blocks(connection, first, end)) == recorded()[first:end]


def test_batches_of_a_block_that_is_gone_are_nobodys(database: Database) -> None:
    for height in (0, 4, 21):
        found = after(database, "DELETE FROM block_header WHERE height = ?", height)
        assert found == recorded()[:height] + recorded()[height + 1 :]


def test_a_block_whose_batches_are_gone_has_none(database: Database) -> None:
    for height in (0, 4, 21):
        found = after(database, "DELETE FROM block_batch WHERE height = ?", height)
        expected = recorded()
        expected[height] = Block(expected[height].header, expected[height].seal, ())
        assert found == expected


def test_a_reader_may_stop_anywhere(database: Database) -> None:
    with database.read() as connection:
        for first in range(3):
            assert next(stored_blocks(connection, first)) == recorded()[first]
