"""Bodies that move value."""

from typing import Annotated, Literal

import msgspec

from shared.amounts import Amount, Count
from shared.bodies.base import Body, Day, Sequence, Span
from shared.ids import AssetId, AuthorId, CardRef, Hash, Name, PlaceId, Token, WalletId


class Issue(Body, frozen=True, forbid_unknown_fields=True):
    """The issuer creates an amount of a local asset on a wallet, once for each evidence."""

    amount: Amount
    asset: AssetId
    evidence: Token
    wallet: WalletId


class Reload(Body, frozen=True, forbid_unknown_fields=True):
    """A paid reload: euros into the reserve and as many federated tokens to the card's wallet.

    On a blocked card the tokens go to `hold:<transaction>` instead: a paid reload is never refused.
    """

    amount: Amount
    asset: AssetId
    card: CardRef
    evidence: Token


class CashReload(Body, frozen=True, forbid_unknown_fields=True):
    """A terminal took cash.  A local asset is issued; of the federated the place sells its own."""

    amount: Amount
    asset: AssetId
    card: CardRef
    detail: Hash


class Sale(Body, frozen=True, forbid_unknown_fields=True):
    """A terminal sold `total` (in the place's pegged assets, smallest priority first) to a card.

    `basis` says what the decision was taken from: `cached` sales are never rejected for lack of
    money, `online` ones are all or nothing.  `in` is for lines payable in one asset only and is
    empty in protocol 1.
    """

    basis: Literal["cached", "online"]
    card: CardRef
    detail: Hash
    inside: tuple[Token, ...] = msgspec.field(name="in")
    total: Amount


class Refund(Body, frozen=True, forbid_unknown_fields=True):
    """A terminal gives back part or all of the sale that `author` made as its number `seq`.

    Of a rejected sale it gives back nothing and is accepted: the till that had no answer in time
    may always take its sale back.
    """

    amount: Amount
    author: AuthorId
    detail: Hash
    seq: Sequence


class Transfer(Body, frozen=True, forbid_unknown_fields=True):
    """A node moves value between two wallets at the wish of the first one's holder."""

    amount: Amount
    asset: AssetId
    source: WalletId
    target: WalletId


class ReserveBook(Body, frozen=True, forbid_unknown_fields=True):
    """The reserve holder prefunds Stripe's fees, or attests how many euros it holds."""

    amount: Amount
    entry: Literal["fees", "attestation"]
    evidence: Token
    holder: PlaceId


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of a sale that are payable in one asset only."""

    amount: Amount
    asset: AssetId


class SplitSale(Body, frozen=True, forbid_unknown_fields=True):
    """An online sale with lines payable in one asset only (`in`); `total` is all the rest."""

    basis: Literal["online"]
    card: CardRef
    detail: Hash
    inside: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=16)] = msgspec.field(
        name="in"
    )
    total: Count


class SlotSale(Body, frozen=True, forbid_unknown_fields=True):
    """A sale that a terminal wrote into a slot of the card: it claims `spent` of the purse.

    `allowance` is the hash of the allowance on the card; `total` is after − before.
    """

    allowance: Hash
    basis: Literal["slot"]
    card: CardRef
    detail: Hash
    inside: Annotated[tuple[Part, ...], msgspec.Meta(max_length=0)] = msgspec.field(name="in")
    spent: Span
    total: Amount


AnySale = Sale | SplitSale | SlotSale
"""The bodies of kind `sale`."""


class Gift(Body, frozen=True, forbid_unknown_fields=True):
    """A holder gives value to another; `detail` is the hash of what they said to it."""

    amount: Amount
    asset: AssetId
    detail: Hash
    source: WalletId
    target: WalletId


class Exchange(Body, frozen=True, forbid_unknown_fields=True):
    """A wallet gives an amount of one asset for another at the registered rate."""

    amount: Amount
    give: AssetId
    take: AssetId
    wallet: WalletId


class CashOut(Body, frozen=True, forbid_unknown_fields=True):
    """A holder wants euros back: the amount is locked until it is paid or has failed."""

    amount: Amount
    asset: AssetId
    wallet: WalletId


class Settlement(Body, frozen=True, forbid_unknown_fields=True):
    """A place wants euros for tokens: the amount is locked until it is paid or has failed."""

    amount: Amount
    asset: AssetId
    place: PlaceId


class CashOutDone(Body, frozen=True, forbid_unknown_fields=True):
    """The money of a cash-out was paid: what is locked is burned.  `lock` names the cash-out."""

    evidence: Token
    lock: Hash


class CashOutFailed(Body, frozen=True, forbid_unknown_fields=True):
    """A cash-out was not paid, or came back after it was: the wallet has its value again."""

    evidence: Token
    lock: Hash


class SettlementDone(Body, frozen=True, forbid_unknown_fields=True):
    """The money of a settlement was paid: what is locked is burned.  `lock` names it."""

    evidence: Token
    lock: Hash


class SettlementFailed(Body, frozen=True, forbid_unknown_fields=True):
    """A settlement was not paid, or came back after it was: the place has its tokens again."""

    evidence: Token
    lock: Hash


class Dispute(Body, frozen=True, forbid_unknown_fields=True):
    """A disputed sale (number `seq` of `author`) is paid after all, or dropped."""

    author: AuthorId
    outcome: Literal["pay", "drop"]
    seq: Sequence


class Chargeback(Body, frozen=True, forbid_unknown_fields=True):
    """A bank took back the euros of a reload (number `seq` of the node `author`)."""

    amount: Amount
    author: AuthorId
    evidence: Token
    seq: Sequence


class Membership(Body, frozen=True, forbid_unknown_fields=True):
    """A wallet's holder is a member until a day (UTC, inclusive); an earlier day ends it."""

    asset: AssetId
    until: Day
    wallet: WalletId


class Badge(Body, frozen=True, forbid_unknown_fields=True):
    """A card gets a stamp."""

    asset: AssetId
    card: CardRef


class Dividend(Body, frozen=True, forbid_unknown_fields=True):
    """A member's equal part of what a free currency creates in a period; the rule's amount."""

    amount: Amount
    asset: AssetId
    period: Count
    wallet: WalletId


class Correction(Body, frozen=True, forbid_unknown_fields=True):
    """A mistake (number `seq` of `author`) is undone by the opposite postings."""

    author: AuthorId
    reason: Name
    seq: Sequence
