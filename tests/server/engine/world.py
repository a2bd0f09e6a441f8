"""A node on a disk with a place, two assets, tills and cards; and tills that write real batches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from server.engine.genesis import found
from server.engine.port import Stored, Unplaced
from server.engine.solo import Solo
from server.ledger.records import Balance
from server.store.database import Database, open_database
from server.store.view import StoreView
from shared.amounts import Amount
from shared.block import Header, Log, write_header
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardRegister,
    Issue,
    PlaceCreate,
    Sale,
    TerminalEnrol,
)
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
    wallet,
)
from shared.signing import Purpose, public_key, sign, to_text
from shared.transaction import (
    Batch,
    parse_batch,
    payload_hash,
    write_batch,
    write_payload,
)
from shared.wire import SealedHeader

NODE_SEED: Final = b"n" * 32
BOOT: Final = BootId("b" * 16)
BAR: Final = PlaceId("bar")
GRAIN: Final = AssetId("GRAIN")
NO_DETAIL: Final = Hash("d" * 64)
START_MS: Final = 1_790_000_000_000


@dataclass
class Clock:
    """Time stands still until a test moves it."""

    now: int = START_MS

    def now_ms(self) -> int:
        return self.now

    def mono_ms(self) -> int:
        return self.now - START_MS


def card(number: int) -> CardRef:
    return CardRef(sha256(b"card %d" % number).hexdigest()[:32])


def wallet_of(number: int) -> WalletId:
    return WalletId(sha256(b"wallet %d" % number).hexdigest()[:32])


def sale(card_number: int, total: int, *, basis: str = "cached", detail: Hash = NO_DETAIL) -> Sale:
    assert basis in {"cached", "online"}
    return Sale(
        basis="online" if basis == "online" else "cached",
        card=card(card_number),
        detail=detail,
        inside=(),
        total=Amount(total),
    )


@dataclass
class Till:
    """A terminal's key and its journal, as far as a test needs them."""

    seed: bytes
    chain: ChainId
    seq: int = 0
    head: Hash = ZERO_HASH
    seen: int = 0
    payloads: list[bytes] = field(default_factory=list)
    signs_with: bytes = b""
    """The seed that it signs with after it has changed its key."""

    @property
    def author(self) -> AuthorId:
        return author_id(public_key(self.seed))

    def write(self, *bodies: Body, at: int = START_MS) -> None:
        """Journal transactions without sending them."""
        for body in bodies:
            raw = write_payload(
                chain=self.chain,
                author=self.author,
                seq=self.seq + 1,
                prev=self.head,
                body=body,
                at=at,
                boot=BOOT,
                mono=0,
                seen=self.seen,
            )
            self.seq, self.head = self.seq + 1, payload_hash(raw)
            self.payloads.append(raw)

    def batch(self, first: int, last: int | None = None) -> Batch:
        """Frame what was journalled from number `first` to `last`."""
        payloads = self.payloads[first - 1 : last]
        signature = sign(self.signs_with or self.seed, Purpose.TRANSACTION, payloads[-1])
        return parse_batch(write_batch(self.chain, self.author, first, payloads, signature))

    def next(self, *bodies: Body) -> Batch:
        """Journal transactions and frame them."""
        first = self.seq + 1
        self.write(*bodies)
        return self.batch(first)

    def hash(self, seq: int) -> Hash:
        """Give the hash of what was journalled as number `seq`."""
        return payload_hash(self.payloads[seq - 1])

    def twin(self) -> "Till":
        """Copy the journal, as a restored image does."""
        return Till(self.seed, self.chain, self.seq, self.head, self.seen, list(self.payloads))


@dataclass
class World:
    """A founded node with a place `bar`, the local asset GRAIN, tills and funded cards."""

    where: Path | str
    tills: int = 2
    cards: int = 3
    funds: int = 1_000
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.database: Database = open_database(self.where)
        self.chain = found(self.database, seed=NODE_SEED, name="Node", boot=BOOT, clock=self.clock)
        self.solo = self.engine()
        self.till = [Till(self.till_seed(n), self.chain) for n in range(self.tills)]
        answer = self.solo.propose(self.setup())
        assert isinstance(answer, tuple), answer

    @property
    def path(self) -> Path:
        """Give the file, for whoever looks at SQLite itself."""
        assert isinstance(self.where, Path)
        return self.where

    @staticmethod
    def till_seed(number: int) -> bytes:
        return sha256(b"till %d" % number).digest()

    def engine(self) -> Solo:
        return Solo(self.database, seed=NODE_SEED, boot=BOOT, clock=self.clock)

    def setup(self) -> list[Body]:
        bodies: list[Body] = [
            PlaceCreate(name="Bar", place=BAR),
            AssetCreate(
                asset=GRAIN,
                asset_class=AssetClass.LOCAL,
                issuer=BAR,
                name="Grain",
                peg="EUR",
                priority=1,
                scale=2,
                symbol="G",
            ),
        ]
        bodies += [
            TerminalEnrol(
                box=PublicKey("a" * 64),
                key=PublicKey(public_key(till.seed).hex()),
                label="Till",
                place=BAR,
            )
            for till in self.till
        ]
        for number in range(self.cards):
            bodies.append(
                CardRegister(card=card(number), home=BAR, tier="T0", wallet=wallet_of(number))
            )
            if self.funds:
                bodies.append(self.issue(number, self.funds))
        return bodies

    @staticmethod
    def issue(card_number: int, amount: int, evidence: str = "") -> Issue:
        return Issue(
            amount=Amount(amount),
            asset=GRAIN,
            evidence=evidence or f"start:{card_number}",
            wallet=wallet_of(card_number),
        )

    def reopen(self) -> None:
        """Stop the node and start it again on the same database."""
        self.database.close()
        self.database = open_database(self.where)
        self.solo = self.engine()

    def balance(self, account: str, asset: AssetId = GRAIN) -> int:
        with self.database.read() as connection:
            found = StoreView(connection).get(Balance, (account, asset))
        return found.amount if found else 0

    def on_card(self, number: int) -> int:
        return self.balance(wallet(wallet_of(number)))

    def sums(self) -> dict[str, int]:
        """Give the sum over all accounts of each asset: always zero."""
        with self.database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT asset, SUM(amount) AS total FROM chain_balance GROUP BY asset"
            )
            return {row.asset: int(row.total) for row in rows}


def sealed(seed: bytes, engine: Solo, *, height: int, time: int) -> SealedHeader:
    """Seal a header of an engine's node on top of any history, with any key."""
    raw = write_header(
        Header(
            author=engine.author,
            batches=ZERO_HASH,
            chain=engine.tip.chain,
            effects=ZERO_HASH,
            height=height,
            log=Log(root=ZERO_HASH, size=height),
            parent=ZERO_HASH,
            state=ZERO_HASH,
            time=time,
            v=1,
            validators=ZERO_HASH,
        )
    )
    return SealedHeader(header=raw.decode(), seal=to_text(sign(seed, Purpose.BLOCK, raw)))


def verdicts(answer: Stored | Unplaced) -> list[str]:
    """Give the verdicts of a batch as text."""
    assert isinstance(answer, Stored), answer
    return [str(placed.verdict) for placed in answer.placed]


def count(answers: Sequence[Stored | Unplaced], verdict: str) -> int:
    """Count a verdict over answers."""
    return sum(verdicts(answer).count(verdict) for answer in answers)
