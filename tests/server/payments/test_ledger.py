"""Reloads on the real executor: one transaction a payment, backed by a euro, whatever happens."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.engine.port import EngineStoppedError, NotProposed, Placed
from server.ledger.records import Balance
from server.payments.ledger import EngineLedger
from server.payments.port import Booked, Booking, Credit, LedgerUnavailableError
from server.payments.reloads import Outcome
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardBlock,
    CardRegister,
    PlaceCreate,
    ReserveBook,
)
from shared.errors import Code
from shared.ids import (
    EUR,
    EXTERNAL,
    RESERVE_FEES,
    AssetId,
    CardRef,
    PlaceId,
    WalletId,
    hold,
    issuer,
    reserve,
    wallet,
)
from tests.server.demurrage.little_engine import LittleEngine
from tests.server.payments.world import BLOCKED, CARD, FED, START_MS, WALLET, World, world

ASSOCIATION = PlaceId("asso")
OTHER = WalletId("3" * 32)
CENTRAL: Sequence[Body] = (
    PlaceCreate(name="Association", place=ASSOCIATION),
    AssetCreate(
        asset=FED,
        asset_class=AssetClass.FEDERATED,
        issuer=ASSOCIATION,
        name="Federated",
        peg="EUR",
        priority=1,
        scale=2,
        symbol="€",
    ),
    CardRegister(card=CARD, home=ASSOCIATION, tier="T0", wallet=WALLET),
    CardRegister(card=BLOCKED, home=ASSOCIATION, tier="T0", wallet=OTHER),
    CardBlock(card=BLOCKED, reason="lost"),
)


@pytest.fixture
def engine() -> LittleEngine:
    made = LittleEngine(lambda: START_MS)
    assert isinstance(made.propose(CENTRAL), tuple)
    return made


@pytest.fixture
def node(tmp_path: Path, engine: LittleEngine) -> Iterator[World]:
    with world(tmp_path, EngineLedger(engine, engine)) as made:
        yield made


def order(card: CardRef = CARD, evidence: str = "stripe:pi_1:credit") -> Credit:
    return Credit(card=card, asset=FED, amount=20_00, evidence=evidence)


def amount(engine: LittleEngine, account: str, asset: AssetId = FED) -> int:
    found = engine.get(Balance, (account, asset))
    return found.amount if found else 0


def test_a_credit_is_backed_by_a_euro(engine: LittleEngine) -> None:
    ledger = EngineLedger(engine, engine)
    assert ledger.credit(order()).status is Booked.CREDITED
    assert ledger.balance(WALLET, FED) == ledger.outstanding(FED) == 20_00
    assert amount(engine, reserve(ASSOCIATION), EUR) == 20_00
    assert amount(engine, EXTERNAL, EUR) == -20_00
    assert amount(engine, issuer(FED)) == -20_00


@pytest.mark.parametrize("card,status", [(CARD, Booked.CREDITED), (BLOCKED, Booked.HELD)])
def test_asking_again_is_the_same_answer_and_no_block(
    engine: LittleEngine, card: CardRef, status: Booked
) -> None:
    ledger = EngineLedger(engine, engine)
    first = ledger.credit(order(card))
    blocks = engine.blocks
    assert ledger.credit(order(card)) == first
    assert (first.status, engine.blocks) == (status, blocks)


def test_a_blocked_card_is_held(engine: LittleEngine) -> None:
    booking = EngineLedger(engine, engine).credit(order(BLOCKED))
    assert booking.transaction is not None
    assert amount(engine, hold(booking.transaction)) == 20_00
    assert amount(engine, wallet(OTHER)) == 0


def test_what_the_ledger_refuses_is_said(engine: LittleEngine) -> None:
    wrong = Credit(card=CARD, asset=AssetId("NONE"), amount=20_00, evidence="stripe:pi_1:credit")
    booking = EngineLedger(engine, engine).credit(wrong)
    assert booking == Booking(Booked.REFUSED, code=Code.UNKNOWN_ASSET)


def test_the_fees_reserve(engine: LittleEngine) -> None:
    ledger = EngineLedger(engine, engine)
    assert ledger.fees_reserve() == 0
    funded = ReserveBook(amount=Amount(50_00), entry="fees", evidence="bank:1", holder=ASSOCIATION)
    assert isinstance(engine.propose([funded]), tuple)
    assert (ledger.fees_reserve(), amount(engine, RESERVE_FEES, EUR)) == (50_00, 50_00)


class Stopped(LittleEngine):
    """An engine that is going down."""

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        if self.blocks:
            raise EngineStoppedError
        return super().propose(bodies, atomic=atomic)


def test_a_stopping_engine_is_asked_again_later() -> None:
    engine = Stopped(lambda: START_MS)
    with pytest.raises(LedgerUnavailableError):
        EngineLedger(engine, engine).credit(order())


class Late(LittleEngine):
    """An engine whose check passed before another process used the evidence."""

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        return super().propose(bodies, atomic=False)


def test_an_evidence_that_is_used_between_check_and_block() -> None:
    engine = Late(lambda: START_MS)
    engine.propose(CENTRAL)
    ledger = EngineLedger(engine, engine)
    first = ledger.credit(order())
    assert ledger.credit(order()) == first
    assert ledger.balance(WALLET, FED) == 20_00
    wrong = Credit(card=CARD, asset=AssetId("NONE"), amount=1, evidence="stripe:pi_2:credit")
    assert ledger.credit(wrong) == Booking(Booked.REFUSED, code="unknown_asset")


# ---------- the whole way ----------


def test_every_door_at_once_twenty_times(node: World, engine: LittleEngine) -> None:
    session = node.open_session()
    node.provider.pay(session)
    blocks = engine.blocks
    with ThreadPoolExecutor(20) as pool:
        doors = [node.webhook, node.sweep, lambda: node.reloads.settle(session)] * 20
        list(pool.map(lambda door: door(), doors))
    assert node.state_of(session) == "credited"
    assert amount(engine, wallet(WALLET)) == 20_00
    assert amount(engine, reserve(ASSOCIATION), EUR) == 20_00
    assert engine.blocks == blocks + 1


def test_two_processes_at_once(node: World, engine: LittleEngine, tmp_path: Path) -> None:
    session = node.open_session()
    node.provider.pay(session)
    with (
        world(tmp_path, EngineLedger(engine, engine), node.clock) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        both = [node.reloads, other.reloads] * 8
        found = set(pool.map(lambda reloads: reloads.settle(session).outcome, both))
    assert found == {Outcome.CREDITED}
    assert amount(engine, wallet(WALLET)) == 20_00


def test_a_blocked_card_on_the_whole_way(node: World, engine: LittleEngine) -> None:
    session = node.open_session(card=BLOCKED)
    node.provider.pay(session)
    node.webhook()
    node.come_back(session)
    node.sweep()
    intent = node.intents.by_session(session)
    assert intent is not None
    assert intent.transaction is not None
    assert amount(engine, hold(intent.transaction)) == 20_00
    assert node.state_of(session) == "held"
    assert [kind for kind, _ in node.tasks()] == ["reload_held"]
