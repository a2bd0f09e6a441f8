"""Power on, pairing, logging in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import Code
from terminal.till.commands import (
    JournalAppend,
    Pair,
    Remember,
    Signal,
    SyncNow,
    Tune,
    VerifyPin,
)
from terminal.till.directory import NOWHERE
from terminal.till.events import (
    Acknowledge,
    AddressTyped,
    Back,
    CardSeen,
    ChangeAddress,
    ChooseLanguage,
    ConfirmRefund,
    Continue,
    Enter,
    Erase,
    JournalFailed,
    Key,
    OpenState,
    Paired,
    PairingRefused,
    PinChecked,
    Pulled,
    SwitchOff,
    Tick,
)
from terminal.till.receipts import RefundDraft
from terminal.till.state import (
    LastShown,
    Locked,
    OutOfOrder,
    Selling,
    StateShown,
    TakingBack,
    Till,
    TypingAddress,
    Unpaired,
    Wrong,
)

from .dialogue import (
    ALICE,
    BEER,
    DIRECTORY,
    LEO,
    MAIA,
    NOTHING,
    NOW,
    OPERATORS,
    SECOND,
    STAFF,
    Dialogue,
    durable,
    entry,
    sale,
    sold,
    started,
    till,
)
from .test_desk import reload

BEER_SALE = sale(sold(BEER))
BEER_ONLINE = sale(sold(BEER), basis="online")


def off() -> Dialogue:
    return Dialogue(Till())


# --- Power on -----------------------------------------------------------------------------------


def test_a_new_till_asks_to_be_paired() -> None:
    fresh = (
        off() >> started(directory=None, last_sync_ms=None, address="") << Signal(Tune.QUIET)
    ).ends_on(Unpaired())
    assert not fresh.paired


def test_a_till_that_never_sold_is_locked() -> None:
    (off() >> started() << Signal(Tune.QUIET)).ends_on(Locked(tries_left=4))


def test_the_last_sale_is_shown_before_anything_is_sold() -> None:
    last = entry(BEER_SALE)
    shown = LastShown(seq=7, at_ms=last.at_ms, draft=BEER_SALE, stands=True)
    told = (
        off() >> started(last=last) << Signal(Tune.QUIET) >> CardSeen(ALICE) >> Key("1")
    ).ends_on(shown)
    assert told.last == last
    (Dialogue(told) >> Acknowledge()).ends_on(Locked)


def test_one_button_gives_the_last_sale_back() -> None:
    back = RefundDraft(seq=7, sale=BEER_SALE, operator=MAIA)
    (
        off()
        >> started(last=entry(BEER_SALE))
        << Signal(Tune.QUIET)
        >> ConfirmRefund()
        << JournalAppend(tap=1, draft=back, at_ms=NOW)
        >> durable(back, seq=8)
        << Signal(Tune.OK)
        << SyncNow()
        >> Continue()
        << Signal(Tune.QUIET)
    ).ends_on(Locked)  # nobody logged in: a restart must not open the till


def test_what_was_topped_up_before_the_restart_can_only_be_acknowledged() -> None:
    told = (
        off() >> started(last=entry(reload(500))) << Signal(Tune.QUIET) >> ConfirmRefund()
    ).ends_on(LastShown)
    assert told.last is None


def test_an_unanswered_online_sale_is_taken_back_first() -> None:
    back = RefundDraft(seq=7, sale=BEER_ONLINE, operator=MAIA)
    sale_entry = entry(BEER_ONLINE)
    told = (
        off()
        >> started(last=sale_entry, unanswered=sale_entry, outstanding=(sale_entry,))
        << JournalAppend(tap=1, draft=back, at_ms=NOW)
        >> Acknowledge()
        >> durable(back, seq=8)
        << Signal(Tune.QUIET)
    )
    told.ends_on(LastShown(seq=7, at_ms=NOW, draft=BEER_ONLINE, stands=False))
    (told >> ConfirmRefund() >> Acknowledge()).ends_on(Locked)


def test_taking_back_at_the_start_cannot_be_left() -> None:
    sale_entry = entry(BEER_ONLINE)
    back = RefundDraft(seq=7, sale=BEER_ONLINE, operator=MAIA)
    (
        off()
        >> started(unanswered=sale_entry)
        << JournalAppend(tap=1, draft=back, at_ms=NOW)
        >> Acknowledge()
        >> CardSeen(ALICE)
    ).ends_on(TakingBack)


def test_a_journal_that_cannot_be_opened_stops_the_till() -> None:
    (off() >> JournalFailed() << Signal(Tune.ATTENTION)).ends_on(OutOfOrder)


def test_a_till_out_of_order_can_be_switched_off() -> None:
    dialogue = Dialogue(till(OutOfOrder())) >> SwitchOff()
    assert [type(command).__name__ for command in dialogue.unread] == ["Signal", "PowerOff", "Exit"]


# --- Pairing ------------------------------------------------------------------------------------


def unpaired(**known: object) -> Dialogue:
    page = Unpaired(**known)  # type: ignore[arg-type]  # a test names the fields it changes
    return Dialogue(till(page, directory=NOWHERE, operator=None))


def test_six_digits_pair_the_till() -> None:
    typing = unpaired()
    for digit in "4071529":
        typing >>= Key(digit)
    (
        typing
        >> Erase()
        >> Enter()
        >> Key("2")
        >> Enter()
        << Pair(address="https://node.example", code="407152")
        >> Enter()
        >> Key("1")
        >> Erase()
        >> ChangeAddress()
        >> Paired(at_ms=NOW, directory=replace(DIRECTORY, operators=(), products=()))
        << SyncNow()
        >> Key("1")
        >> Pulled(at_ms=NOW, directory=DIRECTORY, verdicts=(), settled_seq=0, unsent=NOTHING)
        << Signal(Tune.OK)
    ).ends_on(Locked(tries_left=4))


def test_without_an_address_nobody_can_be_asked() -> None:
    page = Unpaired(digits="407152")
    (Dialogue(till(page, address="", directory=NOWHERE)) >> Enter()).ends_on(page)


def test_a_refused_code_starts_again() -> None:
    told = (
        unpaired(digits="407152", busy=True) >> PairingRefused(Code.BAD_PIN) << Signal(Tune.REFUSED)
    )
    told.ends_on(Unpaired(failed=True, code=Code.BAD_PIN))
    (told >> Key("1")).ends_on(Unpaired(digits="1"))


@pytest.mark.parametrize(
    "typed, address",
    [(" https://other.example ", "https://other.example"), ("  ", "https://node.example")],
)
def test_the_address_can_be_changed(typed: str, address: str) -> None:
    told = (unpaired() >> ChangeAddress() >> AddressTyped(typed)).ends_on(Unpaired())
    assert told.address == address


def test_the_address_can_be_left_alone() -> None:
    (unpaired() >> ChangeAddress()).ends_on(TypingAddress)
    (unpaired() >> ChangeAddress() >> Back()).ends_on(Unpaired())


def test_the_language_can_be_chosen_before_anything_else() -> None:
    told = (unpaired() >> ChooseLanguage("en") << Remember("en")).ends_on(Unpaired)
    assert told.language == "en"


# --- Logging in ---------------------------------------------------------------------------------


def closed(**known: object) -> Dialogue:
    page = Locked(**{"tries_left": 4, **known})  # type: ignore[arg-type]  # a test's own fields
    return Dialogue(till(page, operator=None))


def test_a_code_opens_the_till() -> None:
    opened = (
        closed()
        >> Key("4")
        >> Key("3")
        >> Key("9")
        >> Erase()
        >> Key("2")
        >> Key("1")
        >> Enter()
        << VerifyPin("4321")
        >> Key("5")
        >> Enter()
        >> CardSeen(STAFF)
        >> PinChecked(LEO)
        << Signal(Tune.QUIET)
    ).ends_on(Selling)
    assert opened.operator == OPERATORS[1]


def test_no_code_is_not_checked() -> None:
    (closed() >> Enter()).ends_on(Locked)


def test_a_wrong_code_counts_down_and_then_waits_a_minute() -> None:
    told = closed()
    for left in (3, 2, 1):
        told = told >> Key("1") >> Enter() << VerifyPin("1") >> PinChecked(None)
        told = told << Signal(Tune.REFUSED)
        told.ends_on(Locked(tries_left=left, wrong=Wrong.PIN))
    told = told >> Key("1") >> Enter() << VerifyPin("1") >> PinChecked(None)
    told = told << Signal(Tune.REFUSED)
    deaf = Locked(tries_left=4, wrong=Wrong.PIN, deaf_until_ms=NOW + 60 * SECOND)
    told.ends_on(deaf)
    (told >> OpenState() >> Back() >> Key("1") >> Enter()).ends_on(deaf)
    (told >> Key("1") >> Enter() >> Tick(NOW + 59 * SECOND)).ends_on(deaf)
    (told >> Tick(NOW + 60 * SECOND)).ends_on(Locked(tries_left=4))


def test_a_late_answer_about_a_code_opens_nothing() -> None:
    (closed() >> PinChecked(MAIA)).ends_on(Locked)


def test_a_staff_card_opens_the_till() -> None:
    opened = (closed() >> CardSeen(STAFF) << Signal(Tune.QUIET)).ends_on(Selling)
    assert opened.operator == OPERATORS[0]


def test_a_guest_s_card_opens_nothing() -> None:
    (closed(digits="12") >> CardSeen(ALICE) << Signal(Tune.UNKNOWN)).ends_on(
        Locked(tries_left=4, wrong=Wrong.CARD)
    )


def test_the_state_page_needs_nobody() -> None:
    (closed() >> OpenState()).ends_on(StateShown)


def test_the_state_page_forgets_no_wrong_code() -> None:
    told = closed(digits="12", tries_left=1) >> OpenState() >> Back()
    told.ends_on(Locked(tries_left=1))
    (closed(checking=True) >> OpenState()).ends_on(Locked(tries_left=4, checking=True))
