"""THE table of kinds: what a transaction can be, who may sign it, and since when.

A kind whose `since` is later than the chain's protocol is answered `rejected(kind_not_active)`, as
it always will be for blocks of that time: a chain made today audits green for ever.  Adding a kind
is one body Struct, one row here and one rule in `server.ledger.rules`.  Bodies take no defaults
and no unknown fields; field names sort as they stand on the wire.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from shared.amounts import Amount, Count
from shared.ids import (
    AssetId,
    AuthorId,
    CardRef,
    Hash,
    Name,
    PlaceId,
    PublicKey,
    Token,
    WalletId,
)
from shared.policy import Policy

Day = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
# Years that every calendar knows (1 to 9998), so that no month stops a rule that counts its days.
Month = Annotated[int, msgspec.Meta(ge=12, le=9_998 * 12 + 11)]
Sequence = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Tier = Literal["T0", "T1", "T2"]


class Role(StrEnum):
    """Who signs: what an author is registered as."""

    NODE = "node"
    TERMINAL = "terminal"
    PLACE = "place"
    WALLET = "wallet"


class AssetClass(StrEnum):
    """What an asset is (DESIGN §4)."""

    FEDERATED = "federated"
    LOCAL = "local"
    GIFT = "gift"
    TIME = "time"
    POINTS = "points"
    MEAL = "meal"
    BADGE = "badge"
    MEMBERSHIP = "membership"
    LIBRE = "libre"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a transaction; each kind has its own."""


class Genesis(Body, frozen=True, forbid_unknown_fields=True):
    """Height 0, first transaction: the founding node names itself and its key."""

    founder: PublicKey
    name: Name


class PlaceCreate(Body, frozen=True, forbid_unknown_fields=True):
    """A node registers a place that it serves."""

    name: Name
    place: PlaceId


class AssetCreate(Body, frozen=True, forbid_unknown_fields=True):
    """A node registers an asset for one of its places.

    `issuer` is the place that stands behind it (of the federated token: the reserve holder).
    `peg` is the currency that one unit is worth one unit of (`EUR`), or `-`.  A sale spends
    the asset with the smallest `priority` first.
    """

    asset: AssetId
    asset_class: AssetClass = msgspec.field(name="class")
    issuer: PlaceId
    name: Name
    peg: Literal["EUR", "-"]
    priority: Annotated[int, msgspec.Meta(ge=0, le=1_000)]
    scale: Annotated[int, msgspec.Meta(ge=0, le=6)]
    symbol: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e\u00a0-\u017f\u20ac]{1,8}(?![\s\S])")]


class TerminalEnrol(Body, frozen=True, forbid_unknown_fields=True):
    """A node lets a terminal sign for a place.  `box` is its X25519 key for sealed secrets."""

    box: PublicKey
    key: PublicKey
    label: Name
    place: PlaceId


class TerminalRevoke(Body, frozen=True, forbid_unknown_fields=True):
    """A terminal's sales after the sequence number `after` are disputed from this block on."""

    after: Count
    terminal: AuthorId


class CardRegister(Body, frozen=True, forbid_unknown_fields=True):
    """A node registers a card for one of its places, with a fresh wallet."""

    card: CardRef
    home: PlaceId
    tier: Tier
    wallet: WalletId


class CardBlock(Body, frozen=True, forbid_unknown_fields=True):
    """A card may no longer be spent."""

    card: CardRef
    reason: Literal["lost", "stolen", "admin"]


class PolicySet(Body, frozen=True, forbid_unknown_fields=True):
    """A rule changes.  `subject` is `-` (the chain), a place or an asset, as the policy asks."""

    subject: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,32}(?![\s\S])")]
    value: Policy


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


class Notice(Body, frozen=True, forbid_unknown_fields=True):
    """Wallets not used since `idle_since` are told that `asset` melts on `melt_day` (UTC days)."""

    asset: AssetId
    idle_since: Day
    melt_day: Day


class Melt(Body, frozen=True, forbid_unknown_fields=True):
    """One step of demurrage on one wallet, due on `day`; `amount` must be what the rule gives."""

    amount: Amount
    asset: AssetId
    day: Day
    wallet: WalletId


class MeltReversal(Body, frozen=True, forbid_unknown_fields=True):
    """Part of the melt of `day` comes back: a sale made before it arrived after it.

    `author` and `seq` name the sale.
    """

    amount: Amount
    asset: AssetId
    author: AuthorId
    day: Day
    seq: Sequence
    wallet: WalletId


class Distribute(Body, frozen=True, forbid_unknown_fields=True):
    """What melted at a place in `month` (year × 12 + month − 1, UTC) is shared by the weights."""

    asset: AssetId
    month: Month
    place: PlaceId


