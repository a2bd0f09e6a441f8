"""Pages about a card: blue while it is awaited, green, red, and amber for trouble."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.errors import MESSAGES
from terminal.till import pricing, risk
from terminal.till.events import AnotherCard, Back, Continue, RemoveToFit
from terminal.till.receipts import CardDraft, Draft, RefundDraft, ReloadDraft, SaleDraft
from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    AwaitingSale,
    AwaitingVerdict,
    PaidShown,
    ReaderLostShown,
    Reason,
    Recording,
    RefusedShown,
    TakingBack,
    Trouble,
    TroubleShown,
)
from terminal.ui import messages as m, screen
from terminal.ui.messages import Phrase
from terminal.ui.pages.pen import MINUTE_MS, Pen
from terminal.ui.screen import Button, Icon, Look

ALMOST_DONE = 900


# --- Blue ---------------------------------------------------------------------------------------


def await_sale(pen: Pen, _page: AwaitingSale) -> screen.CardWait:
    """Draw "hold the card" with what it will pay."""
    directory, basket = pen.till.directory, pen.till.basket
    total = pricing.total(basket, directory)
    return _wait(pen, pen.money(total), pen.goods(pricing.lines(basket, directory)))


def await_check(pen: Pen, _page: AwaitingCheck) -> screen.CardWait:
    """Draw "hold the card" to see what is on it."""
    return _wait(pen, "", pen.say(m.TO_CHECK))


def await_reload(pen: Pen, page: AwaitingReload) -> screen.CardWait:
    """Draw "hold the card" with what it will get."""
    return _wait(pen, pen.money(page.amount, page.asset), pen.say(m.TO_RELOAD))


def _wait(pen: Pen, amount: str, detail: str) -> screen.CardWait:
    return screen.CardWait(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.HOLD_CARD),
        amount=amount,
        detail=detail,
        cancel=pen.button("cancel", m.CANCEL, Back(), icon=Icon.BACK, look=Look.EDGED),
    )


def recording(pen: Pen, page: Recording) -> screen.CardHeld:
    """Draw the moment in which the journal writes."""
    return _held(pen, page.draft, pen.till.now_ms - page.since_ms)


def _held(pen: Pen, draft: Draft, age_ms: int) -> screen.CardHeld:
    return screen.CardHeld(
        status=pen.status(),
        title=pen.say(m.KEEP_CARD),
        amount=_amount(pen, draft),
        detail=pen.goods(draft.lines) if isinstance(draft, SaleDraft) else "",
        progress_permille=min(ALMOST_DONE, 300 + age_ms),
    )


def _amount(pen: Pen, draft: Draft) -> str:
    if isinstance(draft, ReloadDraft):
        return pen.money(draft.amount, draft.asset)
    return pen.money(draft.sale.total if isinstance(draft, RefundDraft) else draft.total)


# --- Doubt about the answer ---------------------------------------------------------------------


def verdict(pen: Pen, page: AwaitingVerdict) -> screen.CardHeld | screen.Checking:
    """Draw "keep the card there", and "checking" once the node takes long."""
    age_ms = pen.till.now_ms - page.since_ms
    if not page.slow:
        return _held(pen, page.draft, age_ms)
    return _checking(pen, page.draft, age_ms)


def taking_back(pen: Pen, page: TakingBack) -> screen.Checking:
    """Draw "checking" while the refund is journalled."""
    return _checking(pen, page.sale, risk.DEADLINE_MS)


def _checking(pen: Pen, draft: CardDraft, age_ms: int) -> screen.Checking:
    left_s = -(-max(0, risk.DEADLINE_MS - age_ms) // 1000)
    return screen.Checking(
        status=pen.status(),
        title=pen.say(m.CHECKING),
        warning=pen.say(m.CHECKING_WARNING),
        text=pen.say(m.CHECKING_TEXT),
        progress_permille=min(1000, age_ms * 1000 // risk.DEADLINE_MS),
        foot=pen.say(m.SECONDS_AMOUNT, n=left_s, amount=_amount(pen, draft)),
    )


# --- Green --------------------------------------------------------------------------------------


def paid(pen: Pen, page: PaidShown) -> screen.Paid:
    """Draw the only bright page."""
    draft = page.draft
    title = m.PAID
    if isinstance(draft, ReloadDraft):
        title = m.TOPPED_UP
    elif isinstance(draft, RefundDraft):
        title = m.REFUNDED
    if pen.till.training:
        title = m.EXERCISE
    sold = () if isinstance(draft, ReloadDraft) else _sale(draft).lines
    return screen.Paid(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(title),
        amount=_amount(pen, draft),
        left="" if page.left is None else pen.say(m.LEFT, amount=pen.money(page.left)),
        goods=pen.goods(sold),
        next=pen.button("continue", m.GO_ON, Continue()),
    )


def _sale(draft: SaleDraft | RefundDraft) -> SaleDraft:
    return draft.sale if isinstance(draft, RefundDraft) else draft


# --- Red ----------------------------------------------------------------------------------------


def refused(pen: Pen, page: RefusedShown) -> screen.Refused:
    """Draw the reason and at most four ways on."""
    headline, detail = _why(pen, page)
    reload = isinstance(page.draft, ReloadDraft)
    return screen.Refused(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.RELOAD_REFUSED if reload else m.REFUSED),
        headline=headline,
        detail=detail,
        ways=_ways(pen, page),
    )


def _why(pen: Pen, page: RefusedShown) -> tuple[str, str]:
    draft, on_card, room = page.draft, pen.money(page.on_card), pen.money(max(0, page.room))
    cost = draft.amount if isinstance(draft, ReloadDraft) else draft.total
    total = _amount(pen, draft)
    if page.reason is Reason.SHORT:
        missing = cost - page.on_card
        head = pen.say(m.MISSING, amount=pen.money(missing))
        head = head if missing > 0 else pen.say(m.NOT_ENOUGH)
        return head, pen.say(m.TOTAL_ON_CARD, total=total, on_card=on_card)
    if page.reason is Reason.LIMIT:
        return pen.say(m.TOO_MUCH_OFFLINE), pen.say(m.MAXIMUM, total=total, room=room)
    if page.reason is Reason.RELOAD_MAXIMUM:
        text = pen.say(m.RELOAD_MAXIMUM_TEXT, on_card=on_card, room=room)
        return pen.say(m.RELOAD_MAXIMUM), text
    if isinstance(draft, ReloadDraft) and page.reason is Reason.RELOAD_ONLINE:
        return pen.say(m.RELOAD_ONLINE), pen.say(m.RELOAD_ONLINE_TEXT, asset=_asset(pen, draft))
    if page.reason is Reason.NODE_REFUSED and page.code is not None:
        words = MESSAGES[page.code]
        return pen.say(m.NODE_REFUSED), words.fr if pen.language == "fr" else words.en
    headline, text_phrase = REASONS[page.reason]
    return pen.say(headline), pen.say(text_phrase)


REASONS: dict[Reason, tuple[Phrase, Phrase]] = {
    Reason.TOO_MANY: (m.CARD_HAD_ITS_SALES, m.CARD_HAD_ITS_SALES_TEXT),
    Reason.ONLINE_ONLY: (m.ONLINE_ONLY, m.ONLINE_ONLY_TEXT),
    Reason.TILL_FULL: (m.TILL_FULL, m.TILL_FULL_TEXT),
    Reason.NO_ANSWER: (m.NO_ANSWER, m.NO_ANSWER_TEXT),
    Reason.TILL_STOPPED: (m.TILL_STOPPED, m.STOPPED),
    Reason.NODE_REFUSED: (m.NODE_REFUSED, m.HELP_DESK),
}


def _asset(pen: Pen, draft: ReloadDraft) -> str:
    return pen.till.directory.assets[draft.asset].name


def _ways(pen: Pen, page: RefusedShown) -> tuple[Button, ...]:
    """Give the best way first: what fits, or trying again, or another card."""
    reload = isinstance(page.draft, ReloadDraft)
    back_to = m.BACK_TO_AMOUNT if reload else m.BACK_TO_BASKET
    back = pen.button(
        "cancel", m.CANCEL, Back(), icon=Icon.BACK, look=Look.EDGED, sub=pen.say(back_to)
    )
    if page.reason is Reason.TILL_STOPPED:
        return (back,)
    if page.reason is Reason.NO_ANSWER:
        sub = pen.say(m.SAME_OR_OTHER)
        again = pen.button(
            "try-again", m.TRY_AGAIN, AnotherCard(), icon=Icon.CARD, look=Look.BEST, sub=sub
        )
        return (again, back)
    removal = _removal(pen, page)
    look = Look.EDGED if removal else Look.BEST
    sub = "" if reload else pen.say(m.KEEP_BASKET)
    other = pen.button(
        "another-card", m.ANOTHER_CARD, AnotherCard(), icon=Icon.CARD, look=look, sub=sub
    )
    return (*removal, other, back)


def _removal(pen: Pen, page: RefusedShown) -> tuple[Button, ...]:
    fits = page.removal
    product = None if fits is None else pricing.products(pen.till.directory).get(fits.product)
    if fits is None or product is None:
        return ()
    name = product.name
    label = pen.say(m.REMOVE, n=fits.quantity, name=name[:1].lower() + name[1:])
    return (
        Button(
            id="remove-to-fit",
            label=label,
            event=RemoveToFit(),
            icon=Icon.LESS,
            look=Look.BEST,
            sub=pen.say(m.NEW_TOTAL, amount=pen.money(fits.new_total)),
        ),
    )


# --- Amber --------------------------------------------------------------------------------------


def trouble(pen: Pen, page: TroubleShown) -> screen.CardTrouble:
    """Draw what is wrong with the card."""
    number = pen.say(m.CARD_NUMBER, number=page.number) if page.number else ""
    icon, title, taken, sentences = _troubles(pen, page)
    look_back = Look.RETURN
    buttons: tuple[Button, ...] = (
        pen.button("another-card", m.ANOTHER_CARD, AnotherCard(), icon=Icon.CARD, look=Look.MAIN),
        pen.button(
            "cancel",
            m.CANCEL,
            Back(),
            icon=Icon.BACK,
            look=look_back,
            sub=pen.say(m.BACK_TO_BASKET),
        ),
    )
    if page.trouble is Trouble.RELOAD_PENDING:
        buttons = (pen.button("cancel", m.UNDERSTOOD, Back(), icon=Icon.CHECK, look=Look.MAIN),)
    return screen.CardTrouble(
        status=pen.status(),
        training=pen.training(),
        icon=icon,
        title=pen.say(title),
        taken=pen.say(taken),
        sentences=sentences,
        number=number,
        buttons=buttons,
    )


def _troubles(pen: Pen, page: TroubleShown) -> tuple[Icon, Phrase, Phrase, tuple[str, ...]]:
    if page.trouble is Trouble.BLOCKED:
        reported = pen.say(m.REPORTED)
        if page.blocked_at_ms is not None:
            reported = pen.say(m.REPORTED_ON, day=_day(pen, page.blocked_at_ms))
        sentences = (reported, pen.say(m.DO_NOT_KEEP))
        return Icon.LOCK, m.BLOCKED_CARD, m.NOTHING_TAKEN, sentences
    if page.trouble is Trouble.UNUSABLE:
        sentences = (pen.say(m.UNUSABLE_TEXT), pen.say(m.HELP_DESK))
        return Icon.QUESTION, m.UNUSABLE_CARD, m.NOTHING_TAKEN, sentences
    if page.trouble is Trouble.RELOAD_PENDING:
        sentences = (pen.say(m.RELOAD_PENDING_TEXT), pen.say(m.RELOAD_PENDING_ONCE))
        return Icon.HOURGLASS, m.RELOAD_PENDING, m.RELOAD_PENDING_TAKEN, sentences
    sentences = (pen.say(m.UNKNOWN_TEXT), pen.say(m.HELP_DESK))
    return Icon.QUESTION, m.UNKNOWN_CARD, m.NOTHING_TAKEN, sentences


def _day(pen: Pen, at_ms: int) -> str:
    """Write "22 novembre", on the place's calendar."""
    seconds = pen.local_minutes(at_ms) * MINUTE_MS // 1000
    day = datetime.fromtimestamp(seconds, tz=UTC)
    return f"{day.day} {pen.say(m.MONTHS[day.month - 1])}"


def reader_lost(pen: Pen, _page: ReaderLostShown) -> screen.ReaderUnplugged:
    """Draw which cable to plug in."""
    directory, basket = pen.till.directory, pen.till.basket
    total = pricing.total(basket, directory)
    return screen.ReaderUnplugged(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.READER_UNPLUGGED),
        steps=(pen.say(m.PLUG_IN), pen.say(m.WAIT_FOR_BEEP), pen.say(m.GOES_ON)),
        kept=pen.say(m.BASKET_KEPT, amount=pen.money(total)) if basket else "",
        back=pen.button("back", m.TO_BASKET, Back(), icon=Icon.BACK, look=Look.RETURN),
    )
