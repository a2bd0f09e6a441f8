"""What the node watches of itself: audits, backups, clock, disk; what is left to do.

Each check says when it was last made.  Nothing here looks at anything by itself: audits and backups
write their row, the composition root passes the disk and the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select

from server.office.accounts import Begin
from server.office.tables import AUDIT, BACKUP
from server.web.views.chain import Audit
from server.web.views.common import Level
from server.web.views.overview import Check, CheckKind

DAY_MS: Final = 24 * 3_600_000
AUDIT_OLD_MS: Final = 36 * 3_600_000
LITTLE_DISK: Final = 500_000_000
MUCH_SKEW_MS: Final = 5_000
LAST_AUDITS: Final = 20


@dataclass(frozen=True, slots=True)
class Backup:
    """The last backup, and the last one that left this disk."""

    at_ms: int | None
    elsewhere_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What only the machine knows: its disk, its clock, the node's version."""

    free_bytes: Callable[[], int | None]
    database_bytes: Callable[[], int]
    skew_ms: Callable[[], int | None]
    version: str
    started_ms: int


@dataclass(frozen=True, slots=True)
class SqlWatch:
    """The tables of audits and backups."""

    write: Begin
    read: Begin
    now_ms: Callable[[], int]

    def audited(self, audit: Audit) -> None:
        """Keep the result of a check of the whole chain."""
        with self.write() as connection:
            connection.execute(
                insert(AUDIT).values(
                    at_ms=audit.at_ms,
                    to_height=audit.to_height,
                    operations=audit.operations,
                    duration_ms=audit.duration_ms,
                    bad_height=audit.bad_height,
                    cause=audit.cause,
                )
            )

    def audits(self) -> tuple[Audit, ...]:
        """Give the last checks, newest first, failures included."""
        newest = select(AUDIT).order_by(AUDIT.c.at_ms.desc()).limit(LAST_AUDITS)
        with self.read() as connection:
            return tuple(
                Audit(
                    at_ms=row.at_ms,
                    from_height=0,
                    to_height=row.to_height,
                    operations=row.operations,
                    duration_ms=row.duration_ms,
                    bad_height=row.bad_height,
                    cause=row.cause,
                )
                for row in connection.execute(newest)
            )

    def backed_up(self, path: str, *, elsewhere: bool) -> None:
        """Keep that a backup was made."""
        with self.write() as connection:
            connection.execute(
                insert(BACKUP).values(at_ms=self.now_ms(), path=path, elsewhere=elsewhere)
            )

    def backup(self) -> Backup:
        """Give the last backups."""
        newest = select(BACKUP).order_by(BACKUP.c.at_ms.desc())
        with self.read() as connection:
            rows = connection.execute(newest).all()
        away = next((row.at_ms for row in rows if row.elsewhere), None)
        return Backup(rows[0].at_ms if rows else None, away)


def audit_check(audit: Audit | None, now_ms: int) -> Check:
    """Judge the last check of the chain."""
    if audit is None:
        return Check(kind=CheckKind.AUDIT, level=Level.WARN)
    fine = audit.bad_height is None
    fresh = now_ms - audit.at_ms < AUDIT_OLD_MS
    level = Level.DANGER if not fine else Level.OK if fresh else Level.WARN
    return Check(kind=CheckKind.AUDIT, level=level, at_ms=audit.at_ms, figure=audit.to_height)


def backup_checks(backup: Backup, now_ms: int) -> tuple[Check, Check]:
    """Judge the last backup, and whether one is elsewhere."""
    fresh = backup.at_ms is not None and now_ms - backup.at_ms < DAY_MS
    away = backup.elsewhere_ms is not None
    return (
        Check(kind=CheckKind.BACKUP, level=Level.OK if fresh else Level.WARN, at_ms=backup.at_ms),
        Check(
            kind=CheckKind.COPY, level=Level.OK if away else Level.WARN, at_ms=backup.elsewhere_ms
        ),
    )


def machine_checks(machine: Machine) -> tuple[Check, Check]:
    """Judge clock and disk; what cannot be known is neither good nor bad."""
    skew, free = machine.skew_ms(), machine.free_bytes()
    clock = Level.NEUTRAL if skew is None else Level.OK if abs(skew) < MUCH_SKEW_MS else Level.WARN
    disk = Level.NEUTRAL if free is None else Level.OK if free > LITTLE_DISK else Level.DANGER
    return (
        Check(kind=CheckKind.CLOCK, level=clock, figure=None if skew is None else abs(skew)),
        Check(kind=CheckKind.DISK, level=disk, figure=free),
    )
