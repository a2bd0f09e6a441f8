"""Blocks into tables: everything that one block says, in the caller's transaction.

Rows go in by `dialect.Inserter`, whose statements are written once: per statement Core costs more
than SQLite does, and a sale by itself is nine statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection

from server.ledger.chain import Built, Tip
from server.ledger.executor import Executed
from server.ledger.records import Key
from server.store.codec import Change, Row, changes_by_shelf, names_in
from server.store.dialect import Inserter, replacer
from server.store.packing import pack
from server.store.schema import (
    BLOCK_BATCH,
    BLOCK_HEADER,
    CHAIN_BLOCK,
    CHAIN_LOG,
    CHAIN_STEP,
    CHAIN_TIP,
    COMPACT_POSTING,
    COMPACT_TRANSACTION,
)
from server.store.view import StoreView
from shared.codec import encode
from shared.merkle import Frontier

_HEADER: Final = Inserter(BLOCK_HEADER)
_BATCH: Final = Inserter(BLOCK_BATCH)
_BLOCK: Final = Inserter(CHAIN_BLOCK)
_TRANSACTION: Final = Inserter(COMPACT_TRANSACTION)
_POSTING: Final = Inserter(COMPACT_POSTING)
_STEP: Final = Inserter(CHAIN_STEP)
_LOG: Final = Inserter(CHAIN_LOG)
_TIP: Final = replacer(CHAIN_TIP)


def append(view: StoreView, built: Built, seal: bytes) -> None:
    """Write a sealed block and everything that follows from it, on top of a view."""
    keep(view.connection, built, seal)
    index(view, built)


def keep(connection: Connection, built: Built, seal: bytes) -> None:
    """Write a sealed block."""
    height, parent = built.tip.height, bytes.fromhex(built.header.parent)
    _HEADER.write(connection, [(height, parent, pack(built.raw), seal)])
    batches = [
        (height, place, batch.author, batch.first, len(batch.transactions), pack(batch.raw))
        for place, batch in enumerate(built.batches)
    ]
    _BATCH.write(connection, batches)


def index(view: StoreView, built: Built) -> None:
    """Write what follows from a block whose bytes are there already."""
    index_past(view, built)
    height = built.tip.height
    changes = [(name, key, record, height) for name, key, record in built.result.changes]
    index_present(view, changes, built.tip)


def index_past(view: StoreView, built: Built) -> None:
    """Write what a block says of the past, which no later one changes."""
    connection, height = view.connection, built.tip.height
    executed, changes = built.result.executed, built.result.changes
    keys = ((name, key) for name, key, _ in changes)
    numbers = view.names.learn(connection, chain(_names(executed), names_in(keys)))
    before = view.history.step(connection, height, changes)
    _BLOCK.write(connection, [block_row(built)])
    _TRANSACTION.write(connection, transaction_rows(height, executed, numbers))
    _POSTING.write(connection, posting_rows(height, executed, numbers))
    _STEP.write(connection, step_rows(height, before, numbers))
    _LOG.write(connection, built.subtrees)


def index_present(view: StoreView, changes: Sequence[Change], tip: Tip) -> None:
    """Write records that have changed, each with the height at which it did, and the tip."""
    connection = view.connection
    keys = ((name, key) for name, key, _, _ in changes)
    numbers = view.names.learn(connection, names_in(keys))
    for shelf, rows in changes_by_shelf(changes, numbers):
        shelf.replacer.write(connection, rows)
    _TIP.write(connection, [tip_row(tip)])


def _names(executed: Sequence[Executed]) -> Iterator[str]:
    for item in executed:
        yield item.transaction.envelope.author
        yield item.done.place
        for posting in item.done.postings:
            yield posting.source
            yield posting.target
            yield posting.asset


# ---------- rows: what is written, and what an audit expects ----------


def block_row(built: Built) -> Row:
    """Give a block's row."""
    tip, transactions = built.tip, len(built.result.executed)
    return (tip.height, bytes.fromhex(tip.hash), tip.time, transactions, tip.log.size)


def tip_row(tip: Tip) -> Row:
    """Give the one row of the tip."""
    log = write_frontier(tip.log)
    return (1, tip.chain, tip.height, tip.hash, tip.state, tip.time, log)


def posting_rows(
    height: int, executed: Sequence[Executed], numbers: Mapping[str, int]
) -> list[Any]:
    """Give the rows of a block's postings."""
    return [
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


def transaction_rows(
    height: int, executed: Sequence[Executed], numbers: Mapping[str, int]
) -> list[Any]:
    """Give the rows of a block's transactions."""
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


def step_rows(
    height: int, before: Mapping[Key, int | None], numbers: Mapping[str, int]
) -> list[Any]:
    """Give rows of the balances that a block changes, and at which heights they had before."""
    rows = [
        (height, numbers[str(account)], numbers[str(asset)], earlier)
        for (account, asset), earlier in before.items()
    ]
    return sorted(rows, key=itemgetter(1, 2))


def write_frontier(log: Frontier) -> str:
    """Write the log's frontier as text."""
    return encode({"peaks": [peak.hex() for peak in log.peaks], "size": log.size}).decode()
