"""The solo engine: one authority; the writer seals each block with this node's key (DESIGN §5).

Guarantees that an answer is given only after its block is durable.  Signatures are checked in the
callers' threads, everything else in the writer's.  Fails with EngineStoppedError when the database
cannot write; then nothing was acknowledged and the same call may be made again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from server.engine.own import Signer
from server.engine.port import EngineStoppedError, NotProposed, Placed, Stored, Unplaced
from server.engine.sealer import (
    Arrival,
    Behind,
    Proposal,
    Resumption,
    Sealer,
    Sighting,
    Standing,
    read_standing,
)
from server.ledger.chain import Tip
from server.ledger.records import Author
from server.store.database import Database
from server.store.details import rows_of
from server.store.view import StoreView
from server.store.writer import StoreError
from shared.bodies import Body
from shared.codec import prepare
from shared.detail import Detail
from shared.errors import Code
from shared.host.clock import Clock
from shared.ids import AuthorId, BootId
from shared.transaction import Batch, signed_by


class Solo:
    """The `Engine` port over one database."""

    def __init__(self, database: Database, *, seed: bytes, boot: BootId, clock: Clock) -> None:
        """`seed` is the node's key; `boot` 64 random bits of this start.

        Raises ValueError when the database holds no chain.
        """
        prepare()
        self._database = database
        self._signer = Signer(seed, boot, clock)
        self._author = self._signer.author
        self._sealer = Sealer(self._signer)
        self._keys: dict[AuthorId, bytes] = {}
        standing = self._standing()
        if standing.tip.height < 0:
            raise ValueError("there is no chain in this database yet")
        self._chain = standing.tip.chain
        if not standing.behind:
            self.resume()

    @property
    def author(self) -> AuthorId:
        """The node's own author id."""
        return self._author

    @property
    def tip(self) -> Tip:
        """The end of the chain, as last committed."""
        return self._standing().tip

    @property
    def sealing(self) -> bool:
        """Whether blocks are made: not while somebody knows blocks that are missing here."""
        return not self._standing().behind

    def submit(self, batch: Batch, details: Sequence[Detail] = ()) -> Stored | Unplaced:
        """Take another author's batch (framing and links are checked already)."""
        if batch.chain != self._chain:
            return Unplaced(Code.OTHER_CHAIN)
        key = self._key(batch.author)
        if key is None:
            return Unplaced(Code.UNKNOWN_AUTHOR)
        if not signed_by(batch, key):
            return Unplaced(Code.BAD_SIGNATURE)
        answer = self._ask(Arrival(batch, tuple(rows_of(batch, details))))
        return cast("Stored | Unplaced", answer)

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        """Sign and execute this node's own transactions, in one block.

        With `atomic` either none is rejected or nothing happens at all.  Raises EngineStoppedError
        also while blocks are missing here.
        """
        answer = self._ask(Proposal(tuple(bodies), atomic))
        if isinstance(answer, Behind):
            raise EngineStoppedError("blocks are missing here")
        return cast("tuple[Placed, ...] | NotProposed", answer)

    def saw_height(self, height: int) -> None:
        """Tell that somebody knows a block of this height: above ours, sealing stops.

        It stays stopped, over restarts, until `resume` or until those blocks are here.
        """
        standing = self._standing()
        if height > max(standing.tip.height, standing.known):
            self._ask(Sighting(height))

    def resume(self) -> None:
        """Make blocks again, first of what waited meanwhile."""
        self._ask(Resumption())

    # ---------- inside ----------

    def _ask(self, item: Any) -> Any:
        with _or_stopped():
            return self._database.writer.submit(self._sealer, item)

    def _standing(self) -> Standing:
        standing = self._sealer.standing
        if standing is None:
            with _or_stopped(), self._database.read() as connection:
                standing = read_standing(connection)
        return standing

    def _key(self, author: AuthorId) -> bytes | None:
        """Give an author's key.  Keys cannot change in protocol 1, so a known one is kept."""
        key = self._keys.get(author)
        if key is None:
            with _or_stopped(), self._database.read() as connection:
                record = StoreView(connection).get(Author, (author,))
            if record is not None:
                key = self._keys[author] = bytes.fromhex(record.key)
        return key


@contextmanager
def _or_stopped() -> Iterator[None]:
    """Say in the engine's words that the database is lost."""
    try:
        yield
    except StoreError as error:
        raise EngineStoppedError(str(error)) from error
