"""The state a block sees: a read port below, an overlay of changes above.

`View` is what a store, the audit's dictionaries or a test offers.  `State` reads through it, keeps
what the block changed and knows how to book postings.  Nothing is written anywhere: the executor
hands the changes to whoever asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar, cast

from server.ledger.records import NAMES, Acceptance, Asset, Balance, Key, Place, Posting, Record
from shared.amounts import MAX_AMOUNT
from shared.bodies import AssetClass, Body
from shared.ids import EUR, Account, AssetId, AuthorId, Hash, PlaceId, may_be_negative
from shared.verdict import Verdict

R = TypeVar("R", bound=Record)
_GROUP: Final = {AssetClass.FEDERATED, AssetClass.LOCAL, AssetClass.GIFT}
"""Classes that a sale's total is paid in; a meal is only for lines that are food."""


@dataclass(frozen=True, slots=True)
class Done:
    """A transaction of an earlier time: what it said, its verdict, its postings, its block."""

    body: Body | None
    hash: Hash
    verdict: Verdict
    postings: tuple[Posting, ...]
    height: int
    seen: int
    place: str


class View(Protocol):
    """The state after the previous block."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict."""

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""

    def rows(self, record: type[R], front: Key = ()) -> dict[Key, R]:
        """Give all records of a table whose keys begin so: for rules that seldom run."""


class Floor(Exception):  # noqa: N818 - a signal inside the ledger, turned into a code by each rule
    """A posting would take an account below zero; `account` is the one."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.account = account


class Overflow(Exception):  # noqa: N818 - see Floor
    """A posting would make an amount that not every reader of the chain can hold."""


class State:
    """A view with the changes of the block under execution on top."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._records: dict[tuple[type[Record], Key], Record | None] = {}
        self._changed: dict[tuple[type[Record], Key], Record] = {}
        self._done: dict[tuple[AuthorId, int], Done] = {}
        self._assets: dict[AssetId, Asset] | None = None
        self._places: dict[PlaceId, Place] | None = None
        self._accepted: dict[PlaceId, tuple[AssetId, ...]] = {}

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record as it stands now."""
        place = (record, key)
        try:
            return cast("R | None", self._records[place])
        except KeyError:
            found = self._records[place] = self._view.get(record, key)
            return found

    def put(self, key: Key, value: Record) -> None:
        """Set one record."""
        place = (type(value), key)
        self._records[place] = self._changed[place] = value
        if type(value) is Asset:
            self._assets = None
            self._accepted.clear()
        elif type(value) is Acceptance:
            self._accepted.clear()
        elif type(value) is Place:
            self._places = None

    def balance(self, account: Account, asset: AssetId) -> int:
        """Give how much of an asset an account holds."""
        held = self.get(Balance, (account, asset))
        return held.amount if held else 0

    def book(self, postings: Iterable[Posting]) -> None:
        """Move amounts, all or none.  Raises Floor when a source may not go below zero."""
        after: dict[tuple[Account, AssetId], int] = {}
        for posting in postings:
            asset, amount = posting.asset, posting.amount
            source, target = (posting.source, asset), (posting.target, asset)
            left = (after[source] if source in after else self.balance(*source)) - amount
            if left < 0 and not may_be_negative(posting.source):
                raise Floor(posting.source)
            after[source] = left
            there = (after[target] if target in after else self.balance(*target)) + amount
            if left < -MAX_AMOUNT or there > MAX_AMOUNT:
                raise Overflow
            after[target] = there
        for key, amount in after.items():
            self.put(key, Balance(amount))

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict, in this block or an earlier one."""
        return self._done.get((author, seq)) or self._view.transaction(author, seq)

    def finished(self, author: AuthorId, seq: int, done: Done) -> None:
        """Remember a transaction of this block for those that follow."""
        self._done[author, seq] = done

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset, with those made in this block."""
        if self._assets is None:
            made = {AssetId(str(key[0])): value for key, value in self._of(Asset)}
            self._assets = {**self._view.assets(), **made}
        return self._assets

    def accepted(self, place: PlaceId) -> tuple[AssetId, ...]:
        """Give the assets that a sale at a place spends, in the order in which it does."""
        found = self._accepted.get(place)
        if found is None:
            usable = (
                (asset.priority, code)
                for code, asset in self.assets().items()
                if asset.peg == EUR and asset.asset_class in _GROUP and self.takes(place, code)
            )
            found = self._accepted[place] = tuple(code for _, code in sorted(usable))
        return found

    def takes(self, place: PlaceId, code: AssetId) -> bool:
        """Tell if a place takes a known asset: its own, the federated, or one by consent."""
        asset = self.assets()[code]
        if asset.asset_class is AssetClass.FEDERATED or asset.issuer == place:
            return True
        consent = self.get(Acceptance, (code, place))
        return consent is not None and consent.issuer and consent.place

    def places(self) -> dict[PlaceId, Place]:
        """Give every place, with those made in this block."""
        if self._places is None:
            made = {PlaceId(str(key[0])): value for key, value in self._of(Place)}
            self._places = {**self._view.places(), **made}
        return self._places

    def rows(self, record: type[R], front: Key = ()) -> dict[Key, R]:
        """Give all records of a table whose keys begin so, as they stand now."""
        length = len(front)
        made = {key: value for key, value in self._of(record) if key[:length] == front}
        return {**self._view.rows(record, front), **made}

    def _of(self, record: type[R]) -> list[tuple[Key, R]]:
        return [
            (key, cast("R", value))
            for (kind, key), value in self._changed.items()
            if kind is record
        ]

    def changes(self) -> list[tuple[str, Key, Record]]:
        """Give every changed record with its table's name, in no particular order."""
        return [(NAMES[kind], key, value) for (kind, key), value in self._changed.items()]
