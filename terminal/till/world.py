"""What the till learns whatever page it is on: time, network, reader, journal, deltas.

`observe` runs before the page's own row of the table, so that a handler always sees what the event
says already taken into account. It never changes the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from terminal.till import pricing, risk
from terminal.till.directory import Directory, Operator
from terminal.till.events import (
    Event,
    Journalled,
    NodeLost,
    NodeRefused,
    Paired,
    Pulled,
    Pushed,
    ReaderFound,
    ReaderLost,
    Settled,
    Stopping,
    Tick,
    Unsent,
)
from terminal.till.receipts import Entry, RefundDraft, SaleDraft
from terminal.till.state import Link, Till

RECENT: Final = 200  # entries that are kept for the card check


def observe(till: Till, event: Event) -> Till:
    """Take into account what an event says about the world."""
    learn = LEARN.get(type(event))
    return till if learn is None else learn(till, event)


def _time(till: Till, event: Tick) -> Till:
    return replace(till, now_ms=max(till.now_ms, event.now_ms))


def _reader_lost(till: Till, _event: ReaderLost) -> Till:
    return replace(till, reader=False)


def _reader_found(till: Till, _event: ReaderFound) -> Till:
    return replace(till, reader=True)


def _stopping(till: Till, _event: Stopping) -> Till:
    return replace(till, stopping=True)


def _node_lost(till: Till, event: NodeLost) -> Till:
    return replace(till, link=replace(till.link, lost=True, stranger=event.stranger))


def _node_refused(till: Till, event: NodeRefused) -> Till:
    return replace(till, link=replace(till.link, refused=event.code))


def _journalled(till: Till, event: Journalled) -> Till:
    entry, last, sales, blind = event.entry, till.last, till.sales, till.blind_sales
    if isinstance(entry.draft, SaleDraft):
        last = entry
        sales = Unsent(count=sales.count + 1, amount=sales.amount + entry.draft.total)
        blind += entry.draft.basis == "cached" and not till.trusted_clock
    elif isinstance(entry.draft, RefundDraft):
        sales = _less(sales, entry.draft.sale)
        last = None if last and last.seq == entry.draft.seq else last
    return replace(
        till,
        last=last,
        sales=sales,
        blind_sales=blind,
        unsent=event.unsent,
        outstanding=(*till.outstanding, entry),
        recent=(*till.recent, entry)[-RECENT:],
    )


def _answered(till: Till, at_ms: int, *, synced: bool) -> Till:
    """Note that the node answered: it is in reach, and its time can be trusted."""
    at_ms = max(at_ms, till.now_ms)  # the till's time may be ahead of its system clock
    last_sync_ms = at_ms if synced else till.link.last_sync_ms
    link = Link(last_answer_ms=at_ms, last_sync_ms=last_sync_ms)
    return replace(till, link=link, trusted_clock=True, blind_sales=0)


def _settle(till: Till, verdicts: tuple[Settled, ...]) -> Till:
    """Forget what the node rejected: it moved nothing."""
    outstanding, recent, last, sales = till.outstanding, till.recent, till.last, till.sales
    for seq in (v.seq for v in verdicts if not v.verdict.took_effect):
        sales = _without(sales, recent, seq)
        outstanding = risk.without(outstanding, seq)
        recent = risk.without(recent, seq)
        last = None if last is not None and last.seq == seq else last
    return replace(till, outstanding=outstanding, recent=recent, last=last, sales=sales)


def _without(sales: Unsent, recent: tuple[Entry, ...], rejected_seq: int) -> Unsent:
    """Count a rejected sale no longer, unless it was taken back already."""
    for entry in reversed(recent):
        if isinstance(entry.draft, RefundDraft) and entry.draft.seq == rejected_seq:
            return sales
        if isinstance(entry.draft, SaleDraft) and entry.seq == rejected_seq:
            return _less(sales, entry.draft)
    return sales


def _less(sales: Unsent, sale: SaleDraft) -> Unsent:
    """Take a sale out of those of the day; one of yesterday may not be among them."""
    return Unsent(count=max(0, sales.count - 1), amount=max(0, sales.amount - sale.total))


def _pushed(till: Till, event: Pushed) -> Till:
    till = _settle(_answered(till, event.at_ms, synced=False), event.verdicts)
    return replace(till, unsent=event.unsent)


def _pulled(till: Till, event: Pulled) -> Till:
    till = _settle(_answered(till, event.at_ms, synced=True), event.verdicts)
    outstanding = tuple(entry for entry in till.outstanding if entry.seq > event.settled_seq)
    return replace(_direct(till, event.directory), unsent=event.unsent, outstanding=outstanding)


def _paired(till: Till, event: Paired) -> Till:
    return _direct(_answered(till, event.at_ms, synced=True), event.directory)


def _direct(till: Till, directory: Directory) -> Till:
    """Replace the directory; what it no longer sells leaves the basket."""
    basket = pricing.still_sold(till.basket, directory)
    return replace(
        till, directory=directory, basket=basket, operator=_again(till.operator, directory)
    )


def _again(operator: Operator | None, directory: Directory) -> Operator | None:
    """Find who is logged in in the new directory; somebody who left is logged out."""
    if operator is None:
        return None
    return next((o for o in directory.operators if o.id == operator.id), None)


LEARN: Final[dict[type[Event], Callable[[Till, Any], Till]]] = {
    Tick: _time,
    ReaderLost: _reader_lost,
    ReaderFound: _reader_found,
    Stopping: _stopping,
    NodeLost: _node_lost,
    NodeRefused: _node_refused,
    Journalled: _journalled,
    Pushed: _pushed,
    Pulled: _pulled,
    Paired: _paired,
}
