"""Rules of purses: what a card may spend offline is funded first (PROTOCOL §6).

The promise: the allowance on a card never permits more than its purse holds, so an honest card
never overdraws whatever the network does; and nothing leaves a purse but by a claim or a release,
which waits until no terminal can claim any more.
"""

from typing import Final

from msgspec.structs import replace

from server.ledger.claims import funds, highest, is_open, purse_group, purse_of
from server.ledger.effect import (
    CHAIN,
    Context,
    Effect,
    Outcome,
    Signed,
    received,
    repay,
    serves,
    validators,
    wallet_of,
    winds_down,
)
from server.ledger.records import (
    Acceptance,
    Allowed,
    Author,
    Card,
    Head,
    Key,
    Lost,
    Posting,
    Purse,
    Record,
    Wallet,
)
from server.ledger.state import State
from shared.allowance import EPOCH_HOUR, MOST_CENTS, Allowance, allowance_hash
from shared.bodies import PurseIssue, PurseRelease, Role, SaleVoid
from shared.errors import Code
from shared.ids import AssetId, AuthorId, CardRef, PlaceId, WalletId, purse, wallet
from shared.policy import HOUR_MS, PURSE

JUMP: Final = 1_000
"""What an allowance's number skips for each recovery: more than were issued in lost blocks."""


def purse_issue(context: Context, signed: Signed, body: PurseIssue) -> Outcome:
    """Move value from a wallet to its card's purse and permit the allowance that says so.

    An amount of 0 is a fresh allowance all the same.
    """
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    assets = purse_group(context, body.group)
    if code := _may_not_issue(context, signed, body, card, assets):
        return code
    holder, before = wallet_of(context, card), purse_of(context, body.card)
    limit = max(_limit(context, card), body.need)
    due = min(limit - funds(context, body.card, assets), MOST_CENTS - _counted(before))
    postings: list[Posting] = []
    for asset in assets:
        part = min(due, context.state.balance(wallet(holder), asset))
        if part > 0:
            postings.append(Posting(wallet(holder), purse(body.card), asset, part))
            due -= part
    amount = sum(posting.amount for posting in postings)
    after = _issued(context, body, before, amount)
    allowance = _allowance(context, body, after)
    records: list[tuple[Key, Record]] = [
        ((body.card,), after),
        ((allowance_hash(allowance),), Allowed(body.card, after.number)),
    ]
    owner = context.state.get(Wallet, (holder,)) or Wallet((), card.home, card.home)
    if body.card not in owner.cards:
        records.append(((holder,), replace(owner, cards=tuple(sorted((*owner.cards, body.card))))))
    return Effect(tuple(postings), tuple(records))


def _may_not_issue(
    context: Context, signed: Signed, body: PurseIssue, card: Card, assets: tuple[AssetId, ...]
) -> Code | None:
    if code := serves(context, signed, card.home):
        return code
    if signed.author in validators(context).suspended:
        return Code.ISSUER_SUSPENDED
    if card.tier == "T0":
        return Code.WRONG_TIER
    if card.status == "blocked":
        return Code.CARD_BLOCKED
    if not assets:
        return Code.UNKNOWN_GROUP
    if not all(context.state.takes(card.home, asset) for asset in assets):
        return Code.NOT_ACCEPTED
    other = purse_of(context, body.card).group not in {0, body.group}
    return Code.PURSE_OPEN if other and is_open(context, body.card) else None


def _limit(context: Context, card: Card) -> int:
    """Give how much a purse holds at most, in cents: as its home says, else the chain."""
    everywhere, _ = context.policy(CHAIN, PURSE)
    policy, _ = context.policy(card.home, everywhere)
    return policy.t1_limit if card.tier == "T1" else policy.t2_limit


def _counted(record: Purse) -> int:
    """Give the cents that a card has counted in its life.

    More than the credit only where the blocks of an issue were lost: the count goes on from there,
    else what the holder pays in would lie in the purse and the card would not let it be spent.
    """
    return max(record.credit, highest(record.claims))


def _issued(context: Context, body: PurseIssue, before: Purse, amount: int) -> Purse:
    recoveries = len(context.state.rows(Lost))
    hour = context.time // HOUR_MS
    return replace(
        before,
        credit=_counted(before) + amount,
        epoch=recoveries,
        expires=max(before.expires, hour + body.valid_hours),  # an older one may be valid longer
        group=body.group,
        number=before.number + 1 + JUMP * (recoveries - before.epoch),
    )


