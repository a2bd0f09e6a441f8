"""Blocks into tables: everything that one block says, in the caller's transaction.

The statements are compiled from Core's tables and run on the driver's cursor: per statement Core
costs more than SQLite does, and a sale by itself is nine statements.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from server.ledger.chain import Built
from server.ledger.executor import Executed
from server.store.codec import Row, changes_by_shelf, insertion, upsertion
from server.store.schema import (
    BLOCK_BATCH,
    BLOCK_HEADER,
    CHAIN_BLOCK,
    CHAIN_LOG,
    CHAIN_POSTING,
    CHAIN_TIP,
    CHAIN_TRANSACTION,
)
from shared.bodies import Body
from shared.codec import encode
from shared.errors import Code
from shared.kinds import KINDS
from shared.merkle import Frontier

_HEADER: Final = insertion(BLOCK_HEADER)
_BATCH: Final = insertion(BLOCK_BATCH)
_BLOCK: Final = insertion(CHAIN_BLOCK)
_TRANSACTION: Final = insertion(CHAIN_TRANSACTION)
_POSTING: Final = insertion(CHAIN_POSTING)
_LOG: Final = insertion(CHAIN_LOG)
_TIP: Final = upsertion(CHAIN_TIP)


def append(connection: Connection, built: Built, seal: bytes) -> None:
    """Write a sealed block and everything that follows from it."""
    height, cursor = built.tip.height, connection.connection.cursor()
    header = built.header
    block = (height, bytes.fromhex(built.tip.hash), bytes.fromhex(header.parent), built.raw, seal)
    cursor.execute(_HEADER, block)
    batches: list[Any] = [
        (height, place, batch.author, batch.first, len(batch.transactions), batch.raw)
        for place, batch in enumerate(built.batches)
    ]
    cursor.executemany(_BATCH, batches)
    cursor.close()
    index(connection, built)


def index(connection: Connection, built: Built) -> None:
    """Write what follows from a block whose bytes are there already."""
    height, tip, cursor = built.tip.height, built.tip, connection.connection.cursor()
    executed = built.result.executed
    counts = (len(built.batches), len(executed), tip.log.size)
    cursor.execute(_BLOCK, (height, tip.hash, tip.time, built.header.author, *counts))
    cursor.executemany(_TRANSACTION, _transactions(height, executed))
    postings: list[Any] = [
        (height, idx, n, posting.source, posting.target, posting.asset, posting.amount)
        for idx, item in enumerate(executed)
        for n, posting in enumerate(item.done.postings)
    ]
    cursor.executemany(_POSTING, postings)
    if built.subtrees:
        cursor.executemany(_LOG, built.subtrees)
    for shelf, rows in changes_by_shelf(built.result.changes, height):
        cursor.executemany(shelf.upsert, rows)
    log = write_frontier(tip.log)
    cursor.execute(_TIP, (1, tip.chain, height, tip.hash, tip.state, tip.time, log))
    cursor.close()


def _transactions(height: int, executed: Sequence[Executed]) -> list[Any]:
    rows: list[Row] = []
    for idx, item in enumerate(executed):
        transaction, done = item.transaction, item.done
        envelope = transaction.envelope
        rows.append(
            (
                height,
                idx,
                item.batch,
                envelope.author,
                envelope.seq,
                bytes.fromhex(transaction.hash),
                envelope.kind,
                envelope.at,
                envelope.seen,
                done.place,
                str(done.verdict),
                *_subject(transaction.body),
            )
        )
    return rows


def _subject(body: Body | Code) -> Row:
    """Give card, asset and amount of a body, each or null."""
    if isinstance(body, Code):
        return (None, None, None)
    names = _SUBJECTS[type(body)]
    return tuple(getattr(body, name) if name else None for name in names)


def _names(kind: type[Body]) -> tuple[str | None, str | None, str | None]:
    fields = set(kind.__struct_fields__)
    amount = next((name for name in ("amount", "total") if name in fields), None)
    return (
        "card" if "card" in fields else None,
        "asset" if "asset" in fields else None,
        amount,
    )


_SUBJECTS: Final = {row.body: _names(row.body) for row in KINDS.values() if row.body}


def write_frontier(log: Frontier) -> str:
    """Write the log's frontier as text."""
    return encode({"peaks": [peak.hex() for peak in log.peaks], "size": log.size}).decode()
