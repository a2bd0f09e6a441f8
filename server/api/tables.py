"""The API over the node's database: a `Snapshot` for what is final, `Notes` for its own tables.

Reads the chain's index and the local tables of store and office; writes only local ones.  Each
snapshot is one read transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from server.api.catalogue import Operator, Product, Stock, write_catalogue
from server.api.port import Invitation, KnownCard, Said, Snapshot, Tip
from server.ledger.records import Asset, Card, Head, Key, Place, Record
from server.office.tables import CARD, OPERATOR, PAIRING, PRODUCT, REVISION
from server.office.tills import SqlTills
from server.payments.table import SqlTasks
from server.store import details, readers
from server.store.local import DEAD_LETTER, INBOX
from server.store.packing import unpack
from server.store.rotations import Rotation, rotations_after
from server.store.schema import BLOCK_BATCH, BLOCK_HEADER, CHAIN_TRANSACTION, RECORDS
from server.store.view import StoreView
from shared.block import read_header
from shared.bodies import Tier
from shared.errors import Code
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    CardRef,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
)
from shared.signing import to_text
from shared.transaction import MAX_BATCH_BYTES
from shared.wire import Catalogue, SealedHeader, VerdictLine

R = TypeVar("R", bound=Record)
Begin = Callable[[], AbstractContextManager[Connection]]

CATALOGUE: Final = "catalogue"
MOST_PAYLOADS: Final = 500
MOST_ROTATIONS: Final = 50
MOST_LETTERS: Final = 20
MOST_LETTERS_OF_ALL: Final = 2_000  # addresses cost nothing: without it they would fill a disk
TOLD_MS: Final = 30_000
MOST_LETTER_BYTES: Final = 16 * 1024
_CARD, _BALANCE, _HEAD = RECORDS["card"], RECORDS["balance"], RECORDS["head"]

_TOUCHED: Final = text(
    """
    SELECT card FROM chain_card WHERE changed > :since AND card > :after
    UNION
    SELECT c.card FROM chain_card c JOIN (
      SELECT substr(source, 8) AS wallet FROM chain_posting
      WHERE height > :since AND source LIKE 'wallet:%'
      UNION
      SELECT substr(target, 8) FROM chain_posting
      WHERE height > :since AND target LIKE 'wallet:%'
    ) moved ON moved.wallet = c.wallet
    WHERE c.card > :after
    ORDER BY 1 LIMIT :limit
    """
)
_RUNS: Final = text(
    """
    SELECT height, batch, min(seq) AS first FROM (
      SELECT height, batch, seq FROM chain_transaction
      WHERE author = :author AND seq >= :first ORDER BY seq LIMIT 500
    ) AS found GROUP BY height, batch ORDER BY first
    """
)
_EVERY: Final = text("SELECT card FROM chain_card WHERE card > :after ORDER BY card LIMIT :limit")
_KNOWN: Final = (
    select(
        _CARD.c.card,
        _CARD.c.home,
        _CARD.c.reason,
        _CARD.c.status,
        _CARD.c.tier,
        _CARD.c.wallet,
        func.coalesce(CARD.c.number, "").label("number"),
    )
    .select_from(_CARD.outerjoin(CARD, CARD.c.ref == _CARD.c.card))
    .where(_CARD.c.card.in_(bindparam("refs", expanding=True)))
    .order_by(_CARD.c.card)
)
_MONEY: Final = select(_BALANCE.c.account, _BALANCE.c.asset, _BALANCE.c.amount).where(
    _BALANCE.c.account.in_(bindparam("accounts", expanding=True))
)
_CHUNK: Final = 500


class TableSnapshot:
    """One moment over one connection."""

    def __init__(self, connection: Connection, today: str, time_zone: str) -> None:
        """`today` is the place's date (ISO): who works until then still may."""
        self._connection = connection
        self._view = StoreView(connection)
        self._today = today
        self._time_zone = time_zone

    def tip(self) -> Tip:
        """Give the newest block."""
        newest = select(BLOCK_HEADER).order_by(BLOCK_HEADER.c.height.desc()).limit(1)
        row = self._connection.execute(newest).one()
        header = unpack(row.packed)
        sealed = SealedHeader(header=header.decode(), seal=to_text(row.seal))
        return Tip(row.height, read_header(header).time, sealed)

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        return self._view.get(record, key)

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""
        return self._view.assets()

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""
        return self._view.places()

    def head(self, author: AuthorId) -> Head:
        """Give the last transaction of an author: of the inbox, else of the chain."""
        last = (INBOX.c.first_seq + INBOX.c.count).desc()
        row = self._connection.execute(
            select(INBOX.c.head, INBOX.c.first_seq, INBOX.c.count)
            .where(INBOX.c.author == author)
            .order_by(last)
            .limit(1)
        ).one_or_none()
        if row is not None:
            return Head(Hash(row.head), row.first_seq + row.count - 1)
        return self.get(Head, (author,)) or Head(ZERO_HASH, 0)

    def cards(self, since: int, after: str, limit: int) -> Sequence[KnownCard]:
        """Give cards that changed, or whose money did, after a height."""
        question = _EVERY if since < 0 else _TOUCHED
        values = {"after": after, "limit": limit} | ({} if since < 0 else {"since": since})
        refs = list(self._connection.execute(question, values).scalars())
        return [
            card
            for start in range(0, len(refs), _CHUNK)
            for card in self._known(refs[start : start + _CHUNK])
        ]

    def _known(self, refs: Sequence[str]) -> list[KnownCard]:
        rows = self._connection.execute(_KNOWN, {"refs": refs}).all()
        accounts = [f"wallet:{row.wallet}" for row in rows]
        money: dict[str, dict[AssetId, int]] = {account: {} for account in accounts}
        for account, asset, amount in self._connection.execute(_MONEY, {"accounts": accounts}):
            money[account][asset] = amount
        return [
            KnownCard(
                CardRef(row.card),
                Card(
                    PlaceId(row.home), row.reason, row.status, _tier(row.tier), WalletId(row.wallet)
                ),
                row.number,
                money[account],
            )
            for row, account in zip(rows, accounts, strict=True)
        ]

    def verdicts(
        self, author: AuthorId, since: int, after: int, limit: int
    ) -> Sequence[VerdictLine]:
        """Give an author's verdicts, in the order of its numbers."""
        table = CHAIN_TRANSACTION.c
        first = readers.first_seq(self._connection, author, above=since, after=after)
        if first is None:
            return []
        question = (
            select(table.height, table.idx, table.seq, table.verdict)
            .where(table.author == author, table.seq >= first)
            .order_by(table.seq)
            .limit(limit)
        )
        return [
            VerdictLine(height=row.height, index=row.idx, seq=row.seq, verdict=row.verdict)
            for row in self._connection.execute(question)
        ]

    def payloads(self, author: AuthorId, first: int) -> Sequence[bytes]:
        """Give an author's payloads from a number on, out of the batches they came in."""
        found: list[bytes] = []
        size = 0
        for line in self._lines(author, first):
            size += len(line) + 1
            if size > MAX_BATCH_BYTES or len(found) == MOST_PAYLOADS:
                break
            found.append(line)
        return found

    def _lines(self, author: AuthorId, first: int) -> Iterator[bytes]:
        """Give payloads in order: those that the chain executed, then those of the inbox."""
        seq = first
        for start, raw in self._batches(author, first):
            for number, line in enumerate(raw.split(b"\n")[1:-1], start):
                if number == seq:
                    yield line
                    seq += 1

    def _batches(self, author: AuthorId, first: int) -> Iterator[tuple[int, bytes]]:
        """Give the batches that hold an author's numbers; evidence of forks is not among them."""
        for run in self._connection.execute(_RUNS, {"author": author, "first": first}).all():
            batch = BLOCK_BATCH.c
            at = (batch.height == run.height, batch.position == run.batch)
            row = self._connection.execute(select(batch.first_seq, batch.packed).where(*at)).one()
            yield row.first_seq, unpack(row.packed)
        waiting = (
            select(INBOX.c.first_seq, INBOX.c.bytes)
            .where(INBOX.c.author == author, INBOX.c.first_seq + INBOX.c.count > first)
            .order_by(INBOX.c.first_seq)
        )
        for row in self._connection.execute(waiting):
            yield row.first_seq, row.bytes

    def rotations(self, author: AuthorId, known: PublicKey) -> Sequence[Rotation] | None:
        """Give the first changes of an author's key since `known`; None: it never was that."""
        return rotations_after(self._connection, author, known, MOST_ROTATIONS)

    def revision(self) -> int:
        """Give the revision of the catalogue."""
        known = select(REVISION.c.value).where(REVISION.c.name == CATALOGUE)
        return self._connection.execute(known).scalar_one_or_none() or 0

    def catalogue(self, place: PlaceId, label: str) -> Catalogue:
        """Give what a terminal of a place shows and who may use it."""
        stock = Stock(
            products=self._products(), operators=self._operators(), time_zone=self._time_zone
        )
        return write_catalogue(self, place, label, stock)

    def _products(self) -> list[Product]:
        on_sale = select(PRODUCT).where(PRODUCT.c.on_sale).order_by(PRODUCT.c.position)
        return [
            Product(
                id=row.id,
                name=row.name,
                category=row.category,
                price=row.price,
                vat_bp=row.vat_bp,
                favourite=row.favourite,
            )
            for row in self._connection.execute(on_sale)
        ]

    def _operators(self) -> list[Operator]:
        in_time = (OPERATOR.c.until == "") | (OPERATOR.c.until >= self._today)
        working = (
            select(OPERATOR, func.coalesce(CARD.c.ref, "").label("card_ref"))
            .select_from(OPERATOR.outerjoin(CARD, CARD.c.number == OPERATOR.c.card))
            .where(OPERATOR.c.active, in_time)
            .order_by(OPERATOR.c.name)
        )
        return [
            Operator(
                id=row.id,
                name=row.name,
                manager=row.role == "manager",
                pin=row.pin,
                card=row.card_ref,
                left_handed=row.left_handed,
            )
            for row in self._connection.execute(working)
        ]


