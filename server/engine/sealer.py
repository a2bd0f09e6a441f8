"""The lane that makes blocks: whatever waits becomes one block, sealed by this node's key.

Runs in the writer's thread and transaction.  What it remembers between runs (tip, records) always
equals what the database holds: a lost transaction makes it forget everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Connection, delete, select

from server.engine import inbox
from server.engine.own import Signer
from server.engine.port import NotProposed, Placed, Stored, Unplaced
from server.ledger.chain import Built, Tip, build
from server.ledger.executor import Taken
from server.ledger.records import Head
from server.store import blocks, details as detail_rows, readers
from server.store.dialect import insert
from server.store.local import DEAD_LETTER, FACT
from server.store.view import RecordCache, StoreView
from shared.bodies import Body
from shared.errors import Code
from shared.ids import ZERO_HASH
from shared.transaction import Batch
from shared.verdict import Status

MOST_TRANSACTIONS: Final = 5_000
"""More than this does not go into one block, so that a block can be read and audited in memory."""
_KNOWN_HEIGHT: Final = "known_height"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A batch with a good signature, and rows of `local_detail` that belong to it."""

    batch: Batch
    details: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Bodies that this node wants on the chain."""

    bodies: tuple[Body, ...]
    atomic: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody knows a block of this height."""

    height: int


@dataclass(frozen=True, slots=True)
class Resumption:
    """Whoever runs the node says that the missing blocks are dealt with."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Nothing is proposed while blocks are missing."""


Other: TypeAlias = Proposal | Sighting | Resumption
Item: TypeAlias = Arrival | Other
Answer: TypeAlias = Stored | Unplaced | tuple[Placed, ...] | NotProposed | Behind | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the chain ends here, and the highest block that anybody is known to know."""

    tip: Tip
    known: int

    @property
    def behind(self) -> bool:
        """Tell whether blocks are missing here."""
        return self.known > self.tip.height


class Sealer:
    """Makes this node's blocks; a lane of the store's writer."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._cache = RecordCache()
        self._next: Standing | None = None
        self.standing: Standing | None = None
        """As of the last commit; None until the first and after a lost transaction."""

    def run(self, connection: Connection, items: Sequence[Item]) -> Sequence[Answer]:
        """Make blocks of the items, in their order."""
        standing = self.standing or read_standing(connection)
        turn = _Turn(connection, StoreView(connection, self._cache), self._signer, standing)
        answers: list[Answer] = []
        for kind, group in groupby(items, type):
            if kind is Arrival:
                answers += turn.arrivals(cast("list[Arrival]", list(group)))
            else:
                answers += map(turn.other, cast("Iterator[Other]", group))
        self._next = turn.standing
        return answers

    def committed(self) -> None:
        """Take the new tip for true."""
        self.standing = self._next

    def lost(self) -> None:
        """Forget everything: the next run reads the database again."""
        self.standing = None
        self._cache = RecordCache()


def read_standing(connection: Connection) -> Standing:
    """Read where the chain ends and what is known above it."""
    known = connection.execute(select(FACT.c.value).where(FACT.c.name == _KNOWN_HEIGHT)).scalar()
    return Standing(readers.tip(connection), int(known) if known else -1)


