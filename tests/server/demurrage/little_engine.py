"""The engine port over the real executor and dictionaries: one node, one block a proposal."""

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TypeVar, cast

from server.engine.port import NotProposed, Placed, Stored, Unplaced
from server.ledger.chain import NOTHING, Built, Tip, build
from server.ledger.memory import Memory
from server.ledger.records import Head, Key, Record
from shared.bodies import Body, Genesis, Sale
from shared.detail import Detail
from shared.errors import Code
from shared.ids import ZERO_HASH, AuthorId, BootId, PublicKey, author_id
from shared.signing import Purpose, public_key, sign
from shared.transaction import Batch, parse_batch, payload_hash, write_batch, write_payload
from shared.verdict import Status
from shared.wire import SealedHeader

R = TypeVar("R", bound=Record)
SEED = b"\x01" * 32
TILL_SEED = b"\x02" * 32


class LittleEngine:
    """Executes at once; `Rows` and `Records` too."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lock = Lock()
        self.view = Memory()
        self.tip: Tip = NOTHING
        self.blocks = 0
        self.propose([Genesis(founder=PublicKey(public_key(SEED).hex()), name="node")])

    @property
    def author(self) -> AuthorId:
        return author_id(public_key(SEED))

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        with self._lock:
            batch = self.batch(SEED, bodies)
            built = build(self.view, self.tip, [batch], author=self.author, time=self._now_ms())
            verdicts = [item.verdict for item in built.result.executed]
            for position, verdict in enumerate(verdicts):
                if atomic and verdict.status is Status.REJECTED:
                    return NotProposed(position, cast("Code", verdict.code))
            self._take(built)
            return tuple(
                Placed(
                    item.transaction.envelope.seq,
                    item.transaction.hash,
                    built.header.height,
                    index,
                    item.verdict,
                )
                for index, item in enumerate(built.result.executed)
            )

    def submit(self, batch: Batch, details: Sequence[Detail] = ()) -> Stored | Unplaced:
        with self._lock:
            built = build(self.view, self.tip, [batch], author=self.author, time=self._now_ms())
            self._take(built)
            executed = built.result.executed
            return Stored(
                executed[-1].transaction.envelope.seq,
                executed[-1].transaction.hash,
                tuple(
                    Placed(
                        item.transaction.envelope.seq,
                        item.transaction.hash,
                        built.header.height,
                        index,
                        item.verdict,
                    )
                    for index, item in enumerate(executed)
                ),
            )

    def saw_height(self, height: int, by: str = "") -> None:
        raise AssertionError("nobody told us a height")

    def saw_header(self, sealed: SealedHeader, by: str = "") -> None:
        raise AssertionError("nobody showed us a header")

    def _take(self, built: Built) -> None:
        self.view.take(built.result)
        self.tip = built.tip
        self.blocks += 1

    def batch(self, seed: bytes, bodies: Sequence[Body], seen: int | None = None) -> Batch:
        """Sign bodies as the next transactions of an author."""
        author = author_id(public_key(seed))
        head = self.view.get(Head, (author,)) or Head(ZERO_HASH, 0)
        prev, payloads = head.hash, []
        for seq, body in enumerate(bodies, head.seq + 1):
            raw = write_payload(
                chain=self.tip.chain,
                author=author,
                seq=seq,
                prev=prev,
                body=body,
                at=self._now_ms(),
                boot=BootId("0" * 16),
                mono=0,
                seen=max(0, self.tip.height) if seen is None else seen,
            )
            payloads.append(raw)
            prev = payload_hash(raw)
        signature = sign(seed, Purpose.TRANSACTION, payloads[-1])
        return parse_batch(write_batch(self.tip.chain, author, head.seq + 1, payloads, signature))

    # Records and Rows.

    def get(self, record: type[R], key: Key) -> R | None:
        return self.view.get(record, key)

    def rows(self, record: type[R]) -> Iterable[tuple[Key, R]]:
        return [(key, cast("R", row)) for key, row in self.view.records[record].items()]

    def late_sales(self, above: int, unseen: int) -> Iterable[tuple[AuthorId, int]]:
        return [
            (author, seq)
            for author, seq, done in self.view.past
            if isinstance(done.body, Sale) and done.height > above and done.seen < unseen
        ]
