"""Blocks into tables: everything that one block says, in the caller's transaction.

The statements are compiled from Core's tables and run on the driver's cursor: per statement Core
costs more than SQLite does, and a sale by itself is nine statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection

from server.ledger.chain import Built
from server.ledger.executor import Executed
from server.store.codec import Row, changes_by_shelf, insertion, names_in, upsertion
from server.store.names import Names
from server.store.packing import pack
from server.store.schema import (
    BLOCK_BATCH,
    BLOCK_HEADER,
    CHAIN_BLOCK,
    CHAIN_LOG,
    CHAIN_TIP,
    COMPACT_POSTING,
    COMPACT_TRANSACTION,
)
from shared.codec import encode
from shared.merkle import Frontier

_HEADER: Final = insertion(BLOCK_HEADER)
_BATCH: Final = insertion(BLOCK_BATCH)
_BLOCK: Final = insertion(CHAIN_BLOCK)
_TRANSACTION: Final = insertion(COMPACT_TRANSACTION)
_POSTING: Final = insertion(COMPACT_POSTING)
_LOG: Final = insertion(CHAIN_LOG)
_TIP: Final = upsertion(CHAIN_TIP)


def append(connection: Connection, built: Built, seal: bytes, names: Names) -> None:
    """Write a sealed block and everything that follows from it."""
    height, cursor = built.tip.height, connection.connection.cursor()
    cursor.execute(_HEADER, (height, bytes.fromhex(built.header.parent), pack(built.raw), seal))
    batches: list[Any] = [
        (height, place, batch.author, batch.first, len(batch.transactions), pack(batch.raw))
        for place, batch in enumerate(built.batches)
    ]
    cursor.executemany(_BATCH, batches)
    cursor.close()
    index(connection, built, names)


def index(connection: Connection, built: Built, names: Names) -> None:
    """Write what follows from a block whose bytes are there already."""
    height, tip = built.tip.height, built.tip
    executed, changes = built.result.executed, built.result.changes
    numbers = names.learn(connection, chain(_names(executed), names_in(changes)))
    cursor = connection.connection.cursor()
    block = (height, bytes.fromhex(tip.hash), tip.time, len(executed), tip.log.size)
    cursor.execute(_BLOCK, block)
    cursor.executemany(_TRANSACTION, _transactions(height, executed, numbers))
    postings: list[Any] = [
        (
            height,
            idx,
            n,
            numbers[posting.source],
            numbers[posting.target],
            numbers[posting.asset],
            posting.amount,
        )
        for idx, item in enumerate(executed)
        for n, posting in enumerate(item.done.postings)
    ]
    cursor.executemany(_POSTING, postings)
    if built.subtrees:
        cursor.executemany(_LOG, built.subtrees)
    for shelf, rows in changes_by_shelf(changes, height, numbers):
        cursor.executemany(shelf.upsert, rows)
    log = write_frontier(tip.log)
    cursor.execute(_TIP, (1, tip.chain, height, tip.hash, tip.state, tip.time, log))
    cursor.close()


def _names(executed: Sequence[Executed]) -> Iterator[str]:
    for item in executed:
        yield item.transaction.envelope.author
        yield item.done.place
        for posting in item.done.postings:
            yield posting.source
            yield posting.target
            yield posting.asset


def _transactions(
    height: int, executed: Sequence[Executed], numbers: Mapping[str, int]
) -> list[Any]:
    rows: list[Row] = []
    for idx, item in enumerate(executed):
        transaction, done = item.transaction, item.done
        envelope = transaction.envelope
        rows.append(
            (
                height,
                idx,
                item.batch,
                numbers[envelope.author],
                envelope.seq,
                bytes.fromhex(transaction.hash),
                envelope.kind,
                envelope.at,
                envelope.seen,
                numbers[done.place],
                str(done.verdict),
            )
        )
    return rows


def write_frontier(log: Frontier) -> str:
    """Write the log's frontier as text."""
    return encode({"peaks": [peak.hex() for peak in log.peaks], "size": log.size}).decode()
