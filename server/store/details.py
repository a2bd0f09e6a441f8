"""What sales were made of (`local_detail`): packed, beside the transactions that name them.

Found by author and number, which grow together; by their hash they would lie all over the disk.
Whoever writes one has proven that the transaction names its hash.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from server.store.dialect import keeper
from server.store.local import DETAIL
from server.store.packing import pack, unpack
from shared.codec import decode, encode
from shared.detail import Detail, detail_hash
from shared.ids import AuthorId
from shared.transaction import Batch

Row = tuple[Any, ...]
_KEEPER: Final = keeper(DETAIL)


def rows_of(batch: Batch, details: Sequence[Detail]) -> list[Row]:
    """Pair details with the transactions that name them; the others belong to nothing."""
    documents = {detail_hash(detail): pack(encode(detail)) for detail in details}
    if not documents:
        return []
    author = bytes.fromhex(batch.author)
    return [
        (author, transaction.envelope.seq, documents[named])
        for transaction in batch.transactions
        if (named := getattr(transaction.body, "detail", None)) in documents
    ]


def keep(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows; those that are there already stay as they are."""
    if rows:
        _KEEPER.write(connection, rows)


def known(connection: Connection, author: AuthorId, seqs: Collection[int]) -> set[int]:
    """Tell which numbers of an author have their detail here."""
    column = DETAIL.c
    mine = (column.author == bytes.fromhex(author), column.seq.in_(seqs))
    return set(connection.execute(select(column.seq).where(*mine)).scalars())


def find(connection: Connection, author: AuthorId, seq: int) -> Detail | None:
    """Give the detail of a transaction, if it came to this node."""
    mine = (DETAIL.c.author == bytes.fromhex(author), DETAIL.c.seq == seq)
    packed = connection.execute(select(DETAIL.c.packed).where(*mine)).scalar_one_or_none()
    return None if packed is None else decode(unpack(packed), Detail)
