"""Money by hand: what each kind moves, and what it refuses."""

import pytest

from server.ledger.records import Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    CardBlock,
    CashReload,
    Issue,
    Refund,
    Reload,
    ReserveBook,
    Transfer,
)
from shared.ids import (
    EUR,
    EXTERNAL,
    ZERO_HASH,
    AssetId,
    PlaceId,
    hold,
    issuer,
    loss,
    place,
    reserve,
)
from tests.server.ledger.world import BAR, FED, GRAIN, World, asset, card, founded, holder, purse

HOURS = AssetId("HOURS")


@pytest.fixture
def world() -> World:
    return founded()


def test_a_paid_reload_moves_euros_in_and_as_many_tokens_out(world: World) -> None:
    assert world.reload(1, 2000, "stripe:cs_1:credit") == ["accepted"]
    assert world.held(reserve(BAR), EUR) == 2000
    assert world.held(EXTERNAL, EUR) == -2000
    assert world.held(issuer(FED)) == -2000
    assert world.held(purse(1)) == 2000


def test_an_evidence_credits_once(world: World) -> None:
    world.reload(1, 2000, "stripe:cs_1:credit")
    assert world.reload(2, 2000, "stripe:cs_1:credit") == ["rejected(evidence_used)"]
    assert world.held(purse(2)) == 0


def test_a_rejected_reload_does_not_use_up_its_evidence(world: World) -> None:
    body = Reload(Amount(500), GRAIN, card(1), "stripe:cs_2:credit")
    assert world.do(world.node, body) == ["rejected(wrong_asset)"]
    assert world.reload(1, 500, "stripe:cs_2:credit") == ["accepted"]


def test_a_paid_reload_of_a_blocked_card_is_set_aside(world: World) -> None:
    world.do(world.node, CardBlock(card(1), "lost"))
    assert world.reload(1, 2000, "stripe:cs_1:credit") == ["accepted"]
    assert world.held(purse(1)) == 0
    assert world.held(hold(world.node.prev)) == 2000


