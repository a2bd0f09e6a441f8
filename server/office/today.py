"""The day on one page: sales by hour, totals, what is unsent, what to do first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.office.books import Books
from server.office.money import Position
from server.web.views.chain import Audit
from server.web.views.common import Level, Money
from server.web.views.overview import Check, CheckKind, HourSales, Todo, TodoKind
from server.web.views.terminals import TerminalRow, TerminalState
from shared.ids import AssetId

OPENS: Final = time(6)
HOUR_MS: Final = 3_600_000


def day_start(now_ms: int, zone: ZoneInfo) -> int:
    """Give when the business day began: the last 06:00 in the place's zone."""
    now = datetime.fromtimestamp(now_ms / 1000, zone)
    opening = datetime.combine(now.date(), OPENS, zone)
    if opening > now:
        opening = datetime.combine(now.date() - timedelta(days=1), OPENS, zone)
    return int(opening.timestamp()) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was sold since the business day began."""

    start_ms: int
    hours: tuple[HourSales, ...]
    sales: int
    late: int
    totals: tuple[Money, ...]


def read_day(books: Books, position: Position, start_ms: int, now_ms: int) -> Day:
    """Add up the day by hour and asset, from the hour of the first sale.

    An hour is never drawn below zero, though a refund may make it so.
    """
    takings = books.takings(start_ms)
    last = max(0, now_ms - start_ms) // HOUR_MS
    sums: dict[AssetId, int] = {}
    hours: dict[tuple[int, AssetId], int] = {}
    for (hour, code), amount in takings.hours.items():
        # A till whose clock is ahead sold in this hour, not in a coming one.
        place = (min(hour, last), code)
        hours[place] = hours.get(place, 0) + amount
        sums[code] = sums.get(code, 0) + amount
    first = min((hour for hour, _code in hours), default=last)
    return Day(
        start_ms=start_ms,
        hours=tuple(
            HourSales(
                start_ms=start_ms + hour * HOUR_MS,
                amounts=tuple(max(0, hours.get((hour, code), 0)) for code in position.assets),
            )
            for hour in range(first, last + 1)
        ),
        sales=takings.sales,
        late=takings.late,
        totals=tuple(
            position.money(code, sums[code]) for code in position.assets if sums.get(code)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReload:
    """A paid reload that waits for a decision."""

    number: str
    money: Money


def todo(
    rows: Sequence[TerminalRow],
    checks: Sequence[Check],
    audit: Audit | None,
    held: Sequence[HeldReload],
    dead_letters: int,
) -> tuple[Todo, ...]:
    """Give what to do, the most urgent first."""
    found: list[Todo] = []
    if audit and audit.bad_height is not None:
        found.append(Todo(kind=TodoKind.AUDIT_FAILED, count=audit.bad_height))
    found += [
        Todo(kind=TodoKind.TERMINAL_CONFLICT, target=row.id, name=row.name)
        for row in rows
        if row.state is TerminalState.CONFLICT
    ]
    silent = [r for r in rows if r.state in {TerminalState.OFFLINE, TerminalState.PAUSED}]
    found += [
        Todo(
            kind=TodoKind.TERMINAL_OFFLINE,
            target=row.id,
            name=row.name,
            since_ms=row.seen_ms,
            count=row.unsent,
            money=row.unsent_money,
        )
        for row in sorted(silent, key=lambda each: -each.unsent)
    ]
    found += _from_checks(checks)
    found += [
        Todo(
            kind=TodoKind.RELOAD_HELD,
            target=each.number,
            name=each.number,
            count=1,
            money=each.money,
        )
        for each in held
    ]
    if dead_letters:
        found.append(Todo(kind=TodoKind.DEAD_LETTERS, count=dead_letters))
    return tuple(found)


def _from_checks(checks: Sequence[Check]) -> list[Todo]:
    by_kind = {check.kind: check for check in checks}
    copy, backup = by_kind.get(CheckKind.COPY), by_kind.get(CheckKind.BACKUP)
    at_ms = backup.at_ms if backup else None
    if copy and copy.level is not Level.OK:
        return [Todo(kind=TodoKind.NO_COPY, since_ms=at_ms)]
    if backup and backup.level is not Level.OK:
        return [Todo(kind=TodoKind.BACKUP_OLD, since_ms=at_ms)]
    return []
