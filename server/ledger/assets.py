"""Rules of assets: what may exist, what it is called, where it is taken, when it is closed.

An asset's class and worth never change: whoever holds some can rely on what it was when made.
"""

from typing import Final

from msgspec.structs import replace

from server.ledger.effect import Context, Effect, Outcome, Signed, serves
from server.ledger.governance import decides, proposed
from server.ledger.limits import crowded
from server.ledger.records import Acceptance, Asset
from shared.bodies import AssetAccept, AssetArchive, AssetClass, AssetCreate, AssetUpdate
from shared.errors import Code
from shared.ids import EUR

CENTS: Final = 2
"""Decimals of whatever is worth euros: a sale adds pegged assets up unit by unit."""
ISSUED: Final = frozenset(
    {AssetClass.LOCAL, AssetClass.GIFT, AssetClass.TIME, AssetClass.POINTS, AssetClass.MEAL}
)
"""What its issuer creates as it sees fit; the other classes have a rule of their own."""
FACTS: Final = frozenset({AssetClass.BADGE, AssetClass.MEMBERSHIP})
"""What says something about its holder: neither paid with, nor given away, nor exchanged."""
_NOTHING: Final = "-"
_PEGS: Final[dict[AssetClass, frozenset[str]]] = {
    AssetClass.FEDERATED: frozenset({EUR}),
    AssetClass.LOCAL: frozenset({EUR, _NOTHING}),
    AssetClass.GIFT: frozenset({EUR, _NOTHING}),
    AssetClass.MEAL: frozenset({EUR}),
    AssetClass.TIME: frozenset({_NOTHING}),
    AssetClass.POINTS: frozenset({_NOTHING}),
    AssetClass.LIBRE: frozenset({_NOTHING}),
    AssetClass.BADGE: frozenset({_NOTHING}),
    AssetClass.MEMBERSHIP: frozenset({_NOTHING}),
}
"""What each class may be worth."""
_FIRST_CLASSES: Final = frozenset({AssetClass.FEDERATED, AssetClass.LOCAL})
_ALL_CLASSES: Final = 2
"""The protocol from which on there are all classes, and the federation agrees to its tokens."""


def asset_create(context: Context, signed: Signed, body: AssetCreate) -> Outcome:
    """Register an asset of one of the node's places; a federated one is the validators' affair."""
    if code := serves(context, signed, body.issuer):
        return code
    if body.asset == EUR or body.asset in context.state.assets():
        return Code.ALREADY_EXISTS
    if code := crowded(context, signed, Asset):
        return code
    if code := _senseless(body):
        return code
    if context.protocol < _ALL_CLASSES:
        if body.asset_class not in _FIRST_CLASSES:
            return Code.WRONG_ASSET
    elif body.asset_class is AssetClass.FEDERATED:  # every place takes it: none of them is asked
        if code := decides(context, signed):
            return code
        if (proposal := proposed(context, signed)) is not None:
            return proposal
    record = Asset(
        asset_class=body.asset_class,
        issuer=body.issuer,
        name=body.name,
        peg=body.peg,
        priority=body.priority,
        scale=body.scale,
        symbol=body.symbol,
    )
    return Effect(records=(((body.asset,), record),))


def _senseless(body: AssetCreate) -> Code | None:
    """Refuse a worth or a scale that does not go with the class."""
    if body.peg not in _PEGS[body.asset_class]:
        return Code.WRONG_ASSET
    if body.peg == EUR and body.scale != CENTS:
        return Code.WRONG_ASSET
    if body.asset_class in FACTS and body.scale:
        return Code.WRONG_ASSET
    return None


def asset_update(context: Context, signed: Signed, body: AssetUpdate) -> Outcome:
    """Change how an asset is called and when a sale spends it."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    changed = replace(asset, name=body.name, priority=body.priority, symbol=body.symbol)
    return Effect(records=(((body.asset,), changed),))


def asset_archive(context: Context, signed: Signed, body: AssetArchive) -> Outcome:
    """Close an asset: nothing creates more of it; what there is can still be spent."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.archived:
        return Code.ASSET_ARCHIVED
    return Effect(records=(((body.asset,), replace(asset, archived=True)),))


def asset_accept(context: Context, signed: Signed, body: AssetAccept) -> Outcome:
    """Record what the issuer, or the place, says about an asset being taken there."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if body.place not in context.state.places():
        return Code.UNKNOWN_PLACE
    if code := serves(context, signed, asset.issuer if body.side == "issuer" else body.place):
        return code
    if asset.asset_class in FACTS or asset.asset_class is AssetClass.FEDERATED:
        return Code.WRONG_ASSET
    if asset.issuer == body.place:
        return Code.WRONG_ASSET
    if asset.archived and body.accept:
        return Code.ASSET_ARCHIVED
    key = (body.asset, body.place)
    known = context.state.get(Acceptance, key) or Acceptance(issuer=False, place=False)
    said = (
        replace(known, issuer=body.accept)
        if body.side == "issuer"
        else replace(known, place=body.accept)
    )
    return Effect(records=((key, said),))
