"""While the node has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from shared.errors import Code
from shared.ids import CardRef
from shared.verdict import ACCEPTED, DISPUTED, Verdict, rejected
from terminal.till.commands import JournalAppend, Signal, SyncNow, Tune
from terminal.till.directory import Card, Directory
from terminal.till.events import (
    AnotherCard,
    CardSeen,
    Event,
    JournalFailed,
    NodeLost,
    NodeRefused,
    Pulled,
    Pushed,
    Settled,
    Tick,
    Unsent,
)
from terminal.till.pricing import Basket, Removal
from terminal.till.receipts import RefundDraft
from terminal.till.state import (
    AwaitingSale,
    AwaitingVerdict,
    OutOfOrder,
    PaidShown,
    Reason,
    Recording,
    RefusedShown,
    Selling,
    TakingBack,
    Till,
    Trouble,
    TroubleShown,
    Why,
)

from .dialogue import (
    ALICE,
    BEER,
    BROKE,
    CARDS,
    DIRECTORY,
    LEMONADE,
    MAIA,
    NOTHING,
    NOW,
    ONLINE,
    Dialogue,
    card,
    durable,
    entry,
    sale,
    sold,
    till,
)
from .test_desk import reload

BEER_ONLINE = sale(sold(BEER), basis="online")
BEER_BACK = RefundDraft(seq=7, sale=BEER_ONLINE, operator=MAIA)


def pushed(verdict: Verdict | None = None, *, provisional: bool = False, seq: int = 7) -> Pushed:
    verdicts = () if verdict is None else (Settled(seq=seq, verdict=verdict),)
    return Pushed(
        at_ms=NOW, stored_seq=7, verdicts=verdicts, provisional=provisional, unsent=NOTHING
    )


def pulled(directory: Directory = DIRECTORY, settled: int = 7) -> Pulled:
    return Pulled(
        at_ms=NOW,
        directory=directory,
        verdicts=(),
        settled_seq=settled,
        unsent=NOTHING,
    )


def asking(basket: Basket = ((BEER, 1),)) -> Dialogue:
    """An online sale is durable and on its way."""
    return (
        Dialogue(till(AwaitingSale(), basket=basket, link=ONLINE))
        >> CardSeen(ALICE)
        << JournalAppend(tap=1, draft=BEER_ONLINE, at_ms=NOW)
        >> durable(BEER_ONLINE)
        << SyncNow()
    )


def test_green_only_on_a_final_verdict() -> None:
    green = (
        asking()
        >> pushed()
        >> pushed(seq=6, verdict=ACCEPTED)
        >> pushed(ACCEPTED)
        << Signal(Tune.OK)
    ).ends_on(PaidShown(draft=BEER_ONLINE, left=750))
    assert green.basket == ()
    assert green.unsent == NOTHING


def test_a_verdict_may_come_with_the_deltas() -> None:
    deltas = Pulled(
        at_ms=NOW,
        directory=DIRECTORY,
        verdicts=(Settled(seq=7, verdict=ACCEPTED),),
        settled_seq=6,
        unsent=NOTHING,
    )
    (asking() >> deltas << Signal(Tune.OK)).ends_on(PaidShown)


def test_a_slow_answer_is_said_once_and_loudly() -> None:
    (
        asking()
        >> Tick(NOW + 600)
        >> Tick(NOW + 800)
        << Signal(Tune.ATTENTION)
        >> Tick(NOW + 1050)
        >> pushed(ACCEPTED)
        << Signal(Tune.OK)
    ).ends_on(PaidShown)


def test_at_the_deadline_the_sale_is_taken_back_before_anything_else() -> None:
    red = (
        asking()
        >> Tick(NOW + 3000)
        << JournalAppend(tap=2, draft=BEER_BACK, at_ms=NOW + 3000)
        >> AnotherCard()
        >> CardSeen(ALICE)
        >> durable(BEER_BACK, tap=2, seq=8, unsent=2)
        << Signal(Tune.REFUSED)
    ).ends_on(RefusedShown(reason=Reason.NO_ANSWER, draft=BEER_ONLINE, on_card=1250, room=0))
    assert red.basket == ((BEER, 1),)
    assert red.last is None


@pytest.mark.parametrize("failure", [NodeLost(), NodeRefused(Code.AUTHOR_REVOKED)])
def test_a_failed_request_does_not_wait_for_the_deadline(failure: Event) -> None:
    (asking() >> failure << JournalAppend(tap=2, draft=BEER_BACK, at_ms=NOW)).ends_on(TakingBack)


def test_only_the_journal_s_answer_about_the_refund_counts() -> None:
    back = TakingBack(tap=2, seq=7, sale=BEER_ONLINE, why=Why.DEADLINE, since_ms=NOW)
    (Dialogue(till(back)) >> durable(BEER_BACK, tap=1)).ends_on(back)


def test_a_card_that_left_the_federation_meanwhile_has_nothing_on_it() -> None:
    back = TakingBack(tap=2, seq=7, sale=BEER_ONLINE, why=Why.DEADLINE, since_ms=NOW)
    strangers = replace(DIRECTORY, cards={})
    (
        Dialogue(till(back, directory=strangers))
        >> durable(BEER_BACK, tap=2)
        << Signal(Tune.REFUSED)
    ).ends_on(RefusedShown(reason=Reason.NO_ANSWER, draft=BEER_ONLINE, on_card=0, room=0))


@pytest.mark.parametrize("silence", [NodeLost(), Tick(NOW + 3000)])
def test_after_a_silence_the_offline_rule_sells_on_the_next_tap(silence: Event) -> None:
    beer = sale(sold(BEER))
    at_ms = NOW + 3000 if isinstance(silence, Tick) else NOW
    (
        asking()
        >> silence
        << JournalAppend(tap=2, draft=BEER_BACK, at_ms=at_ms)
        >> durable(BEER_BACK, tap=2, seq=8)
        << Signal(Tune.REFUSED)
        >> AnotherCard()
        << Signal(Tune.WAITING)
        >> CardSeen(ALICE)
        << JournalAppend(tap=3, draft=beer, at_ms=at_ms)
        >> durable(beer, tap=3, seq=9)
        << Signal(Tune.OK)
        << SyncNow()
    ).ends_on(PaidShown(draft=beer, left=750))


def test_without_a_quorum_the_offline_rule_decides_on_the_same_tap() -> None:
    beer = sale(sold(BEER))
    (
        asking()
        >> pushed(provisional=True)
        << JournalAppend(tap=2, draft=BEER_BACK, at_ms=NOW)
        >> durable(BEER_BACK, tap=2, seq=8)
        << JournalAppend(tap=3, draft=beer, at_ms=NOW)
        >> durable(beer, tap=3, seq=9)
        << Signal(Tune.OK)
        << SyncNow()
    ).ends_on(PaidShown(draft=beer, left=750))


def test_without_a_quorum_the_offline_rule_may_refuse() -> None:
    page = TakingBack(
        tap=2,
        seq=7,
        sale=sale(sold(BEER), card=BROKE, basis="online"),
        why=Why.PROVISIONAL,
        since_ms=NOW,
    )
    (
        Dialogue(till(page, taps=2))
        >> durable(RefundDraft(seq=7, sale=page.sale, operator=MAIA), tap=2, seq=8)
        << Signal(Tune.REFUSED)
    ).ends_on(RefusedShown)


def test_not_enough_says_how_much_once_the_balance_is_here() -> None:
    basket = ((BEER, 2), (LEMONADE, 1))
    draft = sale(sold(BEER, 2), sold(LEMONADE), basis="online")
    poorer = {**CARDS, ALICE: card(ALICE, "4F2A 91C0", 900)}
    asked = AwaitingVerdict(seq=7, draft=draft, since_ms=NOW)
    no = rejected(Code.INSUFFICIENT_FUNDS)
    dialogue = (
        Dialogue(till(asked, basket=basket, outstanding=(entry(draft),)))
        >> pushed(no)
        << Signal(Tune.REFUSED)
    )
    first = dialogue.ends_on(RefusedShown).page
    assert isinstance(first, RefusedShown)
    assert (first.reason, first.on_card, first.removal) == (
        Reason.SHORT,
        1250,
        Removal(product=BEER, quantity=1, new_total=800),
    )
    second = (dialogue >> pulled(_with(poorer))).ends_on(RefusedShown).page
    assert isinstance(second, RefusedShown)
    assert (second.on_card, second.room) == (900, 900)
    assert second.removal == Removal(product=BEER, quantity=1, new_total=800)


def _with(cards: Mapping[CardRef, Card]) -> Directory:
    return replace(DIRECTORY, cards=cards)


def test_deltas_leave_other_refusals_alone() -> None:
    page = RefusedShown(reason=Reason.LIMIT, draft=sale(sold(BEER)), on_card=0, room=0)
    (Dialogue(till(page)) >> pulled()).ends_on(page)
    gone = RefusedShown(
        reason=Reason.SHORT,
        draft=sale(sold(BEER)),
        on_card=0,
        room=0,
        code=Code.INSUFFICIENT_FUNDS,
    )
    (Dialogue(till(gone)) >> pulled(_with({}))).ends_on(gone)


@pytest.mark.parametrize(
    "verdict, trouble",
    [
        (rejected(Code.CARD_BLOCKED), Trouble.BLOCKED),
        (rejected(Code.UNKNOWN_CARD), Trouble.UNKNOWN),
    ],
)
def test_the_node_knows_better_about_the_card(verdict: Verdict, trouble: Trouble) -> None:
    shown = TroubleShown(trouble=trouble, number="4F2A 91C0", retry=AwaitingSale())
    (asking() >> pushed(verdict) << Signal(Tune.UNKNOWN) << SyncNow()).ends_on(shown)


@pytest.mark.parametrize(
    "verdict, reason",
    [
        (rejected(Code.AUTHOR_REVOKED), Reason.TILL_STOPPED),
        (rejected(Code.NOTHING_ACCEPTED), Reason.NODE_REFUSED),
        (DISPUTED, Reason.NODE_REFUSED),
    ],
)
def test_other_verdicts_are_red(verdict: Verdict, reason: Reason) -> None:
    shown = (asking() >> pushed(verdict) << Signal(Tune.REFUSED)).ends_on(RefusedShown).page
    assert isinstance(shown, RefusedShown)
    assert shown.reason is reason


def test_an_unanswered_reload_stands_and_says_keep_the_money() -> None:
    draft = reload(2000, basis="online")
    asked = AwaitingVerdict(seq=7, draft=draft, since_ms=NOW)
    pending = TroubleShown(trouble=Trouble.RELOAD_PENDING, number="4F2A 91C0", retry=Selling())
    (Dialogue(till(asked)) >> Tick(NOW + 3000) << Signal(Tune.UNKNOWN) << SyncNow()).ends_on(
        pending
    )


def test_a_journal_that_fails_while_taking_back_stops_the_till() -> None:
    (
        asking()
        >> NodeLost()
        << JournalAppend(tap=2, draft=BEER_BACK, at_ms=NOW)
        >> JournalFailed()
        << Signal(Tune.ATTENTION)
    ).ends_on(OutOfOrder)


def test_what_the_node_rejected_is_forgotten_with_its_refund() -> None:
    refund = entry(BEER_BACK, seq=8)
    other = entry(sale(sold(LEMONADE)), seq=9)
    three = (entry(BEER_ONLINE), refund, other)
    known: Till = till(outstanding=three, recent=three, last=entry(BEER_ONLINE))
    after = (Dialogue(known) >> pushed(rejected(Code.INSUFFICIENT_FUNDS))).ends_on(Selling)
    assert after.outstanding == after.recent == (other,)
    assert after.last is None


def test_only_what_was_sold_counts_among_the_sales_of_the_day() -> None:
    no = rejected(Code.INSUFFICIENT_FUNDS)
    sold_one = (asking() >> pushed(ACCEPTED) << Signal(Tune.OK)).ends_on(PaidShown)
    assert sold_one.sales == Unsent(count=1, amount=500)
    refused_one = asking() >> pushed(no) << Signal(Tune.REFUSED) >> pushed(no)
    assert refused_one.ends_on(RefusedShown).sales == NOTHING
    back = (
        asking()
        >> Tick(NOW + 3000)
        << JournalAppend(tap=2, draft=BEER_BACK, at_ms=NOW + 3000)
        >> durable(BEER_BACK, tap=2, seq=8, unsent=2)
        << Signal(Tune.REFUSED)
    )
    assert back.ends_on(RefusedShown).sales == NOTHING
    assert (back >> pushed(no)).ends_on(RefusedShown).sales == NOTHING


def test_a_recording_page_is_left_by_the_verdict_of_another_sale_only_by_the_journal() -> None:
    page = Recording(tap=1, draft=BEER_ONLINE, since_ms=NOW)
    told = (Dialogue(till(page)) >> pushed(ACCEPTED)).ends_on(page)
    assert told.unsent == Unsent(count=0, amount=0)
