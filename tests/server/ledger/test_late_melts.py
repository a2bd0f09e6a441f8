"""Melts, and sales that come late, where wallets merge, rules change and places leave; by hand."""

import pytest
from msgspec.structs import replace

from server.ledger.melting import matures, month_of
from server.ledger.records import Idle, Rule, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetUpdate,
    Distribute,
    Exchange,
    Melt,
    MeltReversal,
    Merge,
    Notice,
    PlaceLeave,
    PolicySet,
    Transfer,
)
from shared.ids import POT_COMMONS, loss, melt_pending
from shared.policy import NO_DEMURRAGE, ExchangePolicy
from tests.server.ledger.pursed import RICH, account, issue, purses
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, World, holder, modern, purse, sale

TODAY = 20_000
MELT_DAY = TODAY + 100
TENTH = replace(
    NO_DEMURRAGE, enabled=True, grace_days=100, step_days=30, rate_bp=1_000, notice_days=(60,)
)
HALF = replace(TENTH, rate_bp=5_000)


@pytest.fixture
def world() -> World:
    """Cards 1 and 2 hold 1000 grains each, that melt by a tenth on day 20100.

    Grains are spent last, so that what a sale lacks is owed in them.
    """
    world = modern()
    assert world.do(world.node, PolicySet(GRAIN, TENTH)) == ["accepted"]
    assert world.do(world.node, AssetUpdate(GRAIN, "Grain", 90, "G")) == ["accepted"]
    world.issue(1, 1000, "e1")
    world.issue(2, 1000, "e2")
    world.time = (TODAY + 40) * DAY
    assert world.do(world.node, Notice(GRAIN, TODAY, MELT_DAY)) == ["accepted"]
    world.time = MELT_DAY * DAY
    return world


def melt(world: World, amount: int, number: int = 1, day: int = MELT_DAY) -> str:
    return world.do(world.node, Melt(Amount(amount), GRAIN, day, holder(number)))[0]


def back(world: World, amount: int, number: int = 1, seq: int = 1) -> str:
    body = MeltReversal(Amount(amount), GRAIN, world.till.id, MELT_DAY, seq, holder(number))
    return world.do(world.node, body)[0]


# ---------- merged wallets ----------


