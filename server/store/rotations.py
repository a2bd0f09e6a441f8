"""How an author's key became others, as it stands on the chain, with what proves each change.

Each is proven at the height of its own block, which the key before has sealed: whoever trusts that
key needs nothing else.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from server.store.packing import unpack
from server.store.proofs import LogReader
from shared.bodies import KeyRotate
from shared.ids import AuthorId, PublicKey, author_id
from shared.merkle_proof import inclusion_proof
from shared.transaction import Batch, parse_batch

# `<> 'sale'` lets the partial index be used.
_ROTATIONS: Final = """
SELECT b.log_size - b.transactions + t.idx AS place, b.log_size, c.packed AS batch,
  h.packed AS header, h.seal
FROM chain_transaction t
JOIN chain_block b ON b.height = t.height
JOIN block_batch c ON c.height = t.height AND c.position = t.batch
JOIN block_header h ON h.height = t.height
WHERE t.kind = 'key.rotate' AND t.kind <> 'sale' AND t.author = ? AND t.verdict = 'accepted'
ORDER BY t.height, t.idx
"""

_LAST: Final = """
SELECT max(b.time) FROM chain_transaction t JOIN chain_block b ON b.height = t.height
WHERE t.kind = 'key.rotate' AND t.kind <> 'sale' AND t.author = ? AND t.verdict = 'accepted'
"""


class Rotation(NamedTuple):
    """An accepted `key.rotate` with its signature, its block, and its leaf in that block's log."""

    payload: bytes
    signature: bytes
    header: bytes
    seal: bytes
    place: int
    proof: tuple[bytes, ...]


def rotations_after(
    connection: Connection, author: AuthorId, key: PublicKey, most: int
) -> list[Rotation] | None:
    """Give the first changes of an author's key since it was last `key`; None: it never was."""
    after: list[Row[Any]] | None = None
    if author_id(bytes.fromhex(key)) == author:
        after = []
    for row in connection.exec_driver_sql(_ROTATIONS, (author,)):
        if after is not None:
            after.append(row)
        body = _batch(row).last.body
        if isinstance(body, KeyRotate) and body.key == key:
            after = []
    log = LogReader(connection)
    return None if after is None else [_proven(row, log) for row in after[:most]]


def rotated_ms(connection: Connection, author: AuthorId) -> int | None:
    """Give when (UTC ms) an author's key changed last; None: never."""
    found: int | None = connection.exec_driver_sql(_LAST, (author,)).scalar_one()
    return found


def _batch(row: Row[Any]) -> Batch:
    return parse_batch(unpack(row.batch))


def _proven(row: Row[Any], log: LogReader) -> Rotation:
    batch = _batch(row)  # a rotation ends its batch: the signature is over it
    proof = tuple(inclusion_proof(log.subtree, row.place, row.log_size))
    header = unpack(row.header)
    return Rotation(batch.last.raw, batch.signature, header, row.seal, row.place, proof)
