"""Late sales that were disputed, and reloads that a bank took back; numbers by hand."""

from typing import Literal

import pytest

from server.ledger.records import Balance, Lock, Settled, Wallet
from shared.amounts import Amount
from shared.bodies import (
    Body,
    CardBlock,
    CardLink,
    CardUnblock,
    CashOutDone,
    CashOutFailed,
    Chargeback,
    Correction,
    Dispute,
    Grant,
    PlaceLeave,
    PolicySet,
    Refund,
    Reload,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
)
from shared.ids import (
    EUR,
    POT_GUARANTEE,
    ZERO_HASH,
    AuthorId,
    PlaceId,
    PublicKey,
    hold,
    issuer,
    loss,
    place,
    reserve,
)
from shared.policy import ProtocolPolicy
from tests.server.ledger.council import joining
from tests.server.ledger.world import (
    BAR,
    FED,
    Author,
    World,
    card,
    founded,
    holder,
    modern,
    purse,
    sale,
)

DISPUTES = PlaceId("dispute")


@pytest.fixture
def world() -> World:
    here = modern()
    assert here.reload(1, 1_000, "stripe:cs_1:paid") == ["accepted"]
    assert here.do(here.node, TerminalRevoke(0, here.till.id)) == ["accepted"]
    return here


def judged(
    world: World, outcome: Literal["pay", "drop"], seq: int = 1, by: Author | None = None
) -> str:
    body = Dispute(world.till.id, outcome, seq)
    return world.do(by or world.node, body)[0]


def second_till(world: World) -> Author:
    """Enrol another till of the bar."""
    till = Author(b"2" * 32)
    key = PublicKey(till.key.hex())
    assert world.do(world.node, TerminalEnrol(PublicKey("22" * 32), key, "Bar 2", BAR)) == [
        "accepted"
    ]
    return till


# ---------- sales ----------


def test_a_disputed_sale_moves_nothing_until_it_is_paid(world: World) -> None:
    assert world.sale(1, 300) == ["disputed"]
    assert (world.held(purse(1)), world.held(place(BAR))) == (1_000, 0)
    assert judged(world, "pay") == "accepted"
    assert (world.held(purse(1)), world.held(place(BAR))) == (700, 300)
    assert world.memory.get(Settled, (world.till.id, 1)) == Settled(
        world.node.seq, "pay", world.node.id
    )


def test_a_dropped_sale_moves_nothing_for_ever(world: World) -> None:
    world.sale(1, 300)
    assert judged(world, "drop") == "accepted"
    assert judged(world, "pay") == "rejected(already_settled)"
    assert (world.held(purse(1)), world.held(place(BAR))) == (1_000, 0)


def test_a_dispute_is_settled_once(world: World) -> None:
    world.sale(1, 300)
    assert judged(world, "pay") == "accepted"
    assert judged(world, "pay") == "rejected(already_settled)"
    assert judged(world, "drop") == "rejected(already_settled)"
    assert world.held(place(BAR)) == 300


def test_what_the_wallet_has_not_is_the_places_loss(world: World) -> None:
    world.sale(1, 1_200, "online")  # its answer never came: it is judged like any other
    assert judged(world, "pay") == "overdrawn"
    assert (world.held(purse(1)), world.held(place(BAR)), world.held(loss(BAR))) == (0, 1200, -200)


def test_what_was_given_back_before_is_not_paid(world: World) -> None:
    till = second_till(world)
    world.sale(1, 300)
    first = Refund(Amount(120), world.till.id, ZERO_HASH, 1)
    assert world.do(till, first) == ["accepted"]
    assert judged(world, "pay") == "accepted"
    assert (world.held(purse(1)), world.held(place(BAR))) == (820, 180)
    rest = Refund(Amount(181), world.till.id, ZERO_HASH, 1)
    assert world.do(till, rest) == ["rejected(refund_too_large)"]
    rest = Refund(Amount(180), world.till.id, ZERO_HASH, 1)
    assert world.do(till, rest) == ["accepted"]
    assert (world.held(purse(1)), world.held(place(BAR))) == (1_000, 0)


def test_what_is_no_disputed_sale_is_not_judged(world: World) -> None:
    assert judged(world, "pay") == "rejected(unknown_sale)"
    till = second_till(world)
    assert world.do(till, sale(1, 100)) == ["accepted"]
    body = Dispute(till.id, "pay", 1)
    assert world.do(world.node, body) == ["rejected(unknown_sale)"]
    body = Dispute(world.node.id, "pay", 1)
    assert world.do(world.node, body) == ["rejected(unknown_sale)"]


