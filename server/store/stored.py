"""The blocks as they are stored, for whoever proves them: damage comes as bytes that prove nothing.

Streams: never more than one block is held, and nothing but the connection's snapshot.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, NamedTuple

from sqlalchemy import Connection

from server.ledger.chain import Block
from server.store import readers
from server.store.packing import salvage
from shared.ids import ChainId

STREAM: Final = {"stream_results": True, "max_row_buffer": 1000}
"""Options of a statement whose rows are not wanted all at once."""
_HEADERS: Final = """
SELECT height, packed, seal FROM block_header WHERE height >= ? AND height < ? ORDER BY height
"""
_BATCHES: Final = "SELECT packed FROM block_batch WHERE height = ? ORDER BY position"
_NO_END: Final = 2**62


class Stored(NamedTuple):
    """The blocks of one moment: of how many the chain consists, and those from a height on."""

    chain: ChainId
    whole: int
    blocks: Iterator[Block]


def stored_blocks(connection: Connection, first: int = 0, end: int = _NO_END) -> Iterator[Block]:
    """Give every block from a height on, by default from genesis, and below another."""
    with connection.exec_driver_sql(_HEADERS, (first, end), execution_options=STREAM) as headers:
        for height, header, seal in headers:
            batches = connection.exec_driver_sql(_BATCHES, (height,)).scalars()
            yield Block(_unpacked(header), _bytes(seal), tuple(map(_unpacked, batches)))


def _unpacked(packed: object) -> bytes:
    return salvage(_bytes(packed))


def _bytes(value: object) -> bytes:
    """Give bytes; somebody who edits the file may leave anything."""
    return value if isinstance(value, bytes) else b""


@contextmanager
def open_blocks(
    read: Callable[[], AbstractContextManager[Connection]], first: int
) -> Iterator[Stored]:
    """Open the blocks of one moment, from a height on."""
    with read() as connection:
        tip = readers.tip(connection)
        yield Stored(tip.chain, tip.height + 1, stored_blocks(connection, first))
