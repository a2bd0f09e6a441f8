"""What anybody may have proven: checkpoint, inclusion, consistency, receipts (PROTOCOL §5).

Unsigned reads, so many a minute for each address (`wait`).  A transaction is asked for by its
number *and* its hash: whoever holds the payload knows the hash, nobody can guess it, so that the
history of a card cannot be walked through.  Each answer is of one snapshot.  What is not written as
it should be is `bad_request`; what is not in the log, or not yet at the size that was asked for, is
`not_found`.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from server.api.asked import number
from server.api.limits import Wait
from server.api.route import Call
from server.store.proofs import Entry
from shared.checkpoint import Checkpoint, write_checkpoint
from shared.errors import Code, Refused
from shared.ids import AuthorId, Hash
from shared.merkle_proof import consistency_proof, inclusion_proof
from shared.receipt import VERSION
from shared.wire import ConsistencyAnswer, InclusionAnswer, Receipt

_AUTHOR: Final = re.compile("[0-9a-f]{32}")
_HASH: Final = re.compile("[0-9a-f]{64}")


class Log(Protocol):
    """The log at one moment."""

    def size(self) -> int:
        """Give how many leaves there are."""

    def entry(self, author: AuthorId, seq: int) -> Entry | None:
        """Give a transaction that has a verdict, with the number of its leaf."""

    def subtree(self, level: int, position: int) -> bytes:
        """Give the hash of a full subtree."""

    def root(self, size: int) -> bytes:
        """Give the root that the log had at a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The handlers.  `sign` makes a note of a text with the node's key."""

    open_log: Callable[[], AbstractContextManager[Log]]
    origin: str
    sign: Callable[[str], str]
    wait: Wait

    def checkpoint(self, call: Call) -> str:
        """Give the newest checkpoint."""
        self._take_turn(call)
        with self.open_log() as log:
            return self._checkpoint(log, log.size())

    def inclusion(self, call: Call) -> InclusionAnswer:
        """Prove that a transaction is among the first leaves; by default among all."""
        self._take_turn(call)
        with self.open_log() as log:
            found = _entry(log, call)
            size = _size(log, call, "size")
            if found.place >= size:
                raise Refused(Code.NOT_FOUND, "not at that size")
            proof = inclusion_proof(log.subtree, found.place, size)
            root = Hash(log.root(size).hex())
        return InclusionAnswer(index=found.place, proof=_hex(proof), root=root, size=size)

    def consistency(self, call: Call) -> ConsistencyAnswer:
        """Prove that the log at one size begins the log at a later one; by default at the last."""
        self._take_turn(call)
        with self.open_log() as log:
            old, new = number(call, "from"), _size(log, call, "to")
            if old > new:
                raise Refused(Code.NOT_FOUND, "from is after to")
            return ConsistencyAnswer(
                new=new,
                new_root=Hash(log.root(new).hex()),
                old=old,
                old_root=Hash(log.root(old).hex()),
                proof=_hex(consistency_proof(log.subtree, old, new)),
            )

    def receipt(self, call: Call) -> Receipt:
        """Give a transaction's receipt, under the newest checkpoint."""
        self._take_turn(call)
        with self.open_log() as log:
            found, size = _entry(log, call), log.size()
            return Receipt(
                checkpoint=self._checkpoint(log, size),
                index=found.place,
                payload=found.transaction.raw.decode(),
                proof=_hex(inclusion_proof(log.subtree, found.place, size)),
                v=VERSION,
                verdict=str(found.verdict),
            )

    def _take_turn(self, call: Call) -> None:
        if self.wait(call.address):
            raise Refused(Code.TOO_MANY_ATTEMPTS)

    def _checkpoint(self, log: Log, size: int) -> str:
        return self.sign(write_checkpoint(Checkpoint(self.origin, size, log.root(size))))


def _entry(log: Log, call: Call) -> Entry:
    author, seq = call.arguments.get("author", ""), number(call, "seq")
    name = call.arguments.get("hash", "")
    if not _AUTHOR.fullmatch(author) or not seq or not _HASH.fullmatch(name):
        raise Refused(Code.BAD_REQUEST, "author, seq or hash")
    found = log.entry(AuthorId(author), seq)
    if found is None or found.transaction.hash != name:
        raise Refused(Code.NOT_FOUND, "no such transaction")
    return found


def _size(log: Log, call: Call, name: str) -> int:
    size = log.size()
    wanted = number(call, name) if name in call.arguments else size
    if wanted > size:
        raise Refused(Code.NOT_FOUND, "the log is shorter")
    return wanted


def _hex(proof: list[bytes]) -> tuple[Hash, ...]:
    return tuple(Hash(part.hex()) for part in proof)
