"""The state as the writer sees it: a cache of records over the index tables.

The cache is the writer's own and always equals what its transaction sees: a block's changes are
written through, and whoever loses a transaction must forget the cache.  `prefetch` loads what a
block will touch with a few queries; what it did not foresee is read singly.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection

from server.ledger.evidence import own_name
from server.ledger.executor import BlockResult
from server.ledger.records import (
    Asset,
    Author,
    Balance,
    Card,
    Evidence,
    Head,
    Idle,
    Key,
    Place,
    Purse,
    Record,
    Wallet,
)
from server.ledger.state import Done
from server.store import readers
from server.store.codec import BY_RECORD, key_of
from server.store.history import History
from server.store.names import Names
from shared.bodies import (
    AnySale,
    Body,
    Chargeback,
    Correction,
    Dispute,
    MeltReversal,
    PurseIssue,
    PurseRelease,
    Refund,
    SaleVoid,
    SlotSale,
)
from shared.codec import encode
from shared.ids import AssetId, AuthorId, CardRef, PlaceId, WalletId, purse, wallet
from shared.transaction import Batch

R = TypeVar("R", bound=Record)
MOST_RECORDS: Final = 200_000
_MISSING: Final = object()
_FORESEEN: Final[dict[str, type[Record]]] = {
    "card": Card,
    "wallet": Wallet,
    "source": Wallet,
    "target": Wallet,
    "evidence": Evidence,
}
_OF_EARLIER: Final = Refund | MeltReversal | Dispute | Chargeback | Correction
_OF_PURSES: Final = SlotSale | SaleVoid | PurseIssue | PurseRelease


class RecordCache:
    """Records by type and key; None where the table has no such row.  The oldest go first.

    With it goes what the writer remembers of names and of the heights of balances.
    """

    def __init__(self, most: int = MOST_RECORDS) -> None:
        self._most = most
        self.records: dict[tuple[type[Record], Key], Record | None] = {}
        self.assets: dict[AssetId, Asset] | None = None
        self.places: dict[PlaceId, Place] | None = None
        self.unwritten: dict[type[Record], dict[Key, Record]] = {}
        """What no table says yet (`filling.py`); the cache must not forget it, nor its heights."""
        self.names = Names()
        self.history = History(most)

    def take(self, result: BlockResult) -> None:
        """Write a block's changes through, and make room when there is too much."""
        records = self.records
        for _, key, record in result.changes:
            kind = type(record)
            records[kind, key] = record
            if kind is Asset or kind is Place:
                self.assets = self.places = None
        if len(records) > self._most:
            for place in list(records)[: len(records) - self._most * 3 // 4]:
                del records[place]


class StoreView:
    """A `server.ledger.state.View` over one connection."""

    def __init__(self, connection: Connection, cache: RecordCache | None = None) -> None:
        self._connection = connection
        self._cache = RecordCache() if cache is None else cache
        self._done: dict[tuple[AuthorId, int], Done] = {}

    @property
    def connection(self) -> Connection:
        """The connection that it reads by."""
        return self._connection

    @property
    def names(self) -> Names:
        """The numbers of names, for whoever writes."""
        return self._cache.names

    @property
    def history(self) -> History:
        """Where balances changed last, for whoever writes."""
        return self._cache.history

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        found = self._cache.records.get((record, key), _MISSING)
        if found is _MISSING:
            found = self._cache.records[record, key] = self._read(record, key)
        return cast("R | None", found)

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict."""
        found = self._done.get((author, seq))
        return found or readers.done(self._connection, author, [seq]).get(seq)

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""
        if self._cache.assets is None:
            rows = self._all(Asset)
            self._cache.assets = {AssetId(str(key[0])): asset for key, asset in rows}
        return self._cache.assets

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""
        if self._cache.places is None:
            rows = self._all(Place)
            self._cache.places = {PlaceId(str(key[0])): place for key, place in rows}
        return self._cache.places

    def rows(self, record: type[R], front: Key = ()) -> dict[Key, R]:
        """Give all records of a table whose keys begin so."""
        length = len(front)
        return {key: row for key, row in self._all(record, front) if key[:length] == front}

    def take(self, result: BlockResult) -> None:
        """See a block's changes from now on."""
        self._cache.take(result)

    def prefetch(self, batches: Sequence[Batch]) -> None:
        """Load what these batches will touch."""
        wanted, earlier = _foresee(batches)
        for author, seqs in earlier.items():
            for seq, done in readers.done(self._connection, author, seqs).items():
                self._done[author, seq] = done
                if isinstance(done.body, AnySale):
                    wanted[Card].add(done.body.card)
        for record, names in wanted.items():
            self._load(record, names)
        wallets = set(cast("set[WalletId]", wanted[Wallet]))
        for card in wanted[Card]:
            found = self.get(Card, (card,))
            if found is not None:
                wallets.add(found.wallet)
        wallets |= self._load_wallets(wallets)
        purses = [purse(CardRef(card)) for card in wanted[Purse]]
        self._load_by_asset(Balance, [*map(wallet, wallets), *purses])
        self._load_by_asset(Idle, wallets)

    def _load_wallets(self, names: set[WalletId]) -> set[WalletId]:
        """Load wallets and those that they have become part of, which it gives."""
        targets: set[WalletId] = set()
        while names:
            self._load(Wallet, names)
            found = [self.get(Wallet, (name,)) for name in names]
            names = {WalletId(one.merged) for one in found if one and one.merged} - targets
            targets |= names
        return targets

    # ---------- loading ----------

    def _read(self, record: type[R], key: Key) -> R | None:
        shelf = BY_RECORD[record]
        row = self._connection.exec_driver_sql(shelf.one, key).one_or_none()
        return None if row is None else cast("R", shelf.read(row))

    def _all(self, record: type[R], front: Key = ()) -> list[tuple[Key, R]]:
        """Read a table, or what of it has one text in front; of two with one key the last holds."""
        shelf = BY_RECORD[record]
        if front and isinstance(front[0], str):
            values = (encode(front[:1]).decode(),)
            rows = self._connection.exec_driver_sql(shelf.some, values)
        else:
            rows = self._connection.exec_driver_sql(shelf.columns)
        found = [(key_of(row, shelf.keys), shelf.read(row[shelf.keys :])) for row in rows]
        return cast("list[tuple[Key, R]]", [*found, *self._cache.unwritten.get(record, {}).items()])

    def _load(self, record: type[Record], names: Iterable[str]) -> None:
        """Load records with keys of one part that the cache does not have."""
        records = self._cache.records
        missing = [name for name in names if (record, (name,)) not in records]
        if missing:
            records.update(((record, (name,)), None) for name in missing)
            self._take(record, missing)

    def _load_by_asset(self, record: type[Record], names: Iterable[str]) -> None:
        """Load all assets' records of accounts or wallets that the cache lacks one of."""
        records, assets = self._cache.records, list(self.assets())
        missing = [
            name
            for name in names
            if any((record, (name, asset)) not in records for asset in assets)
        ]
        if missing:
            for name in missing:
                for asset in assets:
                    records.setdefault((record, (name, asset)), None)
            self._take(record, missing)

    def _take(self, record: type[Record], names: list[str]) -> None:
        shelf, records = BY_RECORD[record], self._cache.records
        for row in self._connection.exec_driver_sql(shelf.some, (encode(names).decode(),)):
            place = record, key_of(row, shelf.keys)
            if records.get(place) is None:
                records[place] = shelf.read(row[shelf.keys :])


def _foresee(
    batches: Sequence[Batch],
) -> tuple[dict[type[Record], set[str]], dict[AuthorId, set[int]]]:
    """Give keys of records that bodies name, and the earlier transactions that they refer to."""
    earlier: dict[AuthorId, set[int]] = {}
    wanted: dict[type[Record], set[str]] = {
        record: set() for record in (Author, Head, Card, Wallet, Evidence, Purse)
    }
    for batch in batches:
        wanted[Author].add(batch.author)
        wanted[Head].add(batch.author)
        for transaction in batch.transactions:
            if isinstance(transaction.body, Body):
                body: Any = transaction.body
                named, refers = _NAMED.get(type(body)) or _named(type(body))
                for record, name in named:
                    wanted[record].add(getattr(body, name))
                    if record is Evidence:
                        wanted[record].add(own_name(batch.author, body.evidence))
                if refers:
                    earlier.setdefault(body.author, set()).add(body.seq)
    return wanted, earlier


_Named = tuple[tuple[tuple[type[Record], str], ...], bool]
_NAMED: Final[dict[type[Body], _Named]] = {}


def _named(kind: type[Body]) -> _Named:
    """Give the records that bodies of a kind name, by field; and whether by author and number."""
    fields = [(_FORESEEN[name], name) for name in kind.__struct_fields__ if name in _FORESEEN]
    if issubclass(kind, _OF_PURSES):
        fields.append((Purse, "card"))
    found = _NAMED[kind] = tuple(fields), issubclass(kind, _OF_EARLIER)
    return found
