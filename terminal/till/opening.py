"""From power-on to the sale page: pairing, the last sale before a restart, logging in."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from terminal.till.commands import Command, Pair, Remember, Signal, SyncNow, Tune, VerifyPin
from terminal.till.directory import NOWHERE, Operator
from terminal.till.events import (
    Acknowledge,
    AddressTyped,
    Back,
    CardSeen,
    ChangeAddress,
    ChooseLanguage,
    ConfirmRefund,
    Enter,
    Erase,
    Key,
    Paired,
    PairingRefused,
    PinChecked,
    Pulled,
    Started,
    Tick,
)
from terminal.till.receipts import RefundDraft, SaleDraft
from terminal.till.recording import record, take_back
from terminal.till.state import (
    LastShown,
    Link,
    Locked,
    Page,
    Selling,
    Starting,
    Step,
    Till,
    TypingAddress,
    Unpaired,
    Why,
    Wrong,
)

PAIRING_DIGITS: Final = 6
PIN_TRIES: Final = 4
PIN_MOST_DIGITS: Final = 8
PIN_PAUSE_MS: Final = 60_000


def locked() -> Locked:
    """Give the page that waits for somebody of the staff."""
    return Locked(tries_left=PIN_TRIES)


def home(till: Till) -> Page:
    """Give the page to go back to from any page of the menu."""
    if not till.paired:
        return Unpaired()
    return locked() if till.operator is None else Selling()


def started(till: Till, _page: Starting, event: Started) -> Step:
    """Show the last entry first; an unanswered online sale is taken back even before that."""
    sale = event.last if event.last and isinstance(event.last.draft, SaleDraft) else None
    till = replace(
        till,
        now_ms=event.now_ms,
        trusted_clock=event.trusted_clock,
        serial=event.serial,
        address=event.address,
        directory=event.directory or NOWHERE,
        link=Link(last_sync_ms=event.last_sync_ms),
        last=sale,
        outstanding=event.outstanding,
        recent=event.outstanding,
        unsent=event.unsent,
        sales=event.sales,
    )
    unanswered = event.unanswered
    if unanswered is not None and isinstance(unanswered.draft, SaleDraft):
        return take_back(till, unanswered.seq, unanswered.draft, Why.RESTART)
    last = event.last
    if last is not None:
        page = LastShown(seq=last.seq, at_ms=last.at_ms, draft=last.draft, stands=True)
        return till.on(page), (Signal(Tune.QUIET),)
    return till.on(home(till)), (Signal(Tune.QUIET),)


def acknowledge(till: Till, _page: LastShown, _event: Acknowledge) -> Step:
    """Somebody said what became of the last sale: the till may open."""
    return till.on(home(till)), ()


def give_last_back(till: Till, page: LastShown, _event: ConfirmRefund) -> Step:
    """Refund the last sale in the name of who made it: nobody is logged in yet."""
    sale = page.draft
    if not (page.stands and isinstance(sale, SaleDraft)):
        return till, ()
    return record(till, RefundDraft(seq=page.seq, sale=sale, operator=sale.operator))


# --- Pairing ------------------------------------------------------------------------------------


def pairing_key(till: Till, page: Unpaired, event: Key) -> Step:
    """Type the code shown by the node's page."""
    digits = (page.digits + event.digits)[:PAIRING_DIGITS]
    return till.on(page if page.busy else Unpaired(digits=digits)), ()


def pairing_erase(till: Till, page: Unpaired, _event: Erase) -> Step:
    """Take the last digit away."""
    return till.on(page if page.busy else Unpaired(digits=page.digits[:-1])), ()


def pairing_enter(till: Till, page: Unpaired, _event: Enter) -> Step:
    """Ask the node, once all digits are there."""
    if page.busy or len(page.digits) < PAIRING_DIGITS or not till.address:
        return till, ()
    asking = Unpaired(digits=page.digits, busy=True)
    return till.on(asking), (Pair(address=till.address, code=page.digits),)


