"""A small world for ledger tests: one node, one place, its assets, cards and tills.

Blocks are built, sealed and kept, so that a test can audit, cut or change them.
"""

from dataclasses import dataclass, field

from server.ledger.chain import NOTHING, Block, Tip, build
from server.ledger.executor import BlockResult
from server.ledger.memory import Memory
from server.ledger.records import Balance
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardRegister,
    Genesis,
    Issue,
    PlaceCreate,
    PolicySet,
    Reload,
    Sale,
    TerminalEnrol,
)
from shared.ids import (
    ZERO_HASH,
    Account,
    AssetId,
    AuthorId,
    BootId,
    CardRef,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
    author_id,
    wallet,
)
from shared.policy import ProtocolPolicy
from shared.signing import Purpose, public_key, sign
from shared.transaction import (
    Batch,
    parse_batch,
    payload_hash,
    write_batch,
    write_payload,
)

DAY = 86_400_000
START = 20_000 * DAY
BOOT = BootId("00" * 8)
BAR, FED, GRAIN = PlaceId("bar"), AssetId("FED"), AssetId("GRAIN")


@dataclass
class Author:
    """A key holder that links and signs its own transactions."""

    seed: bytes
    seq: int = 0
    prev: Hash = ZERO_HASH
    first: bytes = b""
    """The seed that it was named after, where that is another one."""

    @property
    def key(self) -> bytes:
        return public_key(self.seed)

    @property
    def id(self) -> AuthorId:
        return author_id(public_key(self.first or self.seed))


def card(number: int) -> CardRef:
    return CardRef(f"{number:032x}")


def purse(number: int) -> Account:
    return wallet(holder(number))


def holder(number: int) -> WalletId:
    return WalletId(f"{number + 0xA0000:032x}")


@dataclass
class World:
    """A chain in memory; `do` makes one block of what one author says."""

    node: Author = field(default_factory=lambda: Author(b"n" * 32))
    till: Author = field(default_factory=lambda: Author(b"t" * 32))
    memory: Memory = field(default_factory=Memory)
    tip: Tip = NOTHING
    time: int = START
    blocks: list[Block] = field(default_factory=list)

    def batch(self, author: Author, *bodies: Body, seen: int = 0) -> Batch:
        """Write and sign the author's next transactions."""
        first, payloads = author.seq + 1, []
        for body in bodies:
            author.seq += 1
            raw = write_payload(
                chain=self.tip.chain,
                author=author.id,
                seq=author.seq,
                prev=author.prev,
                body=body,
                at=self.time,
                boot=BOOT,
                mono=0,
                seen=seen,
            )
            author.prev = payload_hash(raw)
            payloads.append(raw)
        return parse_batch(self.sign(author, first, payloads))

    def sign(self, author: Author, first: int, payloads: list[bytes]) -> bytes:
        signature = sign(author.seed, Purpose.TRANSACTION, payloads[-1])
        return write_batch(self.tip.chain, author.id, first, payloads, signature)

    def seal(self, *batches: Batch) -> BlockResult:
        """Make a block of batches."""
        built = build(self.memory, self.tip, batches, author=self.node.id, time=self.time)
        seal = sign(self.node.seed, Purpose.BLOCK, built.raw)
        self.blocks.append(Block(built.raw, seal, tuple(batch.raw for batch in batches)))
        self.memory.take(built.result)
        self.tip = built.tip
        return built.result

    def do(self, author: Author, *bodies: Body, seen: int = 0) -> list[str]:
        """Make a block of what one author says and give the verdicts as text."""
        result = self.seal(self.batch(author, *bodies, seen=seen))
        return [str(item.verdict) for item in result.executed]

    def held(self, account: Account, asset: AssetId = FED) -> int:
        found = self.memory.get(Balance, (account, asset))
        return found.amount if found else 0

    def reload(self, number: int, amount: int, evidence: str) -> list[str]:
        return self.do(self.node, Reload(Amount(amount), FED, card(number), evidence))

    def issue(self, number: int, amount: int, evidence: str) -> list[str]:
        return self.do(self.node, Issue(Amount(amount), GRAIN, evidence, holder(number)))

    def sale(self, number: int, total: int, basis: str = "cached") -> list[str]:
        return self.do(self.till, sale(number, total, basis))


def sale(number: int, total: int, basis: str = "cached") -> Sale:
    assert basis in {"cached", "online"}
    return Sale(
        "online" if basis == "online" else "cached", card(number), ZERO_HASH, (), Amount(total)
    )


def asset(
    code: AssetId,
    kind: AssetClass,
    *,
    issuer: PlaceId = BAR,
    peg: str = "EUR",
    priority: int = 50,
    scale: int = 2,
    symbol: str = "€",
) -> AssetCreate:
    return AssetCreate(
        asset=code,
        asset_class=kind,
        issuer=issuer,
        name=code.title(),
        peg="EUR" if peg == "EUR" else "-",
        priority=priority,
        scale=scale,
        symbol=symbol,
    )


def founded() -> World:
    """Give a world with genesis, the place `bar`, FED, GRAIN, a till, and cards 1 to 3."""
    world = World()
    world.do(world.node, Genesis(PublicKey(world.node.key.hex()), "Node"))
    verdicts = world.do(
        world.node,
        PlaceCreate("Le Bar", BAR),
        asset(FED, AssetClass.FEDERATED, priority=50),
        asset(GRAIN, AssetClass.LOCAL, priority=10, symbol="G"),
        TerminalEnrol(
            box=PublicKey("11" * 32),
            key=PublicKey(world.till.key.hex()),
            label="Bar 1",
            place=BAR,
        ),
        *(CardRegister(card(n), BAR, "T0", holder(n)) for n in (1, 2, 3)),
    )
    assert verdicts == ["accepted"] * 7
    return world


def modern() -> World:
    """Give the same world on a chain of protocol 2, whose node is the only validator."""
    world = founded()
    assert world.do(world.node, PolicySet("-", ProtocolPolicy(2))) == ["accepted"]
    return world
