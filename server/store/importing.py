"""A chain from elsewhere into an empty database, block by block.

For blocks that an audit has proven: here they are executed once more, which fills the index, but
their seals and signatures are not looked at.  Raises ValueError when there is a chain already or a
block does not give its header; the caller's transaction must not be committed then.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from server.ledger.chain import NOTHING, Block, Tip
from server.store import readers
from server.store.filling import Filling


def append_chain(connection: Connection, chain: Iterable[Block]) -> Tip:
    """Write every block, from genesis on; give the tip."""
    if readers.tip(connection) != NOTHING:
        raise ValueError("there is a chain in this database already")
    filling = Filling(connection)
    for block in chain:
        filling.add(block.header, block.batches, block.seal)
    return filling.end()
