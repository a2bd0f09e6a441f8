"""Demurrage on the chain by hand: notice, melt, late sale, distribution."""

import pytest
from msgspec.structs import replace

from server.ledger.melting import first_day, matures, month_of
from server.ledger.records import Balance, Idle, Melted, Pending, Remainder
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Distribute,
    Issue,
    Melt,
    MeltReversal,
    Notice,
    PolicySet,
    Transfer,
)
from shared.ids import (
    POT_COMMONS,
    POT_GUARANTEE,
    POT_MAINTENANCE,
    AssetId,
    PlaceId,
    loss,
    melt_pending,
    place,
)
from shared.policy import OFFLINE, DemurragePolicy
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    World,
    asset,
    founded,
    holder,
    purse,
    sale,
)

TODAY = 20_000  # 2024-10-04
GRACE, STEP = 100, 30


def policy(**changes: object) -> DemurragePolicy:
    fields: dict[str, object] = {
        "enabled": True,
        "fixed": 0,
        "floor": 0,
        "grace_days": GRACE,
        "min_use_bp": 500,
        "notice_days": (60, 30, 7),
        "rate_bp": 1000,
        "step_days": STEP,
        "weight_commons": 1,
        "weight_maintenance": 1,
        "weight_nodes": 1,
    }
    return DemurragePolicy(**{**fields, **changes})  # type: ignore[arg-type]  # a row of test values


@pytest.fixture
def world() -> World:
    """Card 1 holds 1000 grains, issued on day 20000: the first step is on day 20100."""
    world = founded()
    assert world.do(world.node, PolicySet(GRAIN, policy())) == ["accepted"]
    world.issue(1, 1000, "e1")
    return world


def to(world: World, day: int) -> None:
    world.time = day * DAY


def notice(world: World, melt_day: int, idle_since: int) -> list[str]:
    return world.do(world.node, Notice(GRAIN, idle_since, melt_day))


def melt(world: World, day: int, amount: int, number: int = 1) -> list[str]:
    return world.do(world.node, Melt(Amount(amount), GRAIN, day, holder(number)))


def announce_and_melt(world: World) -> None:
    to(world, TODAY + 40)
    assert notice(world, TODAY + GRACE, TODAY) == ["accepted"]
    to(world, TODAY + GRACE)
    assert melt(world, TODAY + GRACE, 100) == ["accepted"]


# ---------- the policy ----------


@pytest.mark.parametrize(
    "change",
    [
        {"rate_bp": 0},
        {"fixed": 5},
        {"notice_days": ()},
        {"grace_days": 60},
        {"weight_commons": 0, "weight_maintenance": 0, "weight_nodes": 0},
    ],
)
def test_a_senseless_policy_is_refused(change: dict[str, object]) -> None:
    world = founded()
    assert world.do(world.node, PolicySet(GRAIN, policy(**change))) == ["rejected(bad_field)"]
    off = policy(**change, enabled=False)
    assert world.do(world.node, PolicySet(GRAIN, off)) == ["accepted"]


@pytest.mark.parametrize("subject", ["-", BAR])
def test_grace_outlasts_what_a_till_may_keep_by_sixty_days(subject: str) -> None:
    world = founded()
    offline = PolicySet(subject, replace(OFFLINE, hard_ms=10 * DAY))
    assert world.do(world.node, offline) == ["accepted"]
    assert world.do(world.node, PolicySet(GRAIN, policy(grace_days=70))) == ["rejected(bad_field)"]
    assert world.do(world.node, PolicySet(GRAIN, policy(grace_days=71))) == ["accepted"]


def test_the_euro_token_does_not_melt_and_an_unknown_asset_has_no_policy() -> None:
    world = founded()
    assert world.do(world.node, PolicySet(FED, policy())) == ["rejected(unknown_policy)"]
    assert world.do(world.node, PolicySet("NONE", policy())) == ["rejected(unknown_asset)"]
    assert notice(world, TODAY + 1, TODAY) == ["rejected(no_demurrage)"]
    assert melt(world, TODAY, 1) == ["rejected(no_demurrage)"]


# ---------- notices ----------


