"""May this reload be opened?  The limits of the settings, asked before anybody pays.

Pure.  Everything that may still arrive counts as if it had, so that five open payment pages
cannot be used to pass a limit; a page that is left alone stops counting when it expires.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from server.payments.settings import Limits

DAY_MS: Final = 24 * 3600 * 1000
WINDOW_MS: Final = 30 * DAY_MS
YEAR_MS: Final = 365 * DAY_MS


class Limit(StrEnum):
    """Which limit says no."""

    TOO_SMALL = "reload_too_small"
    TOO_LARGE = "reload_too_large"
    WALLET_FULL = "reload_wallet_full"
    THIRTY_DAYS = "reload_thirty_days"
    OUTSTANDING = "reload_outstanding"
    FEES = "reload_fees_reserve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the wallet and the whole asset are, in cents."""

    balance: int
    pending: int
    last_30_days: int
    outstanding: int
    fees_reserve: int


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was opened; `most` is what would be allowed now (0: nothing)."""

    limit: Limit
    most: int


def check(limits: Limits, amount: int, standing: Standing) -> Declined | None:
    """Say which limit refuses this amount, the personal ones last; None when all agree."""
    rooms = (
        (Limit.TOO_LARGE, limits.per_reload_max),
        (Limit.OUTSTANDING, limits.outstanding_max - standing.outstanding),
        (Limit.THIRTY_DAYS, limits.per_30_days - standing.last_30_days),
        (Limit.WALLET_FULL, limits.per_wallet - standing.balance - standing.pending),
    )
    most = max(0, min(room for _, room in rooms))
    if most < limits.per_reload_min:
        most = 0
    if standing.fees_reserve < limits.fees_floor:
        return Declined(Limit.FEES, 0)
    if amount < limits.per_reload_min:
        return Declined(Limit.TOO_SMALL, most)
    for limit, room in rooms:
        if amount > room:
            return Declined(limit, most)
    return None


@dataclass(frozen=True, slots=True)
class Warned:
    """A figure that the admins should hear of before a law does."""

    name: str
    level: int
    reached: int


def warnings(limits: Limits, *, outstanding: int, yearly: int) -> tuple[Warned, ...]:
    """Give the warning levels that are reached: what exists, and what came in within a year."""
    figures = (
        Warned("outstanding", limits.outstanding_warning, outstanding),
        Warned("yearly_volume", limits.yearly_warning, yearly),
    )
    return tuple(figure for figure in figures if figure.reached >= figure.level)
