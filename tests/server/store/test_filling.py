"""A chain that is written at once: each record as often as memory asks for, and never otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.ledger.chain import NOTHING
from server.ledger.records import Balance
from server.store.database import Database, open_database
from server.store.filling import Filling
from server.store.truth import prove
from server.store.view import RecordCache, StoreView
from tests.server.ledger.recorded import read
from tests.server.ledger.story import FILE

WRITTEN = """
SELECT n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'chain_tip'
"""


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    database = open_database(where)
    yield database
    database.close()


@pytest.mark.parametrize("unwritten, kept", [(20_000, 200_000), (20_000, 1), (9, 200_000), (0, 0)])
def test_it_does_not_matter_when_records_are_written(
    database: Database, unwritten: int, kept: int
) -> None:
    told = read(FILE)
    with database.write() as connection:
        filling = Filling(connection, unwritten, kept)
        for block in told.blocks:
            filling.add(block.header, block.batches, block.seal)
        assert filling.end() == told.report.tip
    with database.read() as connection:
        assert prove(connection).findings == []


def test_a_row_has_one_version_however_many_blocks_there_are(address: str) -> None:
    """PostgreSQL would keep each until the end, and step over all of them."""
    database = open_database(address)
    with database.write() as connection:
        filling = Filling(connection)
        for block in read(FILE).blocks:
            filling.add(block.header, block.batches, block.seal)
        filling.end()
        assert tuple(connection.exec_driver_sql(WRITTEN).one()) == (1, 0)
    database.close()


def test_no_block_leaves_nothing(database: Database) -> None:
    with database.write() as connection:
        assert Filling(connection).end() is NOTHING
        assert connection.exec_driver_sql("SELECT count(*) FROM chain_tip").scalar_one() == 0


def test_what_is_not_written_is_seen(database: Database) -> None:
    """By whoever asks for one, for all, or has the others of the same account loaded."""
    told = read(FILE)
    with database.write() as connection:
        filling = Filling(connection)
        for block in told.blocks:
            filling.add(block.header, block.batches, block.seal)
        filling.end()
        key, before = next(iter(StoreView(connection).rows(Balance).items()))
        other, after = ("wallet:new", "GRAIN"), Balance(before.amount + 1)
        cache = RecordCache()
        for each in (key, other):
            cache.records[Balance, each] = after
            cache.unwritten.setdefault(Balance, {})[each] = after
        view = StoreView(connection, cache)
        view._load_by_asset(Balance, [str(key[0]), str(other[0])])
        assert view.get(Balance, key) == view.get(Balance, other) == after
        assert view.rows(Balance)[key] == view.rows(Balance, key[:1])[key] == after
        assert view.rows(Balance, other[:1]) == {other: after}
