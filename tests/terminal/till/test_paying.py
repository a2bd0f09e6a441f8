"""From the card to green or red."""

from __future__ import annotations

from typing import Any

import pytest

from terminal.till.commands import JournalAppend, Signal, SyncNow, Tune
from terminal.till.directory import NOBODY
from terminal.till.events import (
    AnotherCard,
    Back,
    CardSeen,
    CardUnusable,
    JournalFailed,
    ReaderFound,
    ReaderLost,
    RemoveToFit,
    Tick,
)
from terminal.till.pricing import Removal
from terminal.till.receipts import Draft
from terminal.till.state import (
    AwaitingReload,
    AwaitingSale,
    OutOfOrder,
    Page,
    PaidShown,
    ReaderLostShown,
    Reason,
    Recording,
    RefusedShown,
    ReloadTyped,
    Selling,
    Trouble,
    TroubleShown,
)

from .dialogue import (
    ALICE,
    BEER,
    BOB,
    CHAMP,
    CUP,
    LEMONADE,
    LOST,
    NOW,
    ONLINE,
    STRANGER,
    Dialogue,
    durable,
    entry,
    sale,
    sold,
    till,
)
from .test_desk import reload

ONE_BEER = ((BEER, 1),)


def awaiting(**known: Any) -> Dialogue:
    return Dialogue(till(AwaitingSale(), **{"basket": ONE_BEER, **known}))


def append(draft: Draft, tap: int = 1) -> JournalAppend:
    return JournalAppend(tap=tap, draft=draft, at_ms=NOW)


def test_an_offline_sale_is_green_only_after_the_journal() -> None:
    beer = sale(sold(BEER))
    green = (
        awaiting()
        >> CardSeen(ALICE)
        << append(beer)
        >> Tick(NOW + 250)
        >> durable(beer)
        << Signal(Tune.OK)
        << SyncNow()
    ).ends_on(PaidShown(draft=beer, left=750))
    assert green.basket == ()
    assert green.unsent.count == 1
    assert green.outstanding == (entry(beer, at_ms=NOW),)
    assert (green.sales.count, green.sales.amount) == (1, 500)


def test_two_taps_of_a_card_are_one_sale() -> None:
    beer = sale(sold(BEER))
    (awaiting() >> CardSeen(ALICE) << append(beer) >> CardSeen(ALICE) >> CardSeen(BOB)).ends_on(
        Recording
    )


def test_another_command_s_answer_is_not_ours() -> None:
    beer = sale(sold(BEER))
    (awaiting() >> CardSeen(ALICE) << append(beer) >> durable(beer, tap=99)).ends_on(Recording)


def test_without_an_operator_the_sale_says_nobody() -> None:
    beer = sale(sold(BEER), operator=NOBODY)
    (awaiting(operator=None) >> CardSeen(ALICE) << append(beer)).ends_on(Recording)


def test_a_journal_that_fails_stops_the_till_and_shows_no_green() -> None:
    beer = sale(sold(BEER))
    stopped = (
        awaiting() >> CardSeen(ALICE) << append(beer) >> JournalFailed() << Signal(Tune.ATTENTION)
    ).ends_on(OutOfOrder)
    assert stopped.basket == ONE_BEER


def test_too_little_on_the_card_says_how_much_and_what_to_remove() -> None:
    basket = ((BEER, 2), (LEMONADE, 1), (CUP, 1))
    draft = sale(sold(BEER, 2), sold(LEMONADE), sold(CUP))
    outstanding = (entry(sale(sold(BEER), card=ALICE)),)
    refused = RefusedShown(
        reason=Reason.LIMIT,
        draft=draft,
        on_card=750,
        room=500,
        removal=Removal(product=BEER, quantity=2, new_total=400),
    )
    # 12.50 − 5.00 already sold here; offline line 10.00 − 5.00
    (
        awaiting(basket=basket, outstanding=outstanding) >> CardSeen(ALICE) << Signal(Tune.REFUSED)
    ).ends_on(refused)


def test_the_proposed_removal_is_taken_out_and_the_card_is_held_again() -> None:
    basket = ((BEER, 2), (LEMONADE, 1), (CUP, 1))
    draft = sale(sold(BEER, 2), sold(LEMONADE), sold(CUP))
    removal = Removal(product=BEER, quantity=1, new_total=900)
    lighter = sale(sold(BEER), sold(LEMONADE), sold(CUP))
    (
        awaiting(basket=basket)
        >> CardSeen(ALICE)
        << Signal(Tune.REFUSED)
        >> RemoveToFit()
        << Signal(Tune.WAITING)
        >> RemoveToFit()
        >> CardSeen(ALICE)
        << append(lighter)
    ).ends_on(Recording)
    shown = RefusedShown(reason=Reason.LIMIT, draft=draft, on_card=1250, room=1000, removal=removal)
    (awaiting(basket=basket) >> CardSeen(ALICE) << Signal(Tune.REFUSED)).ends_on(shown)


