"""Rules of money: issue, reloads, transfers, the reserve (PROTOCOL §7)."""

from msgspec.structs import replace

from server.ledger.assets import FACTS, ISSUED
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    merged_into,
    received,
    serves,
    speaks_for,
    used,
    wallet_of,
    winds_down,
)
from server.ledger.evidence import use_up
from server.ledger.records import Card, Key, Lock, Posting, Record, Wallet
from server.ledger.state import State
from shared.bodies import (
    AssetClass,
    CashReload,
    Gift,
    Issue,
    Reload,
    ReserveBook,
    Transfer,
)
from shared.errors import Code
from shared.ids import (
    EUR,
    EXTERNAL,
    RESERVE_FEES,
    Account,
    AssetId,
    PlaceId,
    WalletId,
    hold,
    issuer,
    loss,
    place,
    reserve,
    wallet,
)

Records = tuple[tuple[Key, Record], ...]
PAID_BACK = 2
"""The protocol from which on a reload that was set aside can be paid back."""
ONLY_RESERVES = 2
"""The protocol from which on only who holds a reserve books on it: the sums are everybody's."""


def issue(context: Context, signed: Signed, body: Issue) -> Outcome:
    """Create value on a wallet, of an asset that its issuer answers for alone."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class not in ISSUED:
        return Code.WRONG_ASSET
    if asset.archived:
        return Code.ASSET_ARCHIVED
    if context.state.get(Wallet, (body.wallet,)) is None:
        return Code.UNKNOWN_WALLET
    proof = use_up(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    target = merged_into(context, body.wallet)
    postings, after = credit(context, issuer(body.asset), target, body.asset, body.amount)
    clock = received(context, target, body.asset)
    return Effect(postings, (*proof, ((target,), after), *clock))


def _top_up(
    context: Context, signed: Signed, body: Reload | CashReload, source: Account, at: PlaceId
) -> tuple[tuple[Posting, ...], Records]:
    """Give the postings of money that was paid in: to the card's wallet, else set aside."""
    card = context.state.get(Card, (body.card,))
    if card is None or card.status == "blocked" or _has_left(context, body):
        aside = Posting(source, hold(signed.transaction.hash), body.asset, body.amount)
        return (aside,), _to_pay_back(context, signed, body, card)
    holder = wallet_of(context, card)
    postings, after = credit(context, source, holder, body.asset, body.amount)
    record = replace(after, reloaded_at=at or card.home)
    return postings, (((holder,), record), *used(context, holder, body.asset))


def _has_left(context: Context, body: Reload | CashReload) -> bool:
    """Tell whether euros were paid to a place that has left."""
    if not isinstance(body, Reload):
        return False
    return context.state.places()[context.state.assets()[body.asset].issuer].left


def _to_pay_back(
    context: Context, signed: Signed, body: Reload | CashReload, card: Card | None
) -> Records:
    """Give the lock of a reload that was set aside: it is paid back as a cash-out is."""
    if context.protocol < PAID_BACK or isinstance(body, CashReload):
        return ()
    account = wallet(card.wallet if card else WalletId(""))
    return (((signed.transaction.hash,), Lock(account, body.amount, body.asset, "locked")),)


def reload(context: Context, signed: Signed, body: Reload) -> Outcome:
    """Book a paid reload: euros into the reserve, as many tokens to the card.

    Whoever paid may not have known that the place has left: then it is set aside, and goes back.
    """
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class is not AssetClass.FEDERATED:
        return Code.WRONG_ASSET
    if code := winds_down(context, signed, asset.issuer):
        return code
    proof = use_up(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    backing = Posting(EXTERNAL, reserve(asset.issuer), EUR, body.amount)
    postings, records = _top_up(context, signed, body, issuer(body.asset), PlaceId(""))
    return Effect((backing, *postings), (*proof, *records))


def cash_reload(context: Context, signed: Signed, body: CashReload) -> Outcome:
    """Book cash at a till: an asset of the place is issued, of the federated it sells its own."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class is AssetClass.FEDERATED:
        if free(context.state, signed.place, body.asset) < body.amount:
            return Code.PLACE_SHORT
        source = place(signed.place)
    elif asset.issuer == signed.place and asset.asset_class in ISSUED:
        source = issuer(body.asset)
        if asset.archived:  # the till has the cash and had not heard: it waits for a correction
            aside = hold(signed.transaction.hash)
            return Effect((Posting(source, aside, body.asset, body.amount),))
    else:
        return Code.WRONG_ASSET
    return Effect(*_top_up(context, signed, body, source, signed.place))


def free(state: State, at: PlaceId, asset: AssetId) -> int:
    """Give what may leave a place: net of its losses, so that a loss never becomes tokens."""
    return state.balance(place(at), asset) + state.balance(loss(at), asset)


# ---------- other moves ----------


def transfer(context: Context, signed: Signed, body: Transfer | Gift) -> Outcome:
    """Move value between two wallets; the first one's holder or its home's node signs."""
    source = context.state.get(Wallet, (body.source,))
    if source is None or context.state.get(Wallet, (body.target,)) is None:
        return Code.UNKNOWN_WALLET
    if code := speaks_for(context, signed, body.source):
        return code
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class in FACTS:
        return Code.WRONG_ASSET
    if source.merged:
        return Code.WALLET_MERGED
    target = merged_into(context, body.target)
    if body.source == target:
        return Code.BAD_FIELD
    postings, after = credit(context, wallet(body.source), target, body.asset, body.amount)
    clock = received(context, target, body.asset, sender=body.source)
    return Effect(postings, (((target,), after), *clock))


def reserve_book(context: Context, signed: Signed, body: ReserveBook) -> Outcome:
    """Prefund Stripe's fees, or attest what the reserve holds."""
    if code := serves(context, signed, body.holder):
        return code
    if context.protocol >= ONLY_RESERVES and not _holds_a_reserve(context, body.holder):
        return Code.NOT_AUTHORISED
    proof = use_up(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    if body.entry == "attestation":
        return Effect(records=proof)
    return Effect((Posting(EXTERNAL, RESERVE_FEES, EUR, body.amount),), proof)


def _holds_a_reserve(context: Context, at: PlaceId) -> bool:
    """Tell whether a place stands behind a federated asset."""
    assets = context.state.assets().values()
    return any(asset.asset_class is AssetClass.FEDERATED and asset.issuer == at for asset in assets)