def test_a_card_that_nobody_knows_pays_nothing(world: World) -> None:
    assert world.sale(9, 300) == ["disputed"]
    assert judged(world, "pay") == "rejected(unknown_card)"
    assert judged(world, "drop") == "accepted"


def test_the_node_of_the_place_judges(world: World) -> None:
    other = Author(b"o" * 32)
    assert world.do(world.node, joining(world, other, PlaceId("cafe"))) == ["accepted"]
    world.sale(1, 300)
    assert judged(world, "pay", by=other) == "rejected(not_authorised)"


def test_what_a_place_sold_before_it_left_is_judged_after(world: World) -> None:
    till = second_till(world)
    assert world.do(world.node, PlaceLeave(BAR)) == ["accepted"]
    assert world.do(till, sale(1, 300)) == ["disputed"]
    assert world.do(till, Refund(Amount(1), till.id, ZERO_HASH, 1)) == ["rejected(author_revoked)"]
    assert world.do(world.node, Dispute(till.id, "pay", 1)) == ["accepted"]
    assert world.held(place(BAR)) == 300


def test_whoever_had_the_card_pays_a_disputed_sale(world: World) -> None:
    """Card 1 was given on, and reloaded, before the place had the sale paid."""
    assert world.do(world.till, sale(1, 300)) == ["disputed"]
    assert world.do(world.node, CardLink(card(1), holder(9))) == ["accepted"]
    reloaded(world, 1, 400, "stripe:cs_2:paid")
    assert world.do(world.node, Dispute(world.till.id, "pay", 1)) == ["accepted"]
    assert (world.held(purse(1)), world.held(purse(9))) == (700, 400)


# ---------- reloads ----------


def took_back(world: World, amount: int, evidence: str, seq: int, by: Author | None = None) -> str:
    body = Chargeback(Amount(amount), world.node.id, evidence, seq)
    return world.do(by or world.node, body)[0]


def reloaded(world: World, number: int, amount: int, evidence: str) -> int:
    assert world.reload(number, amount, evidence) == ["accepted"]
    return world.node.seq


def outstanding(world: World) -> int:
    return -world.held(issuer(FED))


def test_a_bank_takes_back_what_the_wallet_still_has(world: World) -> None:
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert took_back(world, 500, "stripe:dp_1", seq) == "accepted"
    assert (world.held(purse(2)), world.held(loss(DISPUTES))) == (0, 0)
    assert (outstanding(world), world.held(reserve(BAR), EUR)) == (1_000, 1_000)


def test_what_was_spent_is_a_declared_loss_that_the_wallet_owes(world: World) -> None:
    till = second_till(world)
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert world.do(till, sale(2, 350)) == ["accepted"]
    assert took_back(world, 500, "stripe:dp_1", seq) == "accepted"
    assert (world.held(purse(2)), world.held(loss(DISPUTES))) == (0, -350)
    # 1000 of card 1 and 350 at the bar are outstanding, with 1000 euros and a loss of 350 behind.
    assert (world.held(reserve(BAR), EUR), outstanding(world)) == (1_000, 1_000)
    record = world.memory.get(Wallet, (holder(2),))
    assert record is not None
    assert record.debts == ((FED, DISPUTES, 350),)
    reloaded(world, 2, 400, "stripe:cs_3:paid")
    assert (world.held(purse(2)), world.held(loss(DISPUTES))) == (50, 0)


@pytest.fixture
def covered(world: World) -> World:
    """Give the world in which card 2 owes 350 to `loss:dispute`; the pot has made good 100."""
    till = second_till(world)
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert world.do(till, sale(2, 350)) == ["accepted"]
    assert took_back(world, 500, "stripe:dp_1", seq) == "accepted"
    world.memory.records[Balance][POT_GUARANTEE, FED] = Balance(100)
    grant = Grant(Amount(100), FED, DISPUTES, "guarantee", "what banks took")
    assert world.do(world.node, grant) == ["accepted"]
    return world


def test_what_the_pot_has_made_good_is_repaid_to_the_pot(covered: World) -> None:
    """Else it would lie on `loss:dispute`, which pays nobody, for ever."""
    assert (covered.held(POT_GUARANTEE), covered.held(loss(DISPUTES))) == (0, -250)
    reloaded(covered, 2, 240, "stripe:cs_3:paid")
    assert (covered.held(POT_GUARANTEE), covered.held(loss(DISPUTES))) == (0, -10)
    reloaded(covered, 2, 200, "stripe:cs_4:paid")
    assert (covered.held(POT_GUARANTEE), covered.held(loss(DISPUTES))) == (100, 0)
    assert covered.held(purse(2)) == 90


