"""The day on one page: sales by hour, totals, what is unsent, what to do first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.office.books import Books, Entry
from server.office.money import Position
from server.web.views.chain import Audit
from server.web.views.common import Level, Money
from server.web.views.overview import Check, CheckKind, HourSales, Todo, TodoKind
from server.web.views.terminals import TerminalRow, TerminalState
from shared.ids import AssetId
from shared.verdict import Status

OPENS: Final = time(6)
HOUR_MS: Final = 3_600_000
LATE_MS: Final = 10 * 60_000
SALES: Final = ("sale", "refund")
COUNTED: Final = (Status.ACCEPTED, Status.OVERDRAWN)


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
    """Add up the day by hour and asset; a refund lowers the hour in which it was made."""
    codes = tuple(position.assets)
    hours: dict[int, dict[AssetId, int]] = {}
    sales = late = 0
    for entry in books.since(start_ms, SALES):
        if entry.verdict.status not in COUNTED:
            continue
        sale = entry.kind == "sale"
        sales += sale
        late += sale and entry.time_ms - entry.at_ms > LATE_MS
        at_ms = min(max(entry.at_ms, start_ms), now_ms)
        hour = hours.setdefault((at_ms - start_ms) // HOUR_MS, {})
        for code, amount in earned(entry).items():
            hour[code] = hour.get(code, 0) + amount
    first, last = min(hours, default=0), (now_ms - start_ms) // HOUR_MS
    return Day(
        start_ms=start_ms,
        hours=tuple(
            HourSales(
                start_ms=start_ms + hour * HOUR_MS,
                amounts=tuple(max(0, hours.get(hour, {}).get(code, 0)) for code in codes),
            )
            for hour in range(first, last + 1)
        ),
        sales=sales,
        late=late,
        totals=_totals(position, hours.values()),
    )


def earned(entry: Entry) -> dict[AssetId, int]:
    """Give what an entry brought to its place, asset by asset; a refund takes away."""
    sign = -1 if entry.kind == "refund" else 1
    amounts: dict[AssetId, int] = {}
    for posting in entry.postings:
        end = posting.source if sign < 0 else posting.target
        if end.startswith("place:"):
            amounts[posting.asset] = amounts.get(posting.asset, 0) + sign * posting.amount
    return amounts


def _totals(position: Position, hours: Iterable[dict[AssetId, int]]) -> tuple[Money, ...]:
    sums: dict[AssetId, int] = {}
    for hour in hours:
        for code, amount in hour.items():
            sums[code] = sums.get(code, 0) + amount
    return tuple(position.money(code, sums[code]) for code in position.assets if sums.get(code))


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