def test_a_sale_spends_the_local_asset_first(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.issue(1, 300, "e2")
    assert world.sale(1, 500, "online") == ["accepted"]
    assert (world.held(purse(1), GRAIN), world.held(purse(1))) == (0, 800)
    assert (world.held(place(BAR), GRAIN), world.held(place(BAR))) == (300, 200)


def test_a_sale_never_spends_what_is_not_worth_euros(world: World) -> None:
    hours = asset(HOURS, AssetClass.LOCAL, peg="-", priority=1, scale=0, symbol="h")
    given = Issue(Amount(40), HOURS, "e1", holder(1))
    assert world.do(world.node, hours, given) == ["accepted", "accepted"]
    assert world.sale(1, 30, "online") == ["rejected(insufficient_funds)"]
    assert world.sale(1, 30) == ["overdrawn"]
    assert (world.held(purse(1), HOURS), world.held(loss(BAR))) == (40, -30)


def test_an_online_sale_is_all_or_nothing(world: World) -> None:
    world.reload(1, 400, "e1")
    assert world.sale(1, 500, "online") == ["rejected(insufficient_funds)"]
    assert world.held(purse(1)) == 400


def test_an_offline_sale_is_never_dropped_and_its_shortfall_is_a_loss(world: World) -> None:
    world.reload(1, 400, "e1")
    assert world.sale(1, 500) == ["overdrawn"]
    assert world.held(place(BAR)) == 500
    assert world.held(loss(BAR)) == -100
    assert world.memory.get(Wallet, (holder(1),)) == Wallet(((FED, BAR, 100),), BAR, BAR)


def test_the_next_reload_repays_the_loss(world: World) -> None:
    world.sale(1, 500)
    world.reload(1, 300, "e1")
    assert (world.held(purse(1)), world.held(loss(BAR))) == (0, -200)
    world.reload(1, 300, "e2")
    assert (world.held(purse(1)), world.held(loss(BAR))) == (100, 0)


def test_a_blocked_card_is_refused_online_and_honoured_offline(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.do(world.node, CardBlock(card(1), "stolen"))
    assert world.sale(1, 100, "online") == ["rejected(card_blocked)"]
    assert world.sale(1, 100) == ["accepted"]


def test_an_unknown_card_is_rejected(world: World) -> None:
    assert world.sale(9, 100) == ["rejected(unknown_card)"]


# ---------- refunds ----------


def refund(world: World, seq: int, amount: int) -> list[str]:
    return world.do(world.till, Refund(Amount(amount), world.till.id, ZERO_HASH, seq))


def test_a_full_refund_undoes_each_posting(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.issue(1, 300, "e2")
    world.sale(1, 500)
    assert refund(world, 1, 500) == ["accepted"]
    assert (world.held(purse(1)), world.held(purse(1), GRAIN)) == (1000, 300)
    assert (world.held(place(BAR)), world.held(place(BAR), GRAIN)) == (0, 0)


def test_partial_refunds_give_back_what_was_spent_last_first(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.issue(1, 300, "e2")
    world.sale(1, 500)
    refund(world, 1, 150)
    assert (world.held(purse(1)), world.held(purse(1), GRAIN)) == (950, 0)
    refund(world, 1, 150)
    assert (world.held(purse(1)), world.held(purse(1), GRAIN)) == (1000, 100)
    assert refund(world, 1, 201) == ["rejected(refund_too_large)"]


def test_a_refund_of_an_overdrawn_sale_clears_the_loss_first(world: World) -> None:
    world.reload(1, 400, "e1")
    world.sale(1, 500)
    assert refund(world, 1, 500) == ["accepted"]
    assert (world.held(purse(1)), world.held(loss(BAR)), world.held(place(BAR))) == (400, 0, 0)
    assert world.memory.get(Wallet, (holder(1),)) == Wallet((), BAR, BAR)


def test_what_the_holder_repaid_already_goes_back_to_the_holder(world: World) -> None:
    world.sale(1, 500)
    world.reload(1, 300, "e1")
    assert refund(world, 1, 500) == ["accepted"]
    assert (world.held(purse(1)), world.held(loss(BAR))) == (300, 0)


def test_a_refund_of_a_rejected_sale_changes_nothing(world: World) -> None:
    world.sale(1, 500, "online")
    assert refund(world, 1, 500) == ["accepted"]
    assert world.held(purse(1)) == 0


def test_a_refund_of_something_else_is_rejected(world: World) -> None:
    assert refund(world, 1, 500) == ["rejected(unknown_sale)"]
    assert refund(world, 1, 500) == ["rejected(unknown_sale)"]


def test_a_place_cannot_pay_out_a_loss(world: World) -> None:
    world.sale(1, 500)  # nothing on the card: the place holds 500, its loss is 500
    world.reload(2, 300, "e1")
    world.sale(2, 300)
    assert refund(world, 2, 300) == ["accepted"]
    body = CashReload(Amount(1), FED, card(3), ZERO_HASH)
    assert world.do(world.till, body) == ["rejected(place_short)"]


# ---------- cash, transfer, reserve ----------


def test_cash_for_a_local_asset_issues_it(world: World) -> None:
    body = CashReload(Amount(700), GRAIN, card(1), ZERO_HASH)
    assert world.do(world.till, body) == ["accepted"]
    assert (world.held(issuer(GRAIN), GRAIN), world.held(purse(1), GRAIN)) == (-700, 700)


def test_cash_for_the_federated_asset_sells_the_places_own(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.sale(1, 600)
    body = CashReload(Amount(600), FED, card(2), ZERO_HASH)
    assert world.do(world.till, body) == ["accepted"]
    assert (world.held(place(BAR)), world.held(purse(2))) == (0, 600)
    assert world.do(world.till, body) == ["rejected(place_short)"]


def test_a_transfer_moves_value_between_wallets(world: World) -> None:
    world.reload(1, 1000, "e1")
    move = Transfer(Amount(400), FED, holder(1), holder(2))
    assert world.do(world.node, move, move, move) == [
        "accepted",
        "accepted",
        "rejected(insufficient_funds)",
    ]
    assert (world.held(purse(1)), world.held(purse(2))) == (200, 800)


def test_fees_are_prefunded_in_euros_and_attestations_move_nothing(world: World) -> None:
    fees = ReserveBook(Amount(5000), "fees", "bank:1", BAR)
    seen = ReserveBook(Amount(5000), "attestation", "bank:2", BAR)
    assert world.do(world.node, fees, seen, fees) == [
        "accepted",
        "accepted",
        "rejected(evidence_used)",
    ]
    assert world.held(EXTERNAL, EUR) == -5000


@pytest.mark.parametrize(
    "asset, code",
    [(AssetId("NONE"), "unknown_asset"), (FED, "place_short")],
)
def test_cash_needs_an_asset_the_place_can_sell(world: World, asset: AssetId, code: str) -> None:
    body = CashReload(Amount(1), asset, card(1), ZERO_HASH)
    assert world.do(world.till, body) == [f"rejected({code})"]


def test_a_place_that_nobody_registered_cannot_reload(world: World) -> None:
    body = ReserveBook(Amount(1), "fees", "bank:1", PlaceId("nowhere"))
    assert world.do(world.node, body) == ["rejected(unknown_place)"]


def test_a_refund_never_turns_a_loss_into_tokens(world: World) -> None:
    world.reload(1, 100, "e1")
    assert world.sale(1, 100) == ["accepted"]
    sold = world.till.seq
    assert world.sale(2, 500) == ["overdrawn"]
    cash = CashReload(Amount(100), FED, card(3), ZERO_HASH)
    assert world.do(world.till, cash) == ["accepted"]
    assert (world.held(place(BAR)), world.held(loss(BAR))) == (500, -500)
    refund = Refund(Amount(100), world.till.id, ZERO_HASH, sold)
    assert world.do(world.till, refund) == ["rejected(place_short)"]
