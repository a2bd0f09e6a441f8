"""Melts of several months, and what a reversal may take back; numbers by hand."""

import pytest

from server.ledger.melting import matures, month_of
from server.ledger.records import Remainder
from shared.amounts import Amount
from shared.bodies import CardLink, CashReload, Distribute, MeltReversal, PolicySet
from shared.ids import POT_COMMONS, POT_MAINTENANCE, ZERO_HASH, melt_pending, place
from shared.policy import ProtocolPolicy
from tests.server.ledger.test_melting import (
    GRACE,
    STEP,
    TODAY,
    announce_and_melt,
    melt,
    notice,
    policy,
    reversal,
    to,
)
from tests.server.ledger.world import BAR, GRAIN, World, card, founded, holder, purse, sale

FIRST, SECOND = TODAY + GRACE, TODAY + GRACE + STEP  # 2025-01-12 and 2025-02-11


@pytest.fixture
def world() -> World:
    """Card 1 holds 1000 grains, issued on day 20000."""
    world = founded()
    assert world.do(world.node, PolicySet(GRAIN, policy())) == ["accepted"]
    world.issue(1, 1000, "e1")
    return world


def distribute(world: World, day: int) -> list[str]:
    month = month_of(day)
    to(world, matures(month))
    return world.do(world.node, Distribute(GRAIN, month, BAR))


def shares(world: World) -> list[int]:
    pots = (place(BAR), POT_COMMONS, POT_MAINTENANCE, melt_pending(BAR))
    return [world.held(pot, GRAIN) for pot in pots]


def test_what_was_too_small_to_share_is_shared_with_the_next_month(world: World) -> None:
    to(world, TODAY + 40)
    assert notice(world, FIRST, TODAY) == notice(world, SECOND, TODAY) == ["accepted"]
    to(world, FIRST)
    assert melt(world, FIRST, 100) == ["accepted"]
    to(world, SECOND)
    assert melt(world, SECOND, 90) == ["accepted"]
    assert distribute(world, FIRST) == ["accepted"]
    assert shares(world) == [33, 33, 33, 91]
    assert world.memory.get(Remainder, (GRAIN, BAR)) == Remainder(1)
    assert distribute(world, SECOND) == ["accepted"]  # 90 and the one that waited: 30 each
    assert shares(world) == [63, 63, 63, 1]
    assert world.memory.get(Remainder, (GRAIN, BAR)) == Remainder(1)


@pytest.mark.parametrize(
    "change",
    [
        {"rate_bp": 1},
        {"rate_bp": 0, "fixed": 1},
        {"weight_maintenance": 0},
        {"weight_nodes": 0},
        {"weight_commons": 0, "weight_maintenance": 0},
    ],
)
def test_the_least_of_a_melt_and_of_who_shares_it_is_enough(change: dict[str, object]) -> None:
    world = founded()
    assert world.do(world.node, PolicySet(GRAIN, policy(**change))) == ["accepted"]


def test_the_policy_says_who_shares() -> None:
    world = founded()
    commons = policy(weight_maintenance=0, weight_nodes=0)
    assert world.do(world.node, PolicySet(GRAIN, commons)) == ["accepted"]
    world.issue(1, 1000, "e1")
    announce_and_melt(world)
    assert distribute(world, FIRST) == ["accepted"]
    assert shares(world) == [0, 100, 0, 0]


def test_a_cent_too_much_comes_back(world: World) -> None:
    late = world.batch(world.till, sale(1, 10), seen=world.tip.height)
    announce_and_melt(world)
    world.seal(late)
    assert reversal(world, 1, 1) == ["accepted"]  # a tenth of 990 is 99
    assert world.held(purse(1), GRAIN) == 891


def test_a_milder_policy_takes_no_melt_back(world: World) -> None:
    """Without a sale that it did not know of, a melt stands: it was right on its day."""
    announce_and_melt(world)
    assert world.do(world.node, PolicySet(GRAIN, policy(rate_bp=500))) == ["accepted"]
    assert reversal(world, 50, 9) == ["rejected(nothing_to_reverse)"]


def test_only_a_sale_takes_a_melt_back(world: World) -> None:
    announce_and_melt(world)
    node = world.node
    body = MeltReversal(Amount(100), GRAIN, node.id, FIRST, node.seq, holder(1))
    assert world.do(node, body) == ["rejected(nothing_to_reverse)"]


def test_late_cash_takes_no_melt_back(world: World) -> None:
    cash = CashReload(Amount(500), GRAIN, card(1), ZERO_HASH)
    late = world.batch(world.till, cash, seen=world.tip.height)
    announce_and_melt(world)
    world.seal(late)
    assert world.held(purse(1), GRAIN) == 1_400
    assert reversal(world, 100, 1) == ["rejected(nothing_to_reverse)"]


def test_a_late_sale_that_the_cards_next_holder_paid_is_not_the_last_ones(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    announce_and_melt(world)
    world.do(world.node, PolicySet("-", ProtocolPolicy(2)), CardLink(card(1), holder(2)))
    world.issue(2, 500, "e2")
    world.seal(late)
    assert (world.held(purse(1), GRAIN), world.held(purse(2), GRAIN)) == (900, 0)
    for amount in (1, 100):
        assert reversal(world, amount, 1) == ["rejected(nothing_to_reverse)"]
