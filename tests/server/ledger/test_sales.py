"""Sales of protocol 2 by hand: lines, slots, copies; plain ones are in `test_money.py`."""

import pytest

from server.ledger.records import Card, Forked, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetClass,
    CardBlock,
    CardRegister,
    Dispute,
    Genesis,
    GroupCreate,
    Part,
    PlaceCreate,
    PolicySet,
    Recovery,
    Refund,
    Reload,
    Sale,
    Settlement,
    SplitSale,
    TerminalEnrol,
    TerminalRevoke,
)
from shared.ids import ZERO_HASH, AssetId, Hash, PlaceId, PublicKey, loss, place
from shared.policy import ProtocolPolicy
from tests.server.ledger.neighbours import CAFE, POINTS, Neighbours, given, unit
from tests.server.ledger.pursed import (
    HOUR,
    RICH,
    THIN,
    account,
    allowance,
    issue,
    known,
    purses,
    release,
    slot,
)
from tests.server.ledger.world import (
    BAR,
    FED,
    GRAIN,
    Author,
    World,
    asset,
    card,
    holder,
    purse,
)

TIME, GIFT = AssetId("TIME"), AssetId("GIFT")
ONE = allowance(1, 10_000)


@pytest.fixture
def here() -> Neighbours:
    """Give purses; card 1 has 1 000 FED, 90 TIME, 40 POINTS and 100 GIFT, all of the bar."""
    here = purses()
    bodies = (
        unit(TIME, AssetClass.TIME),
        unit(POINTS, AssetClass.POINTS),
        asset(GIFT, AssetClass.GIFT, priority=20),
        Reload(Amount(1_000), FED, card(1), "one"),
        given(TIME, 90, 1, "t"),
        given(POINTS, 40, 1, "p"),
        given(GIFT, 100, 1, "g"),
    )
    assert here.bar(*bodies) == ["accepted"] * 7
    return here


def split(total: int, *parts: tuple[AssetId, int], number: int = 1) -> SplitSale:
    lines = tuple(Part(Amount(amount), asset) for asset, amount in parts)
    return SplitSale("online", card(number), ZERO_HASH, lines, total)


def sold(here: Neighbours, body: SplitSale) -> str:
    return here.world.do(here.world.till, body)[0]


# ---------- lines ----------


def test_lines_are_paid_in_their_asset_and_the_rest_by_priority(here: Neighbours) -> None:
    assert sold(here, split(300, (TIME, 60), (POINTS, 40))) == "accepted"
    world = here.world
    left = [world.held(purse(1), code) for code in (TIME, POINTS, GIFT, FED)]
    assert left == [30, 0, 0, 800]
    got = [world.held(place(BAR), code) for code in (TIME, POINTS, GIFT, FED)]
    assert got == [60, 40, 100, 200]


def test_a_line_has_its_asset_before_the_rest_takes_it(here: Neighbours) -> None:
    assert sold(here, split(500, (GIFT, 70))) == "accepted"
    assert (here.world.held(purse(1), GIFT), here.world.held(purse(1))) == (0, 530)


def test_two_lines_do_not_spend_one_cent_twice(here: Neighbours) -> None:
    assert sold(here, split(0, (TIME, 50), (TIME, 41))) == "rejected(insufficient_funds)"
    assert sold(here, split(0, (TIME, 50), (TIME, 40))) == "accepted"


def test_a_sale_of_lines_is_all_or_nothing(here: Neighbours) -> None:
    assert sold(here, split(1_101, (TIME, 10))) == "rejected(insufficient_funds)"
    assert sold(here, split(10, (POINTS, 41))) == "rejected(insufficient_funds)"
    assert here.world.held(purse(1)) == 1_000


def test_lines_that_nobody_may_ask_for(here: Neighbours) -> None:
    verdicts = [sold(here, split(1, (code, 1))) for code in (AssetId("NONE"), FED, GRAIN)]
    assert verdicts == [
        "rejected(unknown_asset)",
        "rejected(wrong_asset)",
        "rejected(wrong_asset)",
    ]
    assert here.world.do(here.till, split(0, (TIME, 1))) == ["rejected(not_accepted)"]


def test_a_line_is_good_where_both_sides_agree(here: Neighbours) -> None:
    here.bar(AssetAccept(accept=True, asset=TIME, place=CAFE, side="issuer"))
    here.cafe(AssetAccept(accept=True, asset=TIME, place=CAFE, side="place"))
    assert here.world.do(here.till, split(0, (TIME, 1))) == ["accepted"]