def test_a_notice_looks_ahead_and_stands_once(world: World) -> None:
    assert notice(world, TODAY, TODAY) == ["rejected(wrong_day)"]
    assert notice(world, TODAY + 9, TODAY + 1) == ["rejected(wrong_day)"]
    assert notice(world, TODAY + 9, TODAY) == ["accepted"]
    assert notice(world, TODAY + 9, TODAY) == ["rejected(already_exists)"]
    unknown = Notice(AssetId("NONE"), TODAY, TODAY + 9)
    assert world.do(world.node, unknown) == ["rejected(unknown_asset)"]


# ---------- melts ----------


def test_idle_value_melts_after_notice_into_the_pot_of_its_place(world: World) -> None:
    announce_and_melt(world)
    assert world.held(purse(1), GRAIN) == 900
    assert world.held(melt_pending(BAR), GRAIN) == 100
    assert world.memory.get(Idle, (holder(1), GRAIN)) == Idle(TODAY, TODAY + GRACE + STEP)


def test_without_notice_nothing_melts(world: World) -> None:
    to(world, TODAY + GRACE)
    assert melt(world, TODAY + GRACE, 100) == ["rejected(no_notice)"]


def test_a_late_notice_is_none(world: World) -> None:
    to(world, TODAY + 41)
    notice(world, TODAY + GRACE, TODAY)
    to(world, TODAY + GRACE)
    assert melt(world, TODAY + GRACE, 100) == ["rejected(no_notice)"]


def test_a_wallet_used_after_the_notice_was_told_nothing(world: World) -> None:
    to(world, TODAY + 40)
    notice(world, TODAY + GRACE, TODAY)
    world.sale(1, 100)
    to(world, TODAY + GRACE)
    assert melt(world, TODAY + GRACE, 90) == ["rejected(wrong_day)"]
    assert world.memory.get(Idle, (holder(1), GRAIN)) == Idle(TODAY + 40, TODAY + 40 + GRACE)


def test_a_sale_of_a_cent_is_no_use(world: World) -> None:
    to(world, TODAY + 40)
    world.sale(1, 1)
    assert world.memory.get(Idle, (holder(1), GRAIN)) == Idle(TODAY, TODAY + GRACE)


@pytest.mark.parametrize(
    "day, amount, code",
    [
        (TODAY + GRACE, 99, "wrong_amount"),
        (TODAY + GRACE, 101, "wrong_amount"),
        (TODAY + GRACE - 1, 100, "wrong_day"),
        (TODAY + GRACE + STEP, 100, "wrong_day"),
    ],
)
def test_a_melt_is_the_rules_on_its_day_only(
    world: World, day: int, amount: int, code: str
) -> None:
    to(world, TODAY + 40)
    notice(world, TODAY + GRACE, TODAY)
    to(world, TODAY + GRACE)
    assert melt(world, day, amount) == [f"rejected({code})"]


def test_the_same_day_melts_once_and_an_empty_or_unknown_wallet_never(world: World) -> None:
    announce_and_melt(world)
    assert melt(world, TODAY + GRACE, 90) == ["rejected(wrong_day)"]
    assert melt(world, TODAY + GRACE, 1, number=2) == ["rejected(wrong_day)"]
    assert melt(world, TODAY + GRACE, 1, number=9) == ["rejected(unknown_wallet)"]
    other = Melt(Amount(1), AssetId("NONE"), TODAY + GRACE, holder(1))
    assert world.do(world.node, other) == ["rejected(unknown_asset)"]


def test_value_from_before_the_policy_counts_from_the_day_it_came() -> None:
    world = founded()
    world.issue(1, 1000, "e1")
    to(world, TODAY + 5)
    world.do(world.node, PolicySet(GRAIN, policy()))
    to(world, TODAY + 45)
    notice(world, TODAY + 5 + GRACE, TODAY + 5)
    to(world, TODAY + 5 + GRACE)
    assert melt(world, TODAY + 5 + GRACE, 100) == ["accepted"]


def test_a_use_of_value_from_before_the_policy_starts_its_grace() -> None:
    world = founded()
    world.issue(1, 1000, "e1")
    to(world, TODAY + 5)
    world.do(world.node, PolicySet(GRAIN, policy()))
    to(world, TODAY + 45)
    world.sale(1, 500)
    assert world.memory.get(Idle, (holder(1), GRAIN)) == Idle(TODAY + 45, TODAY + 45 + GRACE)


