"""Purses by hand: what an issue moves and permits, and when it comes back."""

import pytest

from server.ledger.records import Allowed, Lost, Purse, Validators, Wallet
from shared.bodies import (
    AssetAccept,
    CardBlock,
    CardHome,
    GroupCreate,
    PlaceCreate,
    PlaceLeave,
    PolicySet,
    SaleVoid,
    TerminalEnrol,
    TerminalRevoke,
)
from shared.ids import Hash, PlaceId, PublicKey, loss, place
from shared.policy import PursePolicy
from tests.server.ledger.neighbours import CAFE, Neighbours
from tests.server.ledger.pursed import (
    HOUR,
    RICH,
    THIN,
    TODAY,
    account,
    allowance,
    issue,
    known,
    purses,
    release,
    slot,
)
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, Author, card, holder, purse


@pytest.fixture
def here() -> Neighbours:
    return purses()


def permitted(here: Neighbours, name: Hash) -> bool:
    return here.world.memory.get(Allowed, (name,)) is not None


# ---------- issue ----------


def test_an_issue_funds_the_purse_up_to_its_limit_smallest_priority_first(
    here: Neighbours,
) -> None:
    assert here.bar(issue()) == ["accepted"]
    world = here.world
    assert (world.held(account(), GRAIN), world.held(account())) == (500, 9_500)
    assert (world.held(purse(RICH), GRAIN), world.held(purse(RICH))) == (0, 10_500)
    assert known(here) == Purse(
        claims=(), credit=10_000, epoch=0, expires=492_024, group=1, number=1, void_line=0
    )
    assert permitted(here, allowance(1, 10_000))
    owner = world.memory.get(Wallet, (holder(RICH),))
    assert owner is not None
    assert owner.cards == (card(RICH),)


def test_a_thin_card_holds_thirty_euros(here: Neighbours) -> None:
    assert here.bar(issue(THIN)) == ["accepted"]
    assert here.world.held(account(THIN)) == 3_000


def test_a_home_and_the_chain_say_how_much(here: Neighbours) -> None:
    here.bar(PolicySet("-", PursePolicy(1_000, 2_000)), issue(THIN))
    assert here.world.held(account(THIN)) == 1_000
    here.bar(PolicySet(BAR, PursePolicy(1_200, 4_000)), issue(THIN), issue(RICH))
    assert (here.world.held(account(THIN)), here.world.held(account())) == (1_200, 3_500)


def test_an_issue_of_nothing_is_a_fresh_allowance(here: Neighbours) -> None:
    here.bar(issue())
    here.world.time += HOUR
    assert here.bar(issue(hours=48)) == ["accepted"]
    assert permitted(here, allowance(2, 10_000, issued=1_105, hours=48))
    assert known(here).expires == 492_049


def test_an_hour_that_has_begun_counts_from_its_beginning(here: Neighbours) -> None:
    here.world.time += HOUR - 1
    assert here.bar(issue()) == ["accepted"]
    assert known(here).expires == 492_024
    assert type(known(here).expires) is int
    assert permitted(here, allowance(1, 10_000))


def test_an_issue_tops_up_what_was_spent(here: Neighbours) -> None:
    here.bar(issue())
    here.world.do(here.world.till, slot(0, 4_000, allowance(1, 10_000)))
    here.bar(issue())
    assert known(here).credit == 14_000
    assert permitted(here, allowance(2, 14_000, base=4_000))


def test_a_claim_that_came_before_another_counts_up_to_its_end(here: Neighbours) -> None:
    """The sale of the first 7.00 is still on some till: the card has spent 9.00 all the same."""
    here.bar(issue())
    here.world.do(here.world.till, slot(700, 900, allowance(1, 10_000)))
    here.bar(issue())
    assert permitted(here, allowance(2, 10_200, base=900))


def test_an_issue_gives_what_there_is(here: Neighbours) -> None:
    here.bar(PolicySet(BAR, PursePolicy(9_000, 9_000)), issue(THIN))
    assert (here.world.held(account(THIN)), here.world.held(purse(THIN))) == (5_000, 0)


