"""The lane that makes blocks: whatever waits becomes one block, sealed by this node's key.

Runs in the writer's thread and transaction.  What it remembers between runs (tip, records) always
equals what the database holds: a lost transaction makes it forget everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, cast

from sqlalchemy import Connection

from server.engine import inbox
from server.engine.items import (
    Answer,
    Arrival,
    Behind,
    Item,
    Other,
    Proposal,
    Resumption,
    Rotation,
    Sighting,
)
from server.engine.own import Signer
from server.engine.port import NotProposed, Placed, Stored, Unplaced
from server.engine.standing import Standing, keep_known, read_standing
from server.ledger.chain import Built, build
from server.ledger.executor import Taken
from server.ledger.governance import handed_over
from server.ledger.records import Author, Head, Lost
from server.store import blocks, details as detail_rows, readers
from server.store.local import DEAD_LETTER
from server.store.view import RecordCache, StoreView
from shared.bodies import Body, KeyRotate, Recovery, TerminalRevoke
from shared.errors import Code
from shared.ids import ZERO_HASH, AuthorId
from shared.proofs import rotation
from shared.signing import public_key
from shared.transaction import Batch
from shared.verdict import Status

MOST_TRANSACTIONS: Final = 5_000
"""More than this does not go into one block, so that a block can be read and audited in memory."""


class Sealer:
    """Makes this node's blocks; a lane of the store's writer."""

    def __init__(self, signer: Signer, spare: Sequence[bytes] = ()) -> None:
        """`spare` are other seeds that the chain may say are this node's key."""
        self.signer = signer
        """As of the last commit."""
        self._seeds = (signer.seed, *spare)
        self._cache = RecordCache()
        self._next: tuple[Standing, Signer] | None = None
        self.standing: Standing | None = None
        """As of the last commit; None until the first and after a lost transaction."""

    def run(self, connection: Connection, items: Sequence[Item]) -> Sequence[Answer]:
        """Make blocks of the items, in their order."""
        view = StoreView(connection, self._cache)
        self._seeds += tuple(item.seed for item in items if isinstance(item, Rotation))
        signer = self.signer if self.standing else self._current(view)
        turn = _Turn(connection, view, signer, self.standing or read_standing(connection))
        answers: list[Answer] = []
        for kind, group in groupby(items, type):
            if kind is Arrival:
                answers += turn.arrivals(cast("list[Arrival]", list(group)))
            else:
                answers += map(turn.other, cast("Iterator[Other]", group))
        self._next = turn.standing, turn.signer
        return answers

    def _current(self, view: StoreView) -> Signer:
        """Give the signer with the key that the chain says: a rotation may have been lost."""
        record = view.get(Author, (self.signer.author,))
        for seed in self._seeds:
            if record is not None and public_key(seed).hex() == record.key:
                return self.signer.with_seed(seed)
        return self.signer

    def committed(self) -> None:
        """Take the new tip for true."""
        if self._next is not None:
            self.standing, self.signer = self._next

    def lost(self) -> None:
        """Forget everything: the next run reads the database again."""
        self.standing = None
        self._cache = RecordCache()