class ReserveBook(Body, frozen=True, forbid_unknown_fields=True):
    """The reserve holder prefunds Stripe's fees, or attests how many euros it holds."""

    amount: Amount
    entry: Literal["fees", "attestation"]
    evidence: Token
    holder: PlaceId


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    name: str
    body: type[Body] | None
    signers: frozenset[Role]
    offline: bool
    since: int
    meaning: str


LATER: Final = 2
"""Kinds with this `since` are named by DESIGN §4 and come with the ledger issue."""


def _row(name: str, body: type[Body], signers: str, meaning: str, *, offline: bool = False) -> Kind:
    return Kind(name, body, frozenset(map(Role, signers.split())), offline, 1, meaning)


def _later(name: str, signers: str, meaning: str) -> Kind:
    roles = frozenset(map(Role, signers.split()))
    return Kind(name, None, roles, offline=False, since=LATER, meaning=meaning)


_ROWS: Final = (
    _row("genesis", Genesis, "node", "the founding node and its key"),
    _row("policy.set", PolicySet, "node", "a rule changes"),
    _row("place.create", PlaceCreate, "node", "a place joins with its node"),
    _row("asset.create", AssetCreate, "node", "a unit of value is defined"),
    _row("terminal.enrol", TerminalEnrol, "node", "a terminal may sign for a place"),
    _row("terminal.revoke", TerminalRevoke, "node", "a terminal may sign no longer"),
    _row("card.register", CardRegister, "node", "a card with its wallet is known"),
    _row("card.block", CardBlock, "node", "a card may no longer be spent"),
    _row("issue", Issue, "node", "an issuer creates value on a wallet"),
    _row("reload", Reload, "node", "euros come in, federated tokens go to a card"),
    _row("cash_reload", CashReload, "terminal", "cash comes in at a till", offline=True),
    _row("sale", Sale, "terminal", "a card pays a place", offline=True),
    _row("refund", Refund, "terminal", "a place gives back (part of) a sale", offline=True),
    _row("transfer", Transfer, "node", "value moves between two wallets"),
    _row("notice", Notice, "node", "a melt is announced"),
    _row("melt", Melt, "node", "idle value melts into its place's pot"),
    _row("melt_reversal", MeltReversal, "node", "a late sale gives a melt back"),
    _row("distribute", Distribute, "node", "what melted is shared"),
    _row("reserve.book", ReserveBook, "node", "euros in the reserve: fees, attestations"),
    _later("sale.void", "terminal", "an interrupted card payment claims its interval for nothing"),
    _later("gift", "node wallet", "value is given"),
    _later("merge", "node", "an anonymous card's wallet joins a user's"),
    _later("exchange", "node wallet", "one asset for another at the registered rate"),
    _later("purse.issue", "node", "a wallet funds what its card may spend offline"),
    _later("purse.release", "node", "what a purse still holds goes back to the wallet"),
    _later("cash_out", "node", "value back to the person: lock"),
    _later("cash_out.done", "node", "value back to the person: burn"),
    _later("cash_out.failed", "node", "value back to the person: unlock"),
    _later("settlement", "node", "a place turns tokens into euros: lock"),
    _later("settlement.done", "node", "a place turns tokens into euros: burn"),
    _later("settlement.failed", "node", "a place turns tokens into euros: unlock"),
    _later("dispute", "node", "a disputed sale is settled"),
    _later("membership", "node", "a membership is granted"),
    _later("badge", "node terminal", "a badge is stamped"),
    _later("dividend", "node", "a free currency creates its equal dividend"),
    _later("correction", "node", "a counter-entry with its reason"),
    _later("asset.update", "node", "an asset's terms change"),
    _later("asset.archive", "node", "an asset is closed"),
    _later("asset.accept", "node", "a place accepts an asset"),
    _later("group.create", "node", "equal-unit assets form a purse group"),
    _later("place.join", "node", "a place joins a federation"),
    _later("place.leave", "node", "a place leaves a federation"),
    _later("fork.adopt", "node", "the other branch of a forked terminal is taken in"),
    _later("card.link", "node", "a card points to another wallet"),
    _later("card.home", "node", "a card gets another home"),
    _later("card.lose", "node wallet", "a holder reports a card lost"),
    _later("card.unblock", "node", "a card may be spent again"),
    _later("key.rotate", "node terminal place wallet", "an author changes its key"),
    _later("validator.propose", "node", "a validator is proposed"),
    _later("vote.cast", "node", "a validator votes"),
    _later("grant", "node", "the common fund pays"),
    _later("engine.handover", "node", "another engine orders the blocks"),
    _later("recovery", "node", "a lost range of blocks is named"),
)

KINDS: Final[dict[str, Kind]] = {row.name: row for row in _ROWS}
NAMES: Final[dict[type[Body], str]] = {row.body: row.name for row in _ROWS if row.body}
