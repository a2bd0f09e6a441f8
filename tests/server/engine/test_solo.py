"""The solo engine: every position of PROTOCOL §4, group commit, restarts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.engine.port import NotProposed, Stored, Unplaced
from server.ledger.records import Author
from server.store.view import StoreView
from shared.errors import Code
from tests.server.engine.world import Till, World, card, count, sale, verdicts


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "node.db")
    yield world
    world.database.close()


def test_a_batch_becomes_a_block(world: World) -> None:
    before = world.solo.tip.height
    answer = world.solo.submit(world.till[0].next(sale(0, 300), sale(1, 200)))
    assert isinstance(answer, Stored)
    assert answer.seq == 2
    assert answer.head == world.till[0].head
    assert [(p.seq, p.height, p.index, str(p.verdict)) for p in answer.placed] == [
        (1, before + 1, 0, "accepted"),
        (2, before + 1, 1, "accepted"),
    ]
    assert world.solo.tip.height == before + 1
    assert world.on_card(0) == 700
    assert world.balance("place:bar") == 500
    assert world.sums() == {"GRAIN": 0}
