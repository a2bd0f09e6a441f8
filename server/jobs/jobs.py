"""THE table of what a node does by itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from server.demurrage.plan import day_of
from server.jobs import dividends
from server.jobs.runner import Job
from server.jobs.schedule import daily, every
from server.node import Node
from server.office.tables import CARD_FILE, INVITATION, LOGIN_FAILURE, PAIRING, SESSION
from server.store.local import DEAD_LETTER

DAY_MS: Final = 86_400_000
KEPT_MS: Final = 90 * DAY_MS
SESSION_MS: Final = 31 * DAY_MS


def make_jobs(node: Node) -> Mapping[str, Job]:
    """Give every job of a node by name."""
    zone = node.settings.zone
    return {
        "payments": Job(node.payments.poll, every(60), at_once=True),
        "audit": Job(lambda: _audit(node), daily(zone, time(4, 0))),
        "backup-reminder": Job(lambda: _remind(node), daily(zone, time(9, 0))),
        "demurrage": Job(lambda: _melt(node), daily(ZoneInfo("UTC"), time(0, 10)), at_once=True),
        "dividends": Job(lambda: _pay(node), daily(ZoneInfo("UTC"), time(0, 20)), at_once=True),
        "access": Job(node.office.shop.end_what_is_over, daily(zone, time(0, 5)), at_once=True),
        "retention": Job(lambda: _forget(node), daily(zone, time(5, 0))),
    }


def _audit(node: Node) -> None:
    node.office.keeper.audited(node.office.node.audit())


def _remind(node: Node) -> None:
    last, now = node.office.keeper.backup().at_ms, node.clock.now_ms()
    if last is None or now - last > DAY_MS:
        day = datetime.fromtimestamp(now // 1000, UTC).date().isoformat()
        node.tasks.raise_once(f"backup:{day}", "backup_old", "node", "no backup in a day", now)


def _melt(node: Node) -> None:
    for _ in node.demurrage.until(day_of(node.clock.now_ms())):
        pass


def _pay(node: Node) -> None:
    dividends.pay(node.engine, node.database.read, node.clock.now_ms())


def _forget(node: Node) -> None:
    """Delete what has served: old letters, codes, sessions, files.  Nothing of the chain."""
    now = node.clock.now_ms()
    old = (
        DEAD_LETTER.delete().where(DEAD_LETTER.c.received_ms < now - KEPT_MS),
        PAIRING.delete().where(PAIRING.c.expires_ms < now - KEPT_MS),
        SESSION.delete().where(SESSION.c.made_ms < now - SESSION_MS),
        INVITATION.delete().where(INVITATION.c.expires_ms < now - KEPT_MS),
        LOGIN_FAILURE.delete().where(LOGIN_FAILURE.c.since_ms < now - DAY_MS),
        CARD_FILE.delete().where(CARD_FILE.c.made_ms < now - DAY_MS),
    )
    with node.database.write() as connection:
        for statement in old:
            connection.execute(statement)
