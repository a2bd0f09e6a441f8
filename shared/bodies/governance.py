"""Bodies by which a federation decides: validators, votes, grants, engines (PROTOCOL §5)."""

from typing import Annotated, Literal

import msgspec

from shared.amounts import Amount
from shared.bodies.base import Body, Sequence
from shared.ids import AssetId, AuthorId, Hash, Name, PlaceId


class ValidatorPropose(Body, frozen=True, forbid_unknown_fields=True):
    """A validator proposes to take a node in or out, or to stop its allowances or allow them."""

    change: Literal["add", "remove", "suspend", "restore"]
    node: AuthorId


class Grant(Body, frozen=True, forbid_unknown_fields=True):
    """A validator proposes that a pot pays an amount to a place."""

    amount: Amount
    asset: AssetId
    place: PlaceId
    pot: Literal["commons", "maintenance", "guarantee"]
    reason: Name


class VoteCast(Body, frozen=True, forbid_unknown_fields=True):
    """A validator is for or against a proposal, which the hash of its transaction names."""

    proposal: Hash
    support: bool


class EngineHandover(Body, frozen=True, forbid_unknown_fields=True):
    """Blocks after this one are ordered by another engine, from its height `initial_height` on."""

    engine: Literal["cometbft"]
    genesis: Hash
    initial_height: Sequence
    validators: Annotated[tuple[AuthorId, ...], msgspec.Meta(min_length=1, max_length=100)]


class Recovery(Body, frozen=True, forbid_unknown_fields=True):
    """Blocks `first` to `last` are lost: they existed, and no copy of them was found."""

    first: Sequence
    last: Sequence
    reason: Name
