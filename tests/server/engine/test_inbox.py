"""A node that misses blocks: it keeps batches durably, makes none itself, and goes on later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server.engine.port import EngineStoppedError, Stored, Unplaced
from server.store.local import DEAD_LETTER, INBOX
from shared.errors import Code
from tests.server.engine.world import World, sale, verdicts


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    yield world
    world.database.close()


def stop(world: World) -> int:
    """Have somebody know a block that this node does not have; give the height it has."""
    height = world.solo.tip.height
    world.solo.saw_height(height + 5)
    return height


def test_a_height_that_we_have_changes_nothing(world: World) -> None:
    world.solo.saw_height(world.solo.tip.height)
    assert world.solo.sealing
    assert verdicts(world.solo.submit(world.till[0].next(sale(0, 1)))) == ["accepted"]


def test_a_height_above_ours_stops_the_sealing_over_restarts(world: World) -> None:
    height = stop(world)
    assert not world.solo.sealing
    answer = world.solo.submit(world.till[0].next(sale(0, 100)))
    assert answer == Stored(1, world.till[0].head, (), provisional=True)
    with pytest.raises(EngineStoppedError, match="blocks are missing"):
        world.solo.propose([world.issue(0, 1, "x")])
    world.reopen()
    assert not world.solo.sealing
    assert world.solo.tip.height == height
    assert world.on_card(0) == 1_000


def test_what_waited_is_placed_when_sealing_starts_again(world: World) -> None:
    height = stop(world)
    one, two = world.till
    world.solo.submit(one.next(sale(0, 100), sale(0, 100)))
    world.solo.submit(two.next(sale(0, 100)))
    world.solo.submit(one.next(sale(0, 100)))
    world.reopen()
    world.solo.resume()
    assert world.solo.sealing
    assert world.on_card(0) == 600
    assert world.solo.tip.height == height + 1
    replay = world.solo.submit(one.batch(1, 3))
    assert verdicts(replay) == ["accepted"] * 3
    world.reopen()
    assert world.solo.tip.height == height + 1
    assert verdicts(world.solo.submit(one.next(sale(0, 100)))) == ["accepted"]


def test_the_inbox_has_the_same_positions_as_the_chain(world: World) -> None:
    till = world.till[0]
    first = world.solo.submit(till.next(sale(0, 1)))
    assert isinstance(first, Stored)
    twin = till.twin()
    stop(world)
    waiting = till.next(sale(0, 2), sale(0, 3))
    for _ in range(2):
        assert world.solo.submit(waiting) == Stored(3, till.head, (), provisional=True)
    till.write(sale(0, 4), sale(0, 5), sale(0, 6))
    # all of it, the known verdict first; then a part in the middle; then one too far
    whole = world.solo.submit(till.batch(1, 4))
    assert whole == Stored(4, till.hash(4), first.placed, provisional=True)
    assert world.solo.submit(till.batch(3, 5)) == Stored(5, till.hash(5), (), provisional=True)
    assert world.solo.submit(till.batch(2, 2)) == Stored(2, till.hash(2), (), provisional=True)
    twin.write(sale(1, 7), sale(1, 7), sale(1, 7), sale(1, 7), sale(1, 7))
    assert world.solo.submit(twin.batch(2, 3)) == Unplaced(Code.FORK)
    assert world.solo.submit(twin.batch(6)) == Unplaced(Code.FORK)
    twin.write(sale(1, 7))
    assert world.solo.submit(twin.batch(7)) == Unplaced(Code.GAP, 6)
    world.solo.resume()
    assert verdicts(world.solo.submit(till.batch(1))) == ["accepted"] * 6
    assert world.on_card(0) == 1_000 - 21


def test_the_first_batch_is_judged_by_the_chain(world: World) -> None:
    till = world.till[0]
    twin = till.twin()
    first = world.solo.submit(till.next(sale(0, 1)))
    assert isinstance(first, Stored)
    stop(world)
    twin.write(sale(1, 1), sale(1, 1))
    assert world.solo.submit(twin.batch(1)) == Unplaced(Code.FORK)
    till.write(sale(0, 1), sale(0, 1))
    assert world.solo.submit(till.batch(3)) == Unplaced(Code.GAP, 2)
    assert world.solo.submit(till.batch(1, 1)) == Stored(
        1, till.hash(1), first.placed, provisional=True
    )


def test_a_quarantined_till_waits_in_vain(world: World) -> None:
    till = world.till[0]
    twin = till.twin()
    world.solo.submit(till.next(sale(0, 1)))
    assert world.solo.submit(twin.next(sale(1, 1))) == Unplaced(Code.FORK)
    stop(world)
    assert world.solo.submit(till.next(sale(0, 1))) == Unplaced(Code.AUTHOR_QUARANTINED)


def test_what_waited_and_does_not_fit_any_more_becomes_a_dead_letter(world: World) -> None:
    stop(world)
    till = world.till[0]
    waiting = till.next(sale(0, 1))
    world.solo.submit(waiting)
    with world.database.write() as connection:
        connection.execute(INBOX.update().values(first_seq=2, bytes=till.next(sale(0, 1)).raw))
    world.solo.resume()
    assert world.solo.submit(waiting) != Unplaced(Code.GAP, 1)
    with world.database.read() as connection:
        letters = connection.execute(select(DEAD_LETTER.c.source, DEAD_LETTER.c.code)).all()
        assert connection.execute(select(INBOX)).all() == []
    assert [tuple(letter) for letter in letters] == [(till.author, "gap")]
