"""The rule of `fork.adopt`: the branch of a forked terminal that the chain does not have (§4).

A till whose disk was put back went on from an old state: the chain knows one branch and refuses
the other.  Its place's node has that one booked here, each transaction once, by the ordinary rules:
what was sold is paid.  The verdicts are kept in `Adopted`, the postings and records are those of
the `fork.adopt` itself.

The branch sees the chain as its till did: as if it were active, its place had not left, and nothing
of its own had come after the point where it branches off.  What it did cannot be refunded by number
later, for that number names the other branch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

from msgspec.structs import replace

from server.ledger.effect import Context, Effect, Outcome, Signed, winds_down
from server.ledger.records import (
    TABLES,
    Adopted,
    Asset,
    Author,
    Balance,
    Key,
    Place,
    Posting,
    Record,
    Refunded,
    Settled,
)
from server.ledger.state import Done, State
from shared.bodies import AnySale, Body, CashReload, ForkAdopt, Refund, Role, SaleVoid
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH, AssetId, AuthorId, ChainId, PlaceId
from shared.signing import from_text
from shared.transaction import Batch, Transaction, open_payload, parse_batch, signed_by, write_batch
from shared.verdict import Verdict, rejected

R = TypeVar("R", bound=Record)
Apply = Callable[[Context, Transaction], tuple[Verdict, tuple[Posting, ...]]]
ADOPTED = AnySale | SaleVoid | Refund | CashReload
"""What a branch can hold that is booked: the rest of it is rejected."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The chain as a branch sees it: a `View` that hides what came after it."""

    state: State
    author: Author
    name: AuthorId
    since: int

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        found = self.state.get(record, key)
        if record is Author and key == (self.name,):
            return cast("R", replace(self.author, status="active"))
        if isinstance(found, Place) and key == (self.author.place,):
            return replace(found, left=False)
        return None if self._is_of_the_other(record, key) else found

    def transaction(self, author: AuthorId, seq: int) -> Done | None:
        """Give a transaction that has a verdict."""
        if author == self.name and seq >= self.since:
            return None
        return self.state.transaction(author, seq)

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""
        return self.state.assets()

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""
        return self.state.places()

    def rows(self, record: type[R], front: Key = ()) -> dict[Key, R]:
        """Give all records of a table whose keys begin so."""
        return self.state.rows(record, front)

    def outlive(self, scratch: State) -> Iterator[tuple[Key, Record]]:
        """Give the records that stay; balances follow from the postings."""
        for table, key, value in scratch.changes():
            record = TABLES[table][0]
            if record is not Balance and not self._is_of_the_other(record, key):
                yield key, value

    def _is_of_the_other(self, record: type[Record], key: Key) -> bool:
        """Tell whether a record is about numbers that the two branches both have."""
        return record in {Refunded, Settled} and key[0] == self.name and int(key[1]) >= self.since


def fork_adopt(context: Context, signed: Signed, body: ForkAdopt, apply: Apply) -> Outcome:
    """Book the other branch of a forked terminal; `apply` executes one transaction."""
    author = context.state.get(Author, (body.author,))
    if author is None or author.role is not Role.TERMINAL:
        return Code.UNKNOWN_TERMINAL
    if code := winds_down(context, signed, PlaceId(author.place)):
        return code
    if author.status != "quarantined" and not author.forked:
        return Code.NOT_A_FORK
    batch = _read(body, signed.transaction.envelope.chain)
    if isinstance(batch, Code):
        return batch
    if not signed_by(batch, bytes.fromhex(author.key)):
        return Code.BAD_PROOF
    since = _branches_off(context.state, batch)
    if isinstance(since, Code):
        return since
    return _book(context, signed, batch, Branch(context.state, author, body.author, since), apply)


def _read(body: ForkAdopt, chain: ChainId) -> Batch | Code:
    """Read a branch as the batch it was; a code when it never was one of that author."""
    payloads = [payload.encode() for payload in body.payloads]
    try:
        first = open_payload(payloads[0]).envelope.seq
        framed = write_batch(chain, body.author, first, payloads, from_text(body.signature))
        return parse_batch(framed)
    except Refused as refused:
        return refused.code


def _branches_off(state: State, batch: Batch) -> int | Code:
    """Give the number with which a branch leaves the chain; a code when it cannot be booked."""
    start, before = batch.transactions[0], batch.first - 1
    known = state.transaction(batch.author, batch.first)
    if known is not None and known.hash == start.hash:
        return Code.NOT_A_FORK  # the chain's own branch
    for item in batch.transactions:
        if state.get(Adopted, (batch.author, item.envelope.seq, item.hash)):
            return Code.ALREADY_EXISTS
    last = state.transaction(batch.author, before)
    if start.envelope.prev == (last.hash if last else ZERO_HASH if before == 0 else None):
        return batch.first
    earlier = state.get(Adopted, (batch.author, before, start.envelope.prev))
    return earlier.since if earlier else Code.NOT_A_FORK


def _book(context: Context, signed: Signed, batch: Batch, branch: Branch, apply: Apply) -> Effect:
    """Execute a branch on a state of its own, and hand over what it did there."""
    scratch = Context(State(branch), context.height, context.time, context.sealer)
    postings: list[Posting] = []
    records: list[tuple[Key, Record]] = []
    for item in batch.transactions:
        done = _execute(scratch, item, branch.author.place, apply)
        scratch.state.finished(batch.author, item.envelope.seq, done)
        postings += done.postings
        adopted = Adopted(branch.since, signed.transaction.hash, str(done.verdict))
        records.append(((batch.author, item.envelope.seq, item.hash), adopted))
    records += branch.outlive(scratch.state)
    return Effect(tuple(postings), tuple(records))


def _execute(scratch: Context, item: Transaction, place: str, apply: Apply) -> Done:
    verdict, postings = (
        apply(scratch, item)
        if isinstance(item.body, ADOPTED | Code)
        else (rejected(Code.NOT_AUTHORISED), ())
    )
    return Done(
        body=item.body if isinstance(item.body, Body) else None,
        hash=item.hash,
        verdict=verdict,
        postings=postings,
        height=scratch.height,
        seen=item.envelope.seen,
        place=place,
    )
