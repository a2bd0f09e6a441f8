"""The node as an author: its key, and how its own transactions become batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.engine.port import NotProposed
from server.ledger.records import Head
from shared.bodies import Body
from shared.errors import Code, Refused
from shared.host.clock import Clock
from shared.ids import AuthorId, BootId, ChainId, author_id
from shared.signing import Purpose, public_key, sign
from shared.transaction import (
    MAX_BATCH_BYTES,
    MAX_TRANSACTIONS,
    Batch,
    parse_batch,
    payload_hash,
    write_batch,
    write_payload,
)

_HEADER_BYTES = 256


@dataclass(frozen=True, slots=True)
class Signer:
    """A node's key (32-byte seed) and what its payloads say of this start of the process.

    `name` is the node's author id when its key is no longer its first.
    """

    seed: bytes
    boot: BootId
    clock: Clock
    name: AuthorId | None = None

    @property
    def author(self) -> AuthorId:
        """The node's author id."""
        return self.name or author_id(public_key(self.seed))

    @property
    def key(self) -> str:
        """The public key that it signs for now (hex)."""
        return public_key(self.seed).hex()

    def with_seed(self, seed: bytes) -> "Signer":
        """Give the same author under another key."""
        return replace(self, seed=seed, name=self.author)

    def seal(self, header: bytes) -> bytes:
        """Sign a block's header."""
        return sign(self.seed, Purpose.BLOCK, header)

    def batches(
        self, bodies: Sequence[Body], *, chain: ChainId, head: Head, seen: int
    ) -> list[Batch] | NotProposed:
        """Write linked payloads after `head` and frame them, as few batches as the limits allow."""
        author, at, mono = self.author, self.clock.now_ms(), self.clock.mono_ms()
        payloads: list[bytes] = []
        prev = head.hash
        for position, body in enumerate(bodies):
            try:
                raw = write_payload(
                    chain=chain,
                    author=author,
                    seq=head.seq + 1 + position,
                    prev=prev,
                    body=body,
                    at=at,
                    boot=self.boot,
                    mono=mono,
                    seen=max(seen, 0),
                )
            except Refused as refused:
                return NotProposed(position, refused.code)
            if len(raw) + _HEADER_BYTES > MAX_BATCH_BYTES:
                return NotProposed(position, Code.TOO_LARGE)
            payloads.append(raw)
            prev = payload_hash(raw)
        batches: list[Batch] = []
        first = head.seq + 1
        for run in _runs(payloads):
            signature = sign(self.seed, Purpose.TRANSACTION, run[-1])
            batches.append(parse_batch(write_batch(chain, author, first, run, signature)))
            first += len(run)
        return batches


def _runs(payloads: Sequence[bytes]) -> list[list[bytes]]:
    """Part payloads into runs that fit a batch each."""
    runs: list[list[bytes]] = []
    size = 0
    for raw in payloads:
        size += len(raw) + 1
        if not runs or len(runs[-1]) == MAX_TRANSACTIONS or size > MAX_BATCH_BYTES:
            runs.append([])
            size = _HEADER_BYTES + len(raw) + 1
        runs[-1].append(raw)
    return runs
