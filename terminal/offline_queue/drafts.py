"""The journal as the till knows it: drafts go in, entries come out.

Keeps the promise of `terminal.till.ports.Journal`: what `append` returned is durable, and `recover`
tells after any crash what the till must know before it sells again.  A draft is not stored beside
its transaction: it is read back from the signed bytes and the detail, so the two cannot differ.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Protocol

from shared.bodies import CashReload, Refund, Sale
from shared.codec import decode, encode
from shared.detail import NO_OPERATOR, Detail, detail_hash
from shared.ids import CardRef
from shared.transaction import open_payload
from terminal.offline_queue.database import JournalDamagedError
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import Record
from terminal.till.directory import OperatorId, ProductId
from terminal.till.events import Unsent
from terminal.till.ports import Recovered
from terminal.till.receipts import (
    Draft,
    Entry,
    RefundDraft,
    ReloadDraft,
    SaleDraft,
    Sold,
    body_of,
    detail_of,
)

SALT_BYTES: Final = 16
_NO_DETAIL: Final = Detail(lines=(), operator=NO_OPERATOR, salt="0" * 32, total=1)  # type: ignore[arg-type]  # a stand-in where the node kept the detail


class Time(Protocol):
    """Time since the start, for the signed statement."""

    def mono_ms(self) -> int:
        """Milliseconds since an arbitrary moment, never adjusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the stored news of the node say, as far as the journal needs it."""

    number: Callable[[CardRef], str]  # printed on the card; empty when not known
    seen: Callable[[], int]  # newest block height that this terminal knows
    day_starts_ms: Callable[[], int]  # of the business day


class Sums:
    """Sales by their number, to say at once how many there are after any of them."""

    def __init__(self, after: int) -> None:
        self.after = after  # nothing is known of sales up to here
        self._seqs: list[int] = []
        self._totals: list[int] = [0]  # of so many sales

    def add(self, seq: int, amount: int) -> None:
        """Count a sale; its number is higher than those before."""
        self._seqs.append(seq)
        self._totals.append(self._totals[-1] + amount)

    def since(self, seq: int) -> Unsent:
        """Give the sales with a higher number."""
        first = bisect_right(self._seqs, seq)
        return Unsent(count=len(self._seqs) - first, amount=self._totals[-1] - self._totals[first])


class TillJournal:
    """Implements `terminal.till.ports.Journal` over a `Journal`."""

    def __init__(
        self, journal: Journal, knowledge: Knowledge, *, time: Time, salt: Callable[[int], bytes]
    ) -> None:
        self._journal = journal
        self._knowledge = knowledge
        self._time = time
        self._salt = salt
        self._lock = threading.Lock()
        self._sales = Sums(after=journal.stored_seq)

    def append(self, draft: Draft, *, at_ms: int) -> Entry:
        """Link, sign and fsync one entry; on return it is durable.  Raises JournalError."""
        detail = detail_of(draft, self._salt(SALT_BYTES))
        body = body_of(draft, author=self._journal.author, detail=detail_hash(detail))
        record = self._journal.append(
            body,
            encode(detail),
            at_ms=at_ms,
            mono_ms=self._time.mono_ms(),
            seen=self._knowledge.seen(),
        )
        if isinstance(draft, SaleDraft):
            with self._lock:
                self._sales.add(record.seq, draft.total)
        return Entry(seq=record.seq, hash=record.hash, at_ms=record.at_ms, draft=draft)

    def unsent(self) -> Unsent:
        """Say what the node has not acknowledged as stored: sales and their sum."""
        stored = self._journal.stored_seq
        with self._lock:
            if stored < self._sales.after:  # the node was put back, and has less than it said
                self._sales = self._sales_after(stored)
            return self._sales.since(stored)

    def recover(self) -> Recovered:
        """Say what is known, at start.  Raises JournalError."""
        settled = self._journal.settled_seq
        stored = self._journal.stored_seq
        outstanding = [self._entry(r) for r in self._journal.records(settled + 1)]
        with self._lock:
            self._sales = self._sales_after(stored)
            unsent = self._sales.since(stored)
        # What the node rejected moved nothing: after a restart it must not be shown as paid.
        entries = map(self._entry, self._journal.newest_first())
        return Recovered(
            last=next((e for e in entries if not self._moved_nothing(e)), None),
            unanswered=self._unanswered(outstanding),
            outstanding=tuple(e for e in outstanding if not self._moved_nothing(e)),
            unsent=unsent,
            sales=self._sales_of_the_day(),
            last_at_ms=self._journal.time_floor_ms,
        )

    def _sales_after(self, seq: int) -> Sums:
        sums = Sums(after=seq)
        for record in self._journal.records(seq + 1):
            body = open_payload(record.payload).body
            if isinstance(body, Sale):
                sums.add(record.seq, body.total)
        return sums

    def _unanswered(self, outstanding: list[Entry]) -> Entry | None:
        taken_back = {e.draft.seq for e in outstanding if isinstance(e.draft, RefundDraft)}
        for entry in reversed(outstanding):
            draft = entry.draft
            if not isinstance(draft, SaleDraft) or draft.basis != "online":
                continue
            if entry.seq not in taken_back and self._journal.verdict(entry.seq) is None:
                return entry
        return None

    def _moved_nothing(self, entry: Entry) -> bool:
        seqs = [entry.seq]
        if isinstance(entry.draft, RefundDraft):
            seqs.append(entry.draft.seq)
        verdicts = [self._journal.verdict(seq) for seq in seqs]
        return any(verdict is not None and not verdict.took_effect for verdict in verdicts)

    def _sales_of_the_day(self) -> Unsent:
        """Add up what was sold since the day began: neither given back nor rejected."""
        start_ms = self._knowledge.day_starts_ms()
        totals, given_back = [], set()
        for record in self._journal.newest_first():
            if record.at_ms < start_ms:
                break
            body = open_payload(record.payload).body
            if isinstance(body, Refund):
                given_back.add(body.seq)
            elif isinstance(body, Sale) and record.seq not in given_back:
                verdict = self._journal.verdict(record.seq)
                if verdict is None or verdict.took_effect:
                    totals.append(body.total)
        return _sum(totals)

    def _entry(self, record: Record) -> Entry:
        return Entry(
            seq=record.seq, hash=record.hash, at_ms=record.at_ms, draft=self._draft(record)
        )

    def _draft(self, record: Record) -> Draft:
        body = open_payload(record.payload).body
        detail = _NO_DETAIL if record.detail is None else decode(record.detail, Detail)
        operator = OperatorId(detail.operator)
        match body:
            case Sale():
                return self._sale(body, detail)
            case Refund():
                return RefundDraft(seq=body.seq, sale=self._given_back(body), operator=operator)
            case CashReload():
                # Who had the last word on a reload is not signed; nothing after a restart asks.
                return ReloadDraft(
                    basis="cached",
                    card=body.card,
                    number=self._knowledge.number(body.card),
                    asset=body.asset,
                    amount=body.amount,
                    operator=operator,
                )
        raise JournalDamagedError(f"entry {record.seq} is not of a kind that a till writes")

    def _given_back(self, refund: Refund) -> SaleDraft:
        found = self._journal.records(refund.seq, 1)
        if not found or found[0].seq != refund.seq:
            return _left_the_journal(refund)
        draft = self._draft(found[0])
        if isinstance(draft, SaleDraft):
            return draft
        raise JournalDamagedError(f"entry {refund.seq} was refunded and is no sale")

    def _sale(self, body: Sale, detail: Detail) -> SaleDraft:
        return SaleDraft(
            basis=body.basis,
            card=body.card,
            number=self._knowledge.number(body.card),
            lines=tuple(
                Sold(
                    product=ProductId(line.item),
                    label=line.label,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    vat_bp=line.vat,
                )
                for line in detail.lines
            ),
            total=body.total,
            operator=OperatorId(detail.operator),
        )


def _left_the_journal(refund: Refund) -> SaleDraft:
    """Give what is still known of a sale that was pruned since: its sum."""
    return SaleDraft(
        basis="cached",
        card=CardRef("0" * 32),
        number="",
        lines=(),
        total=refund.amount,
        operator=OperatorId(NO_OPERATOR),
    )


def _sum(amounts: Collection[int]) -> Unsent:
    return Unsent(count=len(amounts), amount=sum(amounts))