def test_a_single_cent_from_before_the_policy_has_its_clock() -> None:
    world = founded()
    world.issue(2, 1, "e1")
    to(world, TODAY + 5)
    world.do(world.node, PolicySet(GRAIN, policy()))
    to(world, TODAY + 20)
    world.issue(1, 1000, "e2")
    world.do(world.node, Transfer(Amount(400), GRAIN, holder(1), holder(2)))
    assert world.memory.get(Idle, (holder(2), GRAIN)) == Idle(TODAY + 5, TODAY + 5 + GRACE)


def test_a_use_brings_no_step_nearer() -> None:
    world = founded()
    assert world.do(world.node, PolicySet(GRAIN, policy(step_days=150))) == ["accepted"]
    world.issue(1, 1000, "e1")
    announce_and_melt(world)
    to(world, TODAY + GRACE + 1)
    world.sale(1, 500)
    idle = world.memory.get(Idle, (holder(1), GRAIN))
    assert idle == Idle(TODAY + GRACE + 1, TODAY + GRACE + 150)


def test_a_gift_to_a_fresh_wallet_keeps_the_senders_clock(world: World) -> None:
    to(world, TODAY + 50)
    world.do(world.node, Transfer(Amount(400), GRAIN, holder(1), holder(2)))
    assert world.memory.get(Idle, (holder(2), GRAIN)) == Idle(TODAY, TODAY + GRACE)


# ---------- a late sale ----------


def reversal(world: World, amount: int, seq: int) -> list[str]:
    body = MeltReversal(Amount(amount), GRAIN, world.till.id, TODAY + GRACE, seq, holder(1))
    return world.do(world.node, body)


