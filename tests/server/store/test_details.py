"""Details beside the transactions that name them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store import details
from server.store.database import Database, open_database
from shared.amounts import Amount
from shared.detail import Detail, Line, detail_hash
from shared.ids import AuthorId, ChainId, Hash
from tests.server.engine.world import Till, sale

LINE = Line("beer", "Bière pression 25 cl", 2, 250, 2000)
BEERS = Detail((LINE,), "maia", "1" * 32, Amount(500))
OTHER = Detail((), "-", "2" * 32, Amount(100))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "node.db")
    yield database
    database.close()


def test_a_detail_is_found_by_its_transaction(database: Database) -> None:
    till = Till(b"t" * 32, ChainId("c" * 32))
    batch = till.next(sale(0, 500, detail=detail_hash(BEERS)), sale(0, 100))
    rows = details.rows_of(batch, [BEERS, OTHER])
    assert len(rows) == 1
    with database.write() as connection:
        details.keep(connection, [])
        details.keep(connection, rows)
        details.keep(connection, rows)
    with database.read() as connection:
        assert details.find(connection, batch.author, 1) == BEERS
        assert details.find(connection, batch.author, 2) is None
        assert details.find(connection, AuthorId("0" * 32), 1) is None
        assert details.known(connection, batch.author, [1, 2]) == {1}
        assert details.known(connection, AuthorId("0" * 32), [1, 2]) == set()


def test_two_transactions_may_name_one_detail(database: Database) -> None:
    till = Till(b"t" * 32, ChainId("c" * 32))
    batch = till.next(*[sale(0, 500, detail=detail_hash(BEERS))] * 2)
    with database.write() as connection:
        details.keep(connection, details.rows_of(batch, [BEERS]))
        assert details.known(connection, batch.author, [1, 2, 3]) == {1, 2}


def test_a_batch_without_details_has_no_rows() -> None:
    till = Till(b"t" * 32, ChainId("c" * 32))
    batch = till.next(sale(0, 500, detail=Hash("e" * 64)))
    assert details.rows_of(batch, []) == []
    assert details.rows_of(batch, [BEERS]) == []
