"""The state in plain dictionaries: what audit rebuilds from the blocks, and what tests look at.

Records are kept as they are, transactions packed (`past`), so that a long chain needs little.
"""

from typing import TypeVar, cast

from server.ledger.executor import BlockResult
from server.ledger.past import Past
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
        self.past = Past()
        self._assets: dict[AssetId, Asset] | None = None
        self._places: dict[PlaceId, Place] | None = None

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        return cast("R | None", self.records[record].get(key))

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict."""
        return self.past.get(author, seq)

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""
        if self._assets is None:
            rows = self.records[Asset].items()
            self._assets = {AssetId(str(key[0])): cast("Asset", row) for key, row in rows}
        return self._assets

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""
        if self._places is None:
            rows = self.records[Place].items()
            self._places = {PlaceId(str(key[0])): cast("Place", row) for key, row in rows}
        return self._places

    def rows(self, record: type[R], front: Key = ()) -> dict[Key, R]:
        """Give all records of a table whose keys begin so."""
        length = len(front)
        rows = self.records[record].items()
        return {key: cast("R", row) for key, row in rows if key[:length] == front}

    def take(self, result: BlockResult) -> None:
        """Make a block's changes."""
        for table, key, value in result.changes:
            kind = TABLES[table][0]
            self.records[kind][key] = value
            if kind is Asset or kind is Place:
                self._assets = self._places = None
        self.past.add(result.executed)
