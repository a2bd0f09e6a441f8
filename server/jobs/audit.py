"""Audit of this node: rebuild everything from the blocks alone, then compare with what is kept.

First the chain proves itself (`server.ledger.audit`); every row of every table must be what the
blocks give (`server.store.truth`).  The first difference is named with its height.  Reads one
snapshot, so the writer never waits for it; a long chain is read in a process of its own, so that a
serving node has its processor for itself.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from server.ledger.audit import Report, audit
from server.ledger.finding import Finding
from server.store.beside import reading
from server.store.database import Database
from server.store.stored import stored_blocks
from server.store.truth import prove
from server.web.views.chain import Audit
from shared.checkpoint import Checkpoint
from shared.host.clock import SystemClock
from shared.ids import ChainId

LONG: Final = 20_000
"""Transactions that are worth a process: it takes a second to begin."""
_TRANSACTIONS: Final = "SELECT COALESCE(sum(count), 0) FROM block_batch"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit has proven; `finding` is the first thing that is wrong."""

    height: int
    blocks: int
    transactions: int
    state: str
    finding: Finding | None


def check_database(
    database: Database,
    chain: ChainId | None,
    held: Checkpoint | None = None,
    *,
    long: int = LONG,
) -> Outcome:
    """Audit the whole database.

    `chain` is the id that its genesis must have, `held` a checkpoint that must be in its history.
    """
    with database.read() as connection:
        if connection.exec_driver_sql(_TRANSACTIONS).scalar_one() <= long:
            return _check(connection, chain, held)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(check_beside, database.where, chain, held).result()


def timed_audit(
    database: Database,
    chain: ChainId | None,
    now_ms: Callable[[], int],
    held: Checkpoint | None = None,
) -> tuple[Outcome, Audit]:
    """Audit, and say it also as the pages do; `held` is a checkpoint from elsewhere."""
    watch, at_ms = SystemClock(), now_ms()
    start = watch.mono_ms()
    outcome = check_database(database, chain, held)
    finding = outcome.finding
    said = Audit(
        at_ms=at_ms,
        from_height=0,
        to_height=outcome.height,
        operations=outcome.transactions,
        duration_ms=watch.mono_ms() - start,
        bad_height=finding.height if finding else None,
        cause=finding.what if finding else "",
    )
    return outcome, said


def check_beside(where: Path | str, chain: ChainId | None, held: Checkpoint | None) -> Outcome:
    """Audit a database beside the process that writes it."""
    with reading(where) as connection:
        return _check(connection, chain, held)


def check_blocks(database: Database, chain: ChainId | None) -> Outcome:
    """Audit the blocks only, whatever the tables beside them say."""
    with database.read() as connection:
        report = audit(stored_blocks(connection), chain=chain)
    return _outcome(report, report.finding)


def _check(connection: Connection, chain: ChainId | None, held: Checkpoint | None) -> Outcome:
    report, findings = prove(connection, chain=chain, held=held)
    return _outcome(report, findings[0] if findings else None)


def _outcome(report: Report, finding: Finding | None) -> Outcome:
    tip = report.tip
    return Outcome(tip.height, report.blocks, report.transactions, tip.state, finding)