class _Turn:
    """One run: a transaction of the database, in which several blocks may be made."""

    def __init__(
        self, connection: Connection, view: StoreView, signer: Signer, standing: Standing
    ) -> None:
        self._connection = connection
        self._view = view
        self.signer = signer
        self.standing = standing

    # ---------- other authors' batches ----------

    def arrivals(self, arrivals: Sequence[Arrival]) -> list[Stored | Unplaced]:
        """Place batches, or keep them while blocks are missing."""
        self._view.prefetch([arrival.batch for arrival in arrivals])
        answers: list[Stored | Unplaced] = []
        for part in portions(arrivals):
            if self.standing.stopped:
                answers += [self._keep(arrival.batch) for arrival in part]
            else:
                answers += self._place(part)
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
            now_ms=self.signer.clock.now_ms(),
        )

    def _place(self, arrivals: Sequence[Arrival]) -> list[Stored | Unplaced]:
        """Make one block of those batches that have an effect, and answer all."""
        batches = [arrival.batch for arrival in arrivals]
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
            case Rotation(seed):
                return self._rotate(seed)
            case Sighting():
                self._sight(item)
            case Resumption(lies):
                self._resume(lies=lies)
        return None

    def _propose(
        self, bodies: Sequence[Body], *, atomic: bool
    ) -> tuple[Placed, ...] | NotProposed | Behind:
        if self.standing.stopped:
            return Behind()
        for number, body in enumerate(bodies):
            if isinstance(body, KeyRotate):
                return NotProposed(number, Code.BAD_PROOF)  # only to a key that is here: `_rotate`
        return self._make(bodies, atomic=atomic)

    def _rotate(self, seed: bytes) -> tuple[Placed, ...] | NotProposed | Behind:
        """Change this node's key: the old one seals the block that says so, the new the next."""
        if self.standing.stopped:
            return Behind()
        body = rotation(seed, self.standing.tip.chain, self.signer.author)
        answer = self._make((body,), atomic=True)
        if isinstance(answer, tuple):
            self.signer = self.signer.with_seed(seed)
        return answer

    def _make(self, bodies: Sequence[Body], *, atomic: bool) -> tuple[Placed, ...] | NotProposed:
        head = self._view.get(Head, (self.signer.author,)) or Head(ZERO_HASH, 0)
        tip = self.standing.tip
        batches = self.signer.batches(bodies, chain=tip.chain, head=head, seen=tip.height)
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

    def _sight(self, seen: Sighting) -> None:
        """Stop when blocks are missing, unless the chain itself says that they are lost.

        Nobody believes a till that was revoked meanwhile.
        """
        author = self._view.get(Author, (seen.by,))
        if author is not None and author.status != "active":
            return
        lost = max((each.last for each in self._view.rows(Lost).values()), default=-1)
        standing = self.standing.after(seen, lost)
        if standing != self.standing:
            self._know(standing)

    def _know(self, standing: Standing) -> None:
        keep_known(self._connection, standing)
        self.standing = standing

    def _resume(self, *, lies: bool) -> None:
        before = self.standing
        self._know(before.dealt_with())
        if self.standing.stopped:
            return
        if before.behind:
            self._say_why(before, lies=lies)
        waiting = [Arrival(batch) for batch in inbox.waiting(self._connection)]
        inbox.clear(self._connection)
        self._view.prefetch([arrival.batch for arrival in waiting])
        for part in portions(waiting):
            for arrival, answer in zip(part, self._place(part), strict=True):
                if isinstance(answer, Unplaced):
                    self._bury(arrival.batch, answer.code)

    def _say_why(self, before: Standing, *, lies: bool) -> None:
        """Say on the chain which blocks are lost, or that whoever spoke of them may sign no longer.

        Before protocol 2 nobody can name a loss.
        """
        body: Body = Recovery(before.tip.height + 1, before.known, "resumed without them")
        if lies:
            by = AuthorId(before.by)
            body = TerminalRevoke(inbox.received(self._connection, self._view, by).seq, by)
        self._make((body,), atomic=True)

    def _bury(self, batch: Batch, code: Code) -> None:
        """Keep a batch that waited in vain where the admins see it."""
        self._connection.execute(
            DEAD_LETTER.insert().values(
                source=batch.author,
                code=code,
                hint="it waited while blocks were missing",
                bytes=batch.raw,
                received_ms=self.signer.clock.now_ms(),
            )
        )

    # ---------- blocks ----------

    def _build(self, batches: Sequence[Batch]) -> Built:
        signer = self.signer
        return build(
            self._view,
            self.standing.tip,
            batches,
            author=signer.author,
            time=signer.clock.now_ms(),
        )

    def _append(self, built: Built) -> None:
        blocks.append(self._view, built, self.signer.seal(built.raw))
        self._view.take(built.result)
        over = handed_over(self._view) is not None
        self.standing = replace(self.standing, tip=built.tip, handed_over=over)


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


def portions(arrivals: Sequence[Arrival], most: int = MOST_TRANSACTIONS) -> Iterator[list[Arrival]]:
    """Part arrivals so that no part holds too much for one block."""
    part: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        transactions = len(arrival.batch.transactions)
        size += transactions
        if part and size > most:
            yield part
            part, size = [], transactions
        part.append(arrival)
    if part:
        yield part
