"""Every column of the index is compared with what the blocks give; and it can be made anew."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.ledger.finding import Finding
from server.store.database import open_database
from server.store.packing import unpack
from server.store.rebuild import INDEX_VERSION, rebuild
from server.store.truth import prove
from server.store.writer import StoreError
from tests.server.engine.world import World, sale, verdicts
from tests.server.store.editing import edited, unlock

_OTHER_VERSION = "UPDATE local_fact SET value = '999' WHERE name = 'index_version'"


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    world.solo.submit(world.till[0].next(sale(0, 300), sale(1, 200)))
    world.solo.submit(world.till[1].next(sale(2, 5_000)))
    yield world
    world.database.close()


def found(world: World) -> list[Finding]:
    with world.database.read() as connection:
        return prove(connection).findings


def change(world: World, statement: str) -> None:
    with world.database.write() as connection:
        unlock(connection)
        assert connection.exec_driver_sql(statement).rowcount > 0


def test_an_honest_index_has_no_difference(world: World) -> None:
    assert found(world) == []


@pytest.mark.parametrize(
    "statement, height, what",
    [
        ("UPDATE chain_compact_balance SET amount = amount + 1 WHERE changed = 3", 3, "balance"),
        ("UPDATE chain_card SET status = 'blocked' WHERE changed = 1", 1, "card"),
        ("UPDATE chain_asset SET asset_class = 'golden'", 1, "asset GRAIN"),
        ("UPDATE chain_wallet SET debts = '[' WHERE changed = 3", 3, "wallet"),
        ("DELETE FROM chain_evidence WHERE evidence = 'start:1'", 1, "evidence start:1 is missing"),
        (
            "UPDATE chain_compact_transaction SET verdict = 'disputed' WHERE height = 2",
            2,
            "verdict",
        ),
        ("UPDATE chain_compact_transaction SET seen = 9 WHERE height = 3", 3, "seen"),
        (
            "UPDATE chain_compact_posting SET amount = 301 WHERE amount = 300",
            2,
            "posting 2 0 0: amount",
        ),
        (
            "UPDATE chain_compact_posting SET source = 99 WHERE amount = 200",
            2,
            "posting 2 1 0: source",
        ),
        ("DELETE FROM chain_compact_posting WHERE amount = 300", 2, "posting 2 0 0 is missing"),
        ("UPDATE chain_step SET before = 0 WHERE height = 3 AND before > 0", 3, "before"),
        ("UPDATE chain_step SET before = NULL WHERE height = 3", 3, "before"),
        ("DELETE FROM chain_step WHERE height = 2", 2, "is missing"),
        ("INSERT INTO chain_step VALUES (2, 99, 99, NULL)", 2, "2 99 99 belongs to nothing"),
        ("UPDATE chain_block SET time = time + 1 WHERE height = 2", 2, "chain_block 2: time"),
        ("DELETE FROM chain_block WHERE height = 2", 2, "chain_block 2 is missing"),
        ("UPDATE chain_tip SET height = 2", 3, "tip"),
    ],
)
def test_each_change_is_found_with_its_height(
    world: World, statement: str, height: int, what: str
) -> None:
    change(world, statement)
    findings = found(world)
    assert findings
    assert {finding.height for finding in findings} == {height}
    assert what in findings[0].what


def test_the_index_can_be_made_anew(world: World) -> None:
    change(world, "UPDATE chain_compact_balance SET amount = amount + 1 WHERE changed = 3")
    tip = world.solo.tip
    with world.database.write() as connection:
        assert rebuild(connection) == tip
    assert found(world) == []
    world.reopen()
    assert world.solo.tip == tip
    assert verdicts(world.solo.submit(world.till[0].next(sale(0, 1)))) == ["accepted"]
    assert found(world) == []


def test_a_database_of_another_version_gets_its_index_anew(world: World) -> None:
    change(world, "UPDATE chain_compact_balance SET amount = amount + 1 WHERE changed = 3")
    change(world, _OTHER_VERSION)
    world.reopen()
    assert found(world) == []
    with world.database.read() as connection:
        known = "SELECT value FROM local_fact WHERE name = 'index_version'"
        assert connection.exec_driver_sql(known).scalar_one() == str(INDEX_VERSION)


@pytest.mark.parametrize(
    "old, new",
    [
        # a payload that its successor does not link to, and one that would give another state
        ('"total":300', '"total":301'),
        ('"total":5000', '"total":5001'),
    ],
)
def test_damaged_blocks_are_no_base_for_an_index(world: World, old: str, new: str) -> None:
    with world.database.write() as connection:
        unlock(connection)
        rows = connection.exec_driver_sql("SELECT height, packed FROM block_batch").all()
        for height, packed in rows:
            if old.encode() in unpack(packed):
                change = "UPDATE block_batch SET packed = ? WHERE height = ?"
                connection.exec_driver_sql(change, (edited(packed, old, new), height))
        connection.exec_driver_sql(_OTHER_VERSION)
    world.database.close()
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be opened"):
            open_database(world.where)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_rows_that_another_program_took_away_are_missed(world: World) -> None:
    world.database.close()
    outside = sqlite3.connect(world.path)
    outside.execute("DROP TRIGGER chain_compact_transaction_no_delete")
    outside.execute("DELETE FROM chain_compact_transaction WHERE height = 2 AND idx = 0")
    outside.commit()
    outside.close()
    world.reopen()
    assert found(world) == [Finding(2, "chain_compact_transaction 2 0 is missing")]
