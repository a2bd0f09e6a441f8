"""A chain of one asset as small as can be: it executes notices, melts and shares by the rule."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from server.demurrage.plan import Holdings, Lot, Share, day_of, noon_ms
from server.engine.port import NotProposed, Placed, Stored
from server.ledger import demurrage
from server.ledger.melting import month_of
from server.ledger.records import Idle
from shared.bodies import Body, Distribute, Melt, MeltReversal, Notice
from shared.detail import Detail
from shared.errors import Code
from shared.ids import AssetId, AuthorId, Hash, PlaceId, WalletId
from shared.policy import DemurragePolicy
from shared.transaction import Batch
from shared.verdict import Status, Verdict
from shared.wire import SealedHeader

GRAIN = AssetId("GRAIN")
BAR = PlaceId("bar")


@dataclass
class Tiny:
    """Chain, engine and clock in one."""

    policy: DemurragePolicy
    today: int = 0
    lots: dict[WalletId, Lot] = field(default_factory=dict)
    announced: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    pending: dict[int, int] = field(default_factory=dict)
    log: list[tuple[int, Body, Verdict]] = field(default_factory=list)

    def holdings(self) -> Sequence[Holdings]:
        return [
            Holdings(
                asset=GRAIN,
                policy=self.policy,
                lots=tuple(self.lots.values()),
                announced=dict(self.announced),
            )
        ]

    def shares(self) -> Sequence[Share]:
        return [Share(GRAIN, BAR, month, amount) for month, amount in self.pending.items()]

    def reversals(self) -> Sequence[MeltReversal]:
        return []

    def now_ms(self) -> int:
        return noon_ms(self.today)

    def move_to(self, time_ms: int) -> None:
        self.today = day_of(time_ms)

    def hold(self, wallet: str, balance: int) -> WalletId:
        """Let a wallet be reloaded today."""
        name = WalletId(wallet * 32)
        self.lots[name] = Lot(name, demurrage.after_use(None, self.today, self.policy), balance)
        return name

    @property
    def author(self) -> AuthorId:
        return AuthorId("a" * 32)

    def submit(self, batch: Batch, details: Sequence[Detail] = ()) -> Stored:
        raise AssertionError("a run submits nothing")

    def saw_height(self, height: int, by: str = "") -> None:
        raise AssertionError("a run sees no height")

    def saw_header(self, sealed: SealedHeader, by: str = "") -> None:
        raise AssertionError("nobody showed us a header")

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        assert not atomic
        placed = []
        for body in bodies:
            verdict = self._execute(body)
            self.log.append((self.today, body, verdict))
            name = Hash(hashlib.sha256(str(len(self.log)).encode()).hexdigest())
            placed.append(Placed(len(self.log), name, 1, 0, verdict))
        return tuple(placed)

    def _execute(self, body: Body) -> Verdict:
        if isinstance(body, Notice):
            given = self.announced.get(body.melt_day, ())
            self.announced[body.melt_day] = (*given, (self.today, body.idle_since))
        elif isinstance(body, Melt):
            return self._melt(body)
        elif isinstance(body, Distribute):
            del self.pending[body.month]
        return Verdict(Status.ACCEPTED)

    def _melt(self, body: Melt) -> Verdict:
        lot = self.lots[body.wallet]
        told = [
            demurrage.Notice(day, since, body.day)
            for day, since in self.announced.get(body.day, ())
        ]
        announced = demurrage.announced_by(told, lot.idle, self.policy)
        right = demurrage.melt_on(lot.balance, lot.idle, body.day, self.policy, announced)
        if body.day > self.today:
            return Verdict(Status.REJECTED, Code.WRONG_DAY)
        if body.amount != right:
            return Verdict(Status.REJECTED, Code.WRONG_AMOUNT)
        idle = Idle(lot.idle.last_use, body.day + self.policy.step_days)
        self.lots[body.wallet] = replace(lot, idle=idle, balance=lot.balance - body.amount)
        month = month_of(self.today)
        self.pending[month] = self.pending.get(month, 0) + body.amount
        return Verdict(Status.ACCEPTED)
