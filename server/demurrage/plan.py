"""What a day calls for: notices to give, steps to take, shares to pay out.  Pure.

Nothing is remembered between runs.  Only an announced day can melt, and the chain holds the
announcements, so a run that was missed, cut or repeated proposes exactly what is still missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from server.ledger import demurrage
from server.ledger.melting import matures
from server.ledger.records import Idle
from shared.amounts import Amount
from shared.bodies import Distribute, Melt, Notice
from shared.ids import AssetId, PlaceId, WalletId
from shared.policy import DemurragePolicy

EPOCH: Final = date(1970, 1, 1)
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Lot:
    """What one wallet holds of the asset, and since when it lies idle.

    `purses` is what it has put on its cards: it counts, and is left where it is (PROTOCOL §8).
    """

    wallet: WalletId
    idle: Idle
    balance: int
    purses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """One melting asset: its policy, who holds it, and the notices on chain by melt day.

    `since` is the day that set the policy, `earlier` are those before it, each with its day.
    """

    asset: AssetId
    policy: DemurragePolicy
    lots: tuple[Lot, ...]
    announced: Mapping[int, tuple[tuple[int, int], ...]]
    earlier: tuple[tuple[int, DemurragePolicy], ...] = ()
    since: int = 0

    def policy_of(self, step: int) -> DemurragePolicy:
        """Give the policy of a step's day."""
        return demurrage.rule_on((*self.earlier, (self.since, self.policy)), step)[1]


@dataclass(frozen=True, slots=True)
class Share:
    """What melted at a place in a month (year × 12 + month − 1) and waits to be shared."""

    asset: AssetId
    place: PlaceId
    month: int
    amount: int


def notices(holdings: Holdings, today: int) -> tuple[Notice, ...]:
    """Give the notices due today that the chain does not hold yet."""
    wallets = ((lot.idle, lot.balance) for lot in holdings.lots)
    return tuple(
        Notice(asset=holdings.asset, idle_since=due.idle_since, melt_day=due.melt_day)
        for due in demurrage.notices_due(wallets, today, holdings.policy)
        if not any(
            day >= today and idle_since >= due.idle_since
            for day, idle_since in holdings.announced.get(due.melt_day, ())
        )
    )


def melt_days(holdings: Holdings, today: int) -> tuple[int, ...]:
    """Give the announced days on which somebody's step is still open, in order."""
    return tuple(day for day in sorted(holdings.announced) if day <= today and melts(holdings, day))


def melts(holdings: Holdings, day: int) -> tuple[Melt, ...]:
    """Give the melts of one day, one a wallet, in the order of wallets."""
    policy = holdings.policy_of(day)
    if not policy.enabled:
        return ()
    found: list[Melt] = []
    for lot in sorted(holdings.lots, key=lambda lot: lot.wallet):
        told = [
            demurrage.Notice(given, idle_since, day)
            for given, idle_since in holdings.announced.get(day, ())
        ]
        announced = demurrage.announced_by(told, lot.idle, policy)
        held = lot.balance + lot.purses
        amount = demurrage.melt_on(held, lot.idle, day, policy, announced)
        if amount := min(amount, lot.balance):
            found.append(
                Melt(amount=Amount(amount), asset=holdings.asset, day=day, wallet=lot.wallet)
            )
    return tuple(found)


def distributions(shares: Iterable[Share], today: int) -> tuple[Distribute, ...]:
    """Give the months to share out: over, and so long ago that late sales have arrived."""
    return tuple(
        Distribute(asset=share.asset, month=share.month, place=share.place)
        for share in sorted(shares, key=lambda share: (share.month, share.asset, share.place))
        if share.amount > 0 and matures(share.month) <= today
    )


def after_notices(holdings: Holdings, given: Sequence[Notice], today: int) -> Holdings:
    """Give the holdings as the chain will hold them after these notices."""
    announced = dict(holdings.announced)
    for notice in given:
        announced[notice.melt_day] = (
            *announced.get(notice.melt_day, ()),
            (today, notice.idle_since),
        )
    return replace(holdings, announced=announced)


def after_melts(holdings: Holdings, taken: Sequence[Melt]) -> Holdings:
    """Give the holdings as the chain will hold them after these melts."""
    melted = {melt.wallet: melt for melt in taken}
    return replace(
        holdings,
        lots=tuple(
            replace(
                lot,
                balance=lot.balance - melt.amount,
                idle=Idle(lot.idle.last_use, melt.day + holdings.policy_of(melt.day).step_days),
            )
            if (melt := melted.get(lot.wallet))
            else lot
            for lot in holdings.lots
        ),
    )


# ---------- the calendar ----------


def day_of(time_ms: int) -> int:
    """Give the UTC day of a time."""
    return time_ms // DAY_MS


def day_number(day: date) -> int:
    """Give the number of a calendar day."""
    return (day - EPOCH).days


def calendar(day: int) -> date:
    """Give the calendar day of a number."""
    return EPOCH + timedelta(days=day)


def noon_ms(day: int) -> int:
    """Give the middle of a day, where a simulated clock is set to play it."""
    return int(datetime.combine(calendar(day), datetime.min.time(), UTC).timestamp()) * 1000 + (
        DAY_MS // 2
    )