def _tier(tier: str) -> Tier:
    return "T2" if tier == "T2" else "T1" if tier == "T1" else "T0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChain:
    """The final state of a node."""

    read: Begin
    now_ms: Callable[[], int]
    is_sealing: Callable[[], bool]
    time_zone: str

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Open one consistent moment."""
        now = datetime.fromtimestamp(self.now_ms() // 1000, ZoneInfo(self.time_zone))
        with self.read() as connection:
            yield TableSnapshot(connection, now.date().isoformat(), self.time_zone)

    def sealing(self) -> bool:
        """Tell whether this node makes blocks."""
        return self.is_sealing()


_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNotes:
    """What the node keeps of its terminals."""

    read: Begin
    write: Begin
    now_ms: Callable[[], int]
    tills: SqlTills
    tasks: SqlTasks
    most_letters: int = MOST_LETTERS_OF_ALL
    _told: dict[AuthorId, tuple[int, int, int]] = field(default_factory=dict)

    def take_code(self, pin: str, terminal: AuthorId) -> Invitation | None:
        """Bind a waiting code to the first key that has it; later only that key gets it again."""
        now = self.now_ms()
        mine = (PAIRING.c.pin == pin, PAIRING.c.expires_ms > now)
        with self.write() as connection:
            for row in connection.execute(select(PAIRING).where(*mine)):
                if row.state == "joined" and row.terminal == terminal:
                    return Invitation(row.id, PlaceId(row.place), row.label)
                if row.state != "waiting" or row.terminal not in {None, terminal}:
                    continue
                bound = update(PAIRING).where(PAIRING.c.id == row.id)
                connection.execute(bound.values(terminal=terminal))
                return Invitation(row.id, PlaceId(row.place), row.label)
        return None

    def joined(self, pairing: str, terminal: AuthorId) -> None:
        """Note that the terminal of a code is enrolled."""
        self.tills.joined(pairing, terminal)

    def heard(self, author: AuthorId, said: Said) -> None:
        """Keep what a terminal says of itself."""
        self.tills.heard(
            author,
            seq=said.seq,
            unsent=said.unsent_count,
            amount=said.unsent_amount,
            at_ms=said.at_ms,
            version=said.version,
        )

    def told(self, author: AuthorId, *, revision: int, height: int) -> None:
        """Keep up to where a terminal has the deltas: at once what changed, else now and then."""
        now = self.now_ms()
        known = self._told.get(author)
        if known and known[:2] == (revision, height) and 0 <= now - known[2] < TOLD_MS:
            return
        self.tills.told(author, revision=revision, height=height)
        self._told[author] = (revision, height, now)

    def bury(self, source: str, code: Code, hint: str, raw: bytes) -> None:
        """Put what could not be taken among the dead letters: the newest by source and of all."""
        letter = {
            "source": source,
            "code": str(code),
            "hint": hint,
            "bytes": raw[:MOST_LETTER_BYTES],
            "received_ms": self.now_ms(),
        }
        kept = (
            select(DEAD_LETTER.c.id)
            .where(DEAD_LETTER.c.source == source)
            .order_by(DEAD_LETTER.c.id.desc())
            .limit(MOST_LETTERS)
        )
        mine = DEAD_LETTER.c.source == source
        with self.write() as connection:
            connection.execute(insert(DEAD_LETTER).values(letter))
            connection.execute(delete(DEAD_LETTER).where(mine, DEAD_LETTER.c.id.not_in(kept)))
            newest = select(func.max(DEAD_LETTER.c.id)).scalar_subquery()
            old = DEAD_LETTER.c.id <= newest - self.most_letters
            connection.execute(delete(DEAD_LETTER).where(old))

    def flag(self, kind: str, author: AuthorId, detail: str) -> None:
        """Show the admins that something about a terminal does not add up: once a day and kind."""
        now = self.now_ms()
        self.tasks.raise_once(f"{kind}:{author}:{now // _DAY_MS}", kind, author, detail, now)

    def known_details(self, author: AuthorId, seqs: Sequence[int]) -> set[int]:
        """Tell which numbers of an author have their detail here."""
        with self.read() as connection:
            return details.known(connection, author, seqs)
