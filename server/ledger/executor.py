"""The executor: ordered batches in, verdicts, postings and changes out.  Pure and total.

Both engines, the audit and the simulator call `execute`, so they cannot disagree.  A batch that
does not fit its author's chain changes nothing, except that another history under a known number
(a fork) puts its author into quarantine.  No input makes it raise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from msgspec.structs import replace

from server.ledger.effect import Context
from server.ledger.records import Author, Head, Key, Record
from server.ledger.rules import apply
from server.ledger.state import Done, State, View
from shared.block import write_leaf
from shared.bodies import Body
from shared.codec import encode
from shared.errors import Code
from shared.ids import ZERO_HASH, AuthorId, Hash, author_id
from shared.transaction import Batch, Transaction, signed_by
from shared.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Executed:
    """One transaction of a block with its verdict, in the block's order."""

    transaction: Transaction
    batch: int
    done: Done
    leaf: bytes

    @property
    def verdict(self) -> Verdict:
        """What the ledger answers."""
        return self.done.verdict


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: executed from `skipped` on, or refused (`code`)."""

    skipped: int
    code: Code | None = None
    expected: int = 0


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a block does: in order, and as the final value of each changed record.

    `keys` are the public keys (hex) that the state had for each batch's author just before it: the
    batch's signature must be that key's.  Empty when the author was not known then.
    """

    executed: tuple[Executed, ...]
    taken: tuple[Taken, ...]
    changes: tuple[tuple[str, Key, Record], ...]
    effects: Hash
    keys: tuple[str, ...] = ()

    @property
    def makes_block(self) -> bool:
        """Tell whether it executed anything or holds evidence of a fork."""
        return bool(self.executed) or any(taken.code is Code.FORK for taken in self.taken)


def execute(
    view: View, batches: Sequence[Batch], *, height: int, time: int, sealer: AuthorId
) -> BlockResult:
    """Execute batches on top of a view.

    `time` is the block's (UTC milliseconds), `sealer` its header's author.  Signatures must have
    been checked already, under the key that the author had then; everything that the state decides
    is decided here, also which key counts when there was a change since.
    """
    state = State(view)
    executed: list[Executed] = []
    taken: list[Taken] = []
    keys: list[str] = []
    for number, batch in enumerate(batches):
        author = state.get(Author, (batch.author,))
        keys.append(author.key if author else "")
        answer = position(state, batch, height=height)
        if author is not None and not _is_signed(author, batch, answer):
            answer = Taken(0, Code.BAD_SIGNATURE)
        taken.append(answer)
        if answer.code is None:
            context = Context(state, height=height, time=time, sealer=sealer)
            _run(context, batch, answer.skipped, number, executed)
        elif answer.code is Code.FORK:
            _quarantine(state, batch.author)
    changes = tuple(state.changes())
    effects = effects_hash([item.leaf for item in executed], changes)
    return BlockResult(tuple(executed), tuple(taken), changes, effects, tuple(keys))


def position(state: State, batch: Batch, *, height: int) -> Taken:
    """Say where a batch stands in its author's chain (PROTOCOL §4)."""
    author = state.get(Author, (batch.author,))
    if author is None and height > 0:
        return Taken(0, Code.UNKNOWN_AUTHOR)
    if author is not None and (author.status == "quarantined" or author.forked):
        return Taken(0, Code.AUTHOR_QUARANTINED)
    head = state.get(Head, (batch.author,)) or Head(ZERO_HASH, 0)
    expected = head.seq + 1
    if batch.first > expected:
        return Taken(0, Code.GAP, expected)
    known = expected - batch.first
    if not _same_history(state, batch, known):
        return Taken(0, Code.FORK, expected)
    fresh = batch.transactions[known:]
    if fresh and fresh[0].envelope.prev != head.hash:
        return Taken(0, Code.FORK, expected)
    return Taken(min(known, len(batch.transactions)), None, expected)


def _is_signed(author: Author, batch: Batch, answer: Taken) -> bool:
    """Prove the signature of an author that goes on with another key than its first.

    What is all known has no first new number by which to choose a key, and no effect.
    """
    if answer.code not in {None, Code.FORK} or answer.skipped == len(batch.transactions):
        return True
    key = bytes.fromhex(author.key)
    return author_id(key) == batch.author or signed_by(batch, key)


def _same_history(state: State, batch: Batch, known: int) -> bool:
    """Compare the last known transaction: the links before it follow from it."""
    if known == 0:
        return True
    last = batch.transactions[: min(known, len(batch.transactions))][-1]
    done = state.transaction(batch.author, last.envelope.seq)
    return done is not None and done.hash == last.hash


def _run(
    context: Context, batch: Batch, skipped: int, number: int, executed: list[Executed]
) -> None:
    state = context.state
    for transaction in batch.transactions[skipped:]:
        envelope = transaction.envelope
        verdict, postings = apply(context, transaction, ends_batch=transaction is batch.last)
        author = state.get(Author, (batch.author,))
        body = transaction.body if isinstance(transaction.body, Body) else None
        done = Done(
            body=body,
            hash=transaction.hash,
            verdict=verdict,
            postings=postings,
            height=context.height,
            seen=envelope.seen,
            place=author.place if author else "",
        )
        state.finished(batch.author, envelope.seq, done)
        executed.append(Executed(transaction, number, done, leaf(transaction, verdict)))
    if skipped < len(batch.transactions):
        state.put((batch.author,), Head(batch.last.hash, batch.last.envelope.seq))


def _quarantine(state: State, author: AuthorId) -> None:
    record = state.get(Author, (author,))
    if record is not None:
        state.put((author,), replace(record, status="quarantined"))


def leaf(transaction: Transaction, verdict: Verdict) -> bytes:
    """Give the log's leaf of a transaction."""
    envelope = transaction.envelope
    return write_leaf(envelope.author, envelope.seq, transaction.hash, verdict)


_SEPARATOR: Final = b"\n"


def effects_hash(leaves: Sequence[bytes], changes: Sequence[tuple[str, Key, Record]]) -> Hash:
    """Commit to the verdicts in order and to every changed record, sorted by bytes."""
    lines = sorted(map(encode, changes))
    return Hash(sha256(_SEPARATOR.join((*leaves, b"", *lines))).hexdigest())
