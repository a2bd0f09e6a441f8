"""`POST /api/v1/batches`: a run of transactions comes in (PROTOCOL §4).

Framing, form and links are checked here, author, signature and position by the engine.  What cannot
be taken goes to the dead letters, a few for each source; nothing of a detail ever changes a
verdict. The same bytes again give the same answer and no second effect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from server.api.cursor import Cursor
from server.api.limits import Wait
from server.api.port import Chain, Identity, Notes
from server.api.problem import problem
from server.api.route import Answer, Call
from server.engine.port import Engine, EngineStoppedError, Placed, Stored, Unplaced
from server.ledger.records import Author, Place
from shared.bodies import AnySale, CashReload, Refund, SplitSale
from shared.detail import Detail, adds_up, detail_hash
from shared.errors import Code, Refused
from shared.ids import AuthorId, Hash
from shared.transaction import Batch, Transaction, parse_batch, signed_by
from shared.wire import BatchAnswer, Head, VerdictLine, split_upload

MISSING: Final = "detail_missing"
WRONG: Final = "detail_wrong"
WITH_DETAIL: Final = AnySale | Refund | CashReload
FRAMING: Final = frozenset({Code.OTHER_CHAIN, Code.UNKNOWN_AUTHOR, Code.BAD_SIGNATURE})
"""What the engine refuses before it looks at the position: dead letters, as framing errors are."""


@dataclass(slots=True, kw_only=True)
class Batches:
    """The handler.  `wait_to_bury` bounds the dead letters of a source."""

    identity: Identity
    chain: Chain
    notes: Notes
    engine: Engine
    wait_to_bury: Wait
    _height: int = 0
    _ours: dict[AuthorId, bool] = field(default_factory=dict)

    def __call__(self, call: Call) -> Answer:
        """Take a batch."""
        try:
            raw, details = split_upload(call.body)
            batch = parse_batch(raw)
        except Refused as refused:
            self._bury(call, refused.code, refused.hint)
            raise
        named = self._details_of(batch, details)
        try:
            self._look_at_seen(batch)
            outcome = self.engine.submit(batch, tuple(named.values()))
        except EngineStoppedError:
            raise Refused(Code.NODE_BUSY) from None
        if isinstance(outcome, Unplaced):
            if outcome.code in FRAMING:
                self._bury(call, outcome.code, "")
            return problem(outcome.code, call.language, expected=outcome.expected)
        self._look_at_details(batch, named)
        return _answer(outcome)

    def _bury(self, call: Call, code: Code, hint: str) -> None:
        if not self.wait_to_bury(call.address):
            self.notes.bury(call.address, code, hint, call.body)

    def _look_at_seen(self, batch: Batch) -> None:
        """Stop sealing before a batch from a time that this node has lost is sealed.

        Its signature is checked first: else anybody could stop a node.  So could a stolen till,
        which is why nobody believes what a revoked or quarantined one has seen.
        """
        seen = max(transaction.envelope.seen for transaction in batch.transactions)
        if seen <= self._height:
            return
        with self.chain.snapshot() as now:
            self._height = now.tip().height
            author = now.get(Author, (batch.author,))
        if seen <= self._height or author is None or author.status != "active":
            return
        if signed_by(batch, bytes.fromhex(author.key)):
            self.engine.saw_height(seen, batch.author)

    # ---------- details ----------

    def _details_of(self, batch: Batch, details: Iterable[Detail]) -> dict[Hash, Detail]:
        """Give the details that the batch names, when they are for this node."""
        wanted = _wanted(batch.transactions)
        named = {name: detail for detail in details if (name := detail_hash(detail)) in wanted}
        return named if named and self._serves(batch.author) else {}

    def _serves(self, author: AuthorId) -> bool:
        ours = self._ours.get(author)
        if ours is None:
            with self.chain.snapshot() as now:
                record = now.get(Author, (author,))
                place = now.get(Place, (record.place,)) if record else None
            ours = place is not None and place.node == self.identity.node
            if record is not None:
                self._ours[author] = ours
        return ours

    def _look_at_details(self, batch: Batch, details: Mapping[Hash, Detail]) -> None:
        """Flag sales without a detail, and details that do not say what was charged."""
        wanted = _wanted(batch.transactions)
        missing = {wanted[name].envelope.seq for name in wanted.keys() - details.keys()}
        if missing and self._serves(batch.author):
            missing -= self.notes.known_details(batch.author, sorted(missing))
            self._flag(MISSING, batch.author, missing)
        wrong = [
            wanted[name].envelope.seq
            for name, detail in details.items()
            if not adds_up(detail) or detail.total != _amount(wanted[name])
        ]
        self._flag(WRONG, batch.author, wrong)

    def _flag(self, kind: str, author: AuthorId, found: Iterable[int]) -> None:
        numbers = sorted(found)
        if numbers:
            self.notes.flag(kind, author, ", ".join(map(str, numbers[:20])))


def _wanted(transactions: Iterable[Transaction]) -> dict[Hash, Transaction]:
    return {
        transaction.body.detail: transaction
        for transaction in transactions
        if isinstance(transaction.body, WITH_DETAIL)
    }


def _amount(transaction: Transaction) -> int:
    body = transaction.body
    if isinstance(body, SplitSale):
        return body.total + sum(part.amount for part in body.inside)
    if isinstance(body, AnySale):
        return int(body.total)
    return int(body.amount) if isinstance(body, Refund | CashReload) else 0


def _answer(stored: Stored) -> BatchAnswer:
    """Write the answer; its cursor only tells that there are deltas up to this height."""
    height = max((placed.height for placed in stored.placed), default=-1)
    return BatchAnswer(
        cursor=str(Cursor(height=height)),
        provisional=stored.provisional,
        stored=Head(hash=stored.head, seq=stored.seq),
        verdicts=tuple(map(_line, stored.placed)),
    )


def _line(placed: Placed) -> VerdictLine:
    return VerdictLine(
        height=placed.height, index=placed.index, seq=placed.seq, verdict=str(placed.verdict)
    )
