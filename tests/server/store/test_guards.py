"""What triggers refuse, by the way in which the writer writes: many rows in one statement."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from server.store.database import Database
from server.store.dialect import FEW, Inserter
from server.store.schema import CHAIN_STEP, COMPACT_POSTING, COMPACT_TRANSACTION
from tests.server.engine.world import World, sale

MANY = FEW + 1
ORPHAN = (sqlite3.IntegrityError, psycopg.errors.ForeignKeyViolation)
COUNT = "SELECT count(*) FROM chain_step WHERE account > 1000"


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    """A chain with 20 transactions at height 2."""
    world = World(where)
    world.solo.submit(world.till[0].next(*[sale(0, 1)] * 20))
    yield world.database
    world.database.close()


def transactions(height: int, batch: int, count: int) -> list[tuple[Any, ...]]:
    return [
        (height, 100 + n, batch, 1, 1_000 + n, b"h", "sale", 0, 0, 1, "accepted")
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, MANY])
def test_what_names_a_row_that_is_there_is_taken(database: Database, count: int) -> None:
    with database.write() as connection:
        Inserter(COMPACT_TRANSACTION).write(connection, transactions(2, 0, count))
        moves = [(2, 100 + n, 0, 1, 2, 3, 5) for n in range(count)]
        Inserter(COMPACT_POSTING).write(connection, moves)
        steps = [(2, 1001 + n, 1, None) for n in range(count)]
        Inserter(CHAIN_STEP).write(connection, steps)
        assert connection.exec_driver_sql(COUNT).scalar_one() == count


@pytest.mark.parametrize("count", [1, MANY])
def test_one_row_that_names_nothing_is_refused_with_all_of_its_statement(
    database: Database, count: int
) -> None:
    before = transactions(2, 0, count - 1)
    wrong: tuple[tuple[Inserter, list[tuple[Any, ...]]], ...] = (
        (Inserter(COMPACT_TRANSACTION), [*before, *transactions(2, 1, count)[-1:]]),
        (Inserter(COMPACT_TRANSACTION), [*before, *transactions(3, 0, count)[-1:]]),
        (Inserter(COMPACT_POSTING), [(2, n, 9, 1, 2, 3, 5) for n in range(21 - count, 21)]),
        (Inserter(CHAIN_STEP), [(2 + n // count, 1000 + n, 1, None) for n in range(1, count + 1)]),
    )
    for inserter, rows in wrong:
        with pytest.raises(ORPHAN), database.write() as connection:
            inserter.write(connection, rows)
    with database.read() as connection:
        assert connection.exec_driver_sql(COUNT).scalar_one() == 0
