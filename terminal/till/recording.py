"""Asking the journal, and taking back: the only place that makes a `JournalAppend`.

Commit before beep: both functions lead to a page that only the journal's answer can leave.
"""

from __future__ import annotations

from dataclasses import replace

from terminal.till import risk
from terminal.till.commands import JournalAppend, Signal, Tune
from terminal.till.receipts import Draft, RefundDraft, SaleDraft
from terminal.till.state import PaidShown, Recording, Step, TakingBack, Till, Why


def record(till: Till, draft: Draft) -> Step:
    """Ask for an entry to be made durable; in training nothing is asked, and nothing is paid."""
    if till.training:
        return paid(till, draft)
    tap = till.taps + 1
    page = Recording(tap=tap, draft=draft, since_ms=till.now_ms)
    till = replace(till, taps=tap, page=page)
    return till, (JournalAppend(tap=tap, draft=draft, at_ms=till.now_ms),)


def take_back(till: Till, seq: int, sale: SaleDraft, why: Why) -> Step:
    """Journal the refund of an online sale whose answer is not known, before anything else."""
    draft = RefundDraft(seq=seq, sale=sale, operator=sale.operator)
    tap = till.taps + 1
    page = TakingBack(tap=tap, seq=seq, sale=sale, why=why, since_ms=till.now_ms)
    till = replace(till, taps=tap, page=page)
    return till, (JournalAppend(tap=tap, draft=draft, at_ms=till.now_ms),)


def paid(till: Till, draft: Draft) -> Step:
    """Turn green. A sale's basket is done; a refund or a reload leaves the basket alone."""
    page = PaidShown(draft=draft, left=_left(till, draft))
    basket = () if isinstance(draft, SaleDraft) else till.basket
    return replace(till, basket=basket, page=page), (Signal(Tune.OK),)


def _left(till: Till, draft: Draft) -> int | None:
    """Say what stays on the card, as far as this till knows."""
    known = till.directory.cards.get(draft.card)
    if known is None:
        return None
    left = risk.balance(till, known)
    if till.training:  # nothing was journalled, so the balance does not know of it
        left += risk.moved(draft, till.directory, known)
    return left if left >= 0 else None
