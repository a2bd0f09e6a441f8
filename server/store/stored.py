"""The blocks as they are stored, for whoever proves them: damage comes as bytes that prove nothing.

Streams: a block is held and a few batches ahead, and nothing but the connection's snapshot.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

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
_BATCHES: Final = """
SELECT height, packed FROM block_batch WHERE height >= ? AND height < ? ORDER BY height, position
"""
_LARGE: Final = {"stream_results": True, "max_row_buffer": 16}
"""The same for rows that may have a mebibyte each."""
_NO_END: Final = 2**62
_NOTHING_LEFT: Final[tuple[int, Iterator[Any]]] = (_NO_END, iter(()))


class Stored(NamedTuple):
    """The blocks of one moment: of how many the chain consists, and those from a height on."""

    chain: ChainId
    whole: int
    blocks: Iterator[Block]


def stored_blocks(connection: Connection, first: int = 0, end: int = _NO_END) -> Iterator[Block]:
    """Give every block from a height on, by default from genesis, and below another."""
    heights = (first, end)
    with (
        connection.exec_driver_sql(_HEADERS, heights, execution_options=STREAM) as headers,
        connection.exec_driver_sql(_BATCHES, heights, execution_options=_LARGE) as rows,
    ):
        groups = groupby(rows, itemgetter(0))
        at, group = next(groups, _NOTHING_LEFT)
        for height, header, seal in headers:
            while at < height:  # its header is gone
                at, group = next(groups, _NOTHING_LEFT)
            batches: tuple[bytes, ...] = ()
            if at == height:
                batches = tuple(_unpacked(packed) for _, packed in group)
                at, group = next(groups, _NOTHING_LEFT)
            yield Block(_unpacked(header), _bytes(seal), batches)


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