def _allowance(context: Context, body: PurseIssue, after: Purse) -> Allowance:
    """Give the allowance that follows from an issue.

    It leaves no more to spend than the purse holds: only a copy takes what is not claimed above
    `base`, and a copied card gets no allowance any more.
    """
    return Allowance(
        base=max(after.void_line, highest(after.claims), after.voided),
        card=body.card,
        credit=after.credit,
        group=body.group,
        issued=max(0, context.time // HOUR_MS - EPOCH_HOUR),
        number=after.number,
        valid_hours=body.valid_hours,
    )


def purse_release(context: Context, signed: Signed, body: PurseRelease) -> Outcome:
    """Give what a purse still holds back to the wallet that its card points to.

    From then on all that was credited counts as spent: a late claim is the wallet's to pay.
    """
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if code := winds_down(context, signed, card.home):
        return code
    if not is_open(context, body.card):
        return Code.PURSE_EMPTY
    before = purse_of(context, body.card)
    if context.time < before.expires * HOUR_MS:
        return Code.ALLOWANCE_VALID
    assets = purse_group(context, before.group)
    if not _all_heard(context, body, assets):
        return Code.HEADS_MISSING
    holder = wallet_of(context, card)
    held = {asset: context.state.balance(purse(body.card), asset) for asset in assets}
    postings, owner, clocks = _to_wallet(context, body.card, holder, held)
    owner = replace(owner, cards=tuple(each for each in owner.cards if each != body.card))
    released = replace(before, void_line=_counted(before))
    return Effect(postings, (((body.card,), released), ((holder,), owner), *clocks))


def _all_heard(context: Context, body: PurseRelease, assets: tuple[AssetId, ...]) -> bool:
    """Tell whether each till that could take the purse is named, and all it had is on the chain."""
    state = context.state
    heard = {known.author: known.seq for known in body.heads}
    for key, record in state.rows(Author).items():
        author = AuthorId(str(key[0]))
        if record.role is not Role.TERMINAL or record.status != "active":
            continue
        at = PlaceId(record.place)
        if state.places()[at].left:  # what its tills still have is disputed
            continue
        if not all(_ever_takes(state, at, asset) for asset in assets):
            continue
        head = state.get(Head, (author,))
        if author not in heard or heard[author] > (head.seq if head else 0):
            return False
    return True


def _ever_takes(state: State, at: PlaceId, asset: AssetId) -> bool:
    """Tell whether a place takes an asset or may have taken it: tills sell on until they know.

    Where neither its issuer nor the place has ever spoken of it, there was no consent to end.
    """
    return state.takes(at, asset) or state.get(Acceptance, (asset, at)) is not None


def _to_wallet(
    context: Context, card: CardRef, holder: WalletId, held: dict[AssetId, int]
) -> tuple[tuple[Posting, ...], Wallet, tuple[tuple[Key, Record], ...]]:
    """Give the postings of a purse that goes back, what its wallet still owes, and its clocks."""
    record = context.state.get(Wallet, (holder,)) or Wallet((), PlaceId(""), PlaceId(""))
    postings: tuple[Posting, ...] = ()
    clocks: tuple[tuple[Key, Record], ...] = ()
    for asset, amount in held.items():
        if amount:
            repaid, record = repay(context, record, holder, asset, amount)
            postings += (Posting(purse(card), wallet(holder), asset, amount), *repaid)
            clocks += received(context, holder, asset, sender=holder)
    return postings, record, clocks


def sale_void(context: Context, signed: Signed, body: SaleVoid) -> Outcome:
    """Let an interrupted card payment count as spent for nothing; the money stays in the purse.

    The card may or may not have been written, so an honest sale can claim the same cents: that is
    no copy.  What a revoked terminal says is taken and claims nothing: it could spoil every card.
    """
    if context.state.get(Card, (body.card,)) is None:
        return Code.UNKNOWN_CARD
    before = purse_of(context, body.card)
    low, high = body.spent
    if not low < high <= _counted(before):
        return Code.WRONG_SPAN
    author = signed.record
    if author.status == "revoked" and signed.transaction.envelope.seq > author.after:
        return Effect()
    return Effect(records=(((body.card,), replace(before, voided=max(before.voided, high))),))
