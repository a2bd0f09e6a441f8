"""Audit of this node: rebuild everything from the blocks alone, then compare with what is kept.

First the chain proves itself (`server.ledger.audit`); then every row of the index must be what the
blocks give: records, verdicts, postings, the tip.  The first difference is named with its height.
Reads one snapshot, so a serving node is never disturbed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from server.ledger.audit import Finding, audit
from server.ledger.chain import Block
from server.ledger.memory import Memory
from server.ledger.records import TABLES, Posting
from server.ledger.state import Done
from server.store import readers
from server.store.codec import SHELVES, Shelf, key_of
from server.store.database import Database
from server.store.schema import (
    BLOCK_BATCH,
    BLOCK_HEADER,
    CHAIN_POSTING,
    CHAIN_TRANSACTION,
)
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
        report = audit(read_blocks(connection), chain=chain)
        finding = report.finding or _compare(connection, report.memory)
        if finding is None and readers.tip(connection) != report.tip:
            finding = Finding(report.tip.height, "the tip is not that of the blocks")
    return Outcome(report.tip.height, report.blocks, report.transactions, report.tip.state, finding)


def read_blocks(connection: Connection) -> Iterator[Block]:
    """Read every block as it was stored, from genesis on."""
    headers = select(BLOCK_HEADER).order_by(BLOCK_HEADER.c.height)
    for row in connection.execute(headers):
        batches = (
            select(BLOCK_BATCH.c.bytes)
            .where(BLOCK_BATCH.c.height == row.height)
            .order_by(BLOCK_BATCH.c.position)
        )
        yield Block(row.header, row.seal, tuple(connection.execute(batches).scalars()))


def _compare(connection: Connection, memory: Memory) -> Finding | None:
    """Give the first row of the index, by height, that the blocks do not give."""
    differences = [
        *_records(connection, memory),
        *_transactions(connection, memory),
        *_postings(connection, memory),
    ]
    return min(differences, key=lambda finding: finding.height, default=None)


def _records(connection: Connection, memory: Memory) -> Iterator[Finding]:
    for name, shelf in SHELVES.items():
        expected = dict(memory.records[TABLES[name][0]])
        for row in connection.execute(select(shelf.table)):
            key = key_of(row, shelf.keys)
            kept = _readable(shelf, row[shelf.keys : -1])
            if kept is None or expected.pop(key, None) != kept:
                yield Finding(row.changed, f"{name} {'/'.join(map(str, key))} is another")
        for key in expected:
            yield Finding(_height(memory), f"{name} {'/'.join(map(str, key))} is missing")


def _readable(shelf: Shelf, values: object) -> object:
    """Read a row; None when its values are not of the record any more."""
    try:
        return shelf.read(values)  # type: ignore[arg-type]  # a row is a sequence
    except ValueError:
        return None


def _height(memory: Memory) -> int:
    return max((done.height for done in memory.done.values()), default=0)


def _transactions(connection: Connection, memory: Memory) -> Iterator[Finding]:
    expected = dict(memory.done)
    for row in connection.execute(select(CHAIN_TRANSACTION)):
        done = expected.pop((row.author, row.seq), None)
        if done is None or not _same(row, done):
            yield Finding(row.height, f"transaction {row.seq} of {row.author[:8]} is another")
    for (author, seq), done in expected.items():
        yield Finding(done.height, f"transaction {seq} of {author[:8]} is missing")


def _same(row: Row[Any], done: Done) -> bool:
    found = (row.height, row.hash.hex(), row.seen, row.verdict, row.place)
    return found == (done.height, done.hash, done.seen, str(done.verdict), done.place)


def _postings(connection: Connection, memory: Memory) -> Iterator[Finding]:
    table = CHAIN_POSTING.c
    index = select(
        CHAIN_TRANSACTION.c.height,
        CHAIN_TRANSACTION.c.idx,
        CHAIN_TRANSACTION.c.author,
        CHAIN_TRANSACTION.c.seq,
    )
    names = {(row.height, row.idx): (row.author, row.seq) for row in connection.execute(index)}
    kept: dict[tuple[int, int], list[Posting]] = {}
    for row in connection.execute(select(CHAIN_POSTING).order_by(table.height, table.idx, table.n)):
        posting = Posting(row.source, row.target, row.asset, row.amount)
        kept.setdefault((row.height, row.idx), []).append(posting)
    for at, name in names.items():
        done = memory.done.get(name)
        if done is not None and tuple(kept.get(at, ())) != done.postings:
            yield Finding(at[0], f"postings of transaction {at[1]} are others")
