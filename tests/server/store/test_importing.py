"""A chain into an empty database: the same tip, the same bytes, an index without a difference."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.ledger.chain import NOTHING
from server.store import readers
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.stored import stored_blocks
from server.store.truth import prove
from tests.server.ledger import story, story_two
from tests.server.ledger.recorded import read
from tests.server.verify.chains import recorded


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    database = open_database(where)
    yield database
    database.close()


@pytest.mark.parametrize("file", [story.FILE, story_two.FILE], ids=["protocol 1", "protocol 2"])
def test_the_recorded_chain(database: Database, file: Path) -> None:
    """Executed over the store it gives the state that it gave in memory."""
    kept = read(file)
    with database.write() as connection:
        tip = append_chain(connection, kept.blocks)
    assert (tip.state, tip.log.size, tip.log.root().hex()) == (kept.state, *kept.log)
    with database.read() as connection:
        assert list(stored_blocks(connection)) == kept.blocks
        assert readers.tip(connection) == tip
        report, wrong = prove(connection)
        assert (report.tip, wrong) == (tip, [])


def test_never_over_another_chain(database: Database) -> None:
    with database.write() as connection:
        append_chain(connection, recorded()[:3])
    with pytest.raises(ValueError, match="a chain in this database"), database.write() as second:
        append_chain(second, recorded())
    with database.read() as connection:
        assert len(list(stored_blocks(connection))) == 3


def test_a_block_that_does_not_fit_leaves_nothing(database: Database) -> None:
    blocks = recorded()
    blocks[5] = replace(blocks[5], batches=blocks[6].batches)
    with pytest.raises(ValueError, match="block 5 is not"), database.write() as connection:
        append_chain(connection, blocks)
    with database.read() as connection:
        assert readers.tip(connection) == NOTHING
