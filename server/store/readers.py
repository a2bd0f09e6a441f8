"""Questions to the chain's tables, each answered with values.

Every function takes a connection, so that several questions can be asked of one snapshot.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from server.engine.port import Placed
from server.ledger.chain import NOTHING, Tip
from server.ledger.records import Posting
from server.ledger.state import Done
from server.store.dialect import ANY_NUMBER
from server.store.packing import unpack
from shared.bodies import Body
from shared.codec import encode
from shared.ids import AuthorId, ChainId, Hash
from shared.merkle import Frontier
from shared.transaction import Transaction, open_payload
from shared.verdict import parse_verdict

_TIP: Final = "SELECT chain, height, hash, state, time, log FROM chain_tip"
_PLACED: Final = """
SELECT seq, hash, height, idx, verdict FROM chain_transaction
WHERE author = ? AND seq BETWEEN ? AND ? ORDER BY seq
"""
_DONE: Final = f"""
SELECT t.seq, t.height, t.idx, t.batch, t.hash, t.seen, t.place, t.verdict, b.first_seq
FROM chain_transaction t
JOIN block_batch b ON b.height = t.height AND b.position = t.batch
WHERE t.author = ? AND t.seq {ANY_NUMBER}
"""  # noqa: S608 - our own words
_POSTINGS: Final = f"""
SELECT t.seq, p.source, p.target, p.asset, p.amount
FROM chain_transaction t JOIN chain_posting p ON p.height = t.height AND p.idx = t.idx
WHERE t.author = ? AND t.seq {ANY_NUMBER}
ORDER BY p.height, p.idx, p.n
"""  # noqa: S608 - our own words
_FOUNDER: Final = """
SELECT author FROM chain_transaction WHERE height = 0 AND kind = 'genesis' ORDER BY idx LIMIT 1
"""
_LAST_CHANGE: Final = "SELECT seq, changed FROM chain_head WHERE author = ?"
_NEXT: Final = """
SELECT seq, height FROM chain_transaction WHERE author = ? AND seq >= ? ORDER BY seq LIMIT 1
"""
_HEADERS: Final = "SELECT height, packed, seal FROM block_header ORDER BY height"
_BATCHES: Final = "SELECT packed FROM block_batch WHERE height = ? ORDER BY position"
_BATCH: Final = "SELECT packed FROM block_batch WHERE height = ? AND position = ?"
_TOP: Final = "SELECT max(height) FROM chain_block"
_GROWING: Final = {
    "time": "SELECT time FROM chain_block WHERE height = ?",
    "log_size": "SELECT log_size FROM chain_block WHERE height = ?",
}


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


def founder(connection: Connection) -> AuthorId | None:
    """Give the node that founded the chain; None: there is no chain yet."""
    author = connection.exec_driver_sql(_FOUNDER).scalar()
    return None if author is None else AuthorId(author)


def placed(connection: Connection, author: AuthorId, first: int, last: int) -> list[Placed]:
    """Give the verdicts of an author's transactions, numbers `first` to `last`."""
    rows = connection.exec_driver_sql(_PLACED, (author, first, last))
    return [_placed(row) for row in rows]


def _placed(row: Sequence[Any]) -> Placed:
    seq, hashed, height, idx, verdict = row
    return Placed(seq, Hash(hashed.hex()), height, idx, parse_verdict(verdict))


def first_seq(connection: Connection, author: AuthorId, above: int, after: int) -> int | None:
    """Give an author's first number after one, of a block above a height; None: there is none.

    Where numbers have jumped it may be one of those left out.

    Numbers and heights grow together, so the numbers are halved: a till asks every few seconds, and
    its index goes by its numbers, however many they are.
    """
    head = connection.exec_driver_sql(_LAST_CHANGE, (author,)).one_or_none()
    if head is None or head.changed <= above:
        return None
    low, beyond = after + 1, head.seq + 1
    while low < beyond:
        middle = (low + beyond) // 2
        found = connection.exec_driver_sql(_NEXT, (author, middle)).one_or_none()
        if found is not None and found.height <= above:
            low = found.seq + 1
        else:
            beyond = middle
    return low if low <= head.seq else None


def done(connection: Connection, author: AuthorId, seqs: Iterable[int]) -> dict[int, Done]:
    """Give what became of an author's transactions, with bodies read from the batches they came in.

    Numbers that the chain does not have are left out.
    """
    wanted = (author, encode(list(seqs)).decode())
    postings: dict[int, list[Posting]] = {}
    for seq, *posting in connection.exec_driver_sql(_POSTINGS, wanted):
        postings.setdefault(seq, []).append(Posting(*posting))
    batches: dict[tuple[int, int], list[bytes]] = {}
    found: dict[int, Done] = {}
    for row in connection.exec_driver_sql(_DONE, wanted).all():
        place = (row.height, row.batch)
        if place not in batches:
            batches[place] = batch(connection, *place).split(b"\n")
        body = open_payload(batches[place][1 + row.seq - row.first_seq]).body
        found[row.seq] = Done(
            body=body if isinstance(body, Body) else None,
            hash=Hash(row.hash.hex()),
            verdict=parse_verdict(row.verdict),
            postings=tuple(postings.get(row.seq, ())),
            height=row.height,
            seen=row.seen,
            place=row.place,
        )
    return found


def payload(batch: bytes, first: int, seq: int) -> Transaction:
    """Read one transaction out of a stored batch."""
    return open_payload(batch.split(b"\n", seq - first + 2)[seq - first + 1])


# ---------- blocks ----------


def headers(connection: Connection) -> Iterator[tuple[int, bytes, bytes]]:
    """Give every block's height, header and seal.  Raises ValueError at a damaged one."""
    for height, packed, seal in connection.exec_driver_sql(_HEADERS):
        yield height, unpack(packed), seal


def batches_of(connection: Connection, height: int) -> Iterator[bytes]:
    """Give the batches of a block, as received.  Raises ValueError at a damaged one."""
    return map(unpack, connection.exec_driver_sql(_BATCHES, (height,)).scalars())


def batch(connection: Connection, height: int, position: int) -> bytes:
    """Give one batch, as received.  Raises ValueError when it is damaged."""
    return unpack(connection.exec_driver_sql(_BATCH, (height, position)).scalar_one())


def first_block(
    connection: Connection, column: Literal["time", "log_size"], least: int
) -> int | None:
    """Give the lowest height at which a value that never falls is `least` or more.

    The heights are halved until one is left: an index would cost every block a page.
    """
    top = connection.exec_driver_sql(_TOP).scalar_one()
    low, high = 0, -1 if top is None else int(top)
    beyond = high + 1
    while low < beyond:
        middle = (low + beyond) // 2
        value: int = connection.exec_driver_sql(_GROWING[column], (middle,)).scalar_one()
        low, beyond = (low, middle) if value >= least else (middle + 1, beyond)
    return low if low <= high else None
