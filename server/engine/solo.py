"""The solo engine: one authority; the writer seals each block with this node's key (DESIGN §5).

Guarantees that an answer is given only after its block is durable.  Signatures are checked in the
callers' threads, everything else in the writer's.  Fails with EngineStoppedError when the database
cannot write; then nothing was acknowledged and the same call may be made again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection

from server.engine.items import Arrival, Behind, Proposal, Resumption, Rotation, Sighting
from server.engine.own import Signer
from server.engine.port import (
    EngineStoppedError,
    Missing,
    NotProposed,
    Placed,
    Stored,
    Unplaced,
)
from server.engine.sealer import Sealer
from server.engine.standing import Standing, read_standing
from server.ledger.chain import Tip
from server.ledger.records import Author
from server.store.database import Database
from server.store.details import rows_of
from server.store.readers import founder
from server.store.rebuild import rebuild
from server.store.rotations import rotations_after
from server.store.view import StoreView
from server.store.writer import StoreError
from shared.block import read_header
from shared.bodies import Body, Role
from shared.codec import prepare
from shared.detail import Detail
from shared.errors import Code, Refused
from shared.host.clock import Clock
from shared.ids import AuthorId, BootId, PublicKey
from shared.proofs import open_sealed
from shared.signing import public_key
from shared.transaction import Batch, signed_by
from shared.wire import SealedHeader


class Solo:
    """The `Engine` port over one database."""

    def __init__(
        self,
        database: Database,
        *,
        seed: bytes,
        boot: BootId,
        clock: Clock,
        spare: Sequence[bytes] = (),
    ) -> None:
        """`seed` is the node's key; `boot` 64 random bits of this start.

        `spare` are seeds that the chain may say are the key instead: a rotation may have been cut
        off between the chain and the key file.  Raises ValueError when the database holds no chain,
        or when none of these keys is that of the node that founded it.
        """
        prepare()
        self._database = database
        with _or_stopped(), database.read() as connection:
            signer = _signer(StoreView(connection), (seed, *spare), boot, clock)
            if founder(connection) not in {None, signer.author}:
                raise ValueError("this chain is another node's: only its founder makes blocks")
        self._author = signer.author
        self._spare = (seed, *spare)
        self._sealer = Sealer(signer, self._spare)
        self._keys: dict[AuthorId, str] = {}
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
    def seed(self) -> bytes:
        """The node's key as the chain has it: what seals, and signs checkpoints (32 bytes)."""
        return self._sealer.signer.seed

    @property
    def key(self) -> str:
        """The public key to `seed` (hex)."""
        return self._sealer.signer.key

    @property
    def tip(self) -> Tip:
        """The end of the chain, as last committed."""
        return self._standing().tip

    @property
    def sealing(self) -> bool:
        """Whether blocks are made: not while blocks are missing, nor after a handover."""
        return not self._standing().stopped

    @property
    def missing(self) -> Missing | None:
        """The highest block that is missing here and who has spoken of it; None: nothing is."""
        standing = self._standing()
        if not standing.behind:
            return None
        return Missing(standing.known, standing.by, standing.sealed_ms)

    @property
    def handed_over(self) -> bool:
        """Whether another engine orders the blocks from now on."""
        return self._standing().handed_over

    def submit(self, batch: Batch, details: Sequence[Detail] = ()) -> Stored | Unplaced:
        """Take another author's batch (framing and links are checked already)."""
        if batch.chain != self._chain:
            return Unplaced(Code.OTHER_CHAIN)
        if code := self._unsigned(batch):
            return Unplaced(code)
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
        return self._final(answer)

    def rotate(self, seed: bytes) -> tuple[Placed, ...] | NotProposed:
        """Go on with another key (32-byte seed), which is durable somewhere already.

        The old one seals the block that says so.  Raises EngineStoppedError as `propose` does.
        """
        return self._final(self._ask(Rotation(seed)))

    def saw_height(self, height: int, by: str = "") -> None:
        """Tell that somebody knows a block of this height: above ours, sealing stops.

        It stays stopped, over restarts, until `resume` or until those blocks are here.
        """
        standing = self._standing()
        if height > max(standing.tip.height, standing.known):
            self._ask(Sighting(height, by))

    def saw_header(self, sealed: SealedHeader, by: str = "") -> None:
        """Tell which header somebody shows: above ours it stops the sealing.

        If this node has sealed it, that proves a loss, whatever the chain has named.
        """
        header, standing = read_header(sealed.header.encode()), self._standing()
        if header.height <= standing.tip.height:
            return
        proven = any(self._has_sealed(sealed, key) for key in self._unspent_keys())
        seen = Sighting(header.height, by, header.time if proven else None)
        if standing.after(seen, lost=-1) != standing:
            self._ask(seen)

    def resume(self, *, lies: bool = False) -> None:
        """Make blocks again, first of what waited meanwhile.

        If blocks were missing, the first says which are lost; or, if the till that spoke of them
        `lies`, that it may sign no longer.
        """
        self._ask(Resumption(lies))

    def rebuild(self, told: Callable[[int, int], None]) -> Tip:
        """Make the index anew from the blocks; nothing is sealed meanwhile.

        Raises StoreError or ValueError; then it is as it was.
        """

        def again(connection: Connection) -> Tip:
            tip = rebuild(connection, told)
            self._sealer.lost()  # what it remembers may come from an index that was wrong
            return tip

        return self._database.run(again)

    # ---------- inside ----------

    def _has_sealed(self, sealed: SealedHeader, key: PublicKey) -> bool:
        try:
            open_sealed(sealed, chain=self._chain, author=self._author, key=key)
        except Refused:
            return False
        return True

    def _unspent_keys(self) -> list[PublicKey]:
        """Give this node's key, and those it has that the chain does not know (yet, or any more).

        Never one that the chain says was given up: it may be in other hands.
        """
        with _or_stopped(), self._database.read() as connection:
            return [
                key
                for key in map(_public, (self.seed, *self._spare))
                if not rotations_after(connection, self._author, key, 1)
            ]

    def _final(self, answer: Any) -> tuple[Placed, ...] | NotProposed:
        if isinstance(answer, Behind):
            over = "the chain was handed over to another engine"
            raise EngineStoppedError(over if self.handed_over else "blocks are missing here")
        return cast("tuple[Placed, ...] | NotProposed", answer)

    def _ask(self, item: Any) -> Any:
        with _or_stopped():
            return self._database.writer.submit(self._sealer, item)

    def _standing(self) -> Standing:
        standing = self._sealer.standing
        if standing is None:
            with _or_stopped(), self._database.read() as connection:
                standing = read_standing(connection)
        return standing

    def _unsigned(self, batch: Batch) -> Code | None:
        """Say what is wrong with who has signed a batch; None when it was its author.

        Keys change (`key.rotate`): one that does not fit is read again, and the executor checks
        once more under the key that the author has by then.  A batch that is known to its end was
        good under the key of its time: it has no second effect.
        """
        author = batch.author
        kept = self._keys.get(author)
        if kept and signed_by(batch, bytes.fromhex(kept)):
            return None
        key = self._read_key(author)
        if key is None:
            return Code.UNKNOWN_AUTHOR
        if key != kept and signed_by(batch, bytes.fromhex(key)):
            return None
        with _or_stopped(), self._database.read() as connection:
            known = StoreView(connection).transaction(author, batch.last.envelope.seq)
        return None if known and known.hash == batch.last.hash else Code.BAD_SIGNATURE

    def _read_key(self, author: AuthorId) -> str | None:
        with _or_stopped(), self._database.read() as connection:
            record = StoreView(connection).get(Author, (author,))
        if record is None:
            return None
        self._keys[author] = record.key
        return record.key


def _signer(view: StoreView, seeds: Sequence[bytes], boot: BootId, clock: Clock) -> Signer:
    """Give the signer with the seed that the chain says is a node's key.

    With no chain yet it is the first.  Raises ValueError when the chain knows no such node.
    """
    for seed in seeds:
        first = Signer(seed, boot, clock)
        record = view.get(Author, (first.author,))
        if record is not None and record.key == first.key:
            return first
    authors = view.rows(Author)
    for key, record in authors.items():
        for seed in seeds:
            if record.role is Role.NODE and record.key == public_key(seed).hex():
                return Signer(seed, boot, clock, AuthorId(str(key[0])))
    if authors:
        raise ValueError("no node of this chain has the key that is here")
    return Signer(seeds[0], boot, clock)


def _public(seed: bytes) -> PublicKey:
    return PublicKey(public_key(seed).hex())


@contextmanager
def _or_stopped() -> Iterator[None]:
    """Say in the engine's words that the database is lost."""
    try:
        yield
    except StoreError as error:
        raise EngineStoppedError(str(error)) from error
