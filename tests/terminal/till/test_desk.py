"""Card check, reload, refund, menu, state page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.ids import AssetId, CardRef
from terminal.till.commands import (
    Exit,
    JournalAppend,
    PowerOff,
    Remember,
    SetBrightness,
    Signal,
    SyncNow,
    Tune,
)
from terminal.till.directory import NOBODY, NOWHERE, OperatorId
from terminal.till.events import (
    AddMoney,
    AskRefund,
    AskReload,
    Back,
    CardSeen,
    ChooseAsset,
    ChooseBrightness,
    ChooseLanguage,
    ConfirmRefund,
    ConfirmReload,
    Erase,
    Key,
    Lock,
    OpenMenu,
    OpenState,
    ReaderLost,
    SwitchOff,
    ToggleTraining,
)
from terminal.till.receipts import Basis, RefundDraft, ReloadDraft
from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    AwaitingVerdict,
    CardShown,
    Locked,
    MenuShown,
    PaidShown,
    ReaderLostShown,
    Reason,
    Recording,
    RefundAsked,
    RefusedShown,
    ReloadTyped,
    Selling,
    StateShown,
    Trouble,
    TroubleShown,
    Unpaired,
)

from .dialogue import (
    ALICE,
    BEER,
    CARDS,
    CHAMP,
    DIRECTORY,
    FED,
    LOST,
    MAIA,
    NOW,
    ONLINE,
    OPERATORS,
    STRANGER,
    Dialogue,
    durable,
    entry,
    sale,
    selling,
    sold,
    till,
)


def reload(
    amount: int,
    *,
    basis: Basis = "cached",
    asset: AssetId = CHAMP,
    operator: OperatorId = MAIA,
) -> ReloadDraft:
    return ReloadDraft(
        basis=basis,
        card=ALICE,
        number="4F2A 91C0",
        asset=asset,
        amount=amount,
        operator=operator,
    )


# --- Card check ---------------------------------------------------------------------------------


def checking() -> Dialogue:
    return Dialogue(till(AwaitingCheck()))


def test_a_card_shows_what_it_may_spend() -> None:
    (checking() >> CardSeen(ALICE) << Signal(Tune.QUIET) >> Back() << Signal(Tune.QUIET)).ends_on(
        Selling
    )
    (checking() >> CardSeen(ALICE) << Signal(Tune.QUIET)).ends_on(CardShown(CARDS[ALICE]))


@pytest.mark.parametrize("ref, trouble", [(STRANGER, Trouble.UNKNOWN), (LOST, Trouble.BLOCKED)])
def test_a_card_check_tells_trouble(ref: CardRef, trouble: Trouble) -> None:
    shown = (
        (checking() >> CardSeen(ref) << Signal(Tune.UNKNOWN) << SyncNow())
        .ends_on(TroubleShown)
        .page
    )
    assert isinstance(shown, TroubleShown)
    assert (shown.trouble, shown.retry) == (trouble, AwaitingCheck())


def test_the_cable_may_go_while_a_card_is_awaited_for_a_check() -> None:
    (checking() >> ReaderLost() << Signal(Tune.ATTENTION)).ends_on(ReaderLostShown(AwaitingCheck()))


# --- Reload -------------------------------------------------------------------------------------


def typed(amount: int = 0) -> Dialogue:
    return Dialogue(till(ReloadTyped(asset=CHAMP, amount=amount)))


def test_the_place_s_own_money_is_proposed_first() -> None:
    (Dialogue(till(MenuShown())) >> AskReload()).ends_on(ReloadTyped(asset=CHAMP))
    (Dialogue(till(CardShown(CARDS[ALICE]))) >> AskReload()).ends_on(ReloadTyped(asset=CHAMP))


def test_where_nothing_is_sold_for_cash_nothing_can_be_topped_up() -> None:
    (Dialogue(till(MenuShown(), directory=NOWHERE)) >> AskReload()).ends_on(MenuShown)


def test_the_amount_is_typed_in_cents_or_in_banknotes() -> None:
    (typed() >> Key("2") >> Key("5") >> Key("00") >> AddMoney(500) >> Erase()).ends_on(
        ReloadTyped(asset=CHAMP, amount=300)
    )


def test_an_amount_that_does_not_fit_the_box_is_not_taken() -> None:
    (typed(999_999) >> Key("1") >> AddMoney(1)).ends_on(ReloadTyped(asset=CHAMP, amount=999_999))


def test_another_money_may_be_sold() -> None:
    (typed(500) >> ChooseAsset(FED)).ends_on(ReloadTyped(asset=FED, amount=500))


def test_nothing_received_is_not_confirmed() -> None:
    (typed() >> ConfirmReload()).ends_on(ReloadTyped)


def test_a_local_reload_needs_no_network() -> None:
    draft = reload(2500)
    kept = (
        Dialogue(till(ReloadTyped(asset=CHAMP, amount=2500), basket=((BEER, 1),)))
        >> ConfirmReload()
        << Signal(Tune.WAITING)
        >> CardSeen(ALICE)
        << JournalAppend(tap=1, draft=draft, at_ms=NOW)
        >> durable(draft)
        << Signal(Tune.OK)
        << SyncNow()
    ).ends_on(PaidShown(draft=draft, left=3750))
    assert kept.basket == ((BEER, 1),)


def test_without_an_operator_the_reload_says_nobody() -> None:
    draft = reload(100, operator=NOBODY)
    page = AwaitingReload(asset=CHAMP, amount=100)
    (
        Dialogue(till(page, operator=None))
        >> CardSeen(ALICE)
        << JournalAppend(tap=1, draft=draft, at_ms=NOW)
    ).ends_on(Recording)


def test_a_federated_reload_asks_the_node() -> None:
    draft = reload(2500, basis="online", asset=FED)
    (
        Dialogue(till(AwaitingReload(asset=FED, amount=2500), link=ONLINE))
        >> CardSeen(ALICE)
        << JournalAppend(tap=1, draft=draft, at_ms=NOW)
        >> durable(draft)
        << SyncNow()
    ).ends_on(AwaitingVerdict)


@pytest.mark.parametrize(
    "asset, amount, reason",
    [(FED, 2500, Reason.RELOAD_ONLINE), (CHAMP, 13_751, Reason.RELOAD_MAXIMUM)],
)
def test_a_reload_may_be_refused(asset: AssetId, amount: int, reason: Reason) -> None:
    page = AwaitingReload(asset=asset, amount=amount)
    shown = (
        (Dialogue(till(page)) >> CardSeen(ALICE) << Signal(Tune.REFUSED)).ends_on(RefusedShown).page
    )
    assert isinstance(shown, RefusedShown)
    assert shown.reason is reason


@pytest.mark.parametrize("ref, trouble", [(STRANGER, Trouble.UNKNOWN), (LOST, Trouble.BLOCKED)])
def test_trouble_with_the_card_to_top_up(ref: CardRef, trouble: Trouble) -> None:
    page = AwaitingReload(asset=CHAMP, amount=500)
    shown = (
        (Dialogue(till(page)) >> CardSeen(ref) << Signal(Tune.UNKNOWN) << SyncNow())
        .ends_on(TroubleShown)
        .page
    )
    assert isinstance(shown, TroubleShown)
    assert (shown.trouble, shown.retry) == (trouble, page)


def test_back_from_the_card_leads_to_the_amount() -> None:
    page = AwaitingReload(asset=CHAMP, amount=500)
    (Dialogue(till(page)) >> Back() << Signal(Tune.QUIET) >> Back() << Signal(Tune.QUIET)).ends_on(
        Selling
    )


# --- Refund -------------------------------------------------------------------------------------


def test_the_last_sale_is_given_back_once() -> None:
    beer = sale(sold(BEER))
    back = RefundDraft(seq=7, sale=beer, operator=MAIA)
    done = (
        selling(last=entry(beer), outstanding=(entry(beer),), basket=((BEER, 3),))
        >> AskRefund()
        >> ConfirmRefund()
        << JournalAppend(tap=1, draft=back, at_ms=NOW)
        >> ConfirmRefund()
        >> durable(back, seq=8)
        << Signal(Tune.OK)
        << SyncNow()
    ).ends_on(PaidShown(draft=back, left=1250))
    assert done.last is None
    assert done.basket == ((BEER, 3),)


def test_the_refund_of_another_sale_leaves_the_last_one() -> None:
    old = RefundDraft(seq=3, sale=sale(sold(BEER)), operator=MAIA)
    last = entry(sale(sold(BEER)))
    page = Recording(tap=1, draft=old, since_ms=NOW)
    kept = (
        Dialogue(till(page, last=last)) >> durable(old, seq=8) << Signal(Tune.OK) << SyncNow()
    ).ends_on(PaidShown)
    assert kept.last == last


def test_a_refund_is_in_the_name_of_who_gives_it_back() -> None:
    beer = sale(sold(BEER))
    back = RefundDraft(seq=7, sale=beer, operator=NOBODY)
    (
        Dialogue(till(RefundAsked(entry(beer)), last=entry(beer), operator=None))
        >> ConfirmRefund()
        << JournalAppend(tap=1, draft=back, at_ms=NOW)
    ).ends_on(Recording)


def test_a_sale_that_the_node_meanwhile_rejected_is_not_given_back() -> None:
    (Dialogue(till(RefundAsked(entry(sale(sold(BEER)))))) >> ConfirmRefund()).ends_on(Selling)


def test_what_is_left_on_a_card_that_went_away_is_not_known() -> None:
    beer = sale(sold(BEER))
    back = RefundDraft(seq=7, sale=beer, operator=MAIA)
    page = Recording(tap=1, draft=back, since_ms=NOW)
    gone = replace(DIRECTORY, cards={})
    (Dialogue(till(page, directory=gone)) >> durable(back) << Signal(Tune.OK) << SyncNow()).ends_on(
        PaidShown(draft=back, left=None)
    )


def test_without_a_last_sale_there_is_nothing_to_ask() -> None:
    (selling() >> AskRefund()).ends_on(Selling)


def test_a_refund_can_be_thought_over() -> None:
    beer = entry(sale(sold(BEER)))
    (Dialogue(till(RefundAsked(beer), last=beer)) >> Back() << Signal(Tune.QUIET)).ends_on(Selling)


# --- State and menu -----------------------------------------------------------------------------


def test_the_state_page_leads_back_to_where_one_works() -> None:
    (selling() >> OpenState() >> Back()).ends_on(Selling)
    (Dialogue(till(StateShown(), operator=None)) >> Back()).ends_on(Locked)
    (Dialogue(till(StateShown(), directory=NOWHERE)) >> Back()).ends_on(Unpaired)


def test_switching_off() -> None:
    (
        Dialogue(till(StateShown())) >> SwitchOff() << Signal(Tune.QUIET) << PowerOff() << Exit()
    ).ends_on(StateShown)


def test_the_menu() -> None:
    changed = (
        selling()
        >> OpenMenu()
        >> ChooseLanguage("en")
        << Remember("en")
        >> ChooseBrightness(35)
        << SetBrightness(35)
        >> Back()
    ).ends_on(Selling)
    assert (changed.language, changed.brightness) == ("en", 35)


def test_the_state_page_opens_from_the_menu() -> None:
    (Dialogue(till(MenuShown())) >> OpenState()).ends_on(StateShown)


def test_locking_keeps_the_basket() -> None:
    kept = (Dialogue(till(MenuShown(), basket=((BEER, 1),))) >> Lock()).ends_on(Locked)
    assert kept.operator is None
    assert kept.basket == ((BEER, 1),)


def test_only_a_manager_may_start_a_training() -> None:
    trained = (Dialogue(till(MenuShown(), basket=((BEER, 1),))) >> ToggleTraining()).ends_on(
        Selling
    )
    assert trained.training
    assert trained.basket == ()
    refused = (Dialogue(till(MenuShown(), operator=OPERATORS[1])) >> ToggleTraining()).ends_on(
        MenuShown
    )
    assert not refused.training
