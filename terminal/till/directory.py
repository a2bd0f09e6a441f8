"""What the node told this till: place, products, people, cards, limits.

A `Directory` is replaced as a whole when deltas were applied, never changed in place, so that a
sale is always decided on one consistent view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from shared.bodies import Tier
from shared.detail import NO_OPERATOR
from shared.ids import AssetId, CardRef, PlaceId
from shared.policy import OfflinePolicy

ProductId = NewType("ProductId", str)
CategoryId = NewType("CategoryId", str)
OperatorId = NewType("OperatorId", str)

NOBODY: Final = OperatorId(NO_OPERATOR)


class Cash(StrEnum):
    """Whether an asset can be topped up for cash here."""

    NO = "no"
    ONLINE = "online"  # the node has the last word
    OFFLINE = "offline"  # any time


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A unit of value. What is `here` pays sales of this place, at its face value."""

    id: AssetId
    name: str
    symbol: str
    scale: int
    federated: bool
    here: bool
    cash: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A group of products. `colour` and `icon` are words of `terminal.ui.screen`."""

    id: CategoryId
    name: str
    colour: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something to sell. A negative price gives money back (a returned cup)."""

    id: ProductId
    name: str
    price: int
    category: CategoryId
    vat_bp: int
    favourite: bool = False


class Role(StrEnum):
    """What an operator may do. A manager may do what a seller may, and more."""

    SELL = "seller"
    MANAGE = "manager"  # also the training mode


def may_manage(operator: Operator | None) -> bool:
    """Tell whether a manager is logged in."""
    return operator is not None and operator.role is Role.MANAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A member of staff. `pin` is an Argon2 verifier, empty when only the card opens the till."""

    id: OperatorId
    name: str
    role: Role
    pin: str = field(repr=False)
    card: CardRef | None
    left_handed: bool = False


class CardStatus(StrEnum):
    """What the node says about a card."""

    VALID = "valid"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of the federation as of the last deltas. `number` is the one printed on it."""

    ref: CardRef
    number: str
    tier: Tier
    status: CardStatus
    balances: Mapping[AssetId, int]
    blocked_at_ms: int | None = None
    overdrawn: bool = False  # lost its offline use until it is settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One consistent view of what the node knows, as of `as_of_ms` (node time)."""

    place: PlaceId
    place_name: str
    point_of_sale: str
    currency: AssetId  # prices are in its minor unit; it must be among `assets`
    assets: Mapping[AssetId, Asset]
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    operators: tuple[Operator, ...]
    cards: Mapping[CardRef, Card]
    policy: OfflinePolicy
    reload_maximum: int
    as_of_ms: int
    utc_offset_minutes: int = 0  # of the place, for the clock on the screen


NO_OFFLINE: Final = OfflinePolicy(t0_limit=0, t0_sales=0, t0_terminal_cap=0, soft_ms=0, hard_ms=0)

NOWHERE: Final = Directory(
    place=PlaceId("nowhere"),
    place_name="",
    point_of_sale="",
    currency=AssetId("EUR"),
    assets={
        AssetId("EUR"): Asset(
            id=AssetId("EUR"),
            name="",
            symbol="€",
            scale=2,
            federated=False,
            here=False,
            cash=Cash.NO,
        )
    },
    categories=(),
    products=(),
    operators=(),
    cards={},
    policy=NO_OFFLINE,
    reload_maximum=0,
    as_of_ms=0,
)
"""What a till knows before it is paired: nothing to sell, nobody to log in."""


def for_cash(directory: Directory) -> tuple[Asset, ...]:
    """Give the assets that can be topped up for cash here, the place's own first."""
    sold = (asset for asset in directory.assets.values() if asset.cash is not Cash.NO)
    return tuple(sorted(sold, key=lambda asset: (asset.cash is Cash.ONLINE, asset.id)))


def spendable(directory: Directory, card: Card) -> int:
    """Sum of what the card may spend at this place, in minor units of the currency."""
    return sum(
        amount
        for asset, amount in card.balances.items()
        if asset in directory.assets and directory.assets[asset].here
    )
