"""Random days: whatever comes in whatever order, sums are zero and the blocks prove every row."""

from pathlib import Path
from random import Random

import pytest

from server.engine.port import NotProposed, Stored, Unplaced
from server.store.truth import prove
from shared.amounts import Amount
from shared.bodies import Body, CardBlock, Refund
from shared.errors import Code
from tests.server.engine.world import NO_DETAIL, Till, World, card, sale

CARDS = 6


def something(dice: Random, tills: list[Till]) -> Body:
    """Give what a till may have to say; cards and sales may not exist."""
    if dice.random() < 0.3:
        sold = dice.choice(tills)
        return Refund(
            amount=Amount(dice.randint(1, 400)),
            author=sold.author,
            detail=NO_DETAIL,
            seq=dice.randint(1, sold.seq + 2),
        )
    basis = dice.choice(["online", "cached"])
    return sale(dice.randint(0, CARDS), dice.randint(1, 700), basis=basis)


def batch_step(dice: Random, world: World) -> None:
    """Journal something and send it, from an earlier number at times."""
    till = dice.choice(world.till)
    first = max(1, till.seq + 1 - dice.choice([0, 0, 0, 1, 5]))
    till.write(*[something(dice, world.till) for _ in range(dice.randint(1, 8))])
    answer = world.solo.submit(till.batch(first))
    if isinstance(answer, Unplaced):
        assert answer.code is Code.AUTHOR_QUARANTINED
        return
    assert [placed.seq for placed in answer.placed] == list(range(first, till.seq + 1))
    assert world.solo.submit(till.batch(first)) == answer


def node_step(dice: Random, world: World, number: int) -> None:
    """Have the node issue, or block a card."""
    bodies: list[Body] = [world.issue(dice.randrange(CARDS), dice.randint(1, 900), f"e{number}")]
    if dice.random() < 0.2:
        bodies.append(CardBlock(card=card(dice.randint(0, CARDS)), reason="lost"))
    before = world.solo.tip
    answer = world.solo.propose(bodies, atomic=dice.random() < 0.5)
    if isinstance(answer, NotProposed):
        assert world.solo.tip == before


def fork_step(world: World) -> None:
    """Have a restored image of a till say something else."""
    twin = world.till[-1].twin()
    world.solo.submit(world.till[-1].next(sale(0, 1)))
    assert not isinstance(world.solo.submit(twin.next(sale(1, 1))), Stored)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_day(where: Path | str, seed: int) -> None:
    dice = Random(seed)
    world = World(where, tills=3, cards=CARDS)
    for number in range(60):
        world.clock.now += dice.randint(-1_000, 60_000)
        if number == 40:
            fork_step(world)
        elif number % 15 == 14:
            world.reopen()
        elif dice.random() < 0.25:
            node_step(dice, world, number)
        else:
            batch_step(dice, world)
    assert world.sums() == {"GRAIN": 0}
    with world.database.read() as connection:
        report, wrong = prove(connection, chain=world.chain)
        assert wrong == []
        assert report.tip == world.solo.tip
    world.database.close()
