"""What people without an account see: a card's page, a receipt, the public figures."""

from dataclasses import dataclass
from enum import StrEnum

from server.web.views.cards import CardState
from server.web.views.chain import Audit, Block
from server.web.views.common import Asset, Money
from server.web.views.money import AssetPage, MeltPage


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderPage:
    """What a card's QR shows to anyone who holds it: no balance, no name."""

    token: str
    number: str
    state: CardState
    asset: Asset
    amounts: tuple[int, ...]
    least: int
    most: int
    contact: str


class ReceiptState(StrEnum):
    """How far a payment is."""

    WAITING = "waiting"
    PAID = "paid"
    RECORDED = "recorded"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A payment as its payer sees it."""

    state: ReceiptState
    number: str
    money: Money
    at_ms: int
    holder: str
    token: str
    height: int | None = None
    reference: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPlace:
    """A place as anybody may know it."""

    name: str
    accepts: tuple[str, ...]
    reloads_online: bool
    reloads_cash: bool
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """The figures that anybody may see."""

    now_ms: int
    assets: tuple[AssetPage, ...]
    places: tuple[PublicPlace, ...]
    head: Block | None
    audit: Audit | None
    melts: tuple[MeltPage, ...] = ()
