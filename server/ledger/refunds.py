"""The rule of refunds: whatever a sale has moved goes back from its last posting to its first.

A refund counts in the units of the sale's dues.  As lines payable in one asset are paid first, they
come back last: a partial refund gives euros back until none are left.  What a loss account had paid
goes back to it as long as it is owed, the rest to the wallet that paid: money of a purse too, which
reaches the card with the next issue.
"""

from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    merged_into,
    owing,
    received,
    repay,
    wallet_at,
)
from server.ledger.money import Records, free
from server.ledger.records import Card, Posting, Refunded, Settled, Wallet
from server.ledger.sales import is_loss, whole
from server.ledger.state import Done, State
from shared.bodies import AnySale, Refund
from shared.errors import Code
from shared.ids import AssetId, PlaceId, WalletId, loss, place, wallet
from shared.verdict import DISPUTED

LATER = 2
"""The protocol from which on a refund of a disputed sale is remembered, and what comes back to a
wallet repays its debts."""


def refund(context: Context, signed: Signed, body: Refund) -> Outcome:
    """Give back (part of) a sale; of one that moved nothing, accept it and move nothing."""
    state, key = context.state, (body.author, body.seq)
    sold = state.transaction(*key)
    if sold is None or not isinstance(sold.body, AnySale):
        return Code.UNKNOWN_SALE
    if sold.place != signed.place:
        return Code.NOT_AUTHORISED
    moved = _moved(context, key, sold)
    if moved is None:
        return Effect()
    before = state.get(Refunded, key)
    returned = before.amount if before else 0
    if returned + body.amount > whole(sold.body):
        return Code.REFUND_TOO_LARGE
    card = state.get(Card, (sold.body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    done = (key, Refunded(returned + body.amount))
    if not moved:
        return Effect(records=(done,))
    # What a dispute paid late lacks what was given back before it: that was the sale's end.
    skip = returned - (whole(sold.body) - sum(posting.amount for posting in moved))
    holder = payer_of(context, card, sold.height, moved)
    postings, records = _given_back(context, signed.place, holder, moved, skip, int(body.amount))
    if _takes_too_much(state, signed.place, postings):
        return Code.PLACE_SHORT
    return Effect(tuple(postings), (done, *records))


def _moved(context: Context, key: tuple[str, int], sold: Done) -> tuple[Posting, ...] | None:
    """Give the postings of a sale: none while it is disputed, None when it never counts."""
    if sold.verdict.took_effect:
        return sold.postings
    if sold.verdict != DISPUTED or context.protocol < LATER:
        return None
    settled = context.state.get(Settled, key)
    if settled is None:
        return ()
    paid = context.state.transaction(settled.signer, settled.number)
    return paid.postings if paid and settled.outcome == "pay" else None


def payer_of(context: Context, card: Card, height: int, postings: tuple[Posting, ...]) -> WalletId:
    """Give the wallet that paid (or owed) a sale of a height, or what that became part of.

    A card may have been given to somebody else since.
    """
    for posting in postings:
        if posting.source.startswith(_WALLET):
            return merged_into(context, WalletId(posting.source.removeprefix(_WALLET)))
    return wallet_at(context, card, height)


_WALLET = wallet(WalletId(""))
_LOSS = loss(PlaceId(""))


def _given_back(
    context: Context,
    at: PlaceId,
    holder: WalletId,
    moved: tuple[Posting, ...],
    skip: int,
    left: int,
) -> tuple[list[Posting], Records]:
    """Undo what lies between `skip` and `skip + left`, counted from the sale's end."""
    after = context.state.get(Wallet, (holder,)) or Wallet((), at, at)
    postings: list[Posting] = []
    clocks: Records = ()
    given: dict[AssetId, int] = {}
    for posting in reversed(moved):
        part = min(max(0, posting.amount - skip), left)
        skip, left = max(0, skip - posting.amount), left - part
        asset, debt = posting.asset, 0
        if is_loss(posting.source):
            lost_at = PlaceId(posting.source.removeprefix(_LOSS))
            debt = min(part, _owes(after, asset, lost_at))
            if debt:
                after = owing(after, asset, lost_at, -debt)
                postings.append(Posting(place(at), posting.source, asset, debt))
        if part > debt:
            postings.append(Posting(place(at), wallet(holder), asset, part - debt))
            clocks += received(context, holder, asset)
            given[asset] = given.get(asset, 0) + part - debt
    for asset, amount in given.items() if context.protocol >= LATER else ():
        repaid, after = repay(context, after, holder, asset, amount)
        postings += repaid
    return postings, (((holder,), after), *clocks)


def _owes(record: Wallet, asset: AssetId, at: PlaceId) -> int:
    return sum(debt for code, where, debt in record.debts if (code, where) == (asset, at))


def _takes_too_much(state: State, at: PlaceId, postings: list[Posting]) -> bool:
    """Tell whether a place gives more than it has net of its losses."""
    own = (place(at), loss(at))
    out: dict[AssetId, int] = {}
    for posting in postings:
        change = posting.amount * ((posting.source in own) - (posting.target in own))
        out[posting.asset] = out.get(posting.asset, 0) + change
    return any(0 < amount > free(state, at, asset) for asset, amount in out.items())
