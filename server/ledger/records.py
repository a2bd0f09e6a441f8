"""What the ledger remembers: one frozen Struct a table of the state.

A record is found by its table and a key of short strings and numbers.  The final value of each
changed record goes into the block's effects hash, so a field added here changes every block: new
fields come with a new protocol version.  The store derives the tables `chain_*` from this file.
"""

from typing import Final, Literal, TypeAlias

import msgspec

from shared.ids import Account, AssetId, AuthorId, Hash, PlaceId, WalletId
from shared.kinds import AssetClass, Role, Tier
from shared.policy import Policy

Key: TypeAlias = tuple[str | int, ...]


class Record(msgspec.Struct, frozen=True):
    """One row of the state."""


class Author(Record, frozen=True):
    """Key: author.  Who may sign; `place` is empty for nodes, `after` counts when revoked."""

    after: int
    box: str
    key: str
    label: str
    place: str
    role: Role
    status: Literal["active", "revoked", "quarantined"]


class Head(Record, frozen=True):
    """Key: author.  The last transaction of its chain."""

    hash: Hash
    seq: int


class Place(Record, frozen=True):
    """Key: place.  An organisation that accepts payment, and the node that serves it."""

    name: str
    node: AuthorId


class Asset(Record, frozen=True):
    """Key: asset."""

    asset_class: AssetClass
    issuer: PlaceId
    name: str
    peg: str
    priority: int
    scale: int
    symbol: str


class Card(Record, frozen=True):
    """Key: card reference."""

    home: PlaceId
    reason: str
    status: Literal["active", "blocked"]
    tier: Tier
    wallet: WalletId


class Wallet(Record, frozen=True):
    """Key: wallet.  `debts` are (asset, place, amount) that loss accounts carry for it."""

    debts: tuple[tuple[AssetId, PlaceId, int], ...]
    home: PlaceId
    reloaded_at: PlaceId


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
    """Key: policy name, subject.  `since` is the UTC day of the block that set it."""

    since: int
    value: Policy


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
}
NAMES: Final[dict[type[Record], str]] = {record: name for name, (record, _) in TABLES.items()}


class Posting(msgspec.Struct, frozen=True):
    """A positive amount of one asset from one account to another: unbalanceable."""

    source: Account
    target: Account
    asset: AssetId
    amount: int
