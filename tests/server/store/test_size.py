"""What a sale costs the disk: bytes that stay, and pages that are written for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.transaction import Batch
from tests.server.engine.world import World, sale

CARDS = 200
FRAME = 4096 + 24
"""A page in the log of changes, with its header."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "node.db", cards=CARDS)
    yield world
    world.database.close()


def batch(world: World, sales: int) -> Batch:
    till = world.till[0]
    return till.next(*[sale((till.seq + 7 * number) % CARDS, 1) for number in range(sales)])


def pages(world: World, sales: int) -> float:
    """Give how many pages a batch writes."""
    log = world.path.with_name("node.db-wal")
    before = log.stat().st_size
    world.solo.submit(batch(world, sales))
    return (log.stat().st_size - before) / FRAME


def size(world: World) -> int:
    with world.database.read() as connection:
        count: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        free: int = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    return 4096 * (count - free)


def test_a_sale_in_a_batch_and_alone(world: World) -> None:
    before = size(world)
    for _ in range(6):
        world.solo.submit(batch(world, 500))
    between = size(world)
    for _ in range(100):
        world.solo.submit(batch(world, 1))
    assert (between - before) / 3_000 < 260
    assert (size(world) - between) / 100 < 1_400


def test_a_sale_alone_writes_few_pages_and_a_long_chain_costs_the_next_sale_nothing(
    world: World,
) -> None:
    early = [pages(world, 500) for _ in range(4)]
    assert max(pages(world, 1) for _ in range(10)) <= 18
    for _ in range(20):
        world.solo.submit(batch(world, 500))
    late = [pages(world, 500) for _ in range(4)]
    assert sum(late) < 1.25 * sum(early)
