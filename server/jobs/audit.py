"""Audit of this node: rebuild everything from the blocks alone, then compare with what is kept.

First the chain proves itself (`server.ledger.audit`); then every row of the index must be what the
blocks give (`server.store.truth`).  The first difference is named with its height.  Reads one
snapshot, so a serving node is never disturbed.
"""

from dataclasses import dataclass

from server.ledger.finding import Finding
from server.store.database import Database
from server.store.truth import prove
from shared.checkpoint import Checkpoint
from shared.ids import ChainId


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit has proven; `finding` is the first thing that is wrong."""

    height: int
    blocks: int
    transactions: int
    state: str
    finding: Finding | None


def check_database(
    database: Database, chain: ChainId | None, held: Checkpoint | None = None
) -> Outcome:
    """Audit the whole database.

    `chain` is the id that its genesis must have, `held` a checkpoint that must be in its history.
    """
    with database.read() as connection:
        report, findings = prove(connection, chain=chain, held=held)
    first = findings[0] if findings else None
    return Outcome(report.tip.height, report.blocks, report.transactions, report.tip.state, first)