def pairing_refused(till: Till, _page: Unpaired, event: PairingRefused) -> Step:
    """Start again with an empty code: this one did not work."""
    return till.on(Unpaired(failed=True, code=event.code)), (Signal(Tune.REFUSED),)


def paired(till: Till, page: Unpaired, _event: Paired) -> Step:
    """Stay until the first deltas: before them nobody could log in."""
    return till.on(replace(page, busy=True)), (SyncNow(),)


def first_news(till: Till, _page: Unpaired, _event: Pulled) -> Step:
    """Wait for staff: the node took this till in, and told it what it must know."""
    return till.on(locked()), (Signal(Tune.OK),)


def change_address(till: Till, page: Unpaired, _event: ChangeAddress) -> Step:
    """Type another address of the node."""
    return till.on(page if page.busy else TypingAddress()), ()


def address_typed(till: Till, _page: TypingAddress, event: AddressTyped) -> Step:
    """Take the address; whether it is right shows when pairing."""
    address = event.address.strip() or till.address
    return replace(till, address=address, page=Unpaired()), ()


def address_kept(till: Till, _page: TypingAddress, _event: Back) -> Step:
    """Leave the address as it was."""
    return till.on(Unpaired()), ()


# --- Logging in ---------------------------------------------------------------------------------


def _deaf(till: Till, page: Locked) -> bool:
    return page.checking or till.now_ms < page.deaf_until_ms


def pin_key(till: Till, page: Locked, event: Key) -> Step:
    """Type a digit of the code."""
    if _deaf(till, page):
        return till, ()
    digits = (page.digits + event.digits)[:PIN_MOST_DIGITS]
    return till.on(replace(page, digits=digits, wrong=None)), ()


def pin_erase(till: Till, page: Locked, _event: Erase) -> Step:
    """Take the last digit away."""
    return till.on(replace(page, digits=page.digits[:-1])), ()


def pin_enter(till: Till, page: Locked, _event: Enter) -> Step:
    """Have the code checked, on a thread that may take its time."""
    if _deaf(till, page) or not page.digits:
        return till, ()
    return till.on(replace(page, digits="", checking=True)), (VerifyPin(page.digits),)


def pin_checked(till: Till, page: Locked, event: PinChecked) -> Step:
    """Open, or count the tries; after the last one wait a minute."""
    if not page.checking:
        return till, ()
    found = next((o for o in till.directory.operators if o.id == event.operator), None)
    if found is not None:
        return _open(till, found)
    tries = page.tries_left - 1
    wrong = Locked(tries_left=tries, wrong=Wrong.PIN)
    if tries == 0:
        until = till.now_ms + PIN_PAUSE_MS
        wrong = Locked(tries_left=PIN_TRIES, wrong=Wrong.PIN, deaf_until_ms=until)
    return till.on(wrong), (Signal(Tune.REFUSED),)


def pin_tick(till: Till, page: Locked, _event: Tick) -> Step:
    """Hear again when the minute is over."""
    if page.deaf_until_ms and till.now_ms >= page.deaf_until_ms:
        return till.on(locked()), ()
    return till, ()


def staff_card(till: Till, page: Locked, event: CardSeen) -> Step:
    """Open with a staff card."""
    if page.checking:
        return till, ()
    found = next((o for o in till.directory.operators if o.card == event.card), None)
    if found is not None:
        return _open(till, found)
    return till.on(replace(page, digits="", wrong=Wrong.CARD)), (Signal(Tune.UNKNOWN),)


def _open(till: Till, operator: Operator) -> Step:
    return replace(till, operator=operator, page=Selling()), (Signal(Tune.QUIET),)


def language(till: Till, _page: Page, event: ChooseLanguage) -> Step:
    """Speak another language from now on, and at the next start."""
    commands: tuple[Command, ...] = (Remember(event.language),)
    return replace(till, language=event.language), commands
