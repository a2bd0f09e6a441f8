"""What the pages of sales, assets, melt and reserve show."""

from dataclasses import dataclass
from datetime import date

from server.web.views.common import Asset, Line, Money, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPage:
    """A page of sales, newest first; `older` is the cursor of the next page."""

    now_ms: int
    totals_today: tuple[Money, ...]
    sales_today: int
    lines: tuple[Line, ...]
    older: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPage:
    """One asset on the assets page."""

    asset: Asset
    class_: str
    total: Money
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeltNotice:
    """A notice before a melt, sent or to be sent."""

    days_before: int
    day: date
    wallets: int
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMelt:
    """The next melt if nobody uses their money."""

    day: date
    at_most: Money
    wallets: int
    notices: tuple[MeltNotice, ...]
    shared_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a month would melt if nobody uses their money."""

    month: date
    at_most: Money
    wallets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeltPage:
    """The rule of one melting asset and what it has done; amounts are that asset's."""

    asset: Asset
    rate_bp: int
    fixed: int
    step_days: int
    grace_days: int
    floor: int
    min_use_bp: int
    notice_days: tuple[int, ...]
    delay_days: int
    since: date | None
    melted: int
    pending: int
    to_place: int
    to_validators: int
    to_commons: int
    to_maintenance: int
    next: NextMelt | None
    forecast: tuple[Forecast, ...]

    @property
    def to_nodes(self) -> int:
        """Give the nodes’ share."""
        return self.to_place + self.to_validators

    @property
    def shared(self) -> int:
        """Give all that was shared out."""
        return self.to_nodes + self.to_commons + self.to_maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservePage:
    """Tokens outside against euros held and losses declared, and Stripe's own figure."""

    asset: Asset
    tokens: tuple[Part, ...]
    euros: tuple[Part, ...]
    compared_ms: int | None
    difference: Money | None
    fees_left: Money | None
    fees_floor: Money | None
    holder: str

    @property
    def outstanding(self) -> int:
        """Give the tokens in circulation."""
        return sum(part.money.amount for part in self.tokens)

    @property
    def backing(self) -> int:
        """Give the euros held and the losses declared."""
        return sum(part.money.amount for part in self.euros)
