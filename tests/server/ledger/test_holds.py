"""Cash-outs and settlements: locked, then paid or given back; numbers by hand."""

import pytest
from hypothesis import given, strategies as st

from server.ledger.records import Idle, Lock, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardBlock,
    CashOut,
    CashOutDone,
    CashOutFailed,
    CashReload,
    Issue,
    Merge,
    PlaceLeave,
    PolicySet,
    Settlement,
    SettlementDone,
    SettlementFailed,
)
from shared.ids import (
    EUR,
    EXTERNAL,
    ZERO_HASH,
    AssetId,
    Hash,
    PlaceId,
    WalletId,
    hold,
    issuer,
    loss,
    place,
    reserve,
)
from tests.server.ledger.story_two import MELTING
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    World,
    asset,
    card,
    holder,
    modern,
    purse,
)

TIME, MEAL = AssetId("TIME"), AssetId("MEAL")


@pytest.fixture
def world() -> World:
    here = modern()
    assert here.reload(1, 1_000, "stripe:cs_1:paid") == ["accepted"]
    assert here.issue(2, 500, "e2") == ["accepted"]
    return here


def locked(world: World, body: Body) -> Hash:
    """Lock and give the name of the lock."""
    assert world.do(world.node, body) == ["accepted"]
    return world.node.prev


def cash_out(world: World, amount: int, code: AssetId = FED, number: int = 1) -> Hash:
    return locked(world, CashOut(Amount(amount), code, holder(number)))


def backing(world: World) -> tuple[int, int, int]:
    """Give what is outstanding of FED, what the reserve holds, and the euros of the world."""
    return -world.held(issuer(FED)), world.held(reserve(BAR), EUR), world.held(EXTERNAL, EUR)


# ---------- cash-out ----------


def test_what_is_on_its_way_out_cannot_be_spent(world: World) -> None:
    name = cash_out(world, 800)
    assert (world.held(purse(1)), world.held(hold(name))) == (200, 800)
    assert world.sale(1, 201, "online") == ["rejected(insufficient_funds)"]
    assert backing(world) == (1_000, 1_000, -1_000)


def test_what_failed_brings_its_clock_to_the_wallet_that_its_own_became_part_of(
    world: World,
) -> None:
    """All of it was locked when the wallets became one: only the lock still says how old it is."""
    assert world.do(world.node, PolicySet(GRAIN, MELTING)) == ["accepted"]
    assert world.issue(1, 400, "e3") == ["accepted"]
    name = cash_out(world, 400, GRAIN)
    assert world.do(world.node, Merge(holder(1), holder(3))) == ["accepted"]
    world.time += 9 * DAY
    assert world.do(world.node, CashOutFailed("stripe:re_1:failed", name)) == ["accepted"]
    assert world.held(purse(3), GRAIN) == 400
    assert world.memory.get(Idle, (holder(3), GRAIN)) == Idle(20_000, 20_100)


def test_a_paid_cash_out_burns_and_its_euros_leave_the_reserve(world: World) -> None:
    name = cash_out(world, 800)
    assert world.do(world.node, CashOutDone("stripe:re_1:done", name)) == ["accepted"]
    assert (world.held(purse(1)), world.held(hold(name))) == (200, 0)
    assert backing(world) == (200, 200, -200)


def test_a_cash_out_that_failed_gives_everything_back(world: World) -> None:
    name = cash_out(world, 800)
    assert world.do(world.node, CashOutFailed("stripe:re_1:failed", name)) == ["accepted"]
    assert (world.held(purse(1)), world.held(hold(name))) == (1_000, 0)
    assert backing(world) == (1_000, 1_000, -1_000)


def test_a_payment_that_comes_back_is_credited_again(world: World) -> None:
    name = cash_out(world, 800)
    world.do(world.node, CashOutDone("stripe:re_1:done", name))
    assert world.do(world.node, CashOutFailed("stripe:re_1:failed", name)) == ["accepted"]
    assert (world.held(purse(1)), world.held(hold(name))) == (1_000, 0)
    assert backing(world) == (1_000, 1_000, -1_000)


def test_what_comes_back_pays_debts_first(world: World) -> None:
    name = cash_out(world, 1_000)
    assert world.sale(1, 300) == ["overdrawn"]  # the wallet is empty: 300 are owed in FED
    assert world.do(world.node, CashOutFailed("stripe:re_1:failed", name)) == ["accepted"]
    assert (world.held(purse(1)), world.held(loss(BAR)), world.held(place(BAR))) == (700, 0, 300)
    record = world.memory.get(Wallet, (holder(1),))
    assert record is not None
    assert record.debts == ()


