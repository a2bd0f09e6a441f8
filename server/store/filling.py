"""Many blocks into an empty index, within one transaction.

What tells of the past is written with each block; records and the tip only once for many blocks.
PostgreSQL keeps every version of a row until its transaction ends, and whoever changes the row
steps over all of them: written with each block, a chain of a million blocks would take days.  Until
a record is written the view's cache has it, and forgets nothing.

Raises ValueError when a block does not give the header that it has; the caller's transaction must
not be committed then.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from server.ledger.chain import NOTHING, Built, Tip, build
from server.ledger.records import Key, Record
from server.store import blocks
from server.store.view import MOST_RECORDS, RecordCache, StoreView
from shared.block import read_header
from shared.transaction import parse_batch

MOST_UNWRITTEN: Final = 20_000
_NEVER: Final = 2**62


class Filling:
    """An index that grows from nothing, block by block."""

    def __init__(
        self, connection: Connection, unwritten: int = MOST_UNWRITTEN, kept: int = MOST_RECORDS
    ) -> None:
        """At most about so many records are `unwritten`, and so many `kept` in memory."""
        self._tip: Tip = NOTHING
        self._connection = connection
        self._most = unwritten, kept
        self._changes: dict[tuple[str, Key], tuple[Record, int]] = {}
        self._begin()

    def add(self, header: bytes, batches: Iterable[bytes], seal: bytes = b"") -> None:
        """Execute a block and write what follows; with its `seal` the block itself, too."""
        view, unwritten = self._view, self._cache.unwritten
        built = again(view, self._tip, header, batches)
        if seal:
            blocks.keep(self._connection, built, seal)
        blocks.index_past(view, built)
        view.take(built.result)
        self._tip = built.tip
        for name, key, record in built.result.changes:
            self._changes[name, key] = record, built.tip.height
            unwritten.setdefault(type(record), {})[key] = record
        if len(self._changes) > self._most[0]:
            self._write()

    def end(self) -> Tip:
        """Write what is left; give the tip, NOTHING when there was no block."""
        if self._changes:
            self._write()
        return self._tip

    def _write(self) -> None:
        """Write what is not written yet, and forget what has become too much."""
        changes = [(*place, *change) for place, change in self._changes.items()]
        blocks.index_present(self._view, changes, self._tip)
        self._changes.clear()
        self._cache.unwritten.clear()
        if len(self._cache.records) > self._most[1]:
            self._begin()

    def _begin(self) -> None:
        self._cache = RecordCache(_NEVER)
        self._view = StoreView(self._connection, self._cache)


def again(view: StoreView, tip: Tip, raw: bytes, batches: Iterable[bytes]) -> Built:
    """Execute a block again.  Raises ValueError when it does not give the header that it has."""
    header, parsed = read_header(raw), [parse_batch(batch) for batch in batches]
    view.prefetch(parsed)
    built = build(view, tip, parsed, author=header.author, time=header.time)
    if built.raw != raw:
        message = f"block {header.height} is not what its transactions give"
        raise ValueError(message)
    return built
