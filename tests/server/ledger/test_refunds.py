"""Refunds of protocol 2 by hand; those of plain sales are in `test_money.py`."""

import pytest

from server.ledger.records import Idle, Refunded, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardLink,
    Dispute,
    Part,
    PolicySet,
    Refund,
    Reload,
    Settlement,
    SplitSale,
    TerminalRevoke,
)
from shared.ids import ZERO_HASH, AssetId, WalletId, loss, place, wallet
from tests.server.ledger.federation import till
from tests.server.ledger.neighbours import CAFE, POINTS, Neighbours, given, unit
from tests.server.ledger.pursed import (
    RICH,
    THIN,
    TODAY,
    account,
    allowance,
    issue,
    purses,
    slot,
)
from tests.server.ledger.story_two import MELTING
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    Author,
    asset,
    card,
    holder,
    purse,
    sale,
)

TIME, OAT = AssetId("TIME"), AssetId("OAT")
ONE = allowance(1, 10_000)


@pytest.fixture
def here() -> Neighbours:
    """Give purses; card 1 has 1 000 FED, 90 TIME and 40 POINTS."""
    here = purses()
    bodies: tuple[Body, ...] = (
        unit(TIME, AssetClass.TIME),
        unit(POINTS, AssetClass.POINTS),
        Reload(Amount(1_000), FED, card(1), "one"),
        given(TIME, 90, 1, "t"),
        given(POINTS, 40, 1, "p"),
    )
    assert here.bar(*bodies) == ["accepted"] * 5
    return here


def back(here: Neighbours, amount: int, seq: int, till: Author | None = None) -> str:
    seller = till or here.world.till
    return here.world.do(seller, Refund(Amount(amount), seller.id, ZERO_HASH, seq))[0]


def lines(total: int) -> SplitSale:
    parts = (Part(Amount(60), TIME), Part(Amount(40), POINTS))
    return SplitSale("online", card(1), ZERO_HASH, parts, total)


def test_euros_come_back_first_and_lines_last(here: Neighbours) -> None:
    world = here.world
    assert world.do(world.till, lines(300)) == ["accepted"]
    assert back(here, 300, 1) == "accepted"
    held = [world.held(purse(1), code) for code in (FED, TIME, POINTS)]
    assert held == [1_000, 30, 0]
    assert back(here, 50, 1) == "accepted"  # 40 points and 10 of the time
    held = [world.held(purse(1), code) for code in (FED, TIME, POINTS)]
    assert held == [1_000, 40, 40]
    assert back(here, 51, 1) == "rejected(refund_too_large)"


def test_a_whole_refund_gives_the_lines_back_too(here: Neighbours) -> None:
    world = here.world
    world.do(world.till, lines(300))
    assert back(here, 400, 1) == "accepted"
    held = [world.held(purse(1), code) for code in (FED, TIME, POINTS)]
    assert held == [1_000, 90, 40]
    assert [world.held(place(BAR), code) for code in (FED, TIME, POINTS)] == [0, 0, 0]


def test_money_of_a_purse_goes_back_to_the_wallet(here: Neighbours) -> None:
    world = here.world
    here.bar(issue())
    world.do(world.till, slot(0, 700, ONE))
    assert back(here, 700, 1) == "accepted"
    assert (world.held(account()), world.held(account(), GRAIN)) == (9_300, 0)
    assert (world.held(purse(RICH)), world.held(purse(RICH), GRAIN)) == (10_700, 500)


def test_a_loss_on_an_unknown_allowance_is_made_good(here: Neighbours) -> None:
    """The café sold 60.00 on an unknown allowance to a card with 50.00."""
    world = here.world
    here.bar(issue(THIN))
    world.do(here.till, slot(0, 6_000, allowance(9, 9_000, of=THIN), of=THIN))
    assert world.held(loss(CAFE)) == -1_000
    assert back(here, 1_500, 1, here.till) == "accepted"
    assert (world.held(loss(CAFE)), world.held(purse(THIN))) == (0, 500)
    owner = world.memory.get(Wallet, (holder(THIN),))
    assert owner is not None
    assert owner.debts == ()


def test_a_refund_goes_to_who_paid_whoever_has_the_card_now(here: Neighbours) -> None:
    world, other = here.world, WalletId("ee" * 16)
    world.sale(1, 300)
    world.sale(2, 50)  # holder 2 has nothing: all of it is owed
    here.bar(CardLink(card(1), other), CardLink(card(2), WalletId("dd" * 16)))
    assert back(here, 300, 1) == "accepted"
    assert (world.held(purse(1)), world.held(wallet(other))) == (1_000, 0)
    assert back(here, 50, 2) == "accepted"
    assert world.held(loss(BAR)) == 0
    owner = world.memory.get(Wallet, (holder(2),))
    assert owner is not None
    assert owner.debts == ()


