"""The first page and the health page: the day, what to do first, what is watched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.engine.port import Engine
from server.office import money, today, watch
from server.office.books import Books
from server.office.field import RELOAD_KINDS, TILL_KINDS, Field
from server.office.tills import terminals
from server.web.views.chain import Audit
from server.web.views.common import Level
from server.web.views.overview import (
    Check,
    CheckKind,
    Health,
    Overview,
    Setup,
    Step,
    StepKind,
)
from server.web.views.terminals import TerminalState
from shared.ids import PlaceId

LAST_SALES: Final = 6
SILENT: Final = (TerminalState.OFFLINE, TerminalState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What the office needs of its node, put together by the composition root.

    `audit` replays the whole chain; `dead_letters` counts what could not be read; `amounts` are
    those of the reload buttons, `least` and `most` the limits, all in the backed asset's units.
    """

    name: str
    zone: ZoneInfo
    now_ms: Callable[[], int]
    books: Callable[[], Books]
    engine: Engine
    audit: Callable[[], Audit]
    dead_letters: Callable[[], int]
    machine: watch.Machine
    stand_in: bool
    amounts: tuple[int, ...] = (1000, 2000, 3000, 5000)
    least: int = 500
    most: int = 15_000
    contact: str = ""

    def today(self) -> date:
        """Give the day in the place's zone."""
        return datetime.fromtimestamp(self.now_ms() / 1000, self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One look at the whole node."""

    node: Node
    field: Field
    keeper: watch.SqlWatch
    products: int
    cards: int

    def overview(self) -> Overview | Setup:
        """Give the first page."""
        field = self.field
        steps = self._steps()
        if any(step.needed and not step.done for step in steps):
            return Setup(steps=steps)
        rows, checks, audits = field.rows(), self.checks(), self.keeper.audits()
        day = today.read_day(field.books, field.position, field.day_start_ms, field.now_ms)
        silent = [r for r in rows if r.state in SILENT]
        unsent = sum(row.unsent_money.amount for row in silent if row.unsent_money)
        usual = field.lines.usual
        heights = field.books.blocks(1)
        last = field.books.entries(count=LAST_SALES, kinds=TILL_KINDS)
        pegs = {record.peg for record in field.position.records.values()}
        outside = money.outside(field.position)
        return Overview(
            now_ms=field.now_ms,
            day_start_ms=day.start_ms,
            unsent_terminals=len(silent),
            unsent_sales=sum(row.unsent for row in silent),
            unsent_money=(field.position.money(usual, unsent),) if usual and unsent else (),
            todo=today.todo(
                rows,
                checks,
                audits[0] if audits else None,
                self._held(),
                self.node.dead_letters(),
            ),
            outside=outside,
            checks=tuple(c for c in checks if c.kind not in {CheckKind.DISK, CheckKind.STRIPE}),
            head_height=heights[0].header.height if heights else 0,
            assets=tuple(field.position.assets.values()),
            same_unit=len(pegs) == 1 and "-" not in pegs,
            hours=day.hours,
            sales_today=day.sales,
            sales_late=day.late,
            totals_today=day.totals,
            last_sales=tuple(field.lines.of_till(entry) for entry in last),
            money=money.where(
                field.position, {PlaceId(k): name for k, name in field.places.items()}
            ),
            money_total=tuple(each.total for each in outside),
        )

    def _held(self) -> list[today.HeldReload]:
        field = self.field
        return [
            today.HeldReload(number=page.row.number, money=held)
            for number in self._blocked()
            if (page := field.card(number)) is not None
            for held in page.held
        ]

    def _blocked(self) -> list[str]:
        field = self.field
        holds = [
            account
            for held in field.position.accounts.values()
            for account, amount in held.items()
            if account.startswith("hold:") and amount
        ]
        if not holds:
            return []
        found = field.books.entries(count=10_000, kinds=RELOAD_KINDS)
        cards = {getattr(e.body, "card", "") for e in found if f"hold:{e.hash}" in holds}
        return sorted(field.lines.numbers[card] for card in cards if card in field.lines.numbers)

    def _steps(self) -> tuple[Step, ...]:
        field, products, cards = self.field, self.products, self.cards
        tills = len(terminals(field.books))
        place = next(iter(field.places.values()), "")
        asset = next((a.name for a in field.position.assets.values()), "")
        away = self.keeper.backup().elsewhere_ms is not None
        return (
            Step(kind=StepKind.ACCOUNT, done=True),
            Step(kind=StepKind.PLACE, done=bool(place), name=place),
            Step(kind=StepKind.ASSET, done=bool(asset), name=asset),
            Step(kind=StepKind.PRODUCTS, done=bool(products), count=products),
            Step(kind=StepKind.CARDS, done=bool(cards), count=cards),
            Step(kind=StepKind.TERMINAL, done=bool(tills), count=tills),
            Step(kind=StepKind.STRIPE, done=not self.node.stand_in, needed=False),
            Step(kind=StepKind.COPY, done=away, needed=False),
        )

    def checks(self) -> tuple[Check, ...]:
        """Judge everything that is watched."""
        field, audits = self.field, self.keeper.audits()
        covered = next((o.covered_bp for o in money.outside(field.position)), None)
        level = Level.OK if covered is None or covered >= money.FULL_BP else Level.DANGER
        reserve = Check(kind=CheckKind.RESERVE, level=level, at_ms=field.now_ms, figure=covered)
        return (
            watch.audit_check(audits[0] if audits else None, field.now_ms),
            *((reserve,) if covered is not None else ()),
            *watch.backup_checks(self.keeper.backup(), field.now_ms),
            *watch.machine_checks(self.node.machine),
            Check(kind=CheckKind.STRIPE, level=Level.INFO if self.node.stand_in else Level.OK),
        )

    def health(self) -> Health:
        """Give what the node watches."""
        field = self.field
        return Health(
            now_ms=field.now_ms,
            checks=self.checks(),
            version=self.node.machine.version,
            started_ms=self.node.machine.started_ms,
            database_bytes=self.node.machine.database_bytes(),
            dead_letters=self.node.dead_letters(),
        )
