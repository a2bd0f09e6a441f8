"""Bodies of the registry: who is there, which assets, which rules."""

from typing import Annotated, Literal

import msgspec

from shared.amounts import Count
from shared.bodies.base import AssetClass, Body, Proof
from shared.ids import AssetId, AuthorId, Name, PlaceId, PublicKey
from shared.policy import Policy

Priority = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
Symbol = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e\u00a0-\u017f\u20ac]{1,8}(?![\s\S])")]

Subject = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,32}(?![\s\S])")]
"""What a policy is about: `-` (the chain), a place, an asset or a pair."""


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
    priority: Priority
    scale: Annotated[int, msgspec.Meta(ge=0, le=6)]
    symbol: Symbol


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


class PolicySet(Body, frozen=True, forbid_unknown_fields=True):
    """A rule changes.  `subject` is `-` (the chain), a place or an asset, as the policy asks."""

    subject: Subject
    value: Policy


class AssetUpdate(Body, frozen=True, forbid_unknown_fields=True):
    """The issuer changes how an asset is called and when a sale spends it; never its worth."""

    asset: AssetId
    name: Name
    priority: Priority
    symbol: Symbol


class AssetArchive(Body, frozen=True, forbid_unknown_fields=True):
    """No more of an asset is created; what is there can be spent, exchanged and cashed out."""

    asset: AssetId


class AssetAccept(Body, frozen=True, forbid_unknown_fields=True):
    """One of the two sides, the issuer or the place, lets `place` take `asset` in sales, or not.

    Both have to agree.  An asset is always taken at its issuer's, the federated one everywhere.
    """

    accept: bool
    asset: AssetId
    place: PlaceId
    side: Literal["issuer", "place"]


class GroupCreate(Body, frozen=True, forbid_unknown_fields=True):
    """Assets of equal unit form the next purse group; its number is never used again."""

    assets: Annotated[tuple[AssetId, ...], msgspec.Meta(min_length=1, max_length=8)]
    group: Annotated[int, msgspec.Meta(ge=1, le=255)]


class PlaceJoin(Body, frozen=True, forbid_unknown_fields=True):
    """A validator lets an organisation in: a node with its own key, and its first place.

    `proof` is the new key's signature (purpose `invitation`) over `<chain> <place> <key>`.
    """

    key: PublicKey
    label: Name
    name: Name
    place: PlaceId
    proof: Proof


class PlaceLeave(Body, frozen=True, forbid_unknown_fields=True):
    """A place leaves: what its terminals sold and had not sent is disputed, not lost."""

    place: PlaceId


class KeyRotate(Body, frozen=True, forbid_unknown_fields=True):
    """An author goes on with another key; the last transaction that the old one signs.

    `proof` is the new key's signature (purpose `pairing`) over `<chain> <author> <key>`.
    """

    key: PublicKey
    proof: Proof


class ForkAdopt(Body, frozen=True, forbid_unknown_fields=True):
    """The branch of a forked terminal that the chain does not have is booked once.

    `payloads` are that branch's, as the terminal signed them, with its signature over the last.
    """

    author: AuthorId
    payloads: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=500)]
    signature: Proof