def test_a_repayment_by_mistake_comes_back_from_the_pot(covered: World) -> None:
    mistake = Transfer(Amount(400), FED, holder(1), holder(2))
    assert covered.do(covered.node, mistake) == ["accepted"]
    assert (covered.held(POT_GUARANTEE), covered.held(purse(2))) == (100, 50)
    undo = Correction(covered.node.id, "wrong card", covered.node.seq)
    assert covered.do(covered.node, undo) == ["accepted"]
    assert (covered.held(POT_GUARANTEE), covered.held(loss(DISPUTES))) == (0, -250)
    record = covered.memory.get(Wallet, (holder(2),))
    assert record is not None
    assert record.debts == ((FED, DISPUTES, 350),)
    assert (covered.held(purse(1)), covered.held(purse(2))) == (1_000, 0)


def test_whoever_has_the_card_now_does_not_pay_for_who_had_it(world: World) -> None:
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert world.do(world.node, CardLink(card(2), holder(9))) == ["accepted"]
    reloaded(world, 2, 400, "stripe:cs_3:paid")
    assert (world.held(purse(2)), world.held(purse(9))) == (500, 400)
    assert took_back(world, 500, "stripe:dp_1", seq) == "accepted"
    assert (world.held(purse(2)), world.held(purse(9)), world.held(loss(DISPUTES))) == (0, 400, 0)


def test_a_reload_is_for_whom_it_reached_also_in_the_block_of_a_link(world: World) -> None:
    reload = Reload(Amount(500), FED, card(2), "stripe:cs_2:paid")
    linked = world.do(world.node, CardLink(card(2), holder(9)), reload)
    assert linked == ["accepted", "accepted"]
    assert took_back(world, 500, "stripe:dp_1", world.node.seq) == "accepted"
    assert (world.held(purse(9)), world.held(loss(DISPUTES))) == (0, 0)


def test_nor_for_what_was_set_aside_for_who_had_it(aside: World) -> None:
    seq, name = aside.node.seq, aside.node.prev
    assert aside.do(aside.node, CardUnblock(card(2)), CardLink(card(2), holder(9))) == [
        "accepted",
        "accepted",
    ]
    reloaded(aside, 2, 400, "stripe:cs_3:paid")
    assert aside.do(aside.node, CashOutDone("stripe:re_1", name)) == ["accepted"]
    assert took_back(aside, 500, "stripe:dp_1", seq) == "accepted"
    assert (aside.held(purse(9)), aside.held(loss(DISPUTES))) == (400, -500)
    record = aside.memory.get(Wallet, (holder(2),))
    assert record is not None
    assert record.debts == ((FED, DISPUTES, 500),)


def test_no_more_is_taken_back_than_was_paid(world: World) -> None:
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert took_back(world, 501, "stripe:dp_1", seq) == "rejected(refund_too_large)"
    assert took_back(world, 200, "stripe:dp_1", seq) == "accepted"
    assert took_back(world, 200, "stripe:dp_1", seq) == "rejected(evidence_used)"
    assert took_back(world, 301, "stripe:dp_2", seq) == "rejected(refund_too_large)"
    assert took_back(world, 300, "stripe:dp_2", seq) == "accepted"
    assert (world.held(purse(2)), world.held(reserve(BAR), EUR)) == (0, 1_000)


def test_only_a_reload_is_taken_back(world: World) -> None:
    assert took_back(world, 1, "e", 1) == "rejected(unknown_reload)"
    assert took_back(world, 1, "e", 10_000) == "rejected(unknown_reload)"
    world.reload(1, 1_000, "stripe:cs_1:paid")  # rejected: its evidence was used before
    assert took_back(world, 1, "e", world.node.seq) == "rejected(unknown_reload)"


def test_the_reserve_holder_books_what_the_bank_did(world: World) -> None:
    other = Author(b"o" * 32)
    assert world.do(world.node, joining(world, other, PlaceId("cafe"))) == ["accepted"]
    seq = reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert took_back(world, 500, "e", seq, by=other) == "rejected(not_authorised)"
    body = Chargeback(Amount(1), AuthorId("ff" * 16), "e", 1)
    assert world.do(world.node, body) == ["rejected(unknown_reload)"]