def test_a_sale_made_before_the_melt_takes_it_back(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    announce_and_melt(world)
    world.seal(late)
    assert reversal(world, 99, 1) == ["rejected(wrong_amount)"]
    assert reversal(world, 100, 1) == ["accepted"]
    assert world.held(purse(1), GRAIN) == 500
    assert world.held(melt_pending(BAR), GRAIN) == 0
    assert reversal(world, 100, 1) == ["rejected(evidence_used)"]
    pending = world.memory.get(Pending, (GRAIN, BAR, month_of(TODAY + GRACE)))
    assert pending == Pending(0)


def test_a_small_late_sale_gives_back_the_melt_of_what_it_spent(world: World) -> None:
    late = world.batch(world.till, sale(1, 40), seen=world.tip.height)
    announce_and_melt(world)
    world.seal(late)
    assert reversal(world, 4, 1) == ["accepted"]  # 10 % of 40
    melted = world.memory.get(Melted, (holder(1), GRAIN, TODAY + GRACE))
    assert melted is not None
    assert (melted.amount, melted.reversed) == (100, 4)


def test_what_another_card_lacked_takes_no_melt_back() -> None:
    world, oat = founded(), AssetId("OAT")
    world.do(world.node, asset(oat, AssetClass.LOCAL, priority=90))
    world.do(world.node, PolicySet(oat, policy()), Issue(Amount(1000), oat, "e1", holder(1)))
    late = world.batch(world.till, sale(2, 500), seen=world.tip.height)
    to(world, TODAY + 40)
    world.do(world.node, Notice(oat, TODAY, TODAY + GRACE))
    to(world, TODAY + GRACE)
    assert world.do(world.node, Melt(Amount(100), oat, TODAY + GRACE, holder(1))) == ["accepted"]
    world.seal(late)  # card 2 is empty: its loss stands in oats
    assert world.held(loss(BAR), oat) == -500
    body = MeltReversal(Amount(100), oat, world.till.id, TODAY + GRACE, 1, holder(1))
    assert world.do(world.node, body) == ["rejected(nothing_to_reverse)"]


def test_no_more_comes_back_than_melted_however_many_late_sales(world: World) -> None:
    world.issue(2, 1000, "e2")
    late = world.batch(world.till, sale(1, 500), sale(1, 40), seen=world.tip.height)
    announce_and_melt(world)
    assert melt(world, TODAY + GRACE, 100, number=2) == ["accepted"]
    world.seal(late)
    assert reversal(world, 100, 1) == ["accepted"]
    assert reversal(world, 4, 2) == ["rejected(nothing_to_reverse)"]
    assert world.held(melt_pending(BAR), GRAIN) == 100  # what card 2 lost


def test_a_sale_that_knew_of_the_melt_takes_nothing_back(world: World) -> None:
    announce_and_melt(world)
    world.seal(world.batch(world.till, sale(1, 500), seen=world.tip.height))
    assert reversal(world, 100, 1) == ["rejected(nothing_to_reverse)"]
    assert reversal(world, 100, 9) == ["rejected(nothing_to_reverse)"]


def test_a_sale_in_the_block_of_the_melt_was_counted_by_it(world: World) -> None:
    late = world.batch(world.till, sale(1, 40), seen=world.tip.height)
    to(world, TODAY + 40)
    assert notice(world, TODAY + GRACE, TODAY) == ["accepted"]
    to(world, TODAY + GRACE)
    melted = world.batch(world.node, Melt(Amount(96), GRAIN, TODAY + GRACE, holder(1)))
    assert [str(item.verdict) for item in world.seal(late, melted).executed] == ["accepted"] * 2
    assert world.held(purse(1), GRAIN) == 864
    assert reversal(world, 4, 1) == ["rejected(nothing_to_reverse)"]


def test_without_a_melt_there_is_nothing_to_reverse(world: World) -> None:
    assert reversal(world, 100, 1) == ["rejected(nothing_to_reverse)"]
    body = MeltReversal(Amount(1), AssetId("NONE"), world.till.id, TODAY, 1, holder(1))
    assert world.do(world.node, body) == ["rejected(unknown_asset)"]


def test_after_the_distribution_the_guarantee_pot_pays_as_far_as_it_holds(world: World) -> None:
    late = world.batch(world.till, sale(1, 500), seen=world.tip.height)
    announce_and_melt(world)
    to(world, matures(month_of(TODAY + GRACE)))
    assert distribute(world) == ["accepted"]
    world.seal(late)
    assert world.held(POT_GUARANTEE, GRAIN) == 0
    assert reversal(world, 100, 1) == ["rejected(nothing_to_reverse)"]
    world.memory.records[Balance][POT_GUARANTEE, GRAIN] = Balance(30)  # by a later protocol
    assert reversal(world, 100, 1) == ["rejected(wrong_amount)"]
    assert reversal(world, 30, 1) == ["accepted"]
    assert world.held(POT_GUARANTEE, GRAIN) == 0
    pending = world.memory.get(Pending, (GRAIN, BAR, month_of(TODAY + GRACE)))
    assert pending == Pending(0)  # the guarantee pot has paid, not the melt


# ---------- distribution ----------


def distribute(world: World, at: PlaceId = BAR) -> list[str]:
    return world.do(world.node, Distribute(GRAIN, month_of(TODAY + GRACE), at))


def test_what_melted_is_shared_after_45_days_and_the_rest_waits(world: World) -> None:
    announce_and_melt(world)
    month = month_of(TODAY + GRACE)
    to(world, matures(month) - 1)
    assert distribute(world) == ["rejected(wrong_day)"]
    to(world, matures(month))
    assert distribute(world) == ["accepted"]
    shares = [world.held(a, GRAIN) for a in (place(BAR), POT_COMMONS, POT_MAINTENANCE)]
    assert shares == [33, 33, 33]
    assert world.held(melt_pending(BAR), GRAIN) == 1
    assert world.memory.get(Remainder, (GRAIN, BAR)) == Remainder(1)
    assert distribute(world) == ["rejected(pot_short)"]
    assert distribute(world, PlaceId("none")) == ["rejected(pot_short)"]
    unknown = Distribute(AssetId("NONE"), month, BAR)
    assert world.do(world.node, unknown) == ["rejected(unknown_asset)"]


def test_months_are_counted_in_utc() -> None:
    assert month_of(0) == 1970 * 12
    assert month_of(20_088) == 2024 * 12 + 11  # 2024-12-31
    assert month_of(20_089) == 2025 * 12  # 2025-01-01
    assert first_day(2025 * 12) == 20_089
    assert matures(2024 * 12 + 11) == 20_089 + 45
