"""The history of an account: every move, newest first, whatever else a block holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from server.ledger.records import Balance, Head
from server.store.database import open_database
from server.store.history import History, moves
from shared.ids import Account, Hash, wallet
from tests.server.engine.world import World, sale, wallet_of

ONE, OTHER, EMPTY = (Account(wallet(wallet_of(number))) for number in range(3))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "node.db")
    yield world
    world.database.close()


def history(world: World, account: str, upto: int = 99) -> list[tuple[int, int]]:
    with world.database.read() as connection:
        return list(moves(connection, Account(account), upto))


def test_an_account_is_followed_back_through_the_blocks(world: World) -> None:
    start = world.solo.tip.height
    till = world.till[0]
    world.solo.submit(till.next(sale(0, 10), sale(1, 10), sale(0, 10)))
    world.solo.submit(till.next(sale(1, 10)))
    world.solo.submit(till.next(sale(99, 10), sale(0, 10)))
    mine = [(start + 3, 1), (start + 1, 2), (start + 1, 0)]
    assert history(world, ONE)[:3] == mine
    assert [height for height, _ in history(world, ONE)[3:]] == [1]  # what it was given at first
    assert history(world, ONE, start + 2)[:2] == mine[1:]
    assert history(world, OTHER)[:2] == [(start + 2, 0), (start + 1, 1)]
    assert [height for height, _ in history(world, EMPTY)] == [1]
    place = history(world, "place:bar")
    assert place == [
        (start + 3, 1),
        (start + 2, 0),
        (start + 1, 2),
        (start + 1, 1),
        (start + 1, 0),
    ]
    assert history(world, "wallet:nobody") == []


def test_the_writer_remembers_and_a_new_one_reads(tmp_path: Path) -> None:
    world = World(tmp_path / "node.db")
    world.solo.submit(world.till[0].next(sale(0, 10)))
    world.reopen()
    world.solo.submit(world.till[0].next(sale(0, 10)))
    world.solo.submit(world.till[0].next(sale(0, 10)))
    height = world.solo.tip.height
    heights = [height for height, _ in history(world, ONE)]
    assert heights == [height, height - 1, height - 2, 1]
    world.database.close()


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = open_database(tmp_path / "empty.db")
    with database.write() as connection:
        yield connection
    database.close()


def test_the_oldest_heights_are_forgotten(connection: Connection) -> None:
    known = History(most=4)
    changes = [("balance", (f"wallet:{n}", "FED"), Balance(1)) for n in range(6)]
    other = ("head", ("a",), Head(Hash("0" * 64), 1))
    assert known.step(connection, 5, [*changes, other]) == {key: None for _, key, _ in changes}
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert known.step(connection, 6, changes[-3:]) == {key: 5 for _, key, _ in changes[-3:]}
    assert asked == []
    known.step(connection, 7, changes[:1])
    assert len(asked) == 1
