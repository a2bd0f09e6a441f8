"""What the ledger remembers: one frozen Struct a table of the state.

A record is found by its table and a key of short strings and numbers.  The final value of each
changed record goes into the block's effects hash.  So that an old chain keeps its hashes, a field
that came with a later protocol has a default, and a default is not written (`omit_defaults`): only
rules of that protocol give it another value.  The store derives the tables `chain_*` from here.
"""

from typing import Final, Literal, TypeAlias

import msgspec

from shared.bodies import AssetClass, Role, Tier
from shared.ids import Account, AssetId, AuthorId, CardRef, Hash, PlaceId, WalletId
from shared.policy import Policy

Key: TypeAlias = tuple[str | int, ...]


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the state."""


class Author(Record, frozen=True):
    """Key: author.  Who may sign; `place` is empty for nodes, `after` counts when revoked.

    `forked`: it was quarantined before it was revoked, and its chain never goes on.
    """

    after: int
    box: str
    key: str
    label: str
    place: str
    role: Role
    status: Literal["active", "revoked", "quarantined"]
    forked: bool = False


class Head(Record, frozen=True):
    """Key: author.  The last transaction of its chain."""

    hash: Hash
    seq: int


class Place(Record, frozen=True):
    """Key: place.  An organisation that accepts payment, and the node that serves it."""

    name: str
    node: AuthorId
    left: bool = False


class Asset(Record, frozen=True):
    """Key: asset."""

    asset_class: AssetClass
    issuer: PlaceId
    name: str
    peg: str
    priority: int
    scale: int
    symbol: str
    archived: bool = False


class Card(Record, frozen=True):
    """Key: card reference.  `links` are (height, wallet): what it pointed to before, until when."""

    home: PlaceId
    reason: str
    status: Literal["active", "blocked"]
    tier: Tier
    wallet: WalletId
    links: tuple[tuple[int, WalletId], ...] = ()


class Wallet(Record, frozen=True):
    """Key: wallet.

    `debts` are (asset, place, amount) that loss accounts carry for it, `cards` those whose purses
    it funds; `merged` is the wallet that it became part of in the block `merged_at`, and that its
    cards point to since then.
    """

    debts: tuple[tuple[AssetId, PlaceId, int], ...]
    home: PlaceId
    reloaded_at: PlaceId
    cards: tuple[CardRef, ...] = ()
    merged: str = ""
    merged_at: int = 0


class Balance(Record, frozen=True):
    """Key: account, asset."""

    amount: int


class Evidence(Record, frozen=True):
    """Key: evidence.  The transaction that used it up."""

    transaction: Hash


class Refunded(Record, frozen=True):
    """Key: author, number of a sale.  How much of it was given back already."""

    amount: int


class Rule(Record, frozen=True):
    """Key: policy name, subject.  `since` is the UTC day of the block that set it.

    `earlier` are (since, value) of how an asset melted before: steps of days before a change are
    those of the rule of then.
    """

    since: int
    value: Policy
    earlier: tuple[tuple[int, Policy], ...] = ()


class Idle(Record, frozen=True):
    """Key: wallet, asset.  Since when value lies idle and the day of its next melt step."""

    last_use: int
    next_step: int


class Announced(Record, frozen=True):
    """Key: asset, melt day.  Notices recorded: (day, idle since)."""

    notices: tuple[tuple[int, int], ...]


class Melted(Record, frozen=True):
    """Key: wallet, asset, day.  A melt: balance before, what it took, where and when it waits."""

    amount: int
    before: int
    height: int
    month: int
    place: PlaceId
    reversed: int


class Pending(Record, frozen=True):
    """Key: asset, place, month.  What melted in a month and was not shared yet."""

    amount: int


class Remainder(Record, frozen=True):
    """Key: asset, place.  What was too small to share; it waits for the next month."""

    amount: int


class Acceptance(Record, frozen=True):
    """Key: asset, place.  Who has said that the place takes the asset: both must."""

    issuer: bool
    place: bool


class Group(Record, frozen=True):
    """Key: number.  A purse group: assets of equal unit."""

    assets: tuple[AssetId, ...]


class Purse(Record, frozen=True):
    """Key: card.  What the chain knows of a card's purse (PROTOCOL §6 a to g); cents, ever.

    `number` is the newest allowance's, `credit` the sum of all issues, `void_line` what a release
    has declared spent, `claims` the intervals [before, after) of sales, merged and in order, and
    `voided` the highest end of an interrupted payment's.  `expires` is when the last of all its
    allowances ends (UTC hours since 1970), `epoch` the number of recoveries that its number takes
    account of.
    """

    claims: tuple[tuple[int, int], ...]
    credit: int
    epoch: int
    expires: int
    group: int
    number: int
    void_line: int
    voided: int = 0


class Allowed(Record, frozen=True):
    """Key: hash of an allowance.  It follows from a `purse.issue` of the chain."""

    card: CardRef
    number: int


class Forked(Record, frozen=True):
    """Key: card.  Sales (author, number) that claimed what others had: it was copied."""

    sales: tuple[tuple[AuthorId, int], ...]


class Settled(Record, frozen=True):
    """Key: author, number of a disputed sale.  What became of it, and the transaction that said so.

    `signer` and `number` name that transaction: its postings are what the sale has moved.
    """

    number: int
    outcome: Literal["pay", "drop"]
    signer: AuthorId


class Lock(Record, frozen=True):
    """Key: transaction.  An amount on `hold:<transaction>` on its way out of the system."""

    account: Account
    amount: int
    asset: AssetId
    status: Literal["locked", "done", "failed"]


class Corrected(Record, frozen=True):
    """Key: author, number.  The transaction that undid it."""

    transaction: Hash


class Member(Record, frozen=True):
    """Key: asset, wallet.  A member from a day to another (UTC, both inclusive).

    `paid` is the last period of which it has, or could have had, its part; -1: none.
    """

    paid: int
    since: int
    until: int


class Created(Record, frozen=True):
    """Key: asset, period.  What each of `members` gets of a free currency whose mass was `mass`."""

    amount: int
    mass: int
    members: int


class Validators(Record, frozen=True):
    """Key: `-`.  The nodes that decide, in their order; `suspended` may issue no allowances."""

    nodes: tuple[AuthorId, ...]
    suspended: tuple[AuthorId, ...]


class Proposal(Record, frozen=True):
    """Key: transaction.  What is proposed, who is for and against it, and whether it still is."""

    against: tuple[AuthorId, ...]
    author: AuthorId
    number: int
    status: Literal["open", "done", "dropped"]
    support: tuple[AuthorId, ...]


class Handover(Record, frozen=True):
    """Key: `-`.  The engine that orders the blocks after this one."""

    engine: str
    genesis: Hash
    height: int
    initial_height: int
    validators: tuple[AuthorId, ...]


class Lost(Record, frozen=True):
    """Key: first height.  Blocks up to `last` were lost; `height` is the block that says so."""

    height: int
    last: int


class Adopted(Record, frozen=True):
    """Key: author, number, hash.  A transaction of a forked branch, its verdict, who booked it.

    One record a transaction: so none is ever booked twice, whatever runs its branch is cut into.
    `since` is the number with which the branch begins.
    """

    since: int
    transaction: Hash
    verdict: str


TABLES: Final[dict[str, tuple[type[Record], tuple[tuple[str, type], ...]]]] = {
    "author": (Author, (("author", str),)),
    "head": (Head, (("author", str),)),
    "place": (Place, (("place", str),)),
    "asset": (Asset, (("asset", str),)),
    "card": (Card, (("card", str),)),
    "wallet": (Wallet, (("wallet", str),)),
    "balance": (Balance, (("account", str), ("asset", str))),
    "evidence": (Evidence, (("evidence", str),)),
    "refunded": (Refunded, (("author", str), ("seq", int))),
    "rule": (Rule, (("policy", str), ("subject", str))),
    "idle": (Idle, (("wallet", str), ("asset", str))),
    "announced": (Announced, (("asset", str), ("melt_day", int))),
    "melted": (Melted, (("wallet", str), ("asset", str), ("day", int))),
    "pending": (Pending, (("asset", str), ("place", str), ("month", int))),
    "remainder": (Remainder, (("asset", str), ("place", str))),
    "acceptance": (Acceptance, (("asset", str), ("at", str))),
    "group": (Group, (("number", int),)),
    "purse": (Purse, (("card", str),)),
    "allowed": (Allowed, (("allowance", str),)),
    "forked": (Forked, (("card", str),)),
    "settled": (Settled, (("author", str), ("seq", int))),
    "lock": (Lock, (("transaction", str),)),
    "corrected": (Corrected, (("author", str), ("seq", int))),
    "member": (Member, (("asset", str), ("wallet", str))),
    "created": (Created, (("asset", str), ("period", int))),
    "validators": (Validators, (("chain", str),)),
    "proposal": (Proposal, (("transaction", str),)),
    "handover": (Handover, (("chain", str),)),
    "lost": (Lost, (("first", int),)),
    "adopted": (Adopted, (("author", str), ("seq", int), ("hash", str))),
}
NAMES: Final[dict[type[Record], str]] = {record: name for name, (record, _) in TABLES.items()}


class Posting(msgspec.Struct, frozen=True):
    """A positive amount of one asset from one account to another: unbalanceable."""

    source: Account
    target: Account
    asset: AssetId
    amount: int
