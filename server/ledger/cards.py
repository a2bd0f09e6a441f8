"""Rules of cards: their wallet, their home, lost and found; and the groups of their purses."""

from msgspec.structs import replace

from server.ledger.claims import is_open
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    serves,
    wallet_of,
    winds_down,
)
from server.ledger.governance import decides, proposed
from server.ledger.records import Card, Group, Place, Wallet
from server.ledger.sales import FORK
from shared.bodies import AssetClass, CardHome, CardLink, CardLose, CardUnblock, GroupCreate, Role
from shared.errors import Code
from shared.ids import EUR, WalletId

IN_PURSES = frozenset({AssetClass.FEDERATED, AssetClass.LOCAL, AssetClass.GIFT})
"""Classes that a purse may hold: those that a sale's total is paid in."""


def card_link(context: Context, signed: Signed, body: CardLink) -> Outcome:
    """Let a card point to another wallet, once its purse is released.

    A wallet that nobody knows is made, at the card's home; of a known one the home's node signs.
    """
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if code := serves(context, signed, card.home):
        return code
    target = context.state.get(Wallet, (body.wallet,))
    if target is not None and (code := serves(context, signed, target.home)):
        return code
    if target is not None and target.merged:
        return Code.WALLET_MERGED
    if body.wallet == wallet_of(context, card):
        return Code.ALREADY_EXISTS
    if is_open(context, body.card):
        return Code.PURSE_OPEN
    links = (*card.links, (context.height, card.wallet))
    linked = replace(card, wallet=body.wallet, links=links)
    name = wallet_of(context, card)
    before = context.state.get(Wallet, (name,)) or Wallet((), card.home, card.home)
    after = replace(before, cards=tuple(each for each in before.cards if each != body.card))
    new = target or Wallet((), card.home, card.home)
    return Effect(records=(((body.card,), linked), ((name,), after), ((body.wallet,), new)))


def card_home(context: Context, signed: Signed, body: CardHome) -> Outcome:
    """Let another place's node issue a card's allowances; the node of its home so far signs."""
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if code := winds_down(context, signed, card.home):
        return code
    place = context.state.get(Place, (body.home,))
    if place is None:
        return Code.UNKNOWN_PLACE
    if place.left:
        return Code.PLACE_LEFT
    if body.home == card.home:
        return Code.ALREADY_EXISTS
    return Effect(records=(((body.card,), replace(card, home=body.home)),))


def card_lose(context: Context, signed: Signed, body: CardLose) -> Outcome:
    """Block a card at its holder's word: by their wallet's key, or told to the home's node."""
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if signed.record.role is Role.WALLET:
        own = WalletId(signed.author) == wallet_of(context, card)
        code = None if own else Code.NOT_AUTHORISED
    else:
        code = serves(context, signed, card.home)
    if code:
        return code
    if card.status == "blocked":
        return Code.CARD_BLOCKED
    return Effect(records=(((body.card,), replace(card, status="blocked", reason="lost")),))


def card_unblock(context: Context, signed: Signed, body: CardUnblock) -> Outcome:
    """Let a card be spent again; never one that was copied: its holder gets another."""
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if code := serves(context, signed, card.home):
        return code
    if card.status != "blocked":
        return Code.ALREADY_EXISTS
    if card.reason == FORK:
        return Code.CARD_BLOCKED
    return Effect(records=(((body.card,), replace(card, status="active", reason="")),))


def group_create(context: Context, signed: Signed, body: GroupCreate) -> Outcome:
    """Form the next purse group, of assets that are worth cents."""
    if (refusal := decides(context, signed)) is not None:
        return refusal
    numbers = [int(number) for (number,) in context.state.rows(Group)]
    if body.group in numbers:
        return Code.ALREADY_EXISTS
    if body.group != max(numbers, default=0) + 1 or len(set(body.assets)) < len(body.assets):
        return Code.BAD_FIELD
    assets = context.state.assets()
    for code in body.assets:
        asset = assets.get(code)
        if asset is None:
            return Code.UNKNOWN_ASSET
        if asset.peg != EUR or asset.asset_class not in IN_PURSES:
            return Code.WRONG_ASSET
    if (proposal := proposed(context, signed)) is not None:
        return proposal
    return Effect(records=(((body.group,), Group(body.assets)),))
