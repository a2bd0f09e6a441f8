"""The executor against the reference in protocol 2: locks, exchange, merge, lines, corrections.

Told like the first protocol's (`test_differential.py`): every operation is a signed transaction,
and after each block verdicts and every balance must agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetClass,
    Body,
    CashOut,
    CashOutDone,
    CashOutFailed,
    CashReload,
    Chargeback,
    Correction,
    Exchange,
    Gift,
    Issue,
    Merge,
    Part,
    PolicySet,
    Reload,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SplitSale,
    Transfer,
)
from shared.ids import ZERO_HASH, AssetId, AuthorId, Hash, PlaceId
from shared.policy import ExchangePolicy, ProtocolPolicy
from shared.transaction import Transaction
from tests.server.ledger.reference import RESERVE
from tests.server.ledger.reference_two import LINES, RATES, TWO, Second
from tests.server.ledger.test_differential import (
    ASSETS,
    CARDS,
    OPENING,
    PLACES,
    WEIGHTS,
    Operation,
    Pair,
    operation,
    pair,
    play,
)
from tests.server.ledger.world import FED, Author, asset, card, holder

BEAN = AssetId("BEAN")
MORE = {
    "gift": 3,
    "merge": 1,
    "exchange": 18,
    "split": 12,
    "hour": 6,
    "cash_out": 10,
    "settle": 10,
    "done": 10,
    "failed": 8,
    "chargeback": 4,
    "correct": 10,
}
KINDS = [kind for kind, often in (WEIGHTS | MORE).items() for _ in range(often)]
NOBODY = AuthorId("0" * 32)
Ending = CashOutDone | CashOutFailed | SettlementDone | SettlementFailed
ENDINGS: dict[tuple[str, int], type[Ending]] = {
    ("done", 0): CashOutDone,
    ("done", 1): SettlementDone,
    ("failed", 0): CashOutFailed,
    ("failed", 1): SettlementFailed,
}


def second_operation(
    kind: str, place: str, number: int, other: int, code: AssetId, coin: int, rest: int
) -> Operation:
    """Make an operation of plain numbers; what names an earlier one counts from the newest."""
    if kind in WEIGHTS:
        return operation(kind, place, number, other, code, coin, rest)
    amount, evidence = Amount(coin), f"x{rest}"
    if kind in {"done", "failed"}:
        ending = ENDINGS[kind, rest % 2]
        return "node", ending(evidence, Hash(f"{coin % 6:064x}"))
    if kind == "split":
        line = Part(amount, AssetId("TIME"))
        lines = (line, Part(Amount(1), AssetId("TIME"))) if rest % 2 else (line,)
        return place, SplitSale("online", card(number), ZERO_HASH, lines, rest % 20)
    whose, target = holder(other), holder(1 + rest % len(CARDS))
    takes = ASSETS[(rest + coin) % len(ASSETS)]
    body: dict[str, Body] = {
        "gift": Gift(amount, code, ZERO_HASH, whose, target),
        "merge": Merge(whose, target),
        "exchange": Exchange(amount, code, takes, whose),
        "hour": Issue(amount, AssetId("TIME"), evidence, whose),
        "cash_out": CashOut(amount, code, whose),
        "settle": Settlement(amount, code, PlaceId(place)),
        "chargeback": Chargeback(amount, NOBODY, evidence, 1 + rest % 5),
        "correct": Correction(NOBODY, "a mistake", 1 + rest % 9),
    }
    return "node", body[kind]


operations = st.builds(
    second_operation,
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
class SecondPair(Pair):
    """The same story told to both ledgers of protocol 2."""

    reference: Second

    def _resolved(self, body: Body, author: Author, ahead: int) -> Body:
        """Let what names an earlier transaction name one that may exist."""
        if isinstance(body, Ending):
            known = list(self.reference.locks)[::-1]
            at = int(body.lock, 16)
            return msgspec.structs.replace(body, lock=known[at] if at < len(known) else ZERO_HASH)
        if isinstance(body, Chargeback | Correction):
            said = self.reference.reloads if isinstance(body, Chargeback) else self.reference.booked
            names = list(said)[::-1][body.seq - 1 : body.seq]
            who, seq = names[0] if names else (NOBODY, 1)
            return msgspec.structs.replace(body, author=AuthorId(who), seq=seq)
        return super()._resolved(body, author, ahead)

    def expected(self, place: str, transaction: Transaction) -> str:
        other, body = self.reference, transaction.body
        name = (str(transaction.envelope.author), transaction.envelope.seq)
        other.said = []
        verdict = self._second(place, transaction, name)
        if verdict == "accepted":
            if isinstance(body, Issue | CashReload | Transfer | Gift | Exchange):
                other.booked[name] = other.said
            if isinstance(body, Reload):
                other.reloads[name] = (body.card, body.amount, transaction.hash)
        return verdict

    def _second(self, place: str, transaction: Transaction, name: tuple[str, int]) -> str:
        other = self.reference
        match transaction.body:
            case Gift(amount, code, _, source, target):
                return other.transfer(source, target, code, amount)
            case Merge(source, target):
                return other.merge(source, target)
            case Exchange(amount, give, take, wallet):
                return other.exchange(wallet, give, take, amount)
            case SplitSale(_, reference, _, lines, total):
                parts = [(str(part.asset), int(part.amount)) for part in lines]
                return other.split(name, place, reference, parts, total)
            case Correction(author, _, seq):
                return other.correct((author, seq))
        return self._leaving(place, transaction)

    def _leaving(self, place: str, transaction: Transaction) -> str:
        other = self.reference
        match transaction.body:
            case CashOut(amount, code, wallet):
                return other.cash_out(transaction.hash, wallet, code, amount)
            case Settlement(amount, code, at):
                return other.settle(transaction.hash, at, code, amount)
            case CashOutDone(evidence, lock) | SettlementDone(evidence, lock):
                return other.done(_kind(transaction.body), lock, evidence)
            case CashOutFailed(evidence, lock) | SettlementFailed(evidence, lock):
                return other.failed(_kind(transaction.body), lock, evidence)
            case Chargeback(amount, author, evidence, seq):
                return other.chargeback((author, seq), amount, evidence)
        return super().expected(place, transaction)

    def tell(self, told: Sequence[Operation]) -> None:
        """Make one block of operations, as before, and look at what backs it."""
        super().tell(told)
        self.backed()

    def backed(self) -> None:
        """Prove that each token that somebody holds is a cent in the reserve or a declared loss."""
        fed = {
            account: held for (account, code), held in self.reference.held.items() if code == FED
        }
        lost = -sum(held for account, held in fed.items() if account.startswith("loss:"))
        owned = sum(
            held for account, held in fed.items() if not account.startswith(("loss:", "issuer:"))
        )
        assert owned == self.reference.held[RESERVE, "EUR"] + lost


def _kind(body: Body) -> str:
    return "wallet:" if isinstance(body, CashOutDone | CashOutFailed) else "place:"


def second_pair() -> SecondPair:
    """Give both ledgers in protocol 2: a place takes another's beans, two pairs, hours."""
    first = pair()
    world = first.world
    bodies: list[Body] = [
        PolicySet("-", ProtocolPolicy(2)),
        asset(AssetId("TIME"), AssetClass.TIME, peg="-", symbol="h"),
        AssetAccept(accept=True, asset=BEAN, place=PlaceId("bar"), side="issuer"),
        AssetAccept(accept=True, asset=BEAN, place=PlaceId("bar"), side="place"),
        *(PolicySet("-".join(two), ExchangePolicy(*rate)) for two, rate in RATES.items()),
    ]
    assert set(world.do(world.node, *bodies)) == {"accepted"}
    return SecondPair(world, first.tills, Second(first.reference.wallets, order=TWO))


HOURS: list[Operation] = [
    ("node", Issue(Amount(40), AssetId(code), f"h{number}", holder(number)))
    for number in CARDS
    for code in LINES
]


@settings(max_examples=60)
@given(stories)
def test_both_ledgers_agree(story: list[list[Operation]]) -> None:
    play(second_pair(), [OPENING, HOURS, *story])


@pytest.mark.soak
@settings(max_examples=1_600)
@given(stories)
def test_both_ledgers_agree_over_a_hundred_thousand_operations(
    story: list[list[Operation]],
) -> None:
    play(second_pair(), [OPENING, HOURS, *story])
