"""While the node has the last word: its verdict, its silence, and taking back.

Green only on a final verdict. At the deadline the refund of the sale is journalled before
anything else can be, so that a late "accepted" costs the person nothing (PROTOCOL §6).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared.errors import Code
from terminal.till import pricing, risk
from terminal.till.commands import Signal, Tune
from terminal.till.directory import Card
from terminal.till.events import Event, Journalled, Pulled, Pushed, Tick
from terminal.till.paying import follow, refused, retry, trouble
from terminal.till.receipts import CardDraft, SaleDraft
from terminal.till.recording import paid, take_back
from terminal.till.state import (
    AwaitingVerdict,
    LastShown,
    Reason,
    RefusedShown,
    Selling,
    Step,
    TakingBack,
    Till,
    Trouble,
    Why,
)

SLOW_MS: Final = 700  # then the screen says "checking", and it sounds

STOPPED: Final = frozenset({Code.AUTHOR_REVOKED, Code.AUTHOR_QUARANTINED, Code.NOT_AUTHORISED})


def answered(till: Till, page: AwaitingVerdict, event: Pushed | Pulled) -> Step:
    """Take the verdict, if it is there. Without a quorum the offline rule decides."""
    verdict = next((v.verdict for v in event.verdicts if v.seq == page.seq), None)
    if verdict is not None:
        return paid(till, page.draft) if verdict.took_effect else _no(till, page, verdict.code)
    if isinstance(event, Pushed) and event.provisional and event.stored_seq >= page.seq:
        return _unanswered(till, page, Why.PROVISIONAL)
    return till, ()


def verdict_tick(till: Till, page: AwaitingVerdict, _event: Tick) -> Step:
    """Say that it takes long; at the deadline, take it back."""
    age_ms = till.now_ms - page.since_ms
    if age_ms >= risk.DEADLINE_MS:
        return _unanswered(till, page, Why.DEADLINE)
    if age_ms >= SLOW_MS and not page.slow:
        return till.on(replace(page, slow=True)), (Signal(Tune.ATTENTION),)
    return till, ()


def node_gone(till: Till, page: AwaitingVerdict, _event: Event) -> Step:
    """Take it back: the request failed, the answer will not come in time."""
    return _unanswered(till, page, Why.DEADLINE)


def _unanswered(till: Till, page: AwaitingVerdict, why: Why) -> Step:
    """Take a sale back. A reload stands: the cash is in the till, the entry will be sent.

    A node that was silent for that long is out of reach, whatever it answered before: the next
    tap must not wait for it again.
    """
    if why is Why.DEADLINE:
        till = replace(till, link=replace(till.link, lost=True))
    if isinstance(page.draft, SaleDraft):
        return take_back(till, page.seq, page.draft, why)
    number = page.draft.number
    return trouble(till, Trouble.RELOAD_PENDING, Selling(), number=number)


def taken_back(till: Till, page: TakingBack, event: Journalled) -> Step:
    """Go on, now that the refund is durable."""
    if event.tap != page.tap:
        return till, ()
    if page.why is Why.RESTART:
        shown = LastShown(seq=page.seq, at_ms=event.entry.at_ms, draft=page.sale, stands=False)
        return till.on(shown), (Signal(Tune.QUIET),)
    card = till.directory.cards.get(page.sale.card)
    if page.why is Why.PROVISIONAL and card is not None:
        decision = risk.offline(till, card, page.sale.total)
        return follow(till, replace(page.sale, basis="cached"), decision)
    on_card = 0 if card is None else risk.balance(till, card)
    return refused(
        till, RefusedShown(reason=Reason.NO_ANSWER, draft=page.sale, on_card=on_card, room=0)
    )


def _no(till: Till, page: AwaitingVerdict, code: Code | None) -> Step:
    """Say why the node rejected it; nothing was taken."""
    draft = page.draft
    card = till.directory.cards.get(draft.card)
    if code is Code.CARD_BLOCKED:
        return trouble(till, Trouble.BLOCKED, retry(draft), number=draft.number)
    if code is Code.UNKNOWN_CARD or card is None:
        return trouble(till, Trouble.UNKNOWN, retry(draft), number=draft.number)
    if code is Code.INSUFFICIENT_FUNDS:
        return refused(till, _short(till, card, draft))
    reason = Reason.TILL_STOPPED if code in STOPPED else Reason.NODE_REFUSED
    on_card = risk.balance(till, card)
    page_red = RefusedShown(reason=reason, draft=draft, on_card=on_card, room=0, code=code)
    return refused(till, page_red)


def _short(till: Till, card: Card, draft: CardDraft) -> RefusedShown:
    on_card = risk.balance(till, card)
    return RefusedShown(
        reason=Reason.SHORT,
        draft=draft,
        on_card=on_card,
        room=on_card,
        removal=pricing.removal(till.basket, till.directory, on_card),
        code=Code.INSUFFICIENT_FUNDS,
    )


def refusal_pulled(till: Till, page: RefusedShown, _event: Pulled) -> Step:
    """Say how much is missing, now that the balance behind a "not enough" is here."""
    card = till.directory.cards.get(page.draft.card)
    if page.code is not Code.INSUFFICIENT_FUNDS or card is None:
        return till, ()
    return till.on(_short(till, card, page.draft)), ()
