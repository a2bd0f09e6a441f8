"""The index made anew from the blocks: how a new version of `chain_*` reaches an old database.

It is one transaction: whoever is killed half-way has the old index, and begins again.
`INDEX_VERSION` stands in the database (`local_fact`); whoever changes `schema.INDEX`, a record or
what `blocks.index` writes raises it.  What the blocks say is never touched.
"""

import logging
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, delete, select

from server.ledger.chain import Tip
from server.store import repacking
from server.store.filling import Filling
from server.store.local import FACT
from server.store.readers import batches_of, headers
from server.store.schema import INDEX, VIEWS

INDEX_VERSION: Final = 6
INDEX_FACT: Final = "index_version"
_LOG: Final = logging.getLogger(__name__)
_TOP: Final = "SELECT max(height) FROM block_header"
_STAMP: Final = FACT.c.name == INDEX_FACT


def bring_up_to_date(connection: Connection) -> None:
    """Make the index of a database of another version anew.  Raises ValueError as `rebuild`."""
    known = connection.execute(select(FACT.c.value).where(_STAMP)).scalar_one_or_none()
    if known != str(INDEX_VERSION):
        if repacking.is_old(connection):
            repacking.repack(connection)
        if connection.exec_driver_sql(_TOP).scalar_one() is not None:
            _LOG.warning("the index is made anew from the blocks: that may take minutes")
        rebuild(connection)
        connection.execute(delete(FACT).where(_STAMP))
        connection.execute(FACT.insert().values(name=INDEX_FACT, value=str(INDEX_VERSION)))


def rebuild(connection: Connection, told: Callable[[int, int], None] = lambda *_: None) -> Tip:
    """Drop the index and write it again, block by block; give the tip.

    `told` learns each height that is done, and the last one.
    Raises ValueError when a block does not give the header it has: then the blocks are damaged, and
    the caller's transaction must not be committed.
    """
    VIEWS.drop_all(connection)
    for table in reversed(INDEX):
        table.drop(connection, checkfirst=True)
    for table in INDEX:
        table.create(connection)
    VIEWS.create_all(connection)
    filling = Filling(connection)
    top: int = connection.exec_driver_sql(_TOP).scalar_one()
    for height, header, _ in headers(connection):
        filling.add(header, batches_of(connection, height))
        told(height, top)
    return filling.end()