def test_a_local_asset_is_paid_outside_and_burned(world: World) -> None:
    name = cash_out(world, 500, GRAIN, 2)
    assert world.do(world.node, CashOutDone("sepa-1", name)) == ["accepted"]
    assert (world.held(purse(2), GRAIN), world.held(issuer(GRAIN), GRAIN)) == (0, 0)
    assert backing(world) == (1_000, 1_000, -1_000)
    assert world.do(world.node, CashOutFailed("sepa-1-back", name)) == ["accepted"]
    assert (world.held(purse(2), GRAIN), world.held(issuer(GRAIN), GRAIN)) == (500, -500)


@pytest.mark.parametrize("first", ["done", "failed"])
def test_a_lock_ends_once(world: World, first: str) -> None:
    name = cash_out(world, 800)
    steps: dict[str, Body] = {"done": CashOutDone("a", name), "failed": CashOutFailed("b", name)}
    assert world.do(world.node, steps[first]) == ["accepted"]
    assert world.do(world.node, CashOutDone("c", name)) == ["rejected(already_settled)"]
    back = "accepted" if first == "done" else "rejected(already_settled)"
    assert world.do(world.node, CashOutFailed("d", name)) == [back]
    assert world.do(world.node, CashOutFailed("e", name)) == ["rejected(already_settled)"]


@pytest.mark.parametrize("kind", [CashOutDone, CashOutFailed])
def test_each_step_uses_up_an_evidence(
    world: World, kind: type[CashOutDone] | type[CashOutFailed]
) -> None:
    first, second = cash_out(world, 300), cash_out(world, 300)
    assert world.do(world.node, kind("stripe:re_1", first)) == ["accepted"]
    assert world.do(world.node, kind("stripe:re_1", second)) == ["rejected(evidence_used)"]
    record = world.memory.get(Lock, (second,))
    assert record is not None
    assert record.status == "locked"


@pytest.mark.parametrize(
    "body, code",
    [
        (CashOut(Amount(1), FED, WalletId("ff" * 16)), "unknown_wallet"),
        (CashOut(Amount(1), AssetId("NONE"), holder(1)), "unknown_asset"),
        (CashOut(Amount(1_001), FED, holder(1)), "insufficient_funds"),
        (CashOutDone("e", ZERO_HASH), "unknown_lock"),
        (CashOutFailed("e", ZERO_HASH), "unknown_lock"),
        (Settlement(Amount(1), FED, PlaceId("none")), "unknown_place"),
        (Settlement(Amount(1), AssetId("NONE"), BAR), "unknown_asset"),
        (Settlement(Amount(1), FED, BAR), "place_short"),
        (SettlementDone("e", ZERO_HASH), "unknown_lock"),
        (SettlementFailed("e", ZERO_HASH), "unknown_lock"),
    ],
)
def test_what_is_refused(world: World, body: Body, code: str) -> None:
    assert world.do(world.node, body) == [f"rejected({code})"]


def test_only_what_is_worth_euros_is_cashed_out(world: World) -> None:
    units = (asset(TIME, AssetClass.TIME, peg="-"), asset(MEAL, AssetClass.MEAL))
    made = world.do(world.node, *units, asset(AssetId("FREE"), AssetClass.LOCAL, peg="-"))
    assert made == ["accepted"] * 3
    for code in (TIME, MEAL, AssetId("FREE")):
        out = CashOut(Amount(1), code, holder(1))
        assert world.do(world.node, out) == ["rejected(wrong_asset)"]
    assert world.do(world.node, Settlement(Amount(1), TIME, BAR)) == ["rejected(wrong_asset)"]
    assert world.do(world.node, Settlement(Amount(1), MEAL, BAR)) == ["rejected(place_short)"]


def test_a_wallet_that_was_merged_has_nothing_to_cash_out(world: World) -> None:
    record = world.memory.get(Wallet, (holder(1),))
    assert record is not None
    name = cash_out(world, 400)
    merged = Wallet(record.debts, record.home, record.reloaded_at, merged=holder(3))
    world.memory.records[Wallet][holder(1),] = merged
    again = CashOut(Amount(1), FED, holder(1))
    assert world.do(world.node, again) == ["rejected(wallet_merged)"]
    assert world.do(world.node, CashOutFailed("e", name)) == ["accepted"]
    assert world.held(purse(3)) == 400  # what comes back reaches the wallet it is part of


def test_a_blocked_card_does_not_keep_its_holders_euros(world: World) -> None:
    assert world.do(world.node, CardBlock(card(1), "lost")) == ["accepted"]
    assert cash_out(world, 1_000)


# ---------- settlement ----------


