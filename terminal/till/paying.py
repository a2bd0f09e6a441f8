"""From the card to green or red. No path leads to green without the journal's answer."""

from __future__ import annotations

from dataclasses import replace

from terminal.till import pricing, risk
from terminal.till.commands import Signal, SyncNow, Tune
from terminal.till.directory import NOBODY
from terminal.till.events import (
    AnotherCard,
    Back,
    CardSeen,
    CardUnusable,
    JournalFailed,
    Journalled,
    RemoveToFit,
)
from terminal.till.receipts import Basis, CardDraft, RefundDraft, ReloadDraft, SaleDraft
from terminal.till.recording import paid, record
from terminal.till.selling import await_card, to_sale
from terminal.till.state import (
    AwaitingReload,
    AwaitingSale,
    AwaitingVerdict,
    OutOfOrder,
    Page,
    Reason,
    Recording,
    RefusedShown,
    ReloadTyped,
    Step,
    Till,
    Trouble,
    TroubleShown,
)

# --- A card for the basket ----------------------------------------------------------------------


def card_for_sale(till: Till, page: AwaitingSale, event: CardSeen) -> Step:
    """Decide on the card that was held."""
    directory = till.directory
    card = directory.cards.get(event.card)
    total = pricing.total(till.basket, directory)
    if total <= 0:  # what was in the basket has just left the catalogue
        return to_sale(till, page, event)
    decision: risk.Decision = risk.decide(till, card, total)
    if till.training and card is not None and isinstance(decision, risk.Ask):
        decision = risk.offline(till, card, total)
    number = "" if card is None else card.number
    if isinstance(decision, risk.Stop):
        since = None if card is None else card.blocked_at_ms
        return trouble(till, decision.trouble, page, number=number, blocked_at_ms=since)
    basis: Basis = "online" if isinstance(decision, risk.Ask) else "cached"
    draft = SaleDraft(
        basis=basis,
        card=event.card,
        number=number,
        lines=pricing.lines(till.basket, directory),
        total=total,
        operator=NOBODY if till.operator is None else till.operator.id,
    )
    return follow(till, draft, decision)


def follow(till: Till, draft: CardDraft, decision: risk.Sell | risk.Ask | risk.Refuse) -> Step:
    """Record what may go on; say why the rest may not, and what would fit."""
    if not isinstance(decision, risk.Refuse):
        return record(till, draft)
    fits = None
    if isinstance(draft, SaleDraft) and decision.reason in {Reason.SHORT, Reason.LIMIT}:
        fits = pricing.removal(till.basket, till.directory, decision.room)
    return refused(
        till,
        RefusedShown(
            reason=decision.reason,
            draft=draft,
            on_card=decision.on_card,
            room=decision.room,
            removal=fits,
        ),
    )


def card_unusable(till: Till, page: Page, _event: CardUnusable) -> Step:
    """Say that a random UID is nobody's card."""
    return trouble(till, Trouble.UNUSABLE, page)


def trouble(
    till: Till, what: Trouble, retry: Page, *, number: str = "", blocked_at_ms: int | None = None
) -> Step:
    """Show what is wrong with the card; nothing was taken."""
    page = TroubleShown(trouble=what, number=number, blocked_at_ms=blocked_at_ms, retry=retry)
    return till.on(page), (Signal(Tune.UNKNOWN), SyncNow())


def refused(till: Till, page: RefusedShown) -> Step:
    """Turn red; nothing was taken."""
    return till.on(page), (Signal(Tune.REFUSED),)


# --- The journal's answer -----------------------------------------------------------------------


def recorded(till: Till, page: Recording, event: Journalled) -> Step:
    """Turn green, for it is durable; unless the node has the last word."""
    draft = page.draft
    if event.tap != page.tap:
        return till, ()
    if not isinstance(draft, RefundDraft) and draft.basis == "online":
        waiting = AwaitingVerdict(seq=event.entry.seq, draft=draft, since_ms=till.now_ms)
        return till.on(waiting), (SyncNow(),)
    till, commands = paid(till, draft)
    return till, (*commands, SyncNow())


def journal_failed(till: Till, _page: Page, _event: JournalFailed) -> Step:
    """Nobody knows whether it is durable: stop, until a restart has read the journal."""
    return till.on(OutOfOrder()), (Signal(Tune.ATTENTION),)


# --- Ways out of red and amber ------------------------------------------------------------------


def remove_to_fit(till: Till, page: RefusedShown, _event: RemoveToFit) -> Step:
    """Take out what was proposed; the card is held again, never charged by itself."""
    if page.removal is None:
        return till, ()
    basket = pricing.remove(till.basket, page.removal.product, page.removal.quantity)
    return await_card(replace(till, basket=basket), AwaitingSale())


def another_card(till: Till, page: RefusedShown, _event: AnotherCard) -> Step:
    """Hold another card (or the same one again)."""
    return await_card(till, retry(page.draft))


def retry_card(till: Till, page: TroubleShown, _event: AnotherCard) -> Step:
    """Hold another card for the same purpose."""
    return await_card(till, page.retry)


def leave_refusal(till: Till, page: RefusedShown, event: Back) -> Step:
    """Back to the basket, or to the amount to top up."""
    draft = page.draft
    if isinstance(draft, ReloadDraft):
        return till.on(ReloadTyped(asset=draft.asset, amount=draft.amount)), (Signal(Tune.QUIET),)
    return to_sale(till, page, event)


def retry(draft: CardDraft) -> Page:
    """Give the page that awaits a card for the same purpose."""
    if isinstance(draft, ReloadDraft):
        return AwaitingReload(asset=draft.asset, amount=draft.amount)
    return AwaitingSale()
