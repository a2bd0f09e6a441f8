"""Questions to the chain's tables, each answered with values.

Every function takes a connection, so that several questions can be asked of one snapshot.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from server.engine.port import Placed
from server.ledger.chain import NOTHING, Tip
from server.ledger.records import Posting
from server.ledger.state import Done
from shared.ids import AuthorId, ChainId, Hash
from shared.kinds import Body
from shared.merkle import Frontier
from shared.transaction import Transaction, open_payload
from shared.verdict import parse_verdict

_TIP: Final = "SELECT chain, height, hash, state, time, log FROM chain_tip"
_PLACED: Final = """
SELECT seq, hash, height, idx, verdict FROM chain_transaction
WHERE author = ? AND seq BETWEEN ? AND ? ORDER BY seq
"""
_ONE: Final = """
SELECT t.height, t.idx, t.hash, t.seen, t.place, t.verdict, b.first_seq, b.bytes
FROM chain_transaction t
JOIN block_batch b ON b.height = t.height AND b.position = t.batch
WHERE t.author = ? AND t.seq = ?
"""
_POSTINGS: Final = """
SELECT source, target, asset, amount FROM chain_posting WHERE height = ? AND idx = ? ORDER BY n
"""


class _Log(msgspec.Struct):
    peaks: list[str]
    size: int


def tip(connection: Connection) -> Tip:
    """Give the end of the chain; NOTHING before genesis."""
    row = connection.exec_driver_sql(_TIP).one_or_none()
    if row is None:
        return NOTHING
    log = msgspec.json.decode(row.log, type=_Log)
    frontier = Frontier(log.size, tuple(bytes.fromhex(peak) for peak in log.peaks))
    return Tip(ChainId(row.chain), row.height, Hash(row.hash), Hash(row.state), row.time, frontier)


def placed(connection: Connection, author: AuthorId, first: int, last: int) -> list[Placed]:
    """Give the verdicts of an author's transactions, numbers `first` to `last`."""
    rows = connection.exec_driver_sql(_PLACED, (author, first, last))
    return [_placed(row) for row in rows]


def _placed(row: Sequence[Any]) -> Placed:
    seq, hashed, height, idx, verdict = row
    return Placed(seq, Hash(hashed.hex()), height, idx, parse_verdict(verdict))


def done(connection: Connection, author: AuthorId, seq: int) -> Done | None:
    """Give what became of a transaction, with its body read from the batch it came in."""
    row = connection.exec_driver_sql(_ONE, (author, seq)).one_or_none()
    if row is None:
        return None
    body = payload(row.bytes, row.first_seq, seq).body
    postings = connection.exec_driver_sql(_POSTINGS, (row.height, row.idx))
    return Done(
        body=body if isinstance(body, Body) else None,
        hash=Hash(row.hash.hex()),
        verdict=parse_verdict(row.verdict),
        postings=tuple(Posting(*posting) for posting in postings),
        height=row.height,
        seen=row.seen,
        place=row.place,
    )


def payload(batch: bytes, first: int, seq: int) -> Transaction:
    """Read one transaction out of a stored batch."""
    return open_payload(batch.split(b"\n", seq - first + 2)[seq - first + 1])