def test_a_link_and_a_sale_in_one_block(here: Neighbours) -> None:
    """The link comes first: the joined wallet pays, and it is the one that gets it back."""
    world = here.world
    link = world.batch(world.node, CardLink(card(1), holder(RICH)))
    world.seal(link, world.batch(world.till, sale(1, 300)))
    assert world.held(purse(RICH), GRAIN) == 200
    assert back(here, 300, 1) == "accepted"
    assert (world.held(purse(RICH), GRAIN), world.held(purse(1), GRAIN)) == (500, 0)


def test_a_sale_after_a_link_is_the_new_wallets(here: Neighbours) -> None:
    world, other = here.world, WalletId("ee" * 16)
    here.bar(CardLink(card(2), other))
    world.sale(2, 50)
    assert back(here, 50, 1) == "accepted"
    after = world.memory.get(Wallet, (other,))
    assert after is not None
    assert after.debts == ()


def test_a_loss_that_was_repaid_comes_back_to_the_holder(here: Neighbours) -> None:
    world = here.world
    world.sale(2, 50)
    here.bar(Reload(Amount(70), FED, card(2), "two"))
    assert (world.held(purse(2)), world.held(loss(BAR))) == (20, 0)
    assert back(here, 30, 1) == "accepted"
    assert back(here, 20, 1) == "accepted"
    assert (world.held(purse(2)), world.held(place(BAR))) == (70, 0)


def test_what_was_sold_in_the_block_of_a_link_before_it_was_the_old_wallets(
    here: Neighbours,
) -> None:
    world = here.world
    sold = world.batch(world.till, sale(2, 50))
    world.seal(sold, world.batch(world.node, CardLink(card(2), WalletId("dd" * 16))))
    assert back(here, 50, 1) == "accepted"
    owner = world.memory.get(Wallet, (holder(2),))
    assert owner is not None
    assert owner.debts == ()


def test_a_place_gives_back_no_more_than_it_has_net_of_its_losses(here: Neighbours) -> None:
    """It sold 100 for 60 and 40 that were owed and repaid, and another 100 that are still owed."""
    world = here.world
    here.bar(Reload(Amount(60), FED, card(2), "two"))
    assert world.sale(2, 100) == ["overdrawn"]
    here.bar(Reload(Amount(40), FED, card(2), "three"))
    assert world.sale(3, 100) == ["overdrawn"]
    assert here.bar(Settlement(Amount(35), FED, BAR)) == ["accepted"]
    assert (world.held(place(BAR)), world.held(loss(BAR))) == (165, -100)
    assert back(here, 100, 1) == "rejected(place_short)"
    assert back(here, 66, 1) == "rejected(place_short)"
    assert back(here, 65, 1) == "accepted"


def test_a_refund_of_a_rejected_sale_leaves_nothing_behind(here: Neighbours) -> None:
    assert here.world.sale(2, 50, "online") == ["rejected(insufficient_funds)"]
    assert back(here, 50, 1) == "accepted"
    assert here.world.memory.get(Refunded, (here.world.till.id, 1)) is None


def test_what_comes_back_to_an_empty_wallet_has_its_grace(here: Neighbours) -> None:
    world = here.world
    bodies = [
        asset(OAT, AssetClass.LOCAL, priority=5),
        *(PolicySet(code, MELTING) for code in (OAT, GRAIN)),
        *(given(code, 30, 2, code) for code in (OAT, GRAIN)),
    ]
    assert here.bar(*bodies) == ["accepted"] * 5
    assert world.sale(2, 60) == ["accepted"]
    world.time += 40 * DAY
    assert back(here, 60, 1) == "accepted"
    for code in (OAT, GRAIN):
        clock = world.memory.get(Idle, (holder(2), code))
        assert clock == Idle(TODAY + 40, TODAY + 140)


# ---------- disputed ----------