# ---------- reloads that were set aside ----------


@pytest.fixture
def aside(world: World) -> World:
    """A paid reload of 500 for a card that is blocked."""
    assert world.do(world.node, CardBlock(card(2), "lost")) == ["accepted"]
    reloaded(world, 2, 500, "stripe:cs_2:paid")
    assert world.held(hold(world.node.prev)) == 500
    return world


def test_a_reload_of_a_blocked_card_is_paid_back(aside: World) -> None:
    name = aside.node.prev
    assert aside.do(aside.node, CashOutDone("stripe:re_1", name)) == ["accepted"]
    assert (aside.held(hold(name)), outstanding(aside)) == (0, 1_000)
    assert aside.held(reserve(BAR), EUR) == 1_000


def test_or_it_reaches_the_wallet_after_all(aside: World) -> None:
    name = aside.node.prev
    assert aside.do(aside.node, CashOutFailed("stripe:re_1", name)) == ["accepted"]
    assert (aside.held(hold(name)), aside.held(purse(2))) == (0, 500)


def test_a_reload_of_an_unknown_card_is_only_paid_back(world: World) -> None:
    body = Reload(Amount(500), FED, card(9), "stripe:cs_2:paid")
    assert world.do(world.node, body) == ["accepted"]
    name = world.node.prev
    assert world.do(world.node, CashOutFailed("e", name)) == ["rejected(unknown_wallet)"]
    assert world.do(world.node, CashOutDone("e", name)) == ["accepted"]
    assert (world.held(hold(name)), outstanding(world)) == (0, 1_000)


@pytest.mark.parametrize(
    "amounts, left, status, short",
    [((500,), 0, "done", 0), ((200,), 300, "locked", 0), ((200, 300), 0, "done", 0)],
)
def test_a_bank_takes_back_what_was_set_aside(
    aside: World, amounts: tuple[int, ...], left: int, status: str, short: int
) -> None:
    seq, name = aside.node.seq, aside.node.prev
    for number, amount in enumerate(amounts):
        assert took_back(aside, amount, f"stripe:dp_{number}", seq) == "accepted"
    assert (aside.held(hold(name)), aside.held(loss(DISPUTES))) == (left, -short)
    record = aside.memory.get(Lock, (name,))
    assert record is not None
    assert (record.amount, record.status) == (left, status)


def test_of_what_a_bank_took_back_whole_nothing_comes_back(aside: World) -> None:
    seq, name = aside.node.seq, aside.node.prev
    assert took_back(aside, 500, "stripe:dp_1", seq) == "accepted"
    assert aside.do(aside.node, CashOutFailed("stripe:re_1", name)) == ["rejected(already_settled)"]
    assert aside.do(aside.node, CashOutDone("stripe:re_1", name)) == ["rejected(already_settled)"]
    assert (outstanding(aside), aside.held(reserve(BAR), EUR)) == (1_000, 1_000)


def test_a_bank_takes_back_what_was_paid_back_already(aside: World) -> None:
    seq, name = aside.node.seq, aside.node.prev
    bodies: tuple[Body, ...] = (CashOutDone("stripe:re_1", name),)
    assert aside.do(aside.node, *bodies) == ["accepted"]
    assert took_back(aside, 500, "stripe:dp_1", seq) == "accepted"
    assert aside.held(loss(DISPUTES)) == -500
    assert (outstanding(aside), aside.held(reserve(BAR), EUR)) == (500, 500)


def test_a_reload_that_protocol_1_set_aside_is_taken_back_too() -> None:
    world = founded()
    body = Reload(Amount(500), FED, card(9), "stripe:cs_2:paid")
    assert world.do(world.node, body) == ["accepted"]
    seq, name = world.node.seq, world.node.prev
    assert world.do(world.node, PolicySet("-", ProtocolPolicy(2))) == ["accepted"]
    assert took_back(world, 400, "stripe:dp_1", seq) == "accepted"
    assert (world.held(hold(name)), world.held(reserve(BAR), EUR)) == (100, 100)
    assert world.memory.get(Lock, (name,)) is None


def test_a_loss_that_no_wallet_made_is_owed_by_none(world: World) -> None:
    body = Reload(Amount(500), FED, card(9), "stripe:cs_2:paid")
    world.do(world.node, body)
    seq, name = world.node.seq, world.node.prev
    world.do(world.node, CashOutDone("e", name))
    assert took_back(world, 500, "stripe:dp_1", seq) == "accepted"
    assert world.held(loss(DISPUTES)) == -500
