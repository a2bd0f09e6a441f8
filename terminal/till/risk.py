"""May this card pay this much now? Tier T0 (UID only) of PROTOCOL §6, at one place in time.

The answer is a value: sell offline, ask the node, or refuse for a reason. The loss that a wrong
balance can cause is bounded by the policy's limits, counted over everything this till has sold
and its node has not yet taken into the balances it sent (`Till.outstanding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from terminal.till.directory import Card, CardStatus, Cash, Directory, spendable
from terminal.till.receipts import Draft, Entry, RefundDraft, ReloadDraft, SaleDraft
from terminal.till.state import Link, Reason, Till, Trouble

ONLINE_WITHIN_MS = 10_000  # the node answered this recently
DEADLINE_MS = 3_000  # of an online sale
MAX_QUEUED = 500  # the sale must end the batch that is sent
BLIND_SALES = 2  # after a restart without network and trusted time
WARN_MS = 30 * 60_000  # before a limit


@dataclass(frozen=True, slots=True)
class Sell:
    """Sell on the cached balance; `left` stays on the card."""

    left: int


@dataclass(frozen=True, slots=True)
class Ask:
    """The node decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Known and good card, but not this much or not now. `room` is what would go through."""

    reason: Reason
    on_card: int
    room: int


@dataclass(frozen=True, slots=True)
class Stop:
    """This card pays nowhere."""

    trouble: Trouble


Decision: TypeAlias = Sell | Ask | Refuse | Stop


def online(link: Link, now_ms: int) -> bool:
    """Tell whether the node is in reach: it answered lately, and nothing failed since."""
    return (
        not link.lost
        and link.last_answer_ms is not None
        and now_ms - link.last_answer_ms <= ONLINE_WITHIN_MS
    )


def offline_ms(till: Till) -> int:
    """Age of the till's knowledge: time since deltas were applied, forever if never."""
    if till.link.last_sync_ms is None:
        return till.now_ms
    return till.now_ms - till.link.last_sync_ms


def moved(draft: Draft, directory: Directory, card: Card) -> int:
    """Say what an entry does to what the card may spend here."""
    if draft.card != card.ref:
        return 0
    if isinstance(draft, RefundDraft):
        return draft.sale.total
    if isinstance(draft, SaleDraft):
        return -draft.total
    asset = directory.assets.get(draft.asset)
    return draft.amount if asset is not None and asset.here else 0


def balance(till: Till, card: Card) -> int:
    """Give what the card may spend here: the node's balance, with what it has not seen yet."""
    directory = till.directory
    known = spendable(directory, card)
    mine = [entry.draft for entry in till.outstanding if entry.draft.card == card.ref]
    return known + sum(moved(draft, directory, card) for draft in mine)


def taken_offline(till: Till) -> tuple[SaleDraft, ...]:
    """Give the offline approvals since the last sync; a refund does not undo the risk taken."""
    drafts = (entry.draft for entry in till.outstanding)
    return tuple(d for d in drafts if isinstance(d, SaleDraft) and d.basis == "cached")


def decide(till: Till, card: Card | None, total: int) -> Decision:
    """Decide a sale of `total` > 0 on a card, in the order of PROTOCOL §6."""
    if card is None:
        return Stop(Trouble.UNKNOWN)
    if card.status is CardStatus.BLOCKED:
        return Stop(Trouble.BLOCKED)
    if till.link.refused is not None:
        return _refuse(Reason.TILL_STOPPED, till, card, room=0)
    if online(till.link, till.now_ms) and till.unsent.count < MAX_QUEUED:
        return Ask()
    return offline(till, card, total)


def offline(till: Till, card: Card, total: int) -> Sell | Refuse:
    """Decide without the node."""
    policy = till.directory.policy
    taken = taken_offline(till)
    mine = tuple(draft for draft in taken if draft.card == card.ref)
    blind = not till.trusted_clock and till.blind_sales >= BLIND_SALES
    if (
        card.tier != "T0"
        or card.overdrawn
        or blind
        or offline_ms(till) > min(policy.soft_ms, policy.hard_ms)
    ):
        return _refuse(Reason.ONLINE_ONLY, till, card, room=0)
    if len(mine) >= policy.t0_sales:
        return _refuse(Reason.TOO_MANY, till, card, room=0)
    on_card = balance(till, card)
    line = policy.t0_limit - sum(draft.total for draft in mine)
    cap = policy.t0_terminal_cap - sum(draft.total for draft in taken)
    room = max(0, min(on_card, line, cap))
    if total <= room:
        return Sell(on_card - total)
    if on_card <= min(line, cap):
        return _refuse(Reason.SHORT, till, card, room=room)
    reason = Reason.LIMIT if line <= cap else Reason.TILL_FULL
    return _refuse(reason, till, card, room=room)


def _refuse(reason: Reason, till: Till, card: Card, *, room: int) -> Refuse:
    return Refuse(reason=reason, on_card=balance(till, card), room=room)


def without(entries: tuple[Entry, ...], rejected_seq: int) -> tuple[Entry, ...]:
    """Forget an entry that the node rejected, and the refund that thereby gives nothing back."""
    return tuple(
        entry
        for entry in entries
        if entry.seq != rejected_seq
        and not (isinstance(entry.draft, RefundDraft) and entry.draft.seq == rejected_seq)
    )


def reload_goes(till: Till, draft: ReloadDraft) -> Ask | Sell | Refuse:
    """Decide a cash reload: what the place issues any time, the rest with the node only."""
    directory = till.directory
    card = directory.cards[draft.card]
    on_card = balance(till, card)
    if till.link.refused is not None:
        return _refuse(Reason.TILL_STOPPED, till, card, room=0)
    if on_card + draft.amount > directory.reload_maximum:
        return _refuse(Reason.RELOAD_MAXIMUM, till, card, room=directory.reload_maximum - on_card)
    if directory.assets[draft.asset].cash is Cash.OFFLINE:
        return Sell(on_card + draft.amount)
    if online(till.link, till.now_ms) and till.unsent.count < MAX_QUEUED:
        return Ask()
    return _refuse(Reason.RELOAD_ONLINE, till, card, room=0)