def test_of_two_wallets_that_are_one_the_sales_own_gets_its_melt_back(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    assert (melt(world, 100, 1), melt(world, 100, 2)) == ("accepted", "accepted")
    assert world.do(world.node, Merge(holder(1), holder(2))) == ["accepted"]
    world.seal(late)
    assert back(world, 100, 2) == "rejected(nothing_to_reverse)"
    assert back(world, 100, 1) == "accepted"
    assert world.held(purse(2), GRAIN) == 900 + 900 - 500 + 100
    assert world.held(melt_pending(BAR), GRAIN) == 100


def test_a_card_that_was_merged_before_the_melt_takes_back_what_melted_there(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    assert world.do(world.node, Merge(holder(1), holder(2))) == ["accepted"]
    assert melt(world, 200, 2) == "accepted"
    world.seal(late)
    assert back(world, 200, 2) == "accepted"
    assert world.held(purse(2), GRAIN) == 2_000 - 500


def test_what_comes_back_to_another_wallet_is_as_old_as_it_was(world: World) -> None:
    """All of it melts, so that nothing is there to bring its age along when the wallets merge."""
    whole = replace(TENTH, rate_bp=10_000)
    world.time = (TODAY + 50) * DAY
    world.do(world.node, Transfer(Amount(1000), GRAIN, holder(2), holder(3)))
    late = world.batch(world.till, sale(1, 40), seen=world.tip.height)
    world.do(world.node, PolicySet(GRAIN, whole))
    world.time = MELT_DAY * DAY
    assert melt(world, 1000) == "accepted"
    assert world.do(world.node, Merge(holder(1), holder(2))) == ["accepted"]
    world.seal(late)  # overdrawn: 40 are owed
    assert back(world, 40) == "accepted"
    assert world.memory.get(Idle, (holder(2), GRAIN)) == Idle(TODAY, MELT_DAY + 30)


def test_what_comes_back_repays_what_its_wallet_owes(world: World) -> None:
    """Had the sale of 1500 come in time, it would have lacked 500: so it does now."""
    late = world.batch(world.till, sale(1, 1_500), seen=world.tip.height)
    assert melt(world, 100) == "accepted"
    assert [str(item.verdict) for item in world.seal(late).executed] == ["overdrawn"]
    assert world.held(loss(BAR), GRAIN) == -600
    assert back(world, 100) == "accepted"
    assert (world.held(loss(BAR), GRAIN), world.held(purse(1), GRAIN)) == (-500, 0)
    owner = world.memory.get(Wallet, (holder(1),))
    assert owner is not None
    assert owner.debts == ((GRAIN, BAR, 500),)


# ---------- rules that change ----------


def test_a_step_that_was_due_melts_by_the_rule_of_its_day(world: World) -> None:
    """On the very day, and before anybody played it, the rule becomes five times as hard."""
    assert world.do(world.node, PolicySet(GRAIN, HALF)) == ["accepted"]
    assert melt(world, 500) == "rejected(wrong_amount)"
    assert melt(world, 100) == "accepted"
    assert world.do(world.node, Notice(GRAIN, TODAY, MELT_DAY + 60)) == ["accepted"]
    world.time = (MELT_DAY + 60) * DAY
    assert melt(world, 450, day=MELT_DAY + 60) == "accepted"  # the later ones melt by the new one


def test_a_rule_acts_from_the_day_after_it_was_set(world: World) -> None:
    world.time = (MELT_DAY - 1) * DAY
    world.do(world.node, PolicySet(GRAIN, HALF))
    world.time = MELT_DAY * DAY
    assert melt(world, 500) == "accepted"


def test_what_melts_no_more_does_not_melt_for_days_before_either(world: World) -> None:
    world.do(world.node, PolicySet(GRAIN, replace(TENTH, enabled=False)))
    assert melt(world, 100) == "rejected(no_demurrage)"


@pytest.mark.parametrize("enabled", [True, False])
def test_a_melt_comes_back_by_the_rule_that_took_it(world: World, *, enabled: bool) -> None:
    late = world.batch(world.till, sale(1, 40), seen=world.tip.height)
    assert melt(world, 100) == "accepted"
    world.do(world.node, PolicySet(GRAIN, replace(HALF, enabled=enabled)))
    world.seal(late)
    assert back(world, 4) == "accepted"  # a tenth of 40


def test_of_the_rules_of_one_day_the_last_is_kept(world: World) -> None:
    """Whoever sets a thousand rules a day makes nobody's chain longer by them."""
    for rule in (HALF, NO_DEMURRAGE, HALF, TENTH):
        assert world.do(world.node, PolicySet(GRAIN, rule)) == ["accepted"]
    kept = world.memory.get(Rule, ("demurrage", GRAIN))
    assert kept == Rule(MELT_DAY, TENTH, ((TODAY, TENTH),))
    assert melt(world, 100) == "accepted"


# ---------- places that leave ----------


def test_where_the_issuer_has_left_what_melted_still_goes_home(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    assert (melt(world, 100, 1), melt(world, 90, 2)) == ("accepted", "rejected(wrong_amount)")
    assert melt(world, 100, 2) == "accepted"
    world.seal(late)
    assert world.do(world.node, PlaceLeave(BAR)) == ["accepted"]
    assert back(world, 100) == "accepted"
    month = month_of(MELT_DAY)
    world.time = matures(month) * DAY
    assert world.do(world.node, Distribute(GRAIN, month, BAR)) == ["accepted"]
    assert world.held(POT_COMMONS, GRAIN) == 33
    assert world.do(world.node, Notice(GRAIN, TODAY, MELT_DAY + 200)) == ["rejected(place_left)"]


# ---------- purses ----------


def test_a_cent_that_is_exchanged_does_not_make_a_full_purse_young() -> None:
    """All 500 grains of card 4 are in its purse when its wallet gets some for a cent."""
    here = purses()
    today = here.world.time // DAY
    rate = PolicySet("GRAIN-FED", ExchangePolicy(1, 1))
    here.bar(PolicySet(GRAIN, TENTH), rate, issue())
    assert here.world.held(account(), GRAIN) == 500
    here.world.time += 40 * DAY
    assert here.bar(Exchange(Amount(1), FED, GRAIN, holder(RICH))) == ["accepted"]
    assert here.world.memory.get(Idle, (holder(RICH), GRAIN)) == Idle(today, today + 100)
