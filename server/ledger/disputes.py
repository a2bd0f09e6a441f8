"""Rules of kind `dispute`: late sales that were disputed, and reloads that a bank took back.

A revoked till's late sale moved nothing; the node of its place says, once, whether it is paid after
all.  It is booked as if it were made now, less what was given back meanwhile, and paid
by whoever had the card when it came in.  Dropped, it claims nothing of a card either: what a stolen
till has signed may name any card.

A bank that takes the euros of a reload back (PROTOCOL §9) leaves tokens without backing: those that
the wallet still has are burned, the rest is a declared loss (`loss:dispute`) that the wallet owes
and that the guarantee pot can make good.
"""

from msgspec.structs import replace

from server.ledger.effect import (
    DISPUTES,
    Context,
    Effect,
    Outcome,
    Signed,
    merged_into,
    owing,
    wallet_at,
    winds_down,
)
from server.ledger.evidence import use_up
from server.ledger.money import Records
from server.ledger.records import Card, Lock, Posting, Refunded, Settled, Wallet
from server.ledger.sales import book_sale
from server.ledger.state import Done
from shared.bodies import AnySale, Chargeback, Dispute, Reload
from shared.errors import Code
from shared.ids import EUR, EXTERNAL, Hash, PlaceId, WalletId, hold, issuer, loss, reserve, wallet
from shared.verdict import DISPUTED

_WALLET = wallet(WalletId(""))


def dispute(context: Context, signed: Signed, body: Dispute) -> Outcome:
    """Pay a disputed sale after all, or drop it."""
    key = (body.author, body.seq)
    sold = context.state.transaction(*key)
    if sold is None or not isinstance(sold.body, AnySale) or sold.verdict != DISPUTED:
        return Code.UNKNOWN_SALE
    if code := winds_down(context, signed, PlaceId(sold.place)):
        return code
    if context.state.get(Settled, key):
        return Code.ALREADY_SETTLED
    settled = (key, Settled(signed.transaction.envelope.seq, body.outcome, signed.author))
    if body.outcome == "drop":
        return Effect(records=(settled,))
    given = context.state.get(Refunded, key)
    returned = given.amount if given else 0
    at = PlaceId(sold.place)
    booked = book_sale(
        context, at, key, sold.body, online=False, height=sold.height, returned=returned
    )
    if isinstance(booked, Code):
        return booked
    return Effect(booked.postings, (*booked.records, settled), booked.verdict)


def chargeback(context: Context, signed: Signed, body: Chargeback) -> Outcome:
    """Book euros that a bank took back, and burn as many tokens as there are left of them."""
    key = (body.author, body.seq)
    paid = context.state.transaction(*key)
    if paid is None or not isinstance(paid.body, Reload) or not paid.verdict.took_effect:
        return Code.UNKNOWN_RELOAD
    holder = context.state.assets()[paid.body.asset].issuer
    if code := winds_down(context, signed, holder):
        return code
    proof = use_up(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    before = context.state.get(Refunded, key)
    taken = (before.amount if before else 0) + body.amount
    if taken > paid.body.amount:
        return Code.REFUND_TOO_LARGE
    euros = Posting(reserve(holder), EXTERNAL, EUR, body.amount)
    burned, records = _burn(context, paid, paid.body, int(body.amount))
    return Effect((euros, *burned), (*proof, (key, Refunded(taken)), *records))


def _burn(
    context: Context, paid: Done, reload: Reload, due: int
) -> tuple[tuple[Posting, ...], Records]:
    """Burn what a reload has made: what was set aside, what the wallet has, the rest by a loss."""
    asset, state = reload.asset, context.state
    aside = min(due, state.balance(hold(paid.hash), asset))
    owner = _reloaded(context, paid, reload)
    left = min(due - aside, state.balance(wallet(owner), asset))
    short = due - aside - left
    sources = ((hold(paid.hash), aside), (wallet(owner), left), (loss(DISPUTES), short))
    postings = tuple(
        Posting(source, issuer(asset), asset, amount) for source, amount in sources if amount
    )
    records = _locked(context, paid.hash, aside) if aside else ()
    record = state.get(Wallet, (owner,))
    if short and record is not None:
        records = (*records, ((owner,), owing(record, asset, DISPUTES, short)))
    return postings, records


def _reloaded(context: Context, paid: Done, reload: Reload) -> WalletId:
    """Give the wallet that a reload was for, which the card may point to no longer."""
    for posting in paid.postings:
        if posting.target.startswith(_WALLET):
            return merged_into(context, WalletId(posting.target.removeprefix(_WALLET)))
    card = context.state.get(Card, (reload.card,))
    return wallet_at(context, card, paid.height) if card else WalletId("")


def _locked(context: Context, name: Hash, less: int) -> Records:
    """Give the record of an amount that was set aside, with so much less of it."""
    locked = context.state.get(Lock, (name,))
    if locked is None:
        return ()
    left = locked.amount - less
    return (((name,), replace(locked, amount=left, status="locked" if left else "done")),)
