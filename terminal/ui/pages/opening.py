"""Pages before selling: starting, pairing, locked, the last sale before a restart."""

from __future__ import annotations

from shared.errors import MESSAGES
from terminal.till.events import Acknowledge, Back, ChangeAddress, ConfirmRefund, SwitchOff
from terminal.till.opening import PAIRING_DIGITS
from terminal.till.receipts import RefundDraft, ReloadDraft, SaleDraft
from terminal.till.state import (
    LastShown,
    Locked,
    OutOfOrder,
    Starting,
    TypingAddress,
    Unpaired,
    Wrong,
)
from terminal.ui import messages as m, screen
from terminal.ui.pages.pen import Pen
from terminal.ui.screen import Button, Icon, Look

PIN_DISCS = 4


def starting(pen: Pen, _page: Starting) -> screen.Checking:
    """Draw the second in which the journal is read."""
    return screen.Checking(
        status=pen.status(),
        title=pen.say(m.STARTING),
        warning="",
        text=pen.say(m.STARTING_TEXT),
        progress_permille=0,
        foot="",
    )


def unpaired(pen: Pen, page: Unpaired) -> screen.Pairing:
    """Draw the pairing page."""
    off = page.busy
    change = None if off else ChangeAddress()
    return screen.Pairing(
        status=pen.status(),
        title=pen.say(m.PAIR),
        text=pen.say(m.PAIR_TEXT),
        digits=page.digits,
        length=PAIRING_DIGITS,
        hint=pen.say(m.PAIR_BUSY if page.busy else m.PAIR_HINT),
        error=_pairing_error(pen, page),
        busy=page.busy,
        address=pen.till.address or pen.say(m.PAIR_NO_ADDRESS),
        change_address=pen.button("change-address", m.CHANGE, change),
        serial=pen.say(m.THIS_TILL, serial=pen.till.serial),
        keypad=pen.keypad(off=off),
        languages=pen.languages(),
    )


def _pairing_error(pen: Pen, page: Unpaired) -> str:
    if not page.failed:
        return ""
    if page.code is None:
        return pen.say(m.PAIR_NO_ANSWER)
    words = MESSAGES[page.code]
    return words.fr if pen.language == "fr" else words.en


def typing_address(pen: Pen, _page: TypingAddress) -> screen.AddressEntry:
    """Draw the page with a keyboard."""
    return screen.AddressEntry(
        status=pen.status(),
        title=pen.say(m.ADDRESS),
        text=pen.say(m.PAIR_NO_ADDRESS),
        address=pen.till.address,
        hint=pen.say(m.ADDRESS_HINT),
        cancel=pen.button("cancel", m.CANCEL, Back(), icon=Icon.BACK, look=Look.RETURN),
    )


def locked(pen: Pen, page: Locked) -> screen.Locked:
    """Draw the lock."""
    nobody = not pen.till.directory.operators  # paired, and not told yet who works here
    deaf = nobody or page.checking or pen.till.now_ms < page.deaf_until_ms
    subtitle = m.CODE_CHECKED if page.checking else m.OR_CODE
    return screen.Locked(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.HOLD_STAFF),
        subtitle=pen.say(m.NO_STAFF if nobody else subtitle),
        error=_wrong(pen, page),
        typed=len(page.digits),
        length=max(PIN_DISCS, len(page.digits)),
        busy=page.checking,
        keypad=pen.keypad(off=deaf),
        languages=pen.languages(),
    )


def _wrong(pen: Pen, page: Locked) -> str:
    if page.wrong is Wrong.CARD:
        return pen.say(m.NOT_STAFF)
    if page.wrong is None:
        return ""
    wait_ms = page.deaf_until_ms - pen.till.now_ms
    if wait_ms > 0:
        return pen.say(m.WRONG_WAIT, n=-(-wait_ms // 1000))
    phrase = m.WRONG_ONE if page.tries_left == 1 else m.WRONG_MANY
    return pen.say(phrase, n=page.tries_left)


def last_shown(pen: Pen, page: LastShown) -> screen.LastSale:
    """Draw what was journalled last, and ask about it if it was a sale."""
    draft, acknowledge = page.draft, Acknowledge()
    sale = draft.sale if isinstance(draft, RefundDraft) else draft
    good = pen.button("acknowledge", m.YES_GOOD, acknowledge, icon=Icon.CHECK, look=Look.MAIN)
    known = pen.button("acknowledge", m.UNDERSTOOD, acknowledge, icon=Icon.CHECK, look=Look.MAIN)
    amount = sale.amount if isinstance(sale, ReloadDraft) else sale.total
    buttons: tuple[Button, ...] = (known,)
    if isinstance(draft, ReloadDraft):
        text, result, question = m.RESTART_RELOAD, m.TOPPED_UP, None
    elif isinstance(draft, RefundDraft):
        text, result, question = m.RESTART_REFUND, m.REFUNDED, None
    elif not page.stands:
        text, result, question = m.RESTART_UNDONE, m.CANCELLED, m.NOT_SERVED
    else:
        text, result, question = m.RESTART_PAID, m.PAID, m.GOT_ORDER
        refund = pen.button(
            "refund", m.NO_REFUND, ConfirmRefund(), icon=Icon.UNDO, sub=pen.money(amount)
        )
        buttons = (refund, good)
    return screen.LastSale(
        status=pen.status(),
        title=pen.say(m.RESTARTED),
        text=pen.say(text),
        caption=pen.caption(page.at_ms, sale.number),
        lines=pen.lines(sale.lines) if isinstance(sale, SaleDraft) else (),
        result=pen.say(result),
        paid=page.stands,
        amount=pen.money(amount, sale.asset if isinstance(sale, ReloadDraft) else None),
        question="" if question is None else pen.say(question),
        buttons=buttons,
    )


def out_of_order(pen: Pen, _page: OutOfOrder) -> screen.OutOfOrder:
    """Draw the page that only a restart can leave."""
    off = pen.button("switch-off", m.SWITCH_OFF, SwitchOff(), icon=Icon.POWER, look=Look.MAIN)
    return screen.OutOfOrder(
        status=pen.status(),
        title=pen.say(m.OUT_OF_ORDER),
        warning=pen.say(m.OUT_OF_ORDER_WARNING),
        text=pen.say(m.OUT_OF_ORDER_TEXT),
        buttons=(off,),
    )
