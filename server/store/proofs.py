"""The log as it is stored: where a transaction stands in it, and the hashes that prove it.

Full subtrees of 2^KEPT_LEVEL leaves and more are read from `chain_log`; below that, the leaves are
written again from `chain_transaction`, a group at a time.  So a proof costs O(log n) look-ups and
two or three groups of leaves, and a block's commit one row for every 32 transactions.  One
`LogReader` belongs to one snapshot; it raises ValueError for a subtree that the log does not have.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, NamedTuple

from sqlalchemy import Connection

from server.ledger.chain import KEPT_LEVEL
from server.store import readers
from server.store.packing import unpack
from shared.block import write_leaf
from shared.ids import AuthorId, Hash
from shared.merkle import leaf_hash, node_hash
from shared.merkle_proof import root_of
from shared.transaction import Transaction
from shared.verdict import Verdict, parse_verdict

GROUP: Final = 1 << KEPT_LEVEL
_SUBTREE: Final = "SELECT hash FROM chain_log WHERE level = ? AND position = ?"
_SIZE: Final = "SELECT log_size FROM chain_block ORDER BY height DESC LIMIT 1"
_BEFORE: Final = "SELECT log_size - transactions FROM chain_block WHERE height = ?"
_LEAVES: Final = """
SELECT author, seq, hash, verdict FROM chain_transaction
WHERE (height, idx) >= (?, ?) ORDER BY height, idx LIMIT ?
"""
_ENTRY: Final = """
SELECT b.log_size - b.transactions + t.idx, t.verdict, c.first_seq, c.packed
FROM chain_transaction t
JOIN chain_block b ON b.height = t.height
JOIN block_batch c ON c.height = t.height AND c.position = t.batch
WHERE t.author = ? AND t.seq = ?
"""


class Entry(NamedTuple):
    """A transaction in the log: which leaf it is, its bytes, and what became of it."""

    place: int
    transaction: Transaction
    verdict: Verdict


class LogReader:
    """The hashes of a snapshot's log; `subtree` is a `shared.merkle_proof.Lookup`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._groups: dict[int, list[bytes]] = {}

    def size(self) -> int:
        """Give how many leaves there are."""
        found: int | None = self._connection.exec_driver_sql(_SIZE).scalar_one_or_none()
        return found or 0

    def entry(self, author: AuthorId, seq: int) -> Entry | None:
        """Give a transaction that has a verdict, with the number of its leaf."""
        row = self._connection.exec_driver_sql(_ENTRY, (author, seq)).one_or_none()
        if row is None:
            return None
        place, verdict, first, packed = row
        return Entry(place, readers.payload(unpack(packed), first, seq), parse_verdict(verdict))

    def subtree(self, level: int, position: int) -> bytes:
        """Give the hash of a full subtree."""
        if level >= KEPT_LEVEL:
            found: bytes | None = self._connection.exec_driver_sql(
                _SUBTREE, (level, position)
            ).scalar_one_or_none()
            if found is None:
                raise _missing(level, position)
            return found
        first, group = position << level, position >> (KEPT_LEVEL - level)
        hashes = self._group(group)[first % GROUP :][: 1 << level]
        if len(hashes) < 1 << level:
            raise _missing(level, position)
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [node_hash(left, right) for left, right in pairs]
        return hashes[0]

    def root(self, size: int) -> bytes:
        """Give the root that the log had at a size, by the subtrees that were full then."""
        return root_of(self.subtree, size)

    def _group(self, number: int) -> list[bytes]:
        """Give the hashes of the leaves of one group, fewer at the growing end."""
        if number not in self._groups:
            self._groups[number] = self._leaves(number * GROUP)
        return self._groups[number]

    def _leaves(self, first: int) -> list[bytes]:
        height = readers.first_block(self._connection, "log_size", first + 1)
        if height is None:
            return []
        before: int = self._connection.exec_driver_sql(_BEFORE, (height,)).scalar_one()
        rows = self._connection.exec_driver_sql(_LEAVES, (height, first - before, GROUP))
        return [
            leaf_hash(write_leaf(author, seq, Hash(hashed.hex()), parse_verdict(verdict)))
            for author, seq, hashed, verdict in rows
        ]


def _missing(level: int, position: int) -> ValueError:
    return ValueError(f"the log has no full subtree {level} {position}")


@contextmanager
def open_log(read: Callable[[], AbstractContextManager[Connection]]) -> Iterator[LogReader]:
    """Open the log of one snapshot."""
    with read() as connection:
        yield LogReader(connection)
