"""Rules of money: issue, reloads, sales, refunds, transfers, the reserve (PROTOCOL §7)."""

from msgspec.structs import replace

from server.ledger.demurrage import is_use
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    melting,
    merged_into,
    received,
    serves,
    used,
    wallet_of,
)
from server.ledger.records import Card, Evidence, Key, Posting, Record, Refunded, Wallet
from server.ledger.state import Done, State
from shared.bodies import AssetClass, CashReload, Issue, Refund, Reload, ReserveBook, Sale, Transfer
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
from shared.verdict import ACCEPTED, OVERDRAWN

Records = tuple[tuple[Key, Record], ...]


def evidence(context: Context, signed: Signed, name: str) -> Records | Code:
    """Use up an evidence; a code when it was used before."""
    if context.state.get(Evidence, (name,)):
        return Code.EVIDENCE_USED
    return (((name,), Evidence(signed.transaction.hash)),)


def issue(context: Context, signed: Signed, body: Issue) -> Outcome:
    """Create value of a local asset on a wallet."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class is AssetClass.FEDERATED:
        return Code.WRONG_ASSET
    if context.state.get(Wallet, (body.wallet,)) is None:
        return Code.UNKNOWN_WALLET
    proof = evidence(context, signed, body.evidence)
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
    if card is None or card.status == "blocked":
        aside = Posting(source, hold(signed.transaction.hash), body.asset, body.amount)
        return (aside,), ()
    holder = wallet_of(context, card)
    postings, after = credit(context, source, holder, body.asset, body.amount)
    record = replace(after, reloaded_at=at or card.home)
    return postings, (((holder,), record), *used(context, holder, body.asset))


def reload(context: Context, signed: Signed, body: Reload) -> Outcome:
    """Book a paid reload: euros into the reserve, as many tokens to the card."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class is not AssetClass.FEDERATED:
        return Code.WRONG_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    proof = evidence(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    backing = Posting(EXTERNAL, reserve(asset.issuer), EUR, body.amount)
    postings, records = _top_up(context, signed, body, issuer(body.asset), PlaceId(""))
    return Effect((backing, *postings), (*proof, *records))


def cash_reload(context: Context, signed: Signed, body: CashReload) -> Outcome:
    """Book cash at a till: a local asset is issued, the federated one the place sells its own."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.asset_class is AssetClass.FEDERATED:
        if _free(context.state, signed.place, body.asset) < body.amount:
            return Code.PLACE_SHORT
        source = place(signed.place)
    elif asset.issuer == signed.place:
        source = issuer(body.asset)
    else:
        return Code.WRONG_ASSET
    return Effect(*_top_up(context, signed, body, source, signed.place))


def _free(state: State, at: PlaceId, asset: AssetId) -> int:
    """Give what may leave a place: net of its losses, so that a loss never becomes tokens."""
    return state.balance(place(at), asset) + state.balance(loss(at), asset)


# ---------- sales ----------


def sale(context: Context, signed: Signed, body: Sale) -> Outcome:
    """Pay a place from a card: smallest priority first, the shortfall from the place's loss."""
    state, at = context.state, signed.place
    card = state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if body.inside:
        return Code.SPLIT_NOT_ACTIVE
    online = body.basis == "online"
    if online and card.status == "blocked":
        return Code.CARD_BLOCKED
    accepted = state.accepted(at)
    if not accepted:
        return Code.NOTHING_ACCEPTED
    payer = wallet_of(context, card)
    purse, till, due = wallet(payer), place(at), int(body.total)
    postings: list[Posting] = []
    for asset in accepted:
        part = min(due, state.balance(purse, asset))
        if part > 0:
            postings.append(Posting(purse, till, asset, part))
            due -= part
            if not due:
                break
    if not due:
        return Effect(tuple(postings), _uses(context, payer, postings), ACCEPTED)
    if online:
        return Code.INSUFFICIENT_FUNDS
    owed = accepted[-1]
    short = Posting(loss(at), till, owed, due)
    holder = state.get(Wallet, (payer,)) or Wallet((), at, at)
    debt = ((payer,), _owing(holder, owed, at, due))
    uses = _uses(context, payer, postings)
    return Effect((*postings, short), (debt, *uses), OVERDRAWN)


def _uses(context: Context, holder: WalletId, postings: list[Posting]) -> Records:
    records: Records = ()
    for posting in postings:
        found = melting(context, posting.asset)
        if found and is_use(
            posting.amount, context.state.balance(posting.source, posting.asset), found[0]
        ):
            records += used(context, holder, posting.asset)
    return records


def _owing(record: Wallet, asset: AssetId, at: PlaceId, more: int) -> Wallet:
    """Give a wallet that owes a place's loss account more (or, below zero, less)."""
    owed = {(code, where): debt for code, where, debt in record.debts}
    owed[asset, at] = owed.get((asset, at), 0) + more
    debts = tuple((code, where, debt) for (code, where), debt in owed.items() if debt > 0)
    return replace(record, debts=debts)


def refund(context: Context, signed: Signed, body: Refund) -> Outcome:
    """Give back (part of) a sale, undoing its postings from the last to the first."""
    sold = context.state.transaction(body.author, body.seq)
    if sold is None or not isinstance(sold.body, Sale):
        return Code.UNKNOWN_SALE
    if sold.place != signed.place:
        return Code.NOT_AUTHORISED
    if not sold.verdict.took_effect:
        return Effect()
    key = (body.author, body.seq)
    before = context.state.get(Refunded, key)
    returned = before.amount if before else 0
    if returned + body.amount > sold.body.total:
        return Code.REFUND_TOO_LARGE
    card = context.state.get(Card, (sold.body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    return _give_back(context, signed.place, wallet_of(context, card), sold, returned, body)


def _give_back(
    context: Context, at: PlaceId, holder: WalletId, sold: Done, returned: int, body: Refund
) -> Outcome:
    """Undo what lies between `returned` and `returned + amount`, counted from the sale's end."""
    state = context.state
    after = state.get(Wallet, (holder,)) or Wallet((), at, at)
    postings: list[Posting] = []
    records: Records = ()
    skip, left = returned, int(body.amount)
    for posting in reversed(sold.postings):
        part = min(max(0, posting.amount - skip), left)
        skip, left = max(0, skip - posting.amount), left - part
        debt = 0
        if posting.source == loss(at):
            owed = {(code, where): debt for code, where, debt in after.debts}
            debt = min(part, owed.get((posting.asset, at), 0))
        if debt:
            after = _owing(after, posting.asset, at, -debt)
            postings.append(Posting(place(at), loss(at), posting.asset, debt))
        if part > debt:
            postings.append(Posting(place(at), wallet(holder), posting.asset, part - debt))
            records += received(context, holder, posting.asset)
    if _takes_too_much(state, at, postings):
        return Code.PLACE_SHORT
    done = ((body.author, body.seq), Refunded(returned + body.amount))
    return Effect(tuple(postings), (done, ((holder,), after), *records))


def _takes_too_much(state: State, at: PlaceId, postings: list[Posting]) -> bool:
    out: dict[AssetId, int] = {}
    for posting in postings:
        if posting.target != loss(at):
            out[posting.asset] = out.get(posting.asset, 0) + posting.amount
    return any(_free(state, at, asset) < amount for asset, amount in out.items())


# ---------- other moves ----------


def transfer(context: Context, signed: Signed, body: Transfer) -> Outcome:
    """Move value between two wallets; the node that serves the first one's home signs."""
    source = context.state.get(Wallet, (body.source,))
    if source is None or context.state.get(Wallet, (body.target,)) is None:
        return Code.UNKNOWN_WALLET
    if code := serves(context, signed, source.home):
        return code
    if body.asset not in context.state.assets():
        return Code.UNKNOWN_ASSET
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
    proof = evidence(context, signed, body.evidence)
    if isinstance(proof, Code):
        return proof
    if body.entry == "attestation":
        return Effect(records=proof)
    return Effect((Posting(EXTERNAL, RESERVE_FEES, EUR, body.amount),), proof)
