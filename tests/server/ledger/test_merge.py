"""A merge by hand: everything of a card's wallet joins a user's, and follows it ever after."""

import pytest
from msgspec.structs import replace

from server.ledger.records import Idle, Member, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Badge,
    Body,
    Melt,
    MeltReversal,
    Membership,
    Merge,
    Notice,
    PolicySet,
    Refund,
    Reload,
    Transfer,
)
from shared.ids import ZERO_HASH, AssetId, WalletId, loss
from shared.policy import NO_DEMURRAGE
from tests.server.ledger.neighbours import (
    CAFE_CARD,
    CLUB,
    POINTS,
    SEED,
    STAMP,
    Neighbours,
    given,
    unit,
)
from tests.server.ledger.pursed import RICH, TODAY, account, issue, purses
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, card, holder, purse, sale

TIME, MEAL, GIFT = AssetId("TIME"), AssetId("MEAL"), AssetId("GIFT")
SLOW = replace(
    NO_DEMURRAGE, enabled=True, grace_days=100, step_days=30, rate_bp=1_000, notice_days=(60,)
)


@pytest.fixture
def here() -> Neighbours:
    return purses()


def test_every_asset_moves(here: Neighbours) -> None:
    bodies: tuple[Body, ...] = (
        unit(TIME, AssetClass.TIME),
        unit(POINTS, AssetClass.POINTS),
        unit(MEAL, AssetClass.MEAL, peg="EUR"),
        unit(GIFT, AssetClass.GIFT, peg="EUR"),
        unit(STAMP, AssetClass.BADGE),
        *(given(code, 50, RICH, code) for code in (TIME, POINTS, MEAL, GIFT)),
        Badge(STAMP, card(RICH)),
    )
    assert here.bar(*bodies) == ["accepted"] * len(bodies)
    before = {
        code: here.world.held(purse(RICH), code)
        for code in (FED, GRAIN, TIME, POINTS, MEAL, GIFT, STAMP)
    }
    assert all(before.values())
    assert here.bar(Merge(holder(RICH), holder(1))) == ["accepted"]
    assert {code: here.world.held(purse(1), code) for code in before} == before
    assert not any(here.world.held(purse(RICH), code) for code in before)


def test_what_comes_later_goes_where_the_wallet_went(here: Neighbours) -> None:
    world = here.world
    world.sale(RICH, 600)  # 500 GRAIN and 100 FED
    here.bar(Merge(holder(RICH), holder(1)), Merge(holder(1), holder(2)))
    here.bar(
        Reload(Amount(70), FED, card(RICH), "late"),
        given(GRAIN, 5, RICH, "late-grain"),
        Transfer(Amount(1), FED, holder(2), holder(RICH)),
    )
    world.do(world.till, Refund(Amount(100), world.till.id, ZERO_HASH, 1))
    assert (world.held(purse(2)), world.held(purse(2), GRAIN)) == (20_070, 5)
    assert world.sale(RICH, 20_000, "online") == ["accepted"]
    assert world.held(purse(2)) == 75
    assert (world.held(purse(1)), world.held(purse(RICH))) == (0, 0)


def test_debts_move_and_are_paid_from_what_is_there(here: Neighbours) -> None:
    world = here.world
    world.sale(1, 300)  # owes 300
    world.do(here.till, sale(1, 40), sale(1, 40))  # owes the café 80
    world.sale(2, 20)
    assert here.bar(Merge(holder(1), holder(2))) == ["accepted"]
    owner = world.memory.get(Wallet, (holder(2),))
    assert owner is not None
    assert sum(debt for *_, debt in owner.debts) == 400
    assert here.bar(Merge(holder(2), holder(RICH))) == ["accepted"]
    assert world.held(purse(RICH)) == 20_000 - 400
    assert world.held(loss(BAR)) == 0
    owner = world.memory.get(Wallet, (holder(RICH),))
    assert owner is not None
    assert owner.debts == ()


def test_what_comes_pays_what_the_target_owed(here: Neighbours) -> None:
    assert here.world.sale(2, 20) == ["overdrawn"]
    assert here.bar(Merge(holder(RICH), holder(2))) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (19_980, 0)
    assert here.world.memory.get(Wallet, (holder(2),)) == Wallet((), BAR, BAR)


def test_no_node_ties_its_cards_or_debts_to_another_homes_wallet(here: Neighbours) -> None:
    """Else the café's card would pay from whatever wallet the café names."""
    world = here.world
    world.sale(1, 300)  # owes 300
    theirs = holder(CAFE_CARD)
    for source in (holder(1), holder(3)):
        assert here.bar(Merge(source, theirs)) == ["rejected(not_authorised)"]
    assert here.cafe(Merge(theirs, holder(RICH))) == ["rejected(not_authorised)"]
    assert world.sale(CAFE_CARD, 1, "online") == ["rejected(insufficient_funds)"]
    assert world.held(purse(RICH)) == 20_000