def test_a_refund_of_a_disputed_sale_is_remembered(here: Neighbours) -> None:
    world, late = here.world, Author(b"q" * 32)
    _revoked(here, late, sale(1, 300))
    give = Refund(Amount(100), late.id, ZERO_HASH, 1)
    assert world.do(world.till, give) == ["accepted"]
    assert world.held(purse(1)) == 1_000
    assert world.memory.get(Refunded, (late.id, 1)) == Refunded(100)
    more = Refund(Amount(201), late.id, ZERO_HASH, 1)
    assert world.do(world.till, more) == ["rejected(refund_too_large)"]
    assert here.bar(Dispute(late.id, "pay", 1)) == ["accepted"]
    assert (world.held(purse(1)), world.held(place(BAR))) == (800, 200)
    assert world.do(world.till, Refund(Amount(150), late.id, ZERO_HASH, 1)) == ["accepted"]
    assert (world.held(purse(1)), world.held(place(BAR))) == (950, 50)
    assert world.do(world.till, Refund(Amount(51), late.id, ZERO_HASH, 1)) == [
        "rejected(refund_too_large)"
    ]


def test_a_refund_of_a_dropped_sale_gives_nothing(here: Neighbours) -> None:
    world, late = here.world, Author(b"q" * 32)
    _revoked(here, late, sale(1, 300))
    assert here.bar(Dispute(late.id, "drop", 1)) == ["accepted"]
    assert world.do(world.till, Refund(Amount(300), late.id, ZERO_HASH, 1)) == ["accepted"]
    assert world.held(purse(1)) == 1_000
    assert world.memory.get(Refunded, (late.id, 1)) is None


def test_what_was_given_back_whole_is_not_paid_later(here: Neighbours) -> None:
    world, late = here.world, Author(b"q" * 32)
    _revoked(here, late, lines(300))
    assert world.do(world.till, Refund(Amount(400), late.id, ZERO_HASH, 1)) == ["accepted"]
    assert here.bar(Dispute(late.id, "pay", 1)) == ["accepted"]
    assert world.held(place(BAR)) == 0


def test_lines_of_a_disputed_sale_are_paid_like_an_offline_one(here: Neighbours) -> None:
    """Of 60 TIME, 40 POINTS and 3.00: 2.90 were given back, so the lines and 0.10 are left."""
    world, late = here.world, Author(b"q" * 32)
    _revoked(here, late, lines(300))
    world.do(world.till, Refund(Amount(290), late.id, ZERO_HASH, 1))
    part = SplitSale("online", card(1), ZERO_HASH, (Part(Amount(50), TIME),), 0)
    assert world.do(world.till, part) == ["accepted"]
    assert here.bar(Dispute(late.id, "pay", 1)) == ["overdrawn"]
    held = [world.held(place(BAR), code) for code in (FED, TIME, POINTS)]
    assert held == [10, 110, 40]
    assert world.held(loss(BAR), TIME) == -20
    owner = world.memory.get(Wallet, (holder(1),))
    assert owner is not None
    assert owner.debts == ((TIME, BAR, 20),)


def _revoked(here: Neighbours, late: Author, body: Body) -> None:
    assert here.bar(till(late, BAR, "Late"), TerminalRevoke(0, late.id)) == ["accepted"] * 2
    assert here.world.do(late, body) == ["disputed"]
    assert here.world.do(here.till, sale(2, 1)) == ["overdrawn"]
    assert here.world.held(loss(CAFE)) == -1


def test_what_comes_back_to_a_wallet_repays_what_it_owes_elsewhere(here: Neighbours) -> None:
    """Card 1 spends 1000 at the bar and then lacks 300 at the café; goods for 400 come back."""
    world = here.world
    assert world.sale(1, 1_000) == ["accepted"]
    assert world.do(here.till, sale(1, 300)) == ["overdrawn"]
    assert back(here, 400, 1) == "accepted"
    assert (world.held(purse(1)), world.held(loss(CAFE)), world.held(place(BAR))) == (100, 0, 600)
    owner = world.memory.get(Wallet, (holder(1),))
    assert owner is not None
    assert owner.debts == ()


def test_what_repays_the_place_that_gives_back_has_not_left_it(here: Neighbours) -> None:
    """The bar has nothing net of its loss; what it gives back covers that loss."""
    world = here.world
    assert world.sale(1, 1_000) == ["accepted"]
    assert world.sale(1, 300) == ["overdrawn"]
    assert here.bar(Settlement(Amount(1_000), FED, BAR)) == ["accepted"]
    assert back(here, 301, 1) == "rejected(place_short)"
    assert back(here, 300, 1) == "accepted"
    assert (world.held(purse(1)), world.held(loss(BAR)), world.held(place(BAR))) == (0, 0, 0)