def earned(world: World, amount: int) -> None:
    assert world.sale(1, amount, "online") == ["accepted"]


def test_a_settlement_is_locked_paid_and_may_come_back(world: World) -> None:
    earned(world, 900)
    name = locked(world, Settlement(Amount(600), FED, BAR))
    assert (world.held(place(BAR)), world.held(hold(name))) == (300, 600)
    assert world.do(world.node, SettlementDone("stripe:tr_1:done", name)) == ["accepted"]
    assert (world.held(place(BAR)), world.held(hold(name))) == (300, 0)
    assert backing(world) == (400, 400, -400)
    assert world.do(world.node, SettlementFailed("stripe:tr_1:back", name)) == ["accepted"]
    assert (world.held(place(BAR)), world.held(hold(name))) == (900, 0)
    assert backing(world) == (1_000, 1_000, -1_000)


def test_a_settlement_that_failed_goes_back_to_the_place(world: World) -> None:
    earned(world, 900)
    name = locked(world, Settlement(Amount(900), FED, BAR))
    assert world.do(world.node, SettlementFailed("e", name)) == ["accepted"]
    assert (world.held(place(BAR)), world.held(hold(name))) == (900, 0)
    assert world.do(world.node, SettlementDone("f", name)) == ["rejected(already_settled)"]


def test_a_loss_is_no_money_that_a_place_can_take_out(world: World) -> None:
    earned(world, 1_000)
    assert world.sale(1, 250) == ["overdrawn"]  # 1250 at the place, 250 of it a loss
    assert world.held(place(BAR)) == 1_250
    too_much = Settlement(Amount(1_001), FED, BAR)
    assert world.do(world.node, too_much) == ["rejected(place_short)"]
    assert world.do(world.node, Settlement(Amount(1_000), FED, BAR)) == ["accepted"]


def test_a_cash_out_is_not_ended_as_a_settlement_nor_the_other_way_round(world: World) -> None:
    earned(world, 500)
    of_person = cash_out(world, 100)
    of_place = locked(world, Settlement(Amount(100), FED, BAR))
    for body in (
        SettlementDone("e", of_person),
        SettlementFailed("e", of_person),
        CashOutDone("e", of_place),
        CashOutFailed("e", of_place),
    ):
        assert world.do(world.node, body) == ["rejected(unknown_lock)"]


def test_a_place_that_has_left_is_wound_down(world: World) -> None:
    earned(world, 300)
    name = cash_out(world, 100)
    assert world.do(world.node, PlaceLeave(BAR)) == ["accepted"]
    assert world.do(world.node, CashOutDone("e1", name)) == ["accepted"]
    settled = locked(world, Settlement(Amount(300), FED, BAR))
    assert world.do(world.node, SettlementDone("e3", settled)) == ["accepted"]
    assert cash_out(world, 600)
    assert (world.held(purse(1)), world.held(place(BAR))) == (0, 0)
    issue = Issue(Amount(1), GRAIN, "late", holder(1))
    assert world.do(world.node, issue) == ["rejected(place_left)"]
    cash = CashReload(Amount(1), GRAIN, card(1), ZERO_HASH)
    assert world.do(world.till, cash) == ["rejected(author_revoked)"]


# ---------- whatever happens ----------

ENDS = st.sampled_from(["done", "failed"])


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), ENDS), max_size=12),
)
def test_nothing_is_both_burned_and_given_back(
    amounts: list[int], ends: list[tuple[int, str]]
) -> None:
    world = modern()
    world.reload(1, 1_000, "e")
    names, left = [], 1_000
    for amount in amounts:
        done = world.do(world.node, CashOut(Amount(amount), FED, holder(1)))
        assert done == (["accepted"] if amount <= left else ["rejected(insufficient_funds)"])
        if amount <= left:
            left -= amount
            names.append((world.node.prev, amount))
    state = dict.fromkeys(names, "locked")
    for number, (which, end) in enumerate(ends):
        chosen = names[which % len(names)]
        kind = CashOutDone if end == "done" else CashOutFailed
        possible = state[chosen] == "locked" or (state[chosen], end) == ("done", "failed")
        verdict = world.do(world.node, kind(f"e{number}", chosen[0]))
        assert verdict == (["accepted"] if possible else ["rejected(already_settled)"])
        state[chosen] = end if possible else state[chosen]
    burned = sum(amount for (_, amount), how in state.items() if how == "done")
    waiting = sum(amount for (_, amount), how in state.items() if how == "locked")
    assert backing(world) == (1_000 - burned, 1_000 - burned, burned - 1_000)
    assert world.held(purse(1)) == 1_000 - burned - waiting
    assert sum(world.held(hold(name)) for name, _ in names) == waiting
