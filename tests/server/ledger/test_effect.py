"""What rules have in common, by hand: debts are paid in their order; where and when money came."""

import pytest

from server.ledger.effect import DISPUTES
from server.ledger.records import Balance, Idle, Wallet
from shared.amounts import Amount
from shared.bodies import AssetClass, CashReload, Chargeback, Grant, PolicySet
from shared.ids import POT_GUARANTEE, ZERO_HASH, AssetId, loss
from tests.server.ledger.neighbours import BEAN, CAFE, Neighbours, given, neighbours
from tests.server.ledger.story_two import MELTING
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, asset, card, holder, purse, sale

OAT = AssetId("OAT")


@pytest.fixture
def here() -> Neighbours:
    """Card 2, which has nothing, owes 80 for what the bar sold it, then 50 for the café's."""
    made = neighbours()
    assert made.world.sale(2, 80) == ["overdrawn"]
    assert made.world.do(made.till, sale(2, 50)) == ["overdrawn"]
    return made


@pytest.mark.parametrize(
    "comes_in, of_bar, of_cafe, kept",
    [
        (1, 79, 50, 0),
        (79, 1, 50, 0),
        (80, 0, 50, 0),
        (100, 0, 30, 0),
        (130, 0, 0, 0),
        (131, 0, 0, 1),
    ],
)
def test_debts_are_paid_one_after_the_other(
    here: Neighbours, comes_in: int, of_bar: int, of_cafe: int, kept: int
) -> None:
    assert here.world.reload(2, comes_in, "e1") == ["accepted"]
    assert (here.world.held(loss(BAR)), here.world.held(loss(CAFE))) == (-of_bar, -of_cafe)
    assert here.world.held(purse(2)) == kept
    debts = tuple((FED, at, debt) for at, debt in ((BAR, of_bar), (CAFE, of_cafe)) if debt)
    assert here.world.memory.get(Wallet, (holder(2),)) == Wallet(debts, BAR, BAR)


def test_a_cent_is_owed_too(here: Neighbours) -> None:
    assert here.world.sale(3, 1) == ["overdrawn"]
    assert here.world.memory.get(Wallet, (holder(3),)) == Wallet(((FED, BAR, 1),), BAR, BAR)
    here.world.reload(3, 1, "e1")
    assert (here.world.held(purse(3)), here.world.held(loss(BAR))) == (0, -80)


def test_of_a_loss_that_the_pot_made_good_whole_nothing_goes_to_the_loss(here: Neighbours) -> None:
    """A bank took 500 back of card 3, the guarantee pot has paid all of it, card 3 repays 100."""
    here.world.reload(3, 500, "e1")
    reloaded = here.world.node.seq
    here.world.sale(3, 500)
    back = Chargeback(Amount(500), here.world.node.id, "stripe:dp_1:lost", reloaded)
    here.world.memory.records[Balance][POT_GUARANTEE, FED] = Balance(500)
    made_good = Grant(Amount(500), FED, DISPUTES, "guarantee", "what banks took")
    assert here.bar(back, made_good) == ["accepted"] * 2
    here.world.reload(3, 100, "e2")
    assert (here.world.held(loss(DISPUTES)), here.world.held(POT_GUARANTEE)) == (0, 100)


# ---------- where and when money came ----------


def test_a_wallet_melts_where_it_was_reloaded_last(here: Neighbours) -> None:
    cash = CashReload(Amount(60), BEAN, card(1), ZERO_HASH)
    assert here.world.do(here.till, cash) == ["accepted"]
    assert here.world.memory.get(Wallet, (holder(1),)) == Wallet((), BAR, CAFE)
    here.world.reload(1, 10, "e1")  # by bank: at home
    assert here.world.memory.get(Wallet, (holder(1),)) == Wallet((), BAR, BAR)


def test_a_paid_reload_is_a_use(here: Neighbours) -> None:
    here.bar(PolicySet(GRAIN, MELTING), given(GRAIN, 100, 1, "e1"))
    here.world.time += 40 * DAY
    cash = CashReload(Amount(60), GRAIN, card(1), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["accepted"]
    assert here.world.memory.get(Idle, (holder(1), GRAIN)) == Idle(20_040, 20_140)


def test_a_sale_uses_what_it_spends_enough_of(here: Neighbours) -> None:
    """OAT, which is spent first, does not melt; of 1000 GRAIN a sale must spend 50."""
    bodies = (
        asset(OAT, AssetClass.LOCAL, priority=5),
        PolicySet(GRAIN, MELTING),
        given(GRAIN, 1_000, 1, "e1"),
        given(OAT, 100, 1, "e2"),
    )
    assert here.bar(*bodies) == ["accepted"] * 4
    here.world.time += 40 * DAY
    assert here.world.sale(1, 101) == ["accepted"]  # all the OAT and 1 GRAIN
    assert here.world.memory.get(Idle, (holder(1), GRAIN)) == Idle(20_000, 20_100)
    here.bar(given(OAT, 50, 1, "e3"))
    assert here.world.sale(1, 110) == ["accepted"]  # 50 OAT and 60 GRAIN
    assert here.world.memory.get(Idle, (holder(1), GRAIN)) == Idle(20_040, 20_140)


def test_a_sale_uses_each_asset_that_it_spends(here: Neighbours) -> None:
    here.bar(asset(OAT, AssetClass.LOCAL, priority=5))
    for code in (OAT, GRAIN):
        assert here.bar(PolicySet(code, MELTING), given(code, 100, 1, code)) == ["accepted"] * 2
    here.world.time += 40 * DAY
    assert here.world.sale(1, 150) == ["accepted"]
    for code in (OAT, GRAIN):
        assert here.world.memory.get(Idle, (holder(1), code)) == Idle(20_040, 20_140)
