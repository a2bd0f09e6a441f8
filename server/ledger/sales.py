"""Rules of sales: what a card pays a place, in which order, and whose loss it is when it is short.

Every sale is a list of dues: an amount, and the balances that it may be paid from in their order.
Lines that are payable in one asset come first, then the group part; a purse pays before the wallet.
A sale that was decided offline is never dropped: what is missing is a loss of the place that sold,
and owed by the wallet.  Never another place's loss, also where a till says that the card's home has
promised it: its word would take that one's money (ADR 0022).  One function splits all: `_pay`.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from server.ledger.claims import claim, counted, purse_group, purse_of
from server.ledger.demurrage import is_use
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    holding,
    melting,
    owing,
    used,
    wallet_at,
    wallet_of,
)
from server.ledger.records import Card, Forked, Key, Posting, Record, Wallet
from server.ledger.state import State
from shared.allowance import MOST_CENTS
from shared.bodies import AnySale, AssetClass, Part, Sale, SlotSale, SplitSale
from shared.errors import Code
from shared.ids import Account, AssetId, AuthorId, PlaceId, WalletId, loss, place, purse, wallet
from shared.verdict import ACCEPTED, OVERDRAWN

Records = tuple[tuple[Key, Record], ...]
SaleName: TypeAlias = tuple[AuthorId, int]
"""Who made a sale, and as which of its numbers."""
PAYS_LINES: Final = frozenset(
    {
        AssetClass.TIME,
        AssetClass.POINTS,
        AssetClass.MEAL,
        AssetClass.GIFT,
        AssetClass.LIBRE,
    }
)
"""Classes that a line may ask for by name."""
FORK: Final = "fork"
"""The reason for which a card is blocked when two of its sales claim the same cents."""


class Due(NamedTuple):
    """An amount, and what pays it: accounts, each with its assets, in their order.

    What is missing is a loss of the place that sold, in `owed`.
    """

    amount: int
    sources: tuple[tuple[Account, tuple[AssetId, ...]], ...]
    owed: AssetId


Dues: TypeAlias = tuple[Due, ...]


def sale(context: Context, signed: Signed, body: AnySale) -> Outcome:
    """Pay a place from a card, as its terminal has sold."""
    name = (signed.author, signed.transaction.envelope.seq)
    return book_sale(context, signed.place, name, body, online=body.basis == "online")


def whole(body: AnySale) -> int:
    """Give what a sale comes to, and what a refund of all of it asks for.

    Lines count in the smallest units of their assets, the group part in cents.
    """
    total = int(body.total)
    lines = body.inside if isinstance(body, SplitSale) else ()
    return total + sum(part.amount for part in lines)


def book_sale(
    context: Context,
    at: PlaceId,
    name: SaleName,
    body: AnySale,
    *,
    online: bool,
    height: int | None = None,
    returned: int = 0,
) -> Outcome:
    """Book a sale at a place.

    An online one is all or nothing; any other is paid, by a loss if need be.  One that was disputed
    came in with the block of a `height`: whoever had the card then pays, and only for what was not
    `returned` meanwhile.
    """
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if body.inside and type(body) is Sale:
        return Code.SPLIT_NOT_ACTIVE
    if online and card.status == "blocked":
        return Code.CARD_BLOCKED
    payer = wallet_of(context, card) if height is None else wallet_at(context, card, height)
    dues = _DUES[type(body)](context, at, payer, body)
    if isinstance(dues, Code):
        return dues
    if returned:
        dues = _first(dues, returned)
    records = _claimed(context, name, body, card) if isinstance(body, SlotSale) else ()
    return _pay(context, at, payer, dues, records, online=online)


# ---------- what is due ----------


def _sale_dues(context: Context, at: PlaceId, payer: WalletId, body: AnySale) -> Dues | Code:
    """Let the wallet pay the total, in what the place accepts."""
    accepted = context.state.accepted(at)
    if not accepted:
        return Code.NOTHING_ACCEPTED
    return (Due(body.total, ((wallet(payer), accepted),), accepted[-1]),)


def _split_dues(context: Context, at: PlaceId, payer: WalletId, body: SplitSale) -> Dues | Code:
    """Let the wallet pay each line in its asset, and the total like any other."""
    account = wallet(payer)
    lines: list[Due] = []
    for part in body.inside:
        if code := _not_payable(context, at, part):
            return code
        lines.append(Due(part.amount, ((account, (part.asset,)),), part.asset))
    rest = _sale_dues(context, at, payer, body) if body.total else ()
    return rest if isinstance(rest, Code) else (*lines, *rest)


def _not_payable(context: Context, at: PlaceId, part: Part) -> Code | None:
    """Say why a line cannot ask for an asset."""
    asset = context.state.assets().get(part.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class not in PAYS_LINES:
        return Code.WRONG_ASSET
    return None if context.state.takes(at, part.asset) else Code.NOT_ACCEPTED


def _slot_dues(context: Context, at: PlaceId, payer: WalletId, body: SlotSale) -> Dues | Code:
    """Let the purse pay for what lies between its void line and its credit: that is in it.

    The wallet pays for the rest: cents that were given back, or that nobody was promised.
    """
    before, after = body.spent
    if not before < after <= MOST_CENTS or body.total != after - before:
        return Code.WRONG_SPAN
    record = purse_of(context, body.card)
    assets = purse_group(context, record.group)
    accepted = context.state.accepted(at) or assets
    if not accepted:
        return Code.NOTHING_ACCEPTED
    funded = max(0, min(after, record.credit) - max(before, record.void_line))
    from_purse, from_wallet = (purse(body.card), assets), (wallet(payer), accepted)
    dues = (
        Due(funded, (from_purse, from_wallet), accepted[-1]),
        Due(after - before - funded, (from_wallet,), accepted[-1]),
    )
    return tuple(due for due in dues if due.amount)


_DUES: Final[dict[type[AnySale], Callable[..., Dues | Code]]] = {
    Sale: _sale_dues,
    SplitSale: _split_dues,
    SlotSale: _slot_dues,
}


def _claimed(context: Context, name: SaleName, body: SlotSale, card: Card) -> Records:
    """Give the records of a claim: the purse, and a copied card's when it overlaps another's."""
    before = purse_of(context, body.card)
    span = counted(context, before, body.spent)
    if span is None:
        return ()
    claims, overlaps = claim(before.claims, span)
    records: Records = (((body.card,), replace(before, claims=claims)),)
    if overlaps:
        forked = context.state.get(Forked, (body.card,)) or Forked(())
        blocked = replace(card, status="blocked", reason=FORK)
        records += (
            ((body.card,), blocked),
            ((body.card,), Forked((*forked.sales, name))),
        )
    return records


def _first(dues: Dues, returned: int) -> Dues:
    """Give what is left of dues when so much of their end was given back already."""
    kept: list[Due] = []
    left = sum(due.amount for due in dues) - returned
    for due in dues:
        kept.append(due._replace(amount=min(due.amount, left)))
        left -= kept[-1].amount
    return tuple(due for due in kept if due.amount)


# ---------- paying ----------


def _pay(
    context: Context,
    at: PlaceId,
    payer: WalletId,
    dues: Dues,
    records: Records,
    *,
    online: bool,
) -> Outcome:
    """Split dues over the balances that may pay them; what is missing is lost and owed."""
    state, till = context.state, place(at)
    postings: list[Posting] = []
    short: list[tuple[AssetId, int]] = []
    for amount, sources, owed in dues:
        left = amount
        for source, assets in sources:
            left = _draw(state, postings, source, till, assets, left)
        if left:
            if online:
                return Code.INSUFFICIENT_FUNDS
            postings.append(Posting(loss(at), till, owed, left))
            short.append((owed, left))
    uses = _uses(context, payer, postings)
    if not short:
        return Effect(tuple(postings), (*records, *uses), ACCEPTED)
    holder = state.get(Wallet, (payer,)) or Wallet((), at, at)
    for owed, missing in short:
        holder = owing(holder, owed, at, missing)
    return Effect(tuple(postings), (*records, ((payer,), holder), *uses), OVERDRAWN)


def _draw(
    state: State,
    postings: list[Posting],
    source: Account,
    target: Account,
    assets: tuple[AssetId, ...],
    due: int,
) -> int:
    """Pay from an account, one asset after the other; give what is still due."""
    for asset in assets:
        held = state.balance(source, asset)
        if postings:
            held -= _drawn(postings, source, asset)
        part = min(due, held)
        if part > 0:
            postings.append(Posting(source, target, asset, part))
            due -= part
            if not due:
                break
    return due


def _drawn(postings: list[Posting], source: Account, asset: AssetId) -> int:
    """Give what postings that are not booked yet take from a balance."""
    drawn = 0
    for posting in postings:
        if posting.source == source and posting.asset == asset:
            drawn += posting.amount
    return drawn


def is_loss(account: Account) -> bool:
    """Tell whether an account carries losses."""
    return account.startswith("loss:")


def _uses(context: Context, holder: WalletId, postings: list[Posting]) -> Records:
    """Start the grace of what a sale uses enough of: wallet and purses count together."""
    records: Records = ()
    for posting in postings:  # an asset that stands twice gets the same clock twice
        found = melting(context, posting.asset)
        if found is None:
            continue
        spent = sum(
            each.amount
            for each in postings
            if each.asset == posting.asset and not is_loss(each.source)
        )
        if is_use(spent, holding(context, holder, posting.asset), found[0]):
            records += used(context, holder, posting.asset)
    return records