def test_the_last_cent_of_an_asset_is_issued_too(here: Neighbours) -> None:
    assert here.world.sale(RICH, 499, "online") == ["accepted"]  # of 500 GRAIN
    assert here.bar(issue()) == ["accepted"]
    assert (here.world.held(account(), GRAIN), here.world.held(account())) == (1, 9_999)


def test_a_larger_sale_gets_what_it_needs(here: Neighbours) -> None:
    here.bar(issue(need=15_000))
    assert known(here).credit == 15_000
    here.bar(issue(need=12_000), issue(need=15_000))
    assert known(here).credit == 15_000


def test_an_older_allowance_may_be_valid_longer(here: Neighbours) -> None:
    here.bar(issue(hours=200), issue(hours=1))
    assert known(here).expires == 492_200


def test_a_purse_stops_at_what_a_card_can_count(here: Neighbours) -> None:
    most = 16_777_215
    full = Purse(
        claims=(), credit=most - 100, epoch=0, expires=0, group=1, number=9, void_line=most - 100
    )
    here.world.memory.records[Purse][card(RICH),] = full
    here.bar(issue(), issue())
    assert (known(here).credit, known(here).number) == (most, 11)


def test_numbers_jump_for_each_recovery(here: Neighbours) -> None:
    here.bar(issue())
    for first in (100, 200):
        here.world.memory.records[Lost][first,] = Lost(first + 5, first + 4)
    here.bar(issue(), issue())
    assert (known(here).number, known(here).epoch) == (2_003, 2)


def test_a_suspended_node_issues_nothing(here: Neighbours) -> None:
    node = here.world.node.id
    here.world.memory.records[Validators]["-",] = Validators((node,), (node,))
    assert here.bar(issue()) == ["rejected(issuer_suspended)"]


def test_what_cannot_be_issued(here: Neighbours) -> None:
    assert here.bar(issue(99), issue(1), issue(group=2)) == [
        "rejected(unknown_card)",
        "rejected(wrong_tier)",
        "rejected(unknown_group)",
    ]
    assert here.cafe(issue()) == ["rejected(not_authorised)"]
    here.bar(CardBlock(card(RICH), "lost"))
    assert here.bar(issue()) == ["rejected(card_blocked)"]


def test_a_purse_holds_what_its_home_accepts(here: Neighbours) -> None:
    here.bar(CardHome(card(RICH), CAFE))
    no = AssetAccept(accept=False, asset=GRAIN, place=CAFE, side="place")
    assert here.cafe(no, issue()) == ["accepted", "rejected(not_accepted)"]


def test_a_card_changes_its_group_only_when_the_purse_is_released(here: Neighbours) -> None:
    here.bar(GroupCreate((FED,), 2), issue())
    assert here.bar(issue(group=2)) == ["rejected(purse_open)"]
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till, here.till), issue(group=2)) == ["accepted"] * 2
    assert (known(here).group, known(here).void_line, known(here).credit) == (2, 10_000, 20_000)


# ---------- void ----------