def test_a_blocked_card_buys_no_lines(here: Neighbours) -> None:
    here.bar(CardBlock(card(1), "lost"))
    assert sold(here, split(0, (TIME, 1))) == "rejected(card_blocked)"
    assert sold(here, split(0, (TIME, 1), number=99)) == "rejected(unknown_card)"


# ---------- slots ----------


def test_a_slot_sale_takes_from_the_purse(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    assert world.do(world.till, slot(0, 700, ONE)) == ["accepted"]
    assert (world.held(account(), GRAIN), world.held(account())) == (0, 9_300)
    assert (world.held(place(BAR), GRAIN), world.held(place(BAR))) == (500, 200)
    assert known(here).claims == ((0, 700),)


def test_sales_may_arrive_in_any_order(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    assert world.do(here.till, slot(700, 900, ONE)) == ["accepted"]
    assert world.do(world.till, slot(0, 700, ONE)) == ["accepted"]
    assert known(here).claims == ((0, 900),)


def test_a_span_is_what_was_sold(here: Neighbours) -> None:
    here.bar(issue())
    spans = (slot(0, 700, ONE, total=699), slot(5, 5, ONE, total=1), slot(6, 5, ONE, total=1))
    too_far = slot(16_777_215, 16_777_216, ONE)
    verdicts = here.world.do(here.world.till, *spans, too_far)
    assert verdicts == ["rejected(wrong_span)"] * 4
    assert known(here).claims == ()


def test_a_blocked_card_is_honoured_offline(here: Neighbours) -> None:
    here.bar(issue(), CardBlock(card(RICH), "lost"))
    assert here.world.do(here.world.till, slot(0, 700, ONE)) == ["accepted"]


def test_an_unknown_allowance_is_the_loss_of_who_took_it(here: Neighbours) -> None:
    """The café is paid; what purse and wallet do not have is its loss, until they have it."""
    here.bar(issue(THIN))
    wrong = allowance(1, 9_000, of=THIN)
    world = here.world
    assert world.do(here.till, slot(0, 6_000, wrong, of=THIN)) == ["overdrawn"]
    assert (world.held(place(CAFE)), world.held(loss(CAFE)), world.held(loss(BAR))) == (
        6_000,
        -1_000,
        0,
    )
    owner = world.memory.get(Wallet, (holder(THIN),))
    assert owner is not None
    assert owner.debts == ((FED, CAFE, 1_000),)
    here.bar(Reload(Amount(1_500), FED, card(THIN), "later"))
    assert (world.held(loss(CAFE)), world.held(purse(THIN))) == (0, 500)


@pytest.mark.parametrize("number", [2, THIN, RICH])
def test_no_tills_word_takes_money_from_another_place(here: Neighbours, number: int) -> None:
    """The café's till says that the bar's cards had promised all that a card can count."""
    here.bar(issue(), issue(THIN))
    world, most = here.world, 2**24 - 1
    before = world.held(place(BAR)) + world.held(loss(BAR))
    assert world.do(here.till, slot(0, most, Hash("ab" * 32), of=number)) == ["overdrawn"]
    assert world.held(place(BAR)) + world.held(loss(BAR)) == before
    taken = most + world.held(loss(CAFE))
    over = Settlement(Amount(taken + 1), FED, CAFE)
    assert here.cafe(over) == ["rejected(place_short)"]


def recovery(here: Neighbours) -> None:
    """Say that three blocks were lost."""
    height = here.world.tip.height + 1
    assert here.bar(Recovery(height, height + 2, "the disk died")) == ["accepted"]


def test_cents_that_nobody_promised_use_up_no_count_and_no_purse(here: Neighbours) -> None:
    """The café's till lies about a card: it is paid by the wallet, and the card goes on."""
    here.bar(issue())  # purse 10 000, of which 500 GRAIN; wallet 10 500
    world, last = here.world, 2**24 - 1
    assert world.do(here.till, slot(last - 200, last, Hash("ab" * 32))) == ["accepted"]
    assert (world.held(account()), world.held(purse(RICH)), known(here).claims) == (
        9_500,
        10_300,
        (),
    )
    assert world.do(here.till, slot(9_900, 10_100, ONE)) == ["accepted"]  # half of it was
    assert known(here).claims == ((9_900, 10_000),)
    assert (world.held(account(), GRAIN), world.held(purse(RICH))) == (400, 10_200)
    assert world.do(world.till, slot(0, 700, ONE)) == ["accepted"]
    here.bar(issue())
    assert known(here).credit == 10_000 + 800


def test_lost_blocks_may_have_promised_more_until_the_next_issue(here: Neighbours) -> None:
    here.bar(issue(THIN))
    recovery(here)
    lost = allowance(2, 5_000, of=THIN)
    assert here.world.do(here.till, slot(3_000, 3_100, lost, of=THIN)) == ["accepted"]
    assert known(here, THIN).claims == ((3_000, 3_100),)
    assert (here.world.held(account(THIN)), here.world.held(purse(THIN))) == (3_000, 1_900)
    here.bar(issue(THIN))
    assert here.world.do(here.till, slot(4_000, 4_100, lost, of=THIN)) == ["accepted"]
    assert known(here, THIN).claims == ((3_000, 3_100),)


def test_the_count_goes_on_after_what_the_chain_had_lost(here: Neighbours) -> None:
    """Blocks were lost with an issue of 30.00; its sales came in: the next issue can be spent."""
    lost = allowance(1, 3_000, of=THIN)
    recovery(here)
    assert here.world.do(here.world.till, slot(0, 2_500, lost, of=THIN)) == ["accepted"]
    here.bar(issue(THIN))
    assert (known(here, THIN).credit, here.world.held(account(THIN))) == (5_000, 2_500)
    fresh = allowance(1_001, 5_000, base=2_500, of=THIN)
    assert here.world.do(here.world.till, slot(2_500, 5_000, fresh, of=THIN)) == ["accepted"]
    assert (here.world.held(account(THIN)), here.world.held(loss(BAR))) == (0, 0)


def test_the_purse_pays_even_where_one_of_its_assets_is_accepted_no_more(
    here: Neighbours,
) -> None:
    here.bar(issue())
    here.cafe(AssetAccept(accept=False, asset=GRAIN, place=CAFE, side="place"))
    assert here.world.do(here.till, slot(0, 600, ONE)) == ["accepted"]
    assert (here.world.held(place(CAFE), GRAIN), here.world.held(place(CAFE))) == (500, 100)


# ---------- copies ----------


def test_a_copied_card_is_emptied_and_blocked_and_both_places_are_paid(here: Neighbours) -> None:
    here.bar(issue())  # purse 10 000, wallet 10 500
    world = here.world
    assert world.do(world.till, slot(0, 10_000, ONE)) == ["accepted"]
    assert world.do(here.till, slot(0, 10_000, ONE)) == ["accepted"]
    assert world.do(here.till, slot(0, 10_000, ONE)) == ["overdrawn"]
    assert (world.held(purse(RICH)), world.held(account())) == (0, 0)
    got = (world.held(place(BAR), GRAIN), world.held(place(BAR)), world.held(place(CAFE)))
    assert got == (500, 9_500, 20_000)
    assert world.held(loss(CAFE)) == -9_500
    copied = world.memory.get(Card, (card(RICH),))
    assert copied is not None
    assert (copied.status, copied.reason) == ("blocked", "fork")
    both = ((here.till.id, 1), (here.till.id, 2))
    assert world.memory.get(Forked, (card(RICH),)) == Forked(both)
    assert here.bar(issue()) == ["rejected(card_blocked)"]


def test_sales_that_touch_are_no_copy_and_those_that_share_a_cent_are(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    world.do(world.till, slot(100, 200, ONE), slot(0, 100, ONE), slot(200, 300, ONE))
    assert world.memory.get(Forked, (card(RICH),)) is None
    world.do(world.till, slot(299, 400, ONE))
    assert world.memory.get(Forked, (card(RICH),)) == Forked(((world.till.id, 4),))


def test_what_begins_where_the_credit_ends_claims_nothing(here: Neighbours) -> None:
    here.bar(issue())
    assert here.world.do(here.world.till, slot(10_000, 10_100, ONE)) == ["accepted"]
    assert known(here).claims == ()


# ---------- disputed ----------


def test_every_late_sale_of_a_revoked_till_is_disputed(here: Neighbours) -> None:
    here.bar(issue(), TerminalRevoke(0, here.world.till.id))
    world = here.world
    assert world.do(world.till, slot(0, 5, ONE), split(0, (TIME, 1))) == ["disputed"] * 2
    assert (known(here).claims, world.held(place(BAR), TIME)) == ((), 0)


def test_a_disputed_sale_of_an_old_till_comes_to_its_total(here: Neighbours) -> None:
    """What it names inside are words: such a sale is never paid, but may be given back."""
    other = Author(b"2" * 32)
    enrol = TerminalEnrol(PublicKey("33" * 32), PublicKey(other.key.hex()), "Bar 2", BAR)
    here.bar(enrol, TerminalRevoke(0, here.world.till.id))
    words = Sale("cached", card(1), ZERO_HASH, ("BEER",), Amount(5))
    assert here.world.do(here.world.till, words) == ["disputed"]
    back = [Refund(Amount(amount), here.world.till.id, ZERO_HASH, 1) for amount in (6, 5)]
    assert here.world.do(other, *back) == ["rejected(refund_too_large)", "accepted"]
    assert here.bar(Dispute(here.world.till.id, "pay", 1)) == ["rejected(split_not_active)"]


def test_a_disputed_sale_of_a_copy_is_named_when_it_is_paid(here: Neighbours) -> None:
    here.bar(issue(), TerminalRevoke(0, here.world.till.id))
    world = here.world
    assert world.do(here.till, slot(0, 100, ONE)) == ["accepted"]
    assert world.do(world.till, slot(50, 150, ONE)) == ["disputed"]
    assert world.memory.get(Forked, (card(RICH),)) is None
    assert here.bar(Dispute(world.till.id, "pay", 1)) == ["accepted"]
    assert world.memory.get(Forked, (card(RICH),)) == Forked(((world.till.id, 1),))
    assert known(here).claims == ((0, 150),)


def test_lines_in_one_asset_count_together(here: Neighbours) -> None:
    """Of 90 TIME: 30, 30 and 40, told by a till that is believed only now."""
    here.bar(TerminalRevoke(0, here.world.till.id))
    told = split(0, (TIME, 30), (TIME, 30), (TIME, 40))
    assert here.world.do(here.world.till, told) == ["disputed"]
    assert here.bar(Dispute(here.world.till.id, "pay", 1)) == ["overdrawn"]
    world = here.world
    assert (world.held(place(BAR), TIME), world.held(loss(BAR), TIME)) == (100, -10)


def test_a_wallet_pays_a_late_claim_in_what_the_place_takes(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    world.time += 24 * HOUR
    assert here.bar(release(world.till, here.till)) == ["accepted"]
    assert world.do(here.till, slot(0, 300, ONE)) == ["accepted"]
    assert (world.held(place(CAFE), GRAIN), world.held(place(CAFE))) == (300, 0)


def test_a_place_that_accepts_nothing_is_paid_by_a_purse_alone() -> None:
    """A chain without a federated asset: the kiosk takes nothing, but its till took a purse."""
    world, kiosk, seller = World(), PlaceId("kiosk"), Author(b"k" * 32)
    enrol = TerminalEnrol(PublicKey("11" * 32), PublicKey(seller.key.hex()), "K", kiosk)
    world.do(world.node, Genesis(PublicKey(world.node.key.hex()), "Node"))
    world.do(
        world.node,
        PolicySet("-", ProtocolPolicy(2)),
        PlaceCreate("Le Bar", BAR),
        PlaceCreate("Kiosk", kiosk),
        asset(GRAIN, AssetClass.LOCAL),
        enrol,
        CardRegister(card(RICH), BAR, "T2", holder(RICH)),
        GroupCreate((GRAIN,), 1),
        given(GRAIN, 500, RICH, "grain"),
    )
    assert world.do(seller, slot(0, 5, ONE), split(5, (GRAIN, 1))) == [
        "rejected(nothing_accepted)",
        "rejected(unknown_card)",
    ]
    assert world.do(world.node, issue()) == ["accepted"]
    assert world.do(seller, slot(0, 5, ONE)) == ["accepted"]
    assert world.held(place(kiosk), GRAIN) == 5
    hours = unit(TIME, AssetClass.TIME, issuer=kiosk)
    assert world.do(world.node, hours, given(TIME, 9, RICH, "t")) == ["accepted"] * 2
    lines = [split(total, (TIME, 1), number=RICH) for total in (5, 0)]
    assert world.do(seller, *lines) == ["rejected(nothing_accepted)", "accepted"]
    assert world.held(place(kiosk), TIME) == 1
