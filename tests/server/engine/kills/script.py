"""What the clients of the node intend: pure functions of a seed, so that both sides know them.

The process that is killed writes the next batches from here, and the drill that killed it knows
from here what it should find.  Nothing of it is stored: a till goes on from (number, seq, head).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

import msgspec

from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardRegister,
    CashReload,
    Issue,
    PlaceCreate,
    Refund,
    Reload,
    TerminalEnrol,
)
from shared.detail import Detail, detail_hash
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    ChainId,
    Hash,
    Hex32,
    PublicKey,
    Token,
    author_id,
)
from shared.signing import Purpose, public_key, sign
from shared.transaction import Batch, parse_batch, payload_hash, write_batch, write_payload
from tests.server.engine.world import (
    BAR,
    BOOT,
    GRAIN,
    NO_DETAIL,
    START_MS,
    World,
    card,
    sale,
    wallet_of,
)

FED: Final = AssetId("FED")
TILLS: Final = 4
CARDS: Final = 6
PROPOSERS: Final = 2
FUNDS: Final = 200
"""So little that some sales are short: verdicts then depend on the order, as debts do."""


AUTHORS: Final = tuple(author_id(public_key(World.till_seed(number))) for number in range(TILLS))


class Mark(msgspec.Struct, frozen=True):
    """Where a till stands: how many batches it has written, and the end of its chain."""

    number: int = 0
    seq: int = 0
    head: Hash = ZERO_HASH


START: Final = Mark()


@dataclass
class Script:
    """What one till journals: its batches, one after the other, always the same for one seed."""

    seed: int
    till: int
    chain: ChainId
    mark: Mark = START

    @property
    def author(self) -> AuthorId:
        """The till's author id."""
        return AUTHORS[self.till]

    def batch(self, runs: int = 1) -> tuple[Batch, tuple[Detail, ...]]:
        """Write the next `runs` batches of the script as one, with the details of its sales."""
        first, author = self.mark.seq + 1, self.author
        payloads: list[bytes] = []
        details: list[Detail] = []
        for _ in range(runs):
            number, seq, head = self.mark.number, self.mark.seq, self.mark.head
            for body, detail in self.bodies():
                seq += 1
                raw = write_payload(
                    chain=self.chain,
                    author=author,
                    seq=seq,
                    prev=head,
                    body=body,
                    at=START_MS,
                    boot=BOOT,
                    mono=0,
                    seen=0,
                )
                head = payload_hash(raw)
                payloads.append(raw)
                details += [detail] if detail else []
            self.mark = Mark(number + 1, seq, head)
        signature = sign(World.till_seed(self.till), Purpose.TRANSACTION, payloads[-1])
        batch = parse_batch(write_batch(self.chain, author, first, payloads, signature))
        return batch, tuple(details)

    def bodies(self) -> Iterator[tuple[Body, Detail | None]]:
        """Give what the next batch says: mostly one sale, at times a till's whole evening."""
        dice = Random(f"{self.seed} {self.till} {self.mark.number}")
        size = dice.choices((1, dice.randint(2, 8), dice.randint(20, 60)), (12, 6, 1))[0]
        for seq in range(self.mark.seq + 1, self.mark.seq + 1 + size):
            yield self._body(dice, seq)

    def _body(self, dice: Random, seq: int) -> tuple[Body, Detail | None]:
        number, roll = dice.randrange(CARDS), dice.random()
        if roll < 0.12:
            amount = Amount(dice.randint(1, 30))
            return CashReload(amount=amount, asset=GRAIN, card=card(number), detail=NO_DETAIL), None
        if roll < 0.27 and seq > 1:
            sold, amount = dice.randint(max(1, seq - 20), seq - 1), Amount(dice.randint(1, 4))
            refund = Refund(amount=amount, author=self.author, detail=NO_DETAIL, seq=sold)
            return refund, None
        total, basis = dice.randint(1, 6), dice.choice(("cached", "cached", "online"))
        if roll < 0.7:
            return sale(number, total, basis=basis), None
        salt = Hex32(f"{self.till:016x}{seq:016x}")
        detail = Detail(lines=(), operator=Token("-"), salt=salt, total=Amount(total))
        return sale(number, total, basis=basis, detail=detail_hash(detail)), detail


def proposal(seed: int, proposer: int, number: int) -> tuple[Body, ...]:
    """Give what the node itself wants as a proposer's `number`th: reloads with their evidence."""
    dice = Random(f"{seed} node {proposer} {number}")
    amount, to = Amount(dice.randint(1, 40)), dice.randrange(CARDS)
    name = f"stripe:pi_{proposer}_{number}"
    reload = Reload(amount=amount, asset=FED, card=card(to), evidence=Token(f"{name}:paid"))
    if dice.random() < 0.7:
        return (reload,)
    evidence = Token(f"{name}:bonus")
    return reload, Issue(amount=amount, asset=GRAIN, evidence=evidence, wallet=wallet_of(to))


def opening() -> list[Body]:
    """Give what the node registers before the first kill."""
    assets = (("Grain", GRAIN, AssetClass.LOCAL, 1), ("Fed", FED, AssetClass.FEDERATED, 2))
    bodies: list[Body] = [PlaceCreate(name="Bar", place=BAR)]
    bodies += [
        AssetCreate(
            asset=code,
            asset_class=kind,
            issuer=BAR,
            name=name,
            peg="EUR",
            priority=priority,
            scale=2,
            symbol=name[0],
        )
        for name, code, kind, priority in assets
    ]
    bodies += [
        TerminalEnrol(
            box=PublicKey("a" * 64),
            key=PublicKey(public_key(World.till_seed(number)).hex()),
            label="Till",
            place=BAR,
        )
        for number in range(TILLS)
    ]
    for number in range(CARDS):
        wallet = wallet_of(number)
        bodies.append(CardRegister(card=card(number), home=BAR, tier="T0", wallet=wallet))
        evidence = Token(f"start:{number}")
        bodies.append(Issue(amount=Amount(FUNDS), asset=GRAIN, evidence=evidence, wallet=wallet))
    return bodies
