"""The state in plain dictionaries: what audit rebuilds from the blocks, and what tests look at."""

from typing import TypeVar, cast

from server.ledger.executor import BlockResult
from server.ledger.records import TABLES, Asset, Key, Place, Record
from server.ledger.state import Done
from shared.ids import AssetId, AuthorId, PlaceId

R = TypeVar("R", bound=Record)


class Memory:
    """A `View` that keeps everything: records by type and key, transactions by author and seq."""

    def __init__(self) -> None:
        self.records: dict[type[Record], dict[Key, Record]] = {
            record: {} for record, _ in TABLES.values()
        }
        self.done: dict[tuple[AuthorId, int], Done] = {}

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        return cast("R | None", self.records[record].get(key))

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict."""
        return self.done.get((author, seq))

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""
        rows = self.records[Asset].items()
        return {AssetId(str(key[0])): cast("Asset", row) for key, row in rows}

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""
        rows = self.records[Place].items()
        return {PlaceId(str(key[0])): cast("Place", row) for key, row in rows}

    def take(self, result: BlockResult) -> None:
        """Make a block's changes."""
        for table, key, value in result.changes:
            self.records[TABLES[table][0]][key] = value
        for item in result.executed:
            envelope = item.transaction.envelope
            self.done[envelope.author, envelope.seq] = item.done
