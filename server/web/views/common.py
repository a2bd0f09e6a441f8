"""What several pages show: assets, money, places, checks' levels, lines of a journal."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A unit of value as people read it; `scale` is its number of decimals."""

    code: str
    name: str
    symbol: str
    scale: int
    melts: bool = False
    backed: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of one asset. Never added across assets."""

    amount: int
    asset: Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people sell."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is logged in."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What the frame around every page needs."""

    node_name: str
    stand_in: bool
    terminals_to_sync: int = 0
    things_to_fix: int = 0


class Level(StrEnum):
    """How a pill or a check looks: each has its own icon shape and colour."""

    OK = "ok"
    INFO = "info"
    NEUTRAL = "neutral"
    WARN = "warn"
    DANGER = "danger"


class PartKind(StrEnum):
    """Where value is, on the money table, the reserve and the public page."""

    WALLETS = "wallets"
    PLACE = "place"
    PLACES = "places"
    HELD = "held"
    MELTED = "melted"
    FUNDS = "funds"
    STRIPE_AVAILABLE = "stripe_available"
    STRIPE_TRANSIT = "stripe_transit"
    LOSSES = "losses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How much of an asset is in one kind of place."""

    kind: PartKind
    money: Money


class LineKind(StrEnum):
    """What happened, on a till or on a card."""

    SALE = "sale"
    REFUND = "refund"
    RELOAD = "reload"
    ISSUE = "issue"
    RELOAD_HELD = "reload_held"
    CASH_RELOAD = "cash_reload"
    TRANSFER = "transfer"
    NOTICE = "notice"
    MELT = "melt"
    MELT_REVERSAL = "melt_reversal"
    BLOCK = "block"
    GIFT = "gift"
    MERGE = "merge"
    EXCHANGE = "exchange"
    PURSE_ISSUE = "purse_issue"
    PURSE_RELEASE = "purse_release"
    CASH_OUT = "cash_out"
    CASH_OUT_FAILED = "cash_out_failed"
    DISPUTE = "dispute"
    DIVIDEND = "dividend"
    BADGE = "badge"
    MEMBERSHIP = "membership"
    CORRECTION = "correction"
    OTHER = "other"


class LineResult(StrEnum):
    """The ledger's verdict, in the words of the pages."""

    ACCEPTED = "accepted"
    OVERDRAWN = "overdrawn"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sale or movement. `label` is what was bought, when the place knows it."""

    at_ms: int
    kind: LineKind
    label: str = ""
    where: str = ""
    who: str = ""
    money: Money | None = None
    after: Money | None = None
    result: LineResult = LineResult.ACCEPTED
    loss: Money | None = None
    reason: str = ""
    card: str = ""
