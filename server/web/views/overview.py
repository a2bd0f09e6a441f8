"""What the overview, the setup list and the health page show."""

from dataclasses import dataclass
from enum import StrEnum

from server.web.views.common import Asset, Level, Line, Money, PartKind


class TodoKind(StrEnum):
    """What may be waiting for somebody."""

    AUDIT_FAILED = "audit_failed"
    TERMINAL_CONFLICT = "terminal_conflict"
    TERMINAL_OFFLINE = "terminal_offline"
    NO_COPY = "no_copy"
    BACKUP_OLD = "backup_old"
    RELOAD_HELD = "reload_held"
    DEAD_LETTERS = "dead_letters"
    DISPUTED_SALES = "disputed_sales"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do; `target` is the id its verb leads to."""

    kind: TodoKind
    target: str = ""
    name: str = ""
    since_ms: int | None = None
    count: int = 0
    money: Money | None = None


class CheckKind(StrEnum):
    """What a node watches."""

    AUDIT = "audit"
    RESERVE = "reserve"
    BACKUP = "backup"
    COPY = "copy"
    CLOCK = "clock"
    DISK = "disk"
    STRIPE = "stripe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the node watches; `figure` is its number in the unit the kind implies."""

    kind: CheckKind
    level: Level
    at_ms: int | None = None
    figure: int | None = None
    money: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSales:
    """Sales of one hour; one amount for each asset of `Overview.assets`, in that order."""

    start_ms: int
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """One row of "where the money is": an amount for each asset, in the page's order.

    `losses` is what a place must have repaid before it can take these amounts out.
    """

    kind: PartKind
    name: str = ""
    cards: int = 0
    amounts: tuple[Money, ...]
    losses: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """All of one asset that is not at its issuer."""

    total: Money
    on_cards: Money
    to_places: Money
    covered_bp: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The day on one page."""

    now_ms: int
    day_start_ms: int
    unsent_terminals: int
    unsent_sales: int
    unsent_money: tuple[Money, ...]
    todo: tuple[Todo, ...]
    outside: tuple[Outside, ...]
    checks: tuple[Check, ...]
    head_height: int
    assets: tuple[Asset, ...]
    same_unit: bool
    hours: tuple[HourSales, ...]
    sales_today: int
    sales_late: int
    totals_today: tuple[Money, ...]
    last_sales: tuple[Line, ...]
    money: tuple[MoneyRow, ...]
    money_total: tuple[Money, ...]


class StepKind(StrEnum):
    """What a node needs before its first sale, and what it had better have."""

    ACCOUNT = "account"
    PLACE = "place"
    ASSET = "asset"
    PRODUCTS = "products"
    CARDS = "cards"
    TERMINAL = "terminal"
    STRIPE = "stripe"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the check list."""

    kind: StepKind
    done: bool
    name: str = ""
    count: int = 0
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A node on which nothing can be sold yet: the first page is a check list."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the node watches, and the node itself."""

    now_ms: int
    checks: tuple[Check, ...]
    version: str
    started_ms: int
    database_bytes: int
    dead_letters: int
