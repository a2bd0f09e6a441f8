"""What a bank has taken back is owed, and paid by whatever reaches the wallet; numbers by hand."""

import pytest

from server.ledger.effect import DISPUTES
from server.ledger.records import Wallet
from shared.amounts import Amount
from shared.bodies import Chargeback, Merge, Refund, Settlement
from shared.ids import ZERO_HASH, loss
from tests.server.ledger.neighbours import CAFE, Neighbours, neighbours
from tests.server.ledger.pursed import HOUR, THIN, issue, purses, release
from tests.server.ledger.test_corrections import moved, undo
from tests.server.ledger.world import BAR, FED, founded, holder, purse, sale


@pytest.fixture
def here() -> Neighbours:
    return neighbours()


def test_a_loss_is_found_behind_what_a_bank_took_back(here: Neighbours) -> None:
    """Card 2 owed the bar 300 and `loss:dispute` 500 when it was given 800 by mistake."""
    here.world.reload(2, 500, "e1")
    reloaded = here.world.node.seq
    here.world.sale(2, 800)
    back = Chargeback(Amount(500), here.world.node.id, "stripe:dp_1:lost", reloaded)
    assert here.bar(back) == ["accepted"]
    here.world.reload(1, 1000, "e2")
    here.bar(moved(800))
    mistake = here.world.node.seq
    assert here.bar(Settlement(Amount(501), FED, BAR)) == ["accepted"]
    assert here.bar(undo(here.world.node, mistake)) == ["rejected(place_short)"]
    here.world.sale(1, 1, "online")
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    owed = here.world.memory.get(Wallet, (holder(2),))
    assert owed == Wallet(((FED, DISPUTES, 500), (FED, BAR, 300)), BAR, BAR)


def test_what_returns_pays_what_a_bank_took_back(here: Neighbours) -> None:
    here.world.reload(2, 500, "e1")
    reloaded = here.world.node.seq
    here.bar(moved(100, 2, 1))
    mistake = here.world.node.seq
    back = Chargeback(Amount(500), here.world.node.id, "stripe:dp_1:lost", reloaded)
    assert here.bar(back) == ["accepted"]
    assert here.world.held(loss(DISPUTES)) == -100
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(DISPUTES))) == (0, 0)


def test_a_merge_pays_what_a_bank_took_back(here: Neighbours) -> None:
    here.world.reload(2, 500, "e1")
    reloaded = here.world.node.seq
    here.world.sale(2, 500)
    back = Chargeback(Amount(500), here.world.node.id, "stripe:dp_1:lost", reloaded)
    assert here.bar(back) == ["accepted"]
    here.world.reload(1, 600, "e2")
    assert here.bar(Merge(holder(1), holder(2))) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(DISPUTES))) == (100, 0)


def test_a_release_pays_what_a_bank_took_back() -> None:
    """Card 5 had 50.00, of which 30.00 lay in its purse when the bank took all of it back."""
    here = purses()
    reloaded = here.world.node.seq - 3
    assert here.bar(issue(THIN)) == ["accepted"]
    back = Chargeback(Amount(5_000), here.world.node.id, "stripe:dp_1:lost", reloaded)
    assert here.bar(back) == ["accepted"]
    assert here.world.held(loss(DISPUTES)) == -3_000
    here.world.time += 24 * HOUR
    assert here.bar(release(here.world.till, here.till, of=THIN)) == ["accepted"]
    assert (here.world.held(purse(THIN)), here.world.held(loss(DISPUTES))) == (0, 0)


# ---------- refunds ----------


def back(here: Neighbours, amount: int, seq: int = 1) -> list[str]:
    body = Refund(Amount(amount), here.world.till.id, ZERO_HASH, seq)
    return here.world.do(here.world.till, body)


def test_what_a_refund_gives_back_pays_other_debts_and_no_more(here: Neighbours) -> None:
    """The bar sold 100 for 60 and 40 owed, of which 10 are still; the café is owed 200."""
    here.world.reload(2, 60, "e1")
    here.world.sale(2, 100)
    here.world.reload(2, 30, "e2")
    assert here.world.do(here.till, sale(2, 200)) == ["overdrawn"]
    assert back(here, 100) == ["accepted"]
    held = (here.world.held(purse(2)), here.world.held(loss(BAR)), here.world.held(loss(CAFE)))
    assert held == (0, 0, -110)
    owner = here.world.memory.get(Wallet, (holder(2),))
    assert owner == Wallet(((FED, CAFE, 110),), BAR, BAR)


def test_a_refund_pays_what_a_bank_took_back(here: Neighbours) -> None:
    here.world.reload(2, 500, "e1")
    reloaded = here.world.node.seq
    here.world.sale(2, 500)
    taken = Chargeback(Amount(500), here.world.node.id, "stripe:dp_1:lost", reloaded)
    assert here.bar(taken) == ["accepted"]
    assert back(here, 120) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(DISPUTES))) == (0, -380)


def test_a_refund_of_protocol_1_pays_no_other_debt() -> None:
    world = founded()
    world.reload(2, 60, "e1")
    assert (world.sale(2, 60), world.sale(2, 50)) == (["accepted"], ["overdrawn"])
    assert world.do(world.till, Refund(Amount(60), world.till.id, ZERO_HASH, 1)) == ["accepted"]
    assert (world.held(purse(2)), world.held(loss(BAR))) == (60, -50)


def test_not_a_cent_of_a_loss_becomes_a_refund(here: Neighbours) -> None:
    here.world.reload(2, 10, "e1")
    here.world.sale(2, 10)
    assert here.bar(Settlement(Amount(10), FED, BAR)) == ["accepted"]
    assert here.world.sale(3, 100) == ["overdrawn"]
    assert back(here, 1) == ["rejected(place_short)"]
