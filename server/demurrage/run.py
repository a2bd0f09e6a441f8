"""Plays days: what melts owe to late sales, the notices, the steps that are due, the shares.

Guarantees that a run can be cut and started again anywhere (see plan.py).  The future can be played
only on a node with a simulated clock, since every rule counts the days of blocks.  A dry run
proposes nothing and forecasts on copies what the same run would do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol, TypeVar

from server.demurrage import plan
from server.demurrage.plan import Holdings, Share
from server.engine.port import Engine, NotProposed
from shared.bodies import Body, Melt, MeltReversal
from shared.ids import AssetId
from shared.transaction import MAX_TRANSACTIONS
from shared.verdict import Status

B = TypeVar("B", bound=Body)


class Chain(Protocol):
    """What a run reads of the final state."""

    def holdings(self) -> Sequence[Holdings]:
        """Give every asset whose policy is enabled, with its holders and notices."""

    def shares(self) -> Sequence[Share]:
        """Give what melted and waits, by asset, place and month."""

    def reversals(self) -> Sequence[MeltReversal]:
        """Give what melts owe to sales that were made before them and came in after."""


class FutureDayError(Exception):
    """The day has not come, and the clock of this node is real."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one day did (or, on a dry run, would do); amounts by asset."""

    day: int
    notices: int = 0
    melts: int = 0
    melted: dict[AssetId, int] = field(default_factory=dict)
    reversals: int = 0
    distributions: int = 0
    rejected: int = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing happened."""
        return not any(
            (self.notices, self.melts, self.reversals, self.distributions, self.rejected)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run over one node; `move_to` sets a simulated clock (in ms), None on a real one."""

    chain: Chain
    engine: Engine
    now_ms: Callable[[], int]
    move_to: Callable[[int], None] | None = None
    turn: Lock = field(default_factory=Lock)

    def until(self, last: int) -> Iterator[Day]:
        """Play today and every day up to `last`; raises FutureDayError before doing anything."""
        today = plan.day_of(self.now_ms())
        if last > today and self.move_to is None:
            raise FutureDayError(
                f"{plan.calendar(last)} has not come yet: a future day can be played only on a "
                "node made with --simulated-clock, or as a --dry-run"
            )
        return self._play(today, last)

    def forecast(self, last: int) -> Iterator[Day]:
        """Say what `until` would do, changing nothing; shares of future melts are left out."""
        known = list(self.chain.holdings())
        shares = list(self.chain.shares())
        for today in range(plan.day_of(self.now_ms()), last + 1):
            done = Day(today)
            for place, holdings in enumerate(known):
                known[place], done = _imagine(holdings, today, done)
            due = plan.distributions(shares, today)
            paid = {(body.asset, body.place, body.month) for body in due}
            shares = [s for s in shares if (s.asset, s.place, s.month) not in paid]
            yield _add(done, distributions=len(due))

    def _play(self, today: int, last: int) -> Iterator[Day]:
        for day in range(today, max(today, last) + 1):
            # The daily job and an admin's run may meet: each day is played by one of them, and
            # what the other finds has been done.
            with self.turn:
                now = plan.day_of(self.now_ms())
                if self.move_to is not None and day > now:
                    self.move_to(plan.noon_ms(day))
                played = Day(day) if day < now else self._one_day(day)
            yield played

    def _one_day(self, today: int) -> Day:
        done = Day(today)
        owed = self.chain.reversals()
        accepted = len(self._propose(owed))
        done = _add(done, reversals=accepted, rejected=len(owed) - accepted)
        for holdings in self.chain.holdings():
            given = plan.notices(holdings, today)
            accepted = len(self._propose(given))
            done = _add(done, notices=accepted, rejected=len(given) - accepted)
        for day in self._open_days(today):
            # Read again: a wallet may have a step on more than one of the days.
            for holdings in self.chain.holdings():
                due = plan.melts(holdings, day)
                taken = self._propose(due)
                done = _add(done, melted=taken, rejected=len(due) - len(taken))
        shares = plan.distributions(self.chain.shares(), today)
        accepted = len(self._propose(shares))
        return _add(done, distributions=accepted, rejected=len(shares) - accepted)

    def _open_days(self, today: int) -> list[int]:
        return sorted(
            {day for holdings in self.chain.holdings() for day in plan.melt_days(holdings, today)}
        )

    def _propose(self, bodies: Sequence[B]) -> list[B]:
        """Propose in batches; give what was accepted.

        A rejection is no failure: a sale came in between, the next run proposes what is left.
        """
        accepted: list[B] = []
        for start in range(0, len(bodies), MAX_TRANSACTIONS):
            part = bodies[start : start + MAX_TRANSACTIONS]
            answer = self.engine.propose(part, atomic=False)
            if not isinstance(answer, NotProposed):
                accepted += [
                    body
                    for body, placed in zip(part, answer, strict=True)
                    if placed.verdict.status is not Status.REJECTED
                ]
        return accepted


def _imagine(holdings: Holdings, today: int, done: Day) -> tuple[Holdings, Day]:
    given = plan.notices(holdings, today)
    holdings = plan.after_notices(holdings, given, today)
    done = _add(done, notices=len(given))
    for day in plan.melt_days(holdings, today):
        taken = plan.melts(holdings, day)
        holdings = plan.after_melts(holdings, taken)
        done = _add(done, melted=taken)
    return holdings, done


def _add(
    done: Day,
    *,
    notices: int = 0,
    reversals: int = 0,
    distributions: int = 0,
    rejected: int = 0,
    melted: Sequence[Melt] = (),
) -> Day:
    amounts = dict(done.melted)
    for melt in melted:
        amounts[melt.asset] = amounts.get(melt.asset, 0) + melt.amount
    return Day(
        done.day,
        done.notices + notices,
        done.melts + len(melted),
        amounts,
        done.reversals + reversals,
        done.distributions + distributions,
        done.rejected + rejected,
    )
