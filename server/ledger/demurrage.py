"""The demurrage rule: how idle money melts, as integer functions over plain values (PROTOCOL §8).

Days are whole UTC days since 1970-01-01, amounts are minor units.  Rounding favours the holder,
a melt never takes a balance below its floor, and a step that nobody was told about in time takes
nothing.  The executor owns the accounts; nothing here reads a clock or knows a policy's history.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.ledger.records import Idle
from shared.policy import DemurragePolicy

BASIS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on chain: `day` it was recorded, `idle_since` and `melt_day` as it says."""

    day: int
    idle_since: int
    melt_day: int


# ---------- melting ----------


def step(balance: int, policy: DemurragePolicy) -> int:
    """Give the balance after one step: at least the floor, rounded up."""
    by_rate = -(-balance * (BASIS - policy.rate_bp) // BASIS)
    left = balance - policy.fixed if policy.fixed else by_rate
    return min(balance, max(policy.floor, left))


def melt_on(
    balance: int,
    clock: Idle,
    day: int,
    policy: DemurragePolicy,
    announced: Callable[[int], bool],
) -> int:
    """Give what the one step of `day` takes; 0 when none falls on it or it was not announced.

    A `melt` is one step.  Executing it moves the clock to day + step_days: an earlier step that
    nobody recorded is forgiven, and the same day never melts twice.
    """
    if not (is_step_day(clock, day, policy) and announced(day)):
        return 0
    return balance - step(balance, policy)


def rule_on(rules: Sequence[tuple[int, DemurragePolicy]], day: int) -> tuple[int, DemurragePolicy]:
    """Give the rule of a step's day; `rules` are (day that set it, rule), the oldest first.

    A new rule acts on later steps only: one that is due when it is set melts by the one before.
    """
    return next((each for each in reversed(rules) if each[0] < day), rules[0])


# ---------- what stops it ----------


def is_use(amount: int, balance: int, policy: DemurragePolicy) -> bool:
    """Tell whether a sale counts as a use; `balance` is the one before it.

    A share of the balance, else a sale of one cent would keep a fortune from melting.
    """
    return amount > 0 and amount * BASIS >= balance * policy.min_use_bp


def after_use(clock: Idle | None, day: int, policy: DemurragePolicy) -> Idle:
    """Start the grace again at a use (a sale that `is_use`, a paid reload).

    Never turns a clock back: an old sale that arrives late, or a step that is longer than the
    grace, brings no melt nearer.
    """
    fresh = Idle(day, day + policy.grace_days)
    if clock is None:
        return fresh
    return Idle(max(clock.last_use, day), max(clock.next_step, fresh.next_step))


def after_receipt(
    clock: Idle | None,
    balance: int,
    sender: Idle | None,
    day: int,
    policy: DemurragePolicy,
) -> Idle:
    """Give the receiver's clock after value came in that was not a use (transfer, gift, issue…).

    `balance` is the receiver's before it, `sender` is None for an issuer.  An empty wallet takes
    the sender's clock, else a gift to a fresh wallet would never melt; other value joins.
    """
    if clock is not None and balance > 0:
        return clock
    return sender if sender is not None else Idle(day, day + policy.grace_days)


# ---------- notices ----------


def is_step_day(clock: Idle, day: int, policy: DemurragePolicy) -> bool:
    """Tell whether a step falls on this day if the money stays idle until then."""
    return day >= clock.next_step and (day - clock.next_step) % policy.step_days == 0


def covers(notice: Notice, clock: Idle, melt_day: int, policy: DemurragePolicy) -> bool:
    """Tell whether a notice announced this step of this wallet early enough.

    The first notice counts: it must be as old as the longest of `notice_days`.  A wallet that was
    used after it (`last_use` > `idle_since`) was told nothing and must be told again.
    """
    return (
        notice.melt_day == melt_day
        and clock.last_use <= notice.idle_since
        and notice.day <= melt_day - max(policy.notice_days, default=0)
    )


def announced_by(
    notices: Iterable[Notice], clock: Idle, policy: DemurragePolicy
) -> Callable[[int], bool]:
    """Make the `announced` of `melt_on` from the notices of the asset."""
    days = {notice.melt_day for notice in notices if covers(notice, clock, notice.melt_day, policy)}
    return days.__contains__


def notices_due(
    wallets: Iterable[tuple[Idle, int]], today: int, policy: DemurragePolicy
) -> tuple[Notice, ...]:
    """Give the notices to record today, from the (clock, balance) of every wallet of the asset.

    One notice a melt day covers all wallets: `idle_since` is the latest last use among them.
    """
    latest: dict[int, int] = {}
    for clock, balance in wallets:
        if balance <= policy.floor:
            continue
        for days in policy.notice_days:
            melt_day = today + days
            if is_step_day(clock, melt_day, policy):
                latest[melt_day] = max(clock.last_use, latest.get(melt_day, clock.last_use))
    return tuple(Notice(today, latest[day], day) for day in sorted(latest))


# ---------- distribution ----------


def split(pending: int, weights: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Share out by weight; give the shares and the remainder, which stays pending.

    Each share is pending · w // W: no share is favoured by its place in the list, and what is too
    small to divide waits for the next month.  Without any weight all of it stays.
    """
    whole = sum(weights)
    if whole == 0:
        return tuple(0 for _ in weights), pending
    shares = tuple(pending * weight // whole for weight in weights)
    return shares, pending - sum(shares)


def recipients(
    place: str,
    validators: Sequence[str],
    policy: DemurragePolicy,
    *,
    commons: str,
    maintenance: str,
) -> Mapping[str, int]:
    """Give each account's weight for what melted at `place`.

    Half of the nodes' part goes to that place, half equally to the places of the validators that
    signed (all of it to the place while there is none).  Names are accounts; a validator that is
    also the place gets both.
    """
    count = max(1, len(validators))
    shares = {place: policy.weight_nodes * count}
    for validator in validators or (place,):
        shares[validator] = shares.get(validator, 0) + policy.weight_nodes
    shares[commons] = policy.weight_commons * 2 * count
    shares[maintenance] = policy.weight_maintenance * 2 * count
    return shares