def test_a_purse_is_funded_by_the_target_from_then_on(here: Neighbours) -> None:
    here.bar(issue())
    assert here.bar(Merge(holder(RICH), holder(1)), issue(need=12_000)) == ["accepted"] * 2
    world = here.world
    assert (world.held(account()), world.held(purse(1))) == (11_500, 8_500)
    owners = [world.memory.get(Wallet, (holder(n),)) for n in (RICH, 1)]
    assert [owner.cards for owner in owners if owner] == [(), (card(RICH),)]


def test_what_cannot_be_merged(here: Neighbours) -> None:
    unknown = WalletId("ee" * 16)
    assert here.bar(
        Merge(unknown, holder(1)),
        Merge(holder(1), unknown),
        Merge(holder(1), holder(1)),
        Merge(holder(1), holder(2)),
        Merge(holder(1), holder(3)),
        Merge(holder(3), holder(1)),
        Transfer(Amount(1), FED, holder(1), holder(2)),
    ) == [
        "rejected(unknown_wallet)",
        "rejected(unknown_wallet)",
        "rejected(bad_field)",
        "accepted",
        "rejected(wallet_merged)",
        "rejected(wallet_merged)",
        "rejected(wallet_merged)",
    ]
    assert here.cafe(Merge(holder(3), holder(2))) == ["rejected(not_authorised)"]


def test_a_membership_moves(here: Neighbours) -> None:
    world = here.world
    here.bar(unit(CLUB, AssetClass.MEMBERSHIP), Membership(CLUB, 30_000, holder(1)))
    here.bar(Merge(holder(1), holder(2)))
    joined = world.memory.get(Member, (CLUB, holder(2)))
    assert joined is not None
    assert joined.until == 30_000


# ---------- idle money ----------


def melting(here: Neighbours) -> None:
    assert here.bar(PolicySet(GRAIN, SLOW)) == ["accepted"]


def test_an_empty_wallet_takes_the_clock_of_what_comes(here: Neighbours) -> None:
    melting(here)
    here.world.time = (TODAY + 40) * DAY
    here.bar(Merge(holder(RICH), holder(1)))
    assert here.world.memory.get(Idle, (holder(1), GRAIN)) == Idle(TODAY, TODAY + 100)


def test_every_asset_that_melts_brings_its_clock(here: Neighbours) -> None:
    here.bar(unit(SEED, AssetClass.LOCAL), PolicySet(SEED, SLOW), given(SEED, 9, RICH, "seed"))
    melting(here)
    here.world.time = (TODAY + 40) * DAY
    assert here.bar(Merge(holder(RICH), holder(1))) == ["accepted"]
    for code in (GRAIN, SEED):
        assert here.world.memory.get(Idle, (holder(1), code)) == Idle(TODAY, TODAY + 100)


def test_a_purse_is_part_of_what_lies_idle(here: Neighbours) -> None:
    """All 500 GRAIN are in the purse: what comes joins their clock, and a melt counts them."""
    melting(here)
    here.bar(issue())
    here.world.time = (TODAY + 40) * DAY
    here.bar(given(GRAIN, 20, RICH, "more"))
    clock = here.world.memory.get(Idle, (holder(RICH), GRAIN))
    assert clock == Idle(TODAY, TODAY + 100)
    here.bar(Notice(GRAIN, TODAY, TODAY + 100))
    here.world.time = (TODAY + 100) * DAY
    melts = [Melt(Amount(n), GRAIN, TODAY + 100, holder(RICH)) for n in (52, 2, 20)]
    assert here.bar(*melts) == [
        "rejected(wrong_amount)",  # 10 % of 520, but only 20 are not in the purse
        "rejected(wrong_amount)",
        "accepted",
    ]
    assert here.world.held(account(), GRAIN) == 500


def test_a_late_sale_takes_the_melt_of_a_merged_wallet_back(here: Neighbours) -> None:
    """500 GRAIN melt by 50; 400 of them had been spent before: the new wallet gets 50 back."""
    melting(here)
    world = here.world
    late = world.batch(world.till, sale(RICH, 400), seen=world.tip.height)
    here.bar(Notice(GRAIN, TODAY, TODAY + 100))
    world.time = (TODAY + 100) * DAY
    melt = Melt(Amount(50), GRAIN, TODAY + 100, holder(RICH))
    assert here.bar(melt, Merge(holder(RICH), holder(1)), melt) == [
        "accepted",
        "accepted",
        "rejected(wallet_merged)",
    ]
    assert [str(done.verdict) for done in world.seal(late).executed] == ["accepted"]
    back = MeltReversal(Amount(50), GRAIN, world.till.id, TODAY + 100, 1, holder(RICH))
    assert here.bar(back, back) == ["accepted", "rejected(evidence_used)"]
    assert world.held(purse(1), GRAIN) == 100
