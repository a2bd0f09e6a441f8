"""The past: what was executed long ago is found again, word for word, whatever group it is in."""

import pytest

from server.ledger.chain import NOTHING, build
from server.ledger.executor import Executed
from server.ledger.memory import Memory
from server.ledger.past import GROUP, OPEN_GROUPS, Past
from shared.amounts import Amount
from shared.block import read_header
from shared.bodies import Refund
from shared.ids import ZERO_HASH, AuthorId
from shared.transaction import parse_batch
from tests.server.ledger.story import _raw
from tests.server.ledger.world import World, founded, sale


@pytest.fixture(scope="module")
def world() -> World:
    """Give a chain of more transactions than one group holds, some of them refused."""
    world = founded()
    world.reload(1, 90_000, "e1")
    world.seal(_raw(world, world.till, [("hovercraft", {"eels": 1})]))
    for _ in range(3):
        world.do(world.till, *(sale(1, number) for number in range(1, GROUP // 2 + 1)))
    world.do(world.till, sale(9, 1), Refund(Amount(1), world.till.id, ZERO_HASH, 7))
    return world


def executed(world: World) -> list[Executed]:
    """Execute the chain again and give all of it."""
    memory, tip = Memory(), NOTHING
    items: list[Executed] = []
    for block in world.blocks:
        batches = [parse_batch(raw) for raw in block.batches]
        header = read_header(block.header)
        built = build(memory, tip, batches, author=header.author, time=header.time)
        memory.take(built.result)
        tip = built.tip
        items += built.result.executed
    return items


def test_what_is_packed_comes_out_as_it_went_in(world: World) -> None:
    past = Past()
    items = executed(world)
    for item in items:
        past.add([item])
    assert len(past) == len(items) > GROUP
    wanted = [
        (item.transaction.envelope.author, item.transaction.envelope.seq, item.done)
        for item in items
    ]
    assert list(past) == wanted
    for author, seq, done in wanted:
        assert past.get(author, seq) == done


def test_what_was_never_there(world: World) -> None:
    past = Past()
    past.add(executed(world))
    last = max(seq for author, seq, _ in past if author == world.till.id)
    for author, seq in (
        (world.till.id, 0),
        (world.till.id, -1),
        (world.till.id, last + 1),
        (AuthorId("f" * 32), 1),
    ):
        assert past.get(author, seq) is None


def test_only_so_many_groups_stay_open(world: World) -> None:
    past = Past()
    items = [item for item in executed(world) if item.transaction.envelope.author == world.till.id]
    for _ in range(OPEN_GROUPS + 2):
        past.add(items)
    for seq in range(1, len(items) * (OPEN_GROUPS + 2), GROUP):
        assert past.get(world.till.id, seq) is not None
    assert len(past._open) == OPEN_GROUPS
    groups = len(past._packed)
    assert list(past._open) == list(range(groups - OPEN_GROUPS, groups))
    assert past.get(world.till.id, 1) is not None  # the oldest of the open ones makes room for it
    assert list(past._open) == [*range(groups - OPEN_GROUPS + 1, groups), 0]