class _Turn:
    """One run: a transaction of the database, in which several blocks may be made."""

    def __init__(
        self, connection: Connection, view: StoreView, signer: Signer, standing: Standing
    ) -> None:
        self._connection = connection
        self._view = view
        self._signer = signer
        self.standing = standing

    # ---------- other authors' batches ----------

    def arrivals(self, arrivals: Sequence[Arrival]) -> list[Stored | Unplaced]:
        """Place batches, or keep them while blocks are missing."""
        batches = [arrival.batch for arrival in arrivals]
        self._view.prefetch(batches)
        if self.standing.behind:
            answers = [self._keep(batch) for batch in batches]
        else:
            answers = [answer for part in portions(batches) for answer in self._place(part)]
        details = [
            row
            for arrival, answer in zip(arrivals, answers, strict=True)
            if isinstance(answer, Stored)
            for row in arrival.details
        ]
        detail_rows.keep(self._connection, details)
        return answers

    def _keep(self, batch: Batch) -> Stored | Unplaced:
        return inbox.keep(
            self._connection,
            self._view,
            batch,
            height=self.standing.tip.height + 1,
            now_ms=self._signer.clock.now_ms(),
        )

    def _place(self, batches: Sequence[Batch]) -> list[Stored | Unplaced]:
        """Make one block of those batches that have an effect, and answer all."""
        built = self._build(batches)
        taken = built.result.taken
        useful = [number for number, item in enumerate(taken) if _has_effect(batches[number], item)]
        if useful and len(useful) < len(batches):
            built = self._build([batches[number] for number in useful])
        fresh: dict[int, list[Placed]] = {}
        if useful:
            self._append(built)
            for item, placed in zip(built.result.executed, _placed(built), strict=True):
                fresh.setdefault(useful[item.batch], []).append(placed)
        return [
            self._answer(batch, item, fresh.get(number, []))
            for number, (batch, item) in enumerate(zip(batches, taken, strict=True))
        ]

    def _answer(self, batch: Batch, taken: Taken, fresh: list[Placed]) -> Stored | Unplaced:
        if taken.code is not None:
            return Unplaced(taken.code, taken.expected if taken.code is Code.GAP else 0)
        known: list[Placed] = []
        if taken.skipped:
            last = batch.first + taken.skipped - 1
            known = readers.placed(self._connection, batch.author, batch.first, last)
        return Stored(batch.last.envelope.seq, batch.last.hash, (*known, *fresh))

    # ---------- everything else ----------

    def other(self, item: Other) -> tuple[Placed, ...] | NotProposed | Behind | None:
        """Do what is not a batch of somebody else."""
        match item:
            case Proposal(bodies, atomic):
                return self._propose(bodies, atomic=atomic)
            case Sighting(height):
                self._sight(height)
            case Resumption():
                self._resume()
        return None

    def _propose(
        self, bodies: Sequence[Body], *, atomic: bool
    ) -> tuple[Placed, ...] | NotProposed | Behind:
        if self.standing.behind:
            return Behind()
        head = self._view.get(Head, (self._signer.author,)) or Head(ZERO_HASH, 0)
        tip = self.standing.tip
        batches = self._signer.batches(bodies, chain=tip.chain, head=head, seen=tip.height)
        if isinstance(batches, NotProposed):
            return batches
        self._view.prefetch(batches)
        built = self._build(batches)
        for taken in built.result.taken:
            if taken.code is not None:
                return NotProposed(0, taken.code)
        if atomic:
            for number, item in enumerate(built.result.executed):
                if item.verdict.status is Status.REJECTED:
                    return NotProposed(number, item.verdict.code or Code.INTERNAL)
        if built.result.makes_block:
            self._append(built)
        return tuple(_placed(built))

    def _sight(self, height: int) -> None:
        if height > max(self.standing.tip.height, self.standing.known):
            clause = insert(self._connection, FACT).values(name=_KNOWN_HEIGHT, value=str(height))
            self._connection.execute(
                clause.on_conflict_do_update(
                    index_elements=["name"], set_={"value": clause.excluded.value}
                )
            )
            self.standing = Standing(self.standing.tip, height)

    def _resume(self) -> None:
        self._connection.execute(delete(FACT).where(FACT.c.name == _KNOWN_HEIGHT))
        self.standing = Standing(self.standing.tip, -1)
        batches = inbox.waiting(self._connection)
        inbox.clear(self._connection)
        self._view.prefetch(batches)
        for part in portions(batches):
            for batch, answer in zip(part, self._place(part), strict=True):
                if isinstance(answer, Unplaced):
                    self._bury(batch, answer.code)

    def _bury(self, batch: Batch, code: Code) -> None:
        """Keep a batch that waited in vain where the admins see it."""
        self._connection.execute(
            DEAD_LETTER.insert().values(
                source=batch.author,
                code=code,
                hint="it waited while blocks were missing",
                bytes=batch.raw,
                received_ms=self._signer.clock.now_ms(),
            )
        )

    # ---------- blocks ----------

    def _build(self, batches: Sequence[Batch]) -> Built:
        signer = self._signer
        return build(
            self._view,
            self.standing.tip,
            batches,
            author=signer.author,
            time=signer.clock.now_ms(),
        )

    def _append(self, built: Built) -> None:
        blocks.append(self._connection, built, self._signer.seal(built.raw), self._view.names)
        self._view.take(built.result)
        self.standing = Standing(built.tip, self.standing.known)


def _has_effect(batch: Batch, taken: Taken) -> bool:
    """Tell whether a batch belongs into a block: it goes on, or it is evidence of a fork."""
    if taken.code is None:
        return taken.skipped < len(batch.transactions)
    return taken.code is Code.FORK


def _placed(built: Built) -> Iterator[Placed]:
    height = built.tip.height
    for index, item in enumerate(built.result.executed):
        transaction = item.transaction
        yield Placed(transaction.envelope.seq, transaction.hash, height, index, item.done.verdict)


def portions(batches: Sequence[Batch], most: int = MOST_TRANSACTIONS) -> Iterator[list[Batch]]:
    """Part batches so that no part holds too much for one block."""
    part: list[Batch] = []
    size = 0
    for batch in batches:
        size += len(batch.transactions)
        if part and size > most:
            yield part
            part, size = [], len(batch.transactions)
        part.append(batch)
    if part:
        yield part
