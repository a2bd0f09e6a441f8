"""The executor against the reference, operation by operation; and what must hold after each block.

Every operation is a signed transaction in a sealed block, so the whole path is under test.  At the
end the blocks are replayed from their bytes and must give the same state.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from server.ledger.audit import audit
from server.ledger.records import Balance
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardBlock,
    CashReload,
    Issue,
    PlaceCreate,
    Refund,
    Reload,
    Sale,
    TerminalEnrol,
    Transfer,
)
from shared.ids import ZERO_HASH, AssetId, PlaceId, PublicKey, may_be_negative
from shared.transaction import Transaction
from tests.server.ledger.reference import LOCAL, ORDER, Reference
from tests.server.ledger.world import FED, Author, World, asset, card, founded, holder

Operation: TypeAlias = tuple[str, Body]
"""Who signs (a place's till, or the node), and what.  A refund's `seq` counts from the newest."""

PLACES = tuple(ORDER)
ASSETS = tuple(map(AssetId, ("FED", *LOCAL)))
CARDS = (1, 2, 3)  # card 4 is nobody's
WEIGHTS = {
    "sale": 40,
    "refund": 25,
    "cash": 10,
    "issue": 10,
    "reload": 10,
    "transfer": 10,
    "block": 1,
}
KINDS = [kind for kind, often in WEIGHTS.items() for _ in range(often)]


def till(place: str) -> Author:
    return Author(place.encode().ljust(32, b"t"))


def operation(
    kind: str, place: str, number: int, other: int, code: AssetId, coin: int, rest: int
) -> Operation:
    """Make an operation of plain numbers, which hypothesis draws fast and shrinks well."""
    amount, evidence = Amount(coin), f"e{rest}"
    how = "online" if rest % 3 == 0 else "cached"
    where = place if rest % 4 else PLACES[other % len(PLACES)]
    body: dict[str, Body] = {
        "sale": Sale(
            "online" if how == "online" else "cached", card(number), ZERO_HASH, (), amount
        ),
        "refund": Refund(amount, till(where).id, ZERO_HASH, rest % 5),
        "cash": CashReload(amount, code, card(number), ZERO_HASH),
        "issue": Issue(amount, code, evidence, holder(other)),
        "reload": Reload(amount, FED, card(number), evidence),
        "transfer": Transfer(amount, code, holder(other), holder(1 + rest % len(CARDS))),
        "block": CardBlock(card(number), "lost"),
    }
    return (place if kind in {"sale", "refund", "cash"} else "node"), body[kind]


operations = st.builds(
    operation,
    st.sampled_from(KINDS),
    st.sampled_from(PLACES),
    st.integers(1, len(CARDS) + 1),
    st.sampled_from(CARDS),
    st.sampled_from(ASSETS),
    st.one_of(st.integers(1, 12), st.sampled_from([50, 100])),
    st.integers(0, 300),
)
stories = st.lists(st.lists(operations, min_size=1, max_size=8), min_size=10, max_size=20)


@dataclass
class Pair:
    """The same story told to both ledgers."""

    world: World
    tills: dict[str, Author]
    reference: Reference

    def tell(self, told: Sequence[Operation]) -> None:
        """Make one block of operations; verdicts and every balance must agree."""
        batches, named = [], list[tuple[str, Transaction]]()
        for signer, group in groupby(told, lambda operation: operation[0]):
            author = self.tills.get(signer, self.world.node)
            bodies = [self._resolved(body, author, at) for at, (_, body) in enumerate(group)]
            batch = self.world.batch(author, *bodies)
            batches.append(batch)
            named += [(signer, transaction) for transaction in batch.transactions]
        executed = self.world.seal(*batches).executed
        for (signer, transaction), item in zip(named, executed, strict=True):
            assert str(item.verdict) == self.expected(signer, transaction), transaction.body
        self._compare()

    def _resolved(self, body: Body, author: Author, ahead: int) -> Body:
        """Make a refund name a sale that may exist: some of the newest of that till."""
        if not isinstance(body, Refund):
            return body
        known = {one.id: one.seq for one in self.tills.values()}
        newest = known[body.author] + (ahead if body.author == author.id else 0)
        return msgspec.structs.replace(body, seq=max(1, newest - body.seq))

    def expected(self, place: str, transaction: Transaction) -> str:
        other, envelope = self.reference, transaction.envelope
        match transaction.body:
            case Issue(amount, code, evidence, wallet):
                return other.issue(code, wallet, amount, evidence)
            case Reload(amount, _, reference, evidence):
                return other.reload(reference, amount, evidence, transaction.hash)
            case CashReload(amount, code, reference, _):
                return other.cash_reload(place, reference, code, amount, transaction.hash)
            case Sale(how, reference, _, _, total):
                name = (str(envelope.author), envelope.seq)
                return other.sale(name, place, reference, total, how)
            case Refund(amount, author, _, seq):
                return other.refund(place, (author, seq), amount)
            case Transfer(amount, code, source, target):
                return other.transfer(source, target, code, amount)
            case CardBlock(reference, _):
                return other.block(reference)
        raise AssertionError(transaction.body)

    def _compare(self) -> None:
        held = {
            (str(account), str(code)): record.amount
            for (account, code), record in self.world.memory.records[Balance].items()
            if isinstance(record, Balance) and record.amount
        }
        assert held == {key: amount for key, amount in self.reference.held.items() if amount}
        sums: dict[str, int] = defaultdict(int)
        for (account, code), amount in held.items():
            sums[code] += amount
            assert amount >= 0 or may_be_negative(account), account
        assert not any(sums.values())
        for place in ORDER:
            for code in sums:
                kept = held.get((f"place:{place}", code), 0) + held.get((f"loss:{place}", code), 0)
                assert kept >= 0, place
        for sold in self.reference.sales.values():
            assert sold.returned <= sold.total


def pair() -> Pair:
    """Give both ledgers with three places, each with a till, three assets and three cards."""
    world = founded()
    tills = {place: till(place) for place in ORDER}
    bodies: list[Body] = [
        PlaceCreate(code.title(), PlaceId(code)) for code in ORDER if code != "bar"
    ]
    bodies.append(
        asset(AssetId("BEAN"), AssetClass.LOCAL, issuer=PlaceId("kiosk"), priority=90, symbol="B")
    )
    bodies += [
        TerminalEnrol(PublicKey("11" * 32), PublicKey(author.key.hex()), place, PlaceId(place))
        for place, author in tills.items()
    ]
    assert set(world.do(world.node, *bodies)) == {"accepted"}
    return Pair(world, tills, Reference({str(card(n)): str(holder(n)) for n in CARDS}))


OPENING: list[Operation] = [
    *(("node", Reload(Amount(100), FED, card(number), f"r{number}")) for number in CARDS),
    *(("node", Issue(Amount(30), AssetId(code), f"i{code}", holder(1))) for code in LOCAL),
]


def play(both: Pair, story: Iterable[Sequence[Operation]]) -> None:
    """Tell a story block by block, then read the blocks again."""
    for told in story:
        both.tell(told)
    replayed = audit(both.world.blocks)
    assert replayed.finding is None
    assert replayed.tip == both.world.tip


@settings(max_examples=60)
@given(stories)
def test_both_ledgers_agree(story: list[list[Operation]]) -> None:
    play(pair(), [OPENING, *story])


@pytest.mark.soak
@settings(max_examples=1_600)
@given(stories)
def test_both_ledgers_agree_over_a_hundred_thousand_operations(
    story: list[list[Operation]],
) -> None:
    play(pair(), [OPENING, *story])
