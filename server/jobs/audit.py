"""Audit of this node: rebuild everything from the blocks alone, then compare with what is kept.

First the chain proves itself (`server.ledger.audit`); then every row of the index must be what the
blocks give (`server.store.truth`).  The first difference is named with its height.  Reads one
snapshot, so a serving node is never disturbed.
"""

from dataclasses import dataclass

from server.ledger.audit import Finding, audit
from server.store.database import Database
from server.store.truth import differences, stored_blocks
from shared.ids import ChainId


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit has proven; `finding` is the first thing that is wrong."""

    height: int
    blocks: int
    transactions: int
    state: str
    finding: Finding | None


def check_database(database: Database, chain: ChainId | None) -> Outcome:
    """Audit the whole database; `chain` is the id that its genesis must have."""
    with database.read() as connection:
        report = audit(stored_blocks(connection), chain=chain)
        finding = report.finding
        if finding is None:
            wrong = differences(connection, report)
            finding = min(wrong, key=lambda each: each.height, default=None)
    return Outcome(report.tip.height, report.blocks, report.transactions, report.tip.state, finding)
