"""What stops a node, case by case: words, proofs, and what was dealt with already."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from server.engine.items import Sighting
from server.engine.port import Missing
from server.engine.solo import Solo
from server.engine.standing import Standing, keep_known, read_standing
from server.ledger.chain import NOTHING
from server.ledger.records import Lost
from server.store.view import StoreView
from shared.bodies import PolicySet
from shared.policy import ProtocolPolicy
from tests.server.engine.world import BOOT, NODE_SEED, World, sale, sealed, verdicts

TIP = replace(NOTHING, height=50, time=1_000)
HERE = Standing(TIP)
A, B = "a" * 32, "b" * 32


def word(height: int, by: str = A) -> Sighting:
    return Sighting(height, by)


def proof(height: int, sealed_ms: int, by: str = A) -> Sighting:
    return Sighting(height, by, sealed_ms)


def known(standing: Standing) -> tuple[int, str, int | None]:
    return standing.known, standing.by, standing.sealed_ms


@pytest.mark.parametrize(
    "seen, lost, after",
    [
        (word(50), -1, (-1, "", None)),
        (word(51), -1, (51, A, None)),
        (word(100), 100, (-1, "", None)),  # named lost
        (word(101), 100, (101, A, None)),
        (proof(50, 1_000), -1, (-1, "", None)),  # we have that one
        (proof(51, 1_000), -1, (51, A, 1_000)),
        (proof(51, 1_000), 100, (51, A, 1_000)),  # whatever was named: a second loss
        (proof(100, 999), 100, (-1, "", None)),  # of the branch that is lost
        (proof(101, 999), 100, (101, A, None)),  # of that branch, and more than was named
    ],
)
def test_what_somebody_says_of_a_chain_of_height_50(
    seen: Sighting, lost: int, after: tuple[int, str, int | None]
) -> None:
    assert known(HERE.after(seen, lost)) == after


def test_the_highest_word_stands_and_a_proof_counts_more() -> None:
    stopped = HERE.after(word(60), -1)
    assert stopped.after(word(60, B), -1) == stopped
    assert known(stopped.after(word(2**40, B), -1)) == (2**40, B, None)
    lied = stopped.after(word(2**40, B), -1)
    proven = lied.after(proof(55, 1_005), -1)
    assert known(proven) == (55, A, 1_005)
    assert proven.after(word(2**40, B), -1) == proven
    assert proven.after(proof(54, 1_004, B), -1) == proven
    assert known(proven.after(proof(57, 1_007, B), -1)) == (57, B, 1_007)


def test_what_was_dealt_with_does_not_come_back() -> None:
    again = HERE.after(proof(60, 1_060), -1).dealt_with()
    assert (known(again), again.dealt_ms) == ((-1, "", None), 1_060)
    assert again.after(proof(60, 1_060, B), -1) == again  # though no block was made since
    assert known(again.after(proof(61, 1_061), 60)) == (61, A, 1_061)
    assert again.dealt_with() == again


def test_a_chain_that_has_grown_past_it_is_not_behind() -> None:
    stopped = HERE.after(proof(60, 1_060), -1)
    grown = replace(stopped, tip=replace(TIP, height=60))
    assert (stopped.behind, grown.behind) == (True, False)
    assert known(grown.after(word(61, B), -1)) == (61, B, None)


def test_it_outlives_the_process(world: World) -> None:
    with world.database.read() as connection:
        fresh = read_standing(connection)
    assert known(fresh) == (-1, "", None)
    stopped = fresh.after(proof(500, 2_000_000_000_000), -1)
    for standing in (stopped, stopped.dealt_with(), fresh.after(word(7_000), -1)):
        world.database.run(partial(keep_known, standing=standing))
        with world.database.read() as connection:
            assert read_standing(connection) == standing


# ---------- over a whole engine ----------


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    assert isinstance(world.solo.propose([PolicySet("-", ProtocolPolicy(2))]), tuple)
    yield world
    world.database.close()


def show(world: World, height: int, *, seed: bytes = NODE_SEED, later_ms: int = 1) -> None:
    """Have the first till show a header above ours."""
    time = world.solo.tip.time + later_ms
    header = sealed(seed, world.solo, height=height, time=time)
    world.solo.saw_header(header, world.till[0].author)


def test_only_a_key_that_was_never_given_up_proves(world: World) -> None:
    till, height = world.till[0].author, world.solo.tip.height + 5
    world.solo.rotate(b"N" * 32)
    show(world, height, seed=NODE_SEED)  # it may be in a thief's hands
    assert world.solo.missing == Missing(height, till, None)
    show(world, height, seed=b"N" * 32)
    assert world.solo.missing == Missing(height, till, world.solo.tip.time + 1)


def test_a_key_that_the_lost_part_of_the_chain_brought_proves(world: World) -> None:
    """Put back from before its rotation: the new key is in a file, not on the chain."""
    spare = Solo(world.database, seed=NODE_SEED, boot=BOOT, clock=world.clock, spare=(b"N" * 32,))
    time, height = spare.tip.time + 1, spare.tip.height + 5
    spare.saw_header(sealed(b"N" * 32, spare, height=height, time=time))
    assert spare.missing == Missing(height, "", time)


def test_a_second_loss_shows_within_the_range_of_the_first(world: World) -> None:
    tip = world.solo.tip.height
    show(world, tip + 100)
    world.clock.now += 1_000
    world.solo.resume()
    world.solo.propose([world.issue(0, 1, "new")])
    world.solo.saw_height(tip + 100, world.till[1].author)  # honest, and dealt with
    show(world, tip + 99, later_ms=-1)
    assert world.solo.missing is None
    show(world, tip + 50)  # sealed after all that we have: lost once more
    world.reopen()
    assert world.solo.missing == Missing(tip + 50, world.till[0].author, world.solo.tip.time + 1)


def test_who_lies_is_revoked_and_the_others_go_on(world: World) -> None:
    liar, other = world.till
    world.solo.saw_height(2**40, liar.author)
    world.solo.submit(liar.next(sale(0, 100)))
    world.solo.submit(other.next(sale(0, 10)))
    world.solo.resume(lies=True)
    assert world.solo.sealing
    assert world.on_card(0) == 890  # it had handed that in before
    assert verdicts(world.solo.submit(liar.next(sale(0, 1)))) == ["disputed"]
    with world.database.read() as connection:
        assert StoreView(connection).rows(Lost) == {}
    # What it said just before is still under way: nobody believes it any more.
    world.solo.saw_height(2**41, liar.author)
    show(world, 2**41)
    assert world.solo.missing is None
    height = world.solo.tip.height + 1
    world.solo.saw_height(height, other.author)
    assert world.solo.missing == Missing(height, other.author, None)
