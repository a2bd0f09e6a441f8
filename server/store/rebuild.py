"""The index made anew from the blocks: how a new version of `chain_*` reaches an old database.

`INDEX_VERSION` stands in the database (`user_version`); whoever changes `schema.INDEX`, a record or
what `blocks.index` writes raises it.  The blocks themselves are never touched.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from server.ledger.chain import NOTHING, Built, Tip, build
from server.store import blocks
from server.store.schema import INDEX
from server.store.view import StoreView
from shared.block import read_header
from shared.transaction import parse_batch

INDEX_VERSION: Final = 2
_HEADERS: Final = "SELECT height, header FROM block_header ORDER BY height"
_BATCHES: Final = "SELECT bytes FROM block_batch WHERE height = ? ORDER BY position"


def bring_up_to_date(connection: Connection) -> None:
    """Make the index of a database of another version anew.  Raises ValueError as `rebuild`."""
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version != INDEX_VERSION:
        rebuild(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {INDEX_VERSION}")


def rebuild(connection: Connection) -> Tip:
    """Drop the index and write it again, block by block; give the tip.

    Raises ValueError when a block does not give the header it has: then the blocks are damaged, and
    the caller's transaction must not be committed.
    """
    for table in reversed(INDEX):
        table.drop(connection, checkfirst=True)
    for table in INDEX:
        table.create(connection)
    view, tip = StoreView(connection), NOTHING
    for height, header in connection.exec_driver_sql(_HEADERS):
        stored = connection.exec_driver_sql(_BATCHES, (height,)).scalars()
        built = again(view, tip, header, stored)
        blocks.index(connection, built)
        view.take(built.result)
        tip = built.tip
    return tip


def again(view: StoreView, tip: Tip, raw: bytes, batches: Iterable[bytes]) -> Built:
    """Execute a block again.  Raises ValueError when it does not give the header that it has."""
    header, parsed = read_header(raw), [parse_batch(batch) for batch in batches]
    view.prefetch(parsed)
    built = build(view, tip, parsed, author=header.author, time=header.time)
    if built.raw != raw:
        message = f"block {header.height} is not what its transactions give"
        raise ValueError(message)
    return built
