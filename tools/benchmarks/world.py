"""A node to measure: one place, one federated asset, cards with money, terminals that sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from server.engine.genesis import found
from server.engine.port import Stored
from server.engine.solo import Solo
from server.store.database import Database, open_database
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardRegister,
    PlaceCreate,
    Reload,
    Sale,
    TerminalEnrol,
)
from shared.detail import Detail, Line
from shared.host.clock import SystemClock
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    BootId,
    CardRef,
    ChainId,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
    author_id,
)
from shared.signing import Purpose, public_key, sign
from shared.transaction import parse_batch, payload_hash, write_batch, write_payload

NODE_SEED: Final = b"n" * 32
BOOT: Final = BootId("0b" * 8)
BAR: Final = PlaceId("bar")
FED: Final = AssetId("FED")
RICH: Final = Amount(10**12)
PRICE: Final = Amount(5)


def card(number: int) -> CardRef:
    """Give the reference of the world's card with a number."""
    return CardRef(f"{number:032x}")


def bought(number: int) -> Detail:
    """Give what the sale with a number was made of."""
    line = Line("beer", "Bière pression 25 cl", 1, PRICE, 2000)
    return Detail((line,), "maia", f"{number:032x}", PRICE)


def found_node(
    database: Database, terminals: int, cards: int, *, node: bytes = NODE_SEED
) -> ChainId:
    """Make a chain with a place, FED, terminals and rich cards; `node` is the founder's seed."""
    bodies: list[Body] = [
        PlaceCreate("Le Bar", BAR),
        AssetCreate(
            asset=FED,
            asset_class=AssetClass.FEDERATED,
            issuer=BAR,
            name="Euro",
            peg="EUR",
            priority=50,
            scale=2,
            symbol="€",
        ),
    ]
    bodies += [
        TerminalEnrol(
            box=PublicKey("00" * 32),
            key=PublicKey(public_key(seed(n)).hex()),
            label=f"Bar {n}",
            place=BAR,
        )
        for n in range(terminals)
    ]
    for number in range(cards):
        wallet = WalletId(f"{number + 2**64:032x}")
        bodies.append(CardRegister(card(number), BAR, "T0", wallet))
        bodies.append(Reload(RICH, FED, card(number), f"bench:{number}"))
    return found(database, seed=node, name="Bench", boot=BOOT, clock=SystemClock(), bodies=bodies)


def seed(number: int) -> bytes:
    """Give the key of a terminal."""
    return b"terminal" + number.to_bytes(24, "big")


@dataclass
class Terminal:
    """A terminal that links and signs sales, without a journal."""

    chain: ChainId
    number: int = 0
    seq: int = 0
    prev: Hash = ZERO_HASH
    payloads: list[bytes] = field(default_factory=list)

    @property
    def author(self) -> AuthorId:
        """Give its name on the chain."""
        return author_id(public_key(seed(self.number)))

    def batch(self, cards: Sequence[CardRef], details: Sequence[Hash] = ()) -> bytes:
        """Give a signed batch of one sale a card; `payloads` are then its transactions.

        `details` name what was bought, one for each card; without them it is not said.
        """
        first, self.payloads = self.seq + 1, []
        for reference, detail in zip(cards, details or [ZERO_HASH] * len(cards), strict=True):
            self.seq += 1
            raw = write_payload(
                chain=self.chain,
                author=self.author,
                seq=self.seq,
                prev=self.prev,
                body=Sale("cached", reference, detail, (), PRICE),
                at=1_790_000_000_000 + self.seq,
                boot=BOOT,
                mono=self.seq,
                seen=0,
            )
            self.prev = payload_hash(raw)
            self.payloads.append(raw)
        signature = sign(seed(self.number), Purpose.TRANSACTION, self.payloads[-1])
        return write_batch(self.chain, self.author, first, self.payloads, signature)


@dataclass(frozen=True)
class Node:
    """An open node without HTTP."""

    database: Database
    engine: Solo
    chain: ChainId

    def take(self, batch: bytes, details: Sequence[Detail] = ()) -> None:
        """Hand in a batch, as its bytes; all of it must become final."""
        answer = self.engine.submit(parse_batch(batch), details)
        if not (isinstance(answer, Stored) and answer.placed):
            raise RuntimeError(f"the batch was not taken: {answer}")


def open_node(path: Path, *, terminals: int = 1, cards: int = 200) -> Node:
    """Found a node in a new SQLite database and open its engine."""
    return open_in(open_database(path), terminals=terminals, cards=cards)


def open_in(database: Database, *, terminals: int = 1, cards: int = 200) -> Node:
    """Found a node in an empty database and open its engine."""
    chain = found_node(database, terminals, cards)
    return open_again(database, chain, seed=NODE_SEED)


def open_again(database: Database, chain: ChainId, *, seed: bytes) -> Node:
    """Open the engine over a chain that is there already, with its founder's seed."""
    return Node(database, Solo(database, seed=seed, boot=BOOT, clock=SystemClock()), chain)
