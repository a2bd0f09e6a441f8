"""The inbox: batches that are durable here while no block can be sealed.

Works inside the writer's transaction.  Per author its batches go on from the chain's head without a
gap, so that they can all be executed in order when sealing starts again.
"""

from typing import Final

from sqlalchemy import Connection, delete, select

from server.engine.port import Stored, Unplaced
from server.ledger.executor import position
from server.ledger.records import Head
from server.ledger.state import State
from server.store import readers
from server.store.dialect import insert
from server.store.local import INBOX
from server.store.view import StoreView
from shared.errors import Code
from shared.ids import ZERO_HASH, AuthorId, Hash
from shared.transaction import Batch, parse_batch

_ROW: Final = INBOX.c


def keep(
    connection: Connection, view: StoreView, batch: Batch, *, height: int, now_ms: int
) -> Stored | Unplaced:
    """Keep a batch that goes on from the tail of its author; answer as for one that is known."""
    taken = position(State(view), batch, height=height)
    tail = _tail(connection, batch.author)
    if taken.code in {Code.UNKNOWN_AUTHOR, Code.AUTHOR_QUARANTINED}:
        return Unplaced(taken.code)
    code: Code | None
    if tail is None or batch.last.envelope.seq < taken.expected:
        code, expected, fresh = taken.code, taken.expected, taken.skipped < len(batch.transactions)
    else:
        code, expected = _after(connection, batch, tail), tail.seq + 1
        fresh = batch.last.envelope.seq > tail.seq
    if code is not None:
        return Unplaced(code, expected if code is Code.GAP else 0)
    if fresh:
        _insert(connection, batch, now_ms)
    last = batch.first + taken.skipped - 1
    known = readers.placed(connection, batch.author, batch.first, last)
    return Stored(batch.last.envelope.seq, batch.last.hash, tuple(known), provisional=True)


def waiting(connection: Connection) -> list[Batch]:
    """Give what waits, in an order in which it can be executed."""
    rows = connection.execute(select(_ROW.bytes).order_by(_ROW.author, _ROW.first_seq))
    return [parse_batch(row.bytes) for row in rows]


def received(connection: Connection, view: StoreView, author: AuthorId) -> Head:
    """Give the last transaction that is durable here of an author, final or not."""
    return _tail(connection, author) or view.get(Head, (author,)) or Head(ZERO_HASH, 0)


def clear(connection: Connection) -> None:
    """Empty the inbox; its batches are in a block of the same transaction."""
    connection.execute(delete(INBOX))


def _tail(connection: Connection, author: AuthorId) -> Head | None:
    last = (_ROW.first_seq + _ROW.count).desc()
    row = connection.execute(
        select(_ROW.head, _ROW.first_seq, _ROW.count)
        .where(_ROW.author == author)
        .order_by(last)
        .limit(1)
    ).one_or_none()
    return Head(Hash(row.head), row.first_seq + row.count - 1) if row else None


def _after(connection: Connection, batch: Batch, tail: Head) -> Code | None:
    """Say what is wrong with a batch that begins after the chain's head; None when it fits."""
    if batch.first > tail.seq + 1:
        return Code.GAP
    if batch.first == tail.seq + 1:
        return None if batch.transactions[0].envelope.prev == tail.hash else Code.FORK
    known = min(batch.last.envelope.seq, tail.seq)
    ours = _hash(connection, batch.author, known)
    return None if ours == batch.transactions[known - batch.first].hash else Code.FORK


def _hash(connection: Connection, author: AuthorId, seq: int) -> Hash | None:
    row = connection.execute(
        select(_ROW.bytes, _ROW.first_seq).where(
            _ROW.author == author,
            _ROW.first_seq <= seq,
            _ROW.first_seq + _ROW.count > seq,
        )
    ).first()
    return readers.payload(row.bytes, row.first_seq, seq).hash if row else None


def _insert(connection: Connection, batch: Batch, now_ms: int) -> None:
    values = {
        "author": batch.author,
        "first_seq": batch.first,
        "count": len(batch.transactions),
        "head": batch.last.hash,
        "bytes": batch.raw,
        "received_ms": now_ms,
    }
    clause = insert(connection, INBOX).values(values)
    connection.execute(
        clause.on_conflict_do_update(
            index_elements=["author", "first_seq"],
            set_={name: clause.excluded[name] for name in ("count", "head", "bytes")},
        )
    )