def test_a_void_counts_as_spent_and_moves_nothing(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    assert world.do(world.till, SaleVoid(card(RICH), (0, 700))) == ["accepted"]
    assert world.held(account()) == 9_500
    here.bar(issue())
    assert permitted(here, allowance(2, 10_000, base=700))


def test_all_that_was_credited_can_be_voided(here: Neighbours) -> None:
    here.bar(issue())
    assert here.world.do(here.world.till, SaleVoid(card(RICH), (0, 10_000))) == ["accepted"]
    assert known(here).voided == 10_000


def test_the_highest_void_counts(here: Neighbours) -> None:
    here.bar(issue())
    void = SaleVoid(card(RICH), (0, 700)), SaleVoid(card(RICH), (0, 300))
    here.world.do(here.world.till, *void)
    assert known(here).voided == 700


def test_an_honest_sale_of_a_voided_interval_is_no_copy(here: Neighbours) -> None:
    """The write of the void never reached the card: the next till starts where it had stood."""
    here.bar(issue())
    world = here.world
    world.do(world.till, SaleVoid(card(RICH), (0, 700)))
    assert world.do(here.till, slot(0, 300, allowance(1, 10_000))) == ["accepted"]
    assert world.sale(RICH, 1, "online") == ["accepted"]


def test_a_void_of_what_was_never_credited_is_wrong(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    bodies = [SaleVoid(card(RICH), span) for span in ((0, 10_001), (5, 5), (6, 5))]
    assert world.do(world.till, *bodies) == ["rejected(wrong_span)"] * 3
    assert world.do(world.till, SaleVoid(card(99), (0, 1))) == ["rejected(unknown_card)"]


def test_a_revoked_till_cannot_spoil_cards(here: Neighbours) -> None:
    here.bar(issue(), TerminalRevoke(0, here.world.till.id))
    assert here.world.do(here.world.till, SaleVoid(card(RICH), (0, 9_000))) == ["accepted"]
    assert known(here).voided == 0


def test_a_till_that_is_to_be_revoked_later_still_voids(here: Neighbours) -> None:
    here.bar(issue(), TerminalRevoke(1, here.world.till.id))
    assert here.world.do(here.world.till, SaleVoid(card(RICH), (0, 9_000))) == ["accepted"]
    assert known(here).voided == 9_000


# ---------- release ----------


def test_a_release_gives_back_what_nobody_claimed(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    world.do(world.till, slot(0, 4_000, allowance(1, 10_000)), SaleVoid(card(RICH), (4_000, 4_200)))
    world.time += 24 * HOUR
    assert here.bar(release(world.till, here.till)) == ["accepted"]
    assert (world.held(account()), world.held(account(), GRAIN)) == (0, 0)
    assert (world.held(purse(RICH)), world.held(purse(RICH), GRAIN)) == (16_500, 0)
    assert known(here).void_line == 10_000
    owner = world.memory.get(Wallet, (holder(RICH),))
    assert owner is not None
    assert owner.cards == ()
    assert here.bar(release(world.till, here.till)) == ["rejected(purse_empty)"]


def test_the_next_allowance_starts_at_the_void_line(here: Neighbours) -> None:
    here.bar(issue())
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till, here.till), issue()) == ["accepted"] * 2
    assert permitted(here, allowance(2, 20_000, base=10_000, issued=1_128))


def test_a_release_waits_for_the_last_allowance(here: Neighbours) -> None:
    here.bar(issue())
    here.world.time += 24 * HOUR - 1
    assert here.bar(release(here.world.till, here.till)) == ["rejected(allowance_valid)"]


def test_a_release_waits_for_every_till(here: Neighbours) -> None:
    world = here.world
    here.bar(issue())
    world.time = (TODAY + 2) * DAY
    assert here.bar(release(world.till), release()) == ["rejected(heads_missing)"] * 2
    before = world.till.seq
    world.sale(RICH, 5)
    world.till.seq += 1  # the till is said to have one more, which the chain does not know
    assert here.bar(release(world.till, here.till)) == ["rejected(heads_missing)"]
    world.till.seq = before
    assert here.bar(release(world.till, here.till)) == ["accepted"]


def test_a_release_hears_of_every_till_of_a_festival(here: Neighbours) -> None:
    """Three hundred, each of which could have more to send; one is forgotten, then none."""
    tills = [Author(number.to_bytes(32, "big")) for number in range(1, 299)]
    box = PublicKey("22" * 32)
    keys = [PublicKey(each.key.hex()) for each in tills]
    enrolled = (TerminalEnrol(box, key, "Bar", BAR) for key in keys)
    assert here.bar(*enrolled) == ["accepted"] * 298
    here.bar(issue())
    here.world.time += 24 * HOUR
    all_but_one, all_of_them = (here.till, *tills), (here.till, here.world.till, *tills)
    assert here.bar(release(*all_but_one)) == ["rejected(heads_missing)"]
    assert here.bar(release(*all_of_them)) == ["accepted"]


def test_a_release_does_not_wait_for_a_till_that_never_could_take_the_purse(
    here: Neighbours,
) -> None:
    kiosk, key = PlaceId("kiosk"), PublicKey(Author(b"k" * 32).key.hex())
    enrol = TerminalEnrol(PublicKey("22" * 32), key, "Kiosk 1", kiosk)
    assert here.cafe(PlaceCreate("Le Kiosque", kiosk), enrol) == ["accepted"] * 2
    here.bar(issue())
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till, here.till)) == ["accepted"]


