"""The rule of merge: an anonymous card's wallet becomes part of a user's.

Every asset moves, whatever its class; so do debts, memberships and the funding of purses, and idle
value keeps its clock.  The source stays known as merged: its cards, its refunds and what comes back
to it go to the target from then on, and nothing is left there to spend.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace

from server.ledger.community import merged_membership
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    holding,
    owing,
    received,
    repay,
    serves,
)
from server.ledger.records import Key, Posting, Record, Wallet
from shared.bodies import Merge
from shared.errors import Code
from shared.ids import AssetId, wallet


def merge(context: Context, signed: Signed, body: Merge) -> Outcome:
    """Move all of a wallet into another one; the node that serves the homes of both signs.

    Debts go along, and the cards of the first one pay from the other one from then on: no node
    ties its own to a stranger's wallet.
    """
    source = context.state.get(Wallet, (body.source,))
    target = context.state.get(Wallet, (body.target,))
    if source is None or target is None:
        return Code.UNKNOWN_WALLET
    if code := serves(context, signed, source.home) or serves(context, signed, target.home):
        return code
    if source.merged or target.merged:
        return Code.WALLET_MERGED
    if body.source == body.target:
        return Code.BAD_FIELD
    for asset, place, debt in source.debts:
        target = owing(target, asset, place, debt)
    target = replace(target, cards=tuple(sorted({*target.cards, *source.cards})))
    moved = _Moved(target)
    for asset in sorted(context.state.assets()):
        _move(context, body, asset, moved)
    emptied = replace(source, debts=(), cards=(), merged=body.target, merged_at=context.height)
    wallets = (((body.source,), emptied), ((body.target,), moved.target))
    return Effect(tuple(moved.postings), (*wallets, *moved.records))


@dataclass(slots=True)
class _Moved:
    """What a merge has moved so far."""

    target: Wallet
    postings: list[Posting] = field(default_factory=list)
    records: list[tuple[Key, Record]] = field(default_factory=list)


def _move(context: Context, body: Merge, asset: AssetId, moved: _Moved) -> None:
    """Move one asset; what the target owes in it, also from now on, is paid at once."""
    state, source, target = context.state, wallet(body.source), wallet(body.target)
    amount = state.balance(source, asset)
    if amount:
        moved.postings.append(Posting(source, target, asset, amount))
    if holding(context, body.source, asset):
        moved.records += received(context, body.target, asset, sender=body.source)
    there = state.balance(target, asset) + amount
    repaid, moved.target = repay(context, moved.target, body.target, asset, there)
    moved.postings += repaid
    moved.records += merged_membership(context, asset, body.source, body.target)