def test_without_a_removal_the_touch_does_nothing() -> None:
    page = RefusedShown(reason=Reason.SHORT, draft=sale(sold(BEER)), on_card=0, room=0)
    (Dialogue(till(page)) >> RemoveToFit()).ends_on(page)


def test_another_card_keeps_the_basket() -> None:
    page = RefusedShown(reason=Reason.SHORT, draft=sale(sold(BEER)), on_card=0, room=0)
    kept = (Dialogue(till(page, basket=ONE_BEER)) >> AnotherCard() << Signal(Tune.WAITING)).ends_on(
        AwaitingSale
    )
    assert kept.basket == ONE_BEER


def test_leaving_a_refusal_keeps_the_basket() -> None:
    page = RefusedShown(reason=Reason.SHORT, draft=sale(sold(BEER)), on_card=0, room=0)
    kept = (Dialogue(till(page, basket=ONE_BEER)) >> Back() << Signal(Tune.QUIET)).ends_on(Selling)
    assert kept.basket == ONE_BEER


def test_a_refused_reload_leads_back_to_its_amount_or_to_another_card() -> None:
    page = RefusedShown(reason=Reason.RELOAD_MAXIMUM, draft=reload(2000), on_card=0, room=0)
    typed = ReloadTyped(asset=CHAMP, amount=2000)
    (Dialogue(till(page)) >> Back() << Signal(Tune.QUIET)).ends_on(typed)
    again = AwaitingReload(asset=CHAMP, amount=2000)
    (Dialogue(till(page)) >> AnotherCard() << Signal(Tune.WAITING)).ends_on(again)


def test_an_unknown_card_takes_nothing_and_asks_the_node_for_news() -> None:
    page = TroubleShown(trouble=Trouble.UNKNOWN, retry=AwaitingSale())
    kept = (awaiting() >> CardSeen(STRANGER) << Signal(Tune.UNKNOWN) << SyncNow()).ends_on(page)
    assert kept.basket == ONE_BEER


def test_a_blocked_card_says_since_when() -> None:
    page = TroubleShown(
        trouble=Trouble.BLOCKED,
        number="1111 2222",
        blocked_at_ms=NOW - 48 * 3_600_000,
        retry=AwaitingSale(),
    )
    (awaiting() >> CardSeen(LOST) << Signal(Tune.UNKNOWN) << SyncNow()).ends_on(page)


def test_a_random_uid_is_nobody_s_card() -> None:
    page = TroubleShown(trouble=Trouble.UNUSABLE, retry=AwaitingSale())
    (
        awaiting()
        >> CardUnusable()
        << Signal(Tune.UNKNOWN)
        << SyncNow()
        >> AnotherCard()
        << Signal(Tune.WAITING)
    ).ends_on(AwaitingSale)
    (awaiting() >> CardUnusable() << Signal(Tune.UNKNOWN) << SyncNow()).ends_on(page)


def test_what_left_the_catalogue_meanwhile_is_not_charged() -> None:
    (awaiting(basket=()) >> CardSeen(ALICE) << Signal(Tune.QUIET)).ends_on(Selling)


@pytest.mark.parametrize("page", [AwaitingSale(), AwaitingReload(asset=CHAMP, amount=500)])
def test_a_pulled_cable_keeps_the_basket_and_the_sale_goes_on_by_itself(page: Page) -> None:
    kept = (
        Dialogue(till(page, basket=ONE_BEER))
        >> ReaderLost()
        << Signal(Tune.ATTENTION)
        >> ReaderFound()
        << Signal(Tune.WAITING)
    ).ends_on(page)
    assert kept.basket == ONE_BEER
    lost = (Dialogue(till(page)) >> ReaderLost() << Signal(Tune.ATTENTION)).ends_on(
        ReaderLostShown(page)
    )
    assert not lost.reader


def test_training_shows_paid_and_journals_nothing() -> None:
    beer = sale(sold(BEER))
    practised = (awaiting(training=True) >> CardSeen(ALICE) << Signal(Tune.OK)).ends_on(
        PaidShown(draft=beer, left=750)
    )
    assert practised.outstanding == ()
    assert practised.unsent.count == 0


def test_training_does_not_ask_the_node() -> None:
    beer = sale(sold(BEER))
    (awaiting(training=True, link=ONLINE) >> CardSeen(ALICE) << Signal(Tune.OK)).ends_on(
        PaidShown(draft=beer, left=750)
    )