@pytest.mark.parametrize("left", [False, True])
def test_whom_a_release_does_not_wait_for_hides_nobody(here: Neighbours, *, left: bool) -> None:
    """A kiosk that takes no GRAIN, or has left, has the till that was enrolled before the last."""
    kiosk, box = PlaceId("kiosk"), PublicKey("22" * 32)
    first, last = (PublicKey(Author(seed * 32).key.hex()) for seed in (b"k", b"l"))
    enrolled = here.bar(
        PlaceCreate("Le Kiosque", kiosk),
        TerminalEnrol(box, first, "Kiosk 1", kiosk),
        TerminalEnrol(box, last, "Bar 2", BAR),
        issue(),
    )
    assert enrolled == ["accepted"] * 4
    if left:
        accept = AssetAccept(accept=True, asset=GRAIN, place=kiosk, side="place")
        assert here.bar(accept, PlaceLeave(kiosk)) == ["accepted"] * 2
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till, here.till)) == ["rejected(heads_missing)"]
    heard = (here.world.till, here.till, Author(b"l" * 32))
    assert here.bar(release(*heard)) == ["accepted"]


def test_a_till_that_sent_nothing_has_sent_no_first_one_either(here: Neighbours) -> None:
    here.bar(issue())
    here.world.time += 24 * HOUR
    ahead = Author(here.till.seed, 1)
    assert here.bar(release(here.world.till, ahead)) == ["rejected(heads_missing)"]


def test_a_release_waits_for_a_till_that_could_take_the_purse_until_a_consent_ended(
    here: Neighbours,
) -> None:
    here.bar(issue())
    here.cafe(AssetAccept(accept=False, asset=GRAIN, place=CAFE, side="place"))
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till)) == ["rejected(heads_missing)"]
    assert here.bar(release(here.world.till, here.till)) == ["accepted"]


def test_a_release_does_not_wait_for_a_revoked_till_nor_for_a_place_that_left(
    here: Neighbours,
) -> None:
    here.bar(issue(), TerminalRevoke(0, here.world.till.id))
    here.cafe(PlaceLeave(CAFE))
    here.world.time += 24 * HOUR
    assert here.bar(release()) == ["accepted"]


def test_what_cannot_be_released(here: Neighbours) -> None:
    assert here.bar(release(of=99), release()) == [
        "rejected(unknown_card)",
        "rejected(purse_empty)",
    ]
    assert here.cafe(release()) == ["rejected(not_authorised)"]


def test_what_a_release_gives_back_pays_what_the_wallet_owes(here: Neighbours) -> None:
    here.bar(issue(THIN))  # 3 000 of 5 000
    world = here.world
    assert world.sale(THIN, 2_100) == ["overdrawn"]
    assert (world.held(purse(THIN)), world.held(loss(BAR))) == (0, -100)
    world.time += 24 * HOUR
    assert here.bar(release(world.till, here.till, of=THIN)) == ["accepted"]
    assert (world.held(purse(THIN)), world.held(loss(BAR))) == (2_900, 0)
    assert world.memory.get(Wallet, (holder(THIN),)) == Wallet((), BAR, BAR)


def test_a_late_claim_below_the_void_line_is_the_wallets(here: Neighbours) -> None:
    here.bar(issue())
    world = here.world
    world.time += 24 * HOUR
    here.bar(release(world.till, here.till), issue())  # GRAIN 500, FED 9 500 again
    assert world.do(here.till, slot(9_000, 10_300, allowance(1, 10_000))) == ["accepted"]
    assert world.held(account(), GRAIN) == 200  # 300 above the line
    assert world.held(purse(RICH)) == 9_500  # 1 000 below it
    assert (world.held(place(CAFE), GRAIN), world.held(place(CAFE))) == (300, 1_000)


def test_a_late_claim_that_the_wallet_cannot_pay_is_a_loss(here: Neighbours) -> None:
    here.bar(issue(THIN))
    world = here.world
    world.time += 24 * HOUR
    here.bar(release(world.till, here.till, of=THIN), issue(THIN))
    permit = allowance(1, 3_000, of=THIN)
    assert world.do(here.till, slot(0, 3_000, permit, of=THIN)) == ["overdrawn"]
    assert (world.held(account(THIN)), world.held(purse(THIN))) == (3_000, 0)
    assert (world.held(loss(CAFE)), world.held(place(CAFE))) == (-1_000, 3_000)
