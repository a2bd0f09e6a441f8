"""The books over the store's tables.

Bodies are read from the blocks themselves; a batch is parsed once while a page is made.  Details
come from wherever the node keeps them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    tuple_,
)

from server.ledger.records import Key, Posting, Record
from server.office.books import NEWEST, Entry, Place, Sealed, Takings
from server.store import details, readers
from server.store.codec import BY_RECORD
from server.store.history import moves
from server.store.packing import unpack
from server.store.schema import (
    BLOCK_HEADER,
    CHAIN_BLOCK,
    CHAIN_POSTING,
    CHAIN_TRANSACTION,
)
from shared.block import read_header
from shared.bodies import Body
from shared.detail import Detail
from shared.ids import Account, AssetId, AuthorId, Hash
from shared.transaction import parse_batch
from shared.verdict import Status, parse_verdict

R = TypeVar("R", bound=Record)
Read = Callable[[], AbstractContextManager[Connection]]
TX = CHAIN_TRANSACTION.c
TOOK_EFFECT: Final = (Status.ACCEPTED, Status.OVERDRAWN)
HOUR_MS: Final = 3_600_000
LATE_MS: Final = 10 * 60_000
_NEVER: Final = 2**62


@dataclass(slots=True)
class SqlBooks:
    """The ledger of a node, read-only; one object serves one page."""

    read: Read
    _bodies: dict[tuple[int, int], dict[int, Body | None]] = field(default_factory=dict)

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        shelf = BY_RECORD[record]
        with self.read() as connection:
            row = connection.exec_driver_sql(shelf.one, tuple(key)).one_or_none()
        return None if row is None else cast("R", shelf.read(row))

    def rows(self, record: type[R]) -> Iterable[tuple[Key, R]]:
        """Give every record of a table."""
        shelf = BY_RECORD[record]
        with self.read() as connection:
            found = connection.exec_driver_sql(shelf.columns).all()
        return [
            (tuple(row[: shelf.keys]), cast("R", shelf.read(row[shelf.keys :]))) for row in found
        ]

    def block(self, height: int) -> Sealed | None:
        """Give one block."""
        found = self._sealed(CHAIN_BLOCK.c.height == height, 1)
        return found[0] if found else None

    def blocks(self, count: int) -> Sequence[Sealed]:
        """Give the newest blocks, newest first."""
        return self._sealed(CHAIN_BLOCK.c.height >= 0, count)

    def _sealed(self, condition: Any, count: int) -> list[Sealed]:
        statement = (
            select(BLOCK_HEADER.c.packed, CHAIN_BLOCK.c.hash, CHAIN_BLOCK.c.transactions)
            .join_from(CHAIN_BLOCK, BLOCK_HEADER, CHAIN_BLOCK.c.height == BLOCK_HEADER.c.height)
            .where(condition)
            .order_by(CHAIN_BLOCK.c.height.desc())
            .limit(count)
        )
        with self.read() as connection:
            return [
                Sealed(read_header(unpack(row.packed)), Hash(row.hash.hex()), row.transactions)
                for row in connection.execute(statement)
            ]

    def entries(
        self,
        *,
        count: int,
        before: Place = NEWEST,
        kinds: Collection[str] = (),
        author: AuthorId | None = None,
        account: Account | None = None,
    ) -> Sequence[Entry]:
        """Give entries, newest first."""
        statement = _transactions().where(tuple_(TX.height, TX.idx) < tuple_(*before))
        order = [TX.height.desc(), TX.idx.desc()]
        if kinds:
            statement = statement.where(TX.kind.in_(kinds))
            if "sale" not in kinds:
                statement = statement.where(TX.kind != "sale")  # the index has no sales
        if author:
            statement, order = statement.where(TX.author == author), [TX.seq.desc()]
        newest = statement.order_by(*order).limit(count)
        with self.read() as connection:
            rows = (
                _of_account(connection, newest, account, before, count)
                if account
                else connection.execute(newest).all()
            )
            return list(self._entries(connection, rows))

    def takings(self, start_ms: int) -> Takings:
        """Add up what places took in blocks since a time."""
        at = case((TX.at < CHAIN_BLOCK.c.time, TX.at), else_=CHAIN_BLOCK.c.time)
        hour = case((at > start_ms, (at - start_ms) // HOUR_MS), else_=0)
        is_sale = TX.kind == "sale"
        place = case((is_sale, CHAIN_POSTING.c.target), else_=CHAIN_POSTING.c.source)
        amount = case((is_sale, CHAIN_POSTING.c.amount), else_=-CHAIN_POSTING.c.amount)
        counted = (TX.height >= bindparam("first"), TX.verdict.in_(TOOK_EFFECT))
        posted = (CHAIN_POSTING.c.height == TX.height) & (CHAIN_POSTING.c.idx == TX.idx)
        by_hour = (
            select(hour.label("hour"), CHAIN_POSTING.c.asset, func.sum(amount).label("amount"))
            .join_from(CHAIN_TRANSACTION, CHAIN_BLOCK, TX.height == CHAIN_BLOCK.c.height)
            .join(CHAIN_POSTING, posted)
            .where(*counted, TX.kind.in_(("sale", "refund")), place.startswith("place:"))
            .group_by("hour", CHAIN_POSTING.c.asset)
        )
        is_late = CHAIN_BLOCK.c.time - TX.at > LATE_MS
        count = (
            select(func.count(), func.coalesce(func.sum(case((is_late, 1), else_=0)), 0))
            .join_from(CHAIN_TRANSACTION, CHAIN_BLOCK, TX.height == CHAIN_BLOCK.c.height)
            .where(*counted, is_sale)
        )
        with self.read() as connection:
            first = {"first": _first_since(connection, start_ms)}
            hours = {
                (int(row.hour), AssetId(row.asset)): int(row.amount)
                for row in connection.execute(by_hour, first)
            }
            sales, late = connection.execute(count, first).one()
        return Takings(hours=hours, sales=sales, late=int(late))

    def sold_since(self, time_ms: int) -> Mapping[AuthorId, int]:
        """Count the sales of each author in blocks since a time."""
        with self.read() as connection:
            statement = (
                select(TX.author, func.count())
                .where(TX.height >= _first_since(connection, time_ms))
                .where(TX.kind == "sale", TX.verdict.in_(TOOK_EFFECT))
                .group_by(TX.author)
            )
            return {AuthorId(author): count for author, count in connection.execute(statement)}

    def in_block(self, height: int) -> Sequence[Entry]:
        """Give what a block executed, in order."""
        statement = _transactions().where(TX.height == height).order_by(TX.idx)
        with self.read() as connection:
            return list(self._entries(connection, connection.execute(statement).all()))

    def detail(self, author: AuthorId, seq: int) -> Detail | None:
        """Give the detail of a transaction, if it came to this node."""
        with self.read() as connection:
            return details.find(connection, author, seq)

    # ---------- entries ----------

    def _entries(self, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Entry]:
        postings = _postings(connection, rows)
        for row in rows:
            yield Entry(
                author=AuthorId(row.author),
                seq=row.seq,
                hash=Hash(row.hash.hex()),
                kind=row.kind,
                body=self._body(connection, row),
                at_ms=min(row.at, row.time),
                time_ms=row.time,
                height=row.height,
                index=row.idx,
                verdict=parse_verdict(row.verdict),
                postings=tuple(postings.get((row.height, row.idx), ())),
            )

    def _body(self, connection: Connection, row: Row[Any]) -> Body | None:
        place = (row.height, row.batch)
        if place not in self._bodies:
            raw = readers.batch(connection, *place)
            self._bodies[place] = {
                each.envelope.seq: each.body if isinstance(each.body, Body) else None
                for each in parse_batch(raw).transactions
            }
        return self._bodies[place].get(row.seq)


def _first_since(connection: Connection, time_ms: int) -> int:
    """Give the height of the first block of a time or later; above the chain when there is none."""
    found = readers.first_block(connection, "time", time_ms)
    return _NEVER if found is None else found


def _of_account(
    connection: Connection, newest: Select[Any], account: Account, before: Place, count: int
) -> list[Row[Any]]:
    """Find rows by the history of an account, a portion at a time: some may be unwanted."""
    moved = (place for place in moves(connection, account, before[0]) if place < before)
    found: list[Row[Any]] = []
    while len(found) < count and (places := list(islice(moved, count))):
        wanted = newest.where(_at(CHAIN_TRANSACTION, places))
        found += connection.execute(wanted).all()
    return found[:count]


def _at(table: Table, places: Sequence[Place]) -> ColumnElement[bool]:
    """Say which rows: SQLite finds heights by the index, but would read all rows for pairs."""
    heights = sorted({height for height, _ in places})
    pairs = tuple_(table.c.height, table.c.idx).in_(places)
    return and_(table.c.height.in_(heights), pairs)


def _transactions() -> Select[Any]:
    return select(CHAIN_TRANSACTION, CHAIN_BLOCK.c.time).join_from(
        CHAIN_TRANSACTION, CHAIN_BLOCK, CHAIN_TRANSACTION.c.height == CHAIN_BLOCK.c.height
    )


def _postings(
    connection: Connection, rows: Sequence[Row[Any]]
) -> dict[tuple[int, int], list[Posting]]:
    """Read the postings of rows."""
    if not rows:
        return {}
    columns = CHAIN_POSTING.c
    wanted = _at(CHAIN_POSTING, [(row.height, row.idx) for row in rows])
    ordered = select(CHAIN_POSTING).where(wanted).order_by(columns.height, columns.idx, columns.n)
    found: dict[tuple[int, int], list[Posting]] = {}
    for each in connection.execute(ordered):
        found.setdefault((each.height, each.idx), []).append(
            Posting(Account(each.source), Account(each.target), each.asset, each.amount)
        )
    return found
