"""The blocks as they are stored, and whether everything beside them says what follows from them.

`stored_blocks` gives audit its bytes.  `differences` compares every row of the index, and the
columns that stand beside the bytes of a block, with what an audit has rebuilt: a flipped balance or
verdict is found with its height.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from server.ledger.audit import Report
from server.ledger.chain import KEPT_LEVEL, Block
from server.ledger.finding import Finding
from server.ledger.records import Record
from server.store import readers
from server.store.codec import SHELVES, Shelf, key_of
from server.store.packing import salvage, unpack
from shared.block import header_hash, read_header, write_leaf
from shared.ids import AuthorId
from shared.merkle import EMPTY

_HEADERS: Final = """
SELECT height, packed, seal FROM block_header WHERE height >= ? ORDER BY height
"""
_BATCHES: Final = "SELECT packed FROM block_batch WHERE height = ? ORDER BY position"
_BLOCKS: Final = """
SELECT b.height, b.packed, b.parent, i.hash, i.time, i.log_size,
  i.transactions, (SELECT COUNT(*) FROM chain_transaction t WHERE t.height = b.height)
FROM block_header b LEFT JOIN chain_block i ON i.height = b.height ORDER BY b.height
"""
_TRANSACTIONS: Final = """
SELECT author, seq, height, hash, seen, place, verdict FROM chain_transaction ORDER BY height, idx
"""
_POSTINGS: Final = """
SELECT t.author, t.seq, p.height, p.source, p.target, p.asset, p.amount
FROM chain_posting p LEFT JOIN chain_transaction t ON t.height = p.height AND t.idx = p.idx
ORDER BY p.height, p.idx, p.n
"""
_LOG: Final = "SELECT level, position, hash FROM chain_log"


def stored_blocks(connection: Connection, first: int = 0) -> Iterator[Block]:
    """Give every block from a height on, by default from genesis."""
    for height, header, seal in connection.exec_driver_sql(_HEADERS, (first,)):
        batches = connection.exec_driver_sql(_BATCHES, (height,)).scalars()
        yield Block(salvage(header), seal, tuple(map(salvage, batches)))


def differences(connection: Connection, report: Report) -> Iterator[Finding]:
    """Give where the database differs from what an audit of its blocks has rebuilt.

    The audit must have found no fault in the blocks themselves.
    """
    if readers.tip(connection) != report.tip:
        yield Finding(report.tip.height, "the tip is not the last block")
    yield from _blocks(connection)
    for name, shelf in SHELVES.items():
        yield from _records(connection, name, shelf, report)
    yield from _transactions(connection, report)
    yield from _postings(connection, report)
    yield from _log(connection, report)


def _blocks(connection: Connection) -> Iterator[Finding]:
    for row in connection.exec_driver_sql(_BLOCKS):
        height, packed, parent, *index, transactions = row
        raw = unpack(packed)
        header = read_header(raw)
        name = bytes.fromhex(header_hash(raw))
        wanted = [name, header.time, header.log.size, transactions]
        if index != wanted or (height, parent.hex()) != (header.height, header.parent):
            yield Finding(height, "what stands beside the header is not what it says")


def _records(connection: Connection, name: str, shelf: Shelf, report: Report) -> Iterator[Finding]:
    wanted = dict(report.memory.records[shelf.record])
    for *row, height in connection.exec_driver_sql(shelf.whole):
        key = key_of(row, shelf.keys)
        if wanted.pop(key, None) != _read(shelf, row[shelf.keys :]):
            yield Finding(height, f"{name} {_words(key)} is not what the blocks give")
    for key in sorted(wanted, key=_words):
        yield Finding(report.tip.height, f"{name} {_words(key)} is missing")


def _read(shelf: Shelf, values: Sequence[Any]) -> Record | str:
    """Read a record; what no record can hold equals none."""
    try:
        return shelf.read(values)
    except (ValueError, msgspec.MsgspecError) as error:
        return str(error)


def _words(key: tuple[str | int, ...]) -> str:
    return " ".join(map(str, key))


def _transactions(connection: Connection, report: Report) -> Iterator[Finding]:
    wanted = {(author, seq): done for author, seq, done in report.memory.past}
    for author, seq, height, *found in connection.exec_driver_sql(_TRANSACTIONS):
        done = wanted.pop((AuthorId(author), seq), None)
        hashed, *rest = found
        if done is None or [height, hashed.hex(), *rest] != [
            done.height,
            done.hash,
            done.seen,
            done.place,
            str(done.verdict),
        ]:
            yield Finding(height, f"transaction {author} {seq} is not what the blocks give")
    for (author, seq), done in wanted.items():
        yield Finding(done.height, f"transaction {author} {seq} is missing")


def _postings(connection: Connection, report: Report) -> Iterator[Finding]:
    found: dict[tuple[str | None, int | None], list[tuple[Any, ...]]] = {}
    for author, seq, *posting in connection.exec_driver_sql(_POSTINGS):
        found.setdefault((author, seq), []).append(tuple(posting))
    for author, seq, done in report.memory.past:
        wanted = [(done.height, p.source, p.target, p.asset, p.amount) for p in done.postings]
        if found.pop((author, seq), []) != wanted:
            yield Finding(done.height, f"postings of {author} {seq} are not what the blocks give")
    for (author, seq), rows in found.items():
        yield Finding(rows[0][0], f"postings of {author} {seq} belong to nothing")


def _log(connection: Connection, report: Report) -> Iterator[Finding]:
    """Compare the kept subtrees; their height is that of the block that filled them."""
    done = {(author, seq): each for author, seq, each in report.memory.past}
    leaves = (write_leaf(*key, each.hash, each.verdict) for key, each in done.items())
    _, full = EMPTY.grow(leaves, least_level=KEPT_LEVEL)
    wanted = {(level, position): hashed for level, position, hashed in full}
    heights = [each.height for each in done.values()]
    for level, position, hashed in connection.exec_driver_sql(_LOG):
        expected = wanted.pop((level, position), None)
        if expected is None:
            yield Finding(report.tip.height, f"log subtree {level} {position} belongs to nothing")
        elif expected != hashed:
            height = heights[((position + 1) << level) - 1]
            yield Finding(height, f"log subtree {level} {position} is not what the blocks give")
    for level, position in wanted:
        height = heights[((position + 1) << level) - 1]
        yield Finding(height, f"log subtree {level} {position} is missing")
