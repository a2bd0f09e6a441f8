"""What the tables themselves make impossible."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DataError, IntegrityError

from server.ledger.records import TABLES, Balance, Card
from server.store import schema
from server.store.codec import BY_RECORD
from shared.ids import PlaceId, WalletId
from tests.server.engine.world import World, sale


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    world.solo.submit(world.till[0].next(sale(0, 300)))
    yield world
    world.database.close()


class _Undo(Exception):  # noqa: N818 - ends a transaction
    """Whatever was tried is taken back."""


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    with suppress(_Undo), world.database.write() as connection:
        yield connection
        raise _Undo


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE block_header SET seal = packed",
        "DELETE FROM block_header",
        "UPDATE block_batch SET count = 1",
        "DELETE FROM block_batch",
        "UPDATE chain_compact_transaction SET verdict = 'disputed'",
        "DELETE FROM chain_compact_transaction",
        "UPDATE chain_compact_posting SET amount = amount + 1",
        "DELETE FROM chain_compact_posting",
        "UPDATE chain_step SET before = NULL",
        "DELETE FROM chain_step",
        "UPDATE chain_block SET time = 0",
        "DELETE FROM chain_block",
        "UPDATE chain_name SET text = 'wallet:mine' WHERE id = 1",
        "DELETE FROM chain_name",
    ],
)
def test_what_tells_of_the_past_only_grows(connection: Connection, statement: str) -> None:
    with pytest.raises(IntegrityError, match="only grows"):
        connection.exec_driver_sql(statement)


_SAME = """author, seq, hash, kind, at, seen, place, verdict
FROM chain_compact_transaction WHERE height = 2 AND idx = 0"""
_OTHER = _SAME.replace("seq", "seq + 1000")
_ONE = "FROM chain_compact_posting WHERE height = 2 AND idx = 0 AND n = 0"


def test_what_can_be_is_taken(connection: Connection) -> None:
    """The statements below differ from these in one thing each."""
    for statement in (
        f"INSERT INTO chain_compact_transaction SELECT height, 99, batch, {_OTHER}",
        f"INSERT INTO chain_compact_posting SELECT height, idx, 9, 1, 2, 3, 5 {_ONE}",
        "INSERT INTO chain_step SELECT height, 99, 1, height - 1 FROM block_header",
    ):
        assert connection.exec_driver_sql(statement).rowcount > 0


@pytest.mark.parametrize(
    "statement",
    [
        # a second block on one height, on one parent; below genesis
        "INSERT INTO block_header SELECT 1, seal, packed, seal FROM block_header LIMIT 1",
        "INSERT INTO block_header SELECT 99, parent, packed, seal FROM block_header LIMIT 1",
        "INSERT INTO block_header SELECT -1, seal, packed, seal FROM block_header LIMIT 1",
        # a batch without its block
        "INSERT INTO block_batch SELECT 99, 0, 'a', 1, 1, packed FROM block_batch LIMIT 1",
        # an author's number twice; a transaction of no batch
        f"INSERT INTO chain_compact_transaction SELECT height, 99, batch, {_SAME}",
        f"INSERT INTO chain_compact_transaction SELECT 99, idx, batch, {_OTHER}",
        f"INSERT INTO chain_compact_transaction SELECT height, 99, 7, {_OTHER}",
        # one name with two numbers, a number with two names
        "INSERT INTO chain_name SELECT 9999, text FROM chain_name WHERE id > 0 LIMIT 1",
        "INSERT INTO chain_name SELECT id, 'wallet:x' FROM chain_name WHERE id > 0 LIMIT 1",
        # a number below zero for whoever has a floor, and one above for whoever has none
        "INSERT INTO chain_name VALUES (-9999, 'wallet:x')",
        "INSERT INTO chain_name VALUES (-9999, 'lossy:x')",
        "INSERT INTO chain_name VALUES (9999, 'loss:x')",
        "INSERT INTO chain_name VALUES (-9999, 'pot:commons')",
        # nothing, less than nothing, in a circle, of no transaction
        f"INSERT INTO chain_compact_posting SELECT height, idx, 9, 1, 2, 3, 0 {_ONE}",
        f"INSERT INTO chain_compact_posting SELECT height, idx, 9, 1, 2, 3, -1 {_ONE}",
        f"INSERT INTO chain_compact_posting SELECT height, idx, 9, 1, 1, 3, 5 {_ONE}",
        f"INSERT INTO chain_compact_posting SELECT height, 99, 0, 1, 2, 3, 5 {_ONE}",
        f"INSERT INTO chain_compact_posting SELECT 99, idx, 0, 1, 2, 3, 5 {_ONE}",
        # a history that goes forward, or of no block
        "INSERT INTO chain_step SELECT height, 99, 1, height FROM block_header",
        "INSERT INTO chain_step VALUES (99, 1, 1, NULL)",
        # below the floor, and of an account without a name
        "UPDATE chain_compact_balance SET amount = -1 WHERE account > 0",
        "INSERT INTO chain_compact_balance VALUES (9999, 1, 1, 1)",
        "INSERT INTO chain_compact_balance VALUES (-9999, 1, -1, 1)",
        # an evidence twice
        "INSERT INTO chain_evidence SELECT * FROM chain_evidence LIMIT 1",
        # a second tip
        "INSERT INTO chain_tip SELECT 2, chain, height, hash, state, time, log FROM chain_tip",
        # text for a number, nothing for something
        "UPDATE chain_compact_balance SET amount = 'much'",
        "UPDATE chain_compact_balance SET amount = NULL",
    ],
)
def test_what_cannot_be_is_refused(connection: Connection, statement: str) -> None:
    with pytest.raises((IntegrityError, DataError)):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("account", ["external", "issuer:X", "loss:bar"])
def test_three_sorts_of_account_have_no_floor(connection: Connection, account: str) -> None:
    new = "INSERT INTO chain_name VALUES (-99, ?), (99, 'X') ON CONFLICT DO NOTHING"
    below = "INSERT INTO chain_compact_balance SELECT id, 99, -5, 1 FROM chain_name WHERE text = ?"
    connection.exec_driver_sql(new, (account,))
    connection.exec_driver_sql(below, (account,))
    found = connection.exec_driver_sql("SELECT * FROM chain_balance WHERE asset = 'X'").one()
    assert tuple(found) == (account, "X", -5, 1)


def test_every_record_has_a_table_with_its_key(world: World) -> None:
    with world.database.read() as connection:
        found = inspect(connection)
        for name, (_, key) in TABLES.items():
            constraint = found.get_pk_constraint(schema.STORED[name].name)
            assert constraint["constrained_columns"] == [part for part, _ in key]


def test_a_record_comes_back_as_it_went(world: World) -> None:
    card = Card(PlaceId("bar"), "lost", "blocked", "T0", WalletId("f" * 32))
    shelf = BY_RECORD[Card]
    assert shelf.row(("c" * 32,), card, 7) == (
        "c" * 32,
        "bar",
        "lost",
        "blocked",
        "T0",
        "f" * 32,
        "[]",
        7,
    )
    assert shelf.read(["bar", "lost", "blocked", "T0", "f" * 32, "[]"]) == card
    with world.database.read() as connection:
        for record, shelf in BY_RECORD.items():
            for row in connection.exec_driver_sql(shelf.columns):
                assert isinstance(shelf.read(row[shelf.keys :]), record)
        total = select(func.sum(schema.RECORDS["balance"].c.amount))
        assert connection.execute(total).scalar_one() == 0
        assert BY_RECORD[Balance].keys == 2
