"""Reloads that were set aside, when a bank takes them back: whose money it is; by hand."""

import pytest

from server.ledger.records import Lock
from shared.amounts import Amount
from shared.bodies import CardBlock, CashOutDone, CashOutFailed, Chargeback, PlaceLeave
from shared.ids import EUR, EXTERNAL, Hash, hold, reserve, wallet
from tests.server.ledger.world import BAR, FED, World, card, holder, modern, purse


@pytest.fixture
def world() -> World:
    """Card 2 has 300, is blocked, and gets a paid reload of 500, which waits."""
    here = modern()
    assert here.reload(2, 300, "stripe:cs_1:paid") == ["accepted"]
    assert here.do(here.node, CardBlock(card(2), "lost")) == ["accepted"]
    assert here.reload(2, 500, "stripe:cs_2:paid") == ["accepted"]
    assert (here.held(purse(2)), here.held(hold(here.node.prev))) == (300, 500)
    return here


def took_back(world: World, amount: int) -> tuple[Hash, list[str]]:
    """Let the bank take back some of the last reload; give that one's name."""
    name = world.node.prev
    body = Chargeback(Amount(amount), world.node.id, "stripe:dp_1:lost", world.node.seq)
    return name, world.do(world.node, body)


def test_what_a_bank_took_back_is_burned_where_it_was_set_aside(world: World) -> None:
    name, said = took_back(world, 200)
    assert said == ["accepted"]
    assert (world.held(purse(2)), world.held(hold(name))) == (300, 300)
    assert (world.held(reserve(BAR), EUR), world.held(EXTERNAL, EUR)) == (600, -600)


def test_what_reached_its_wallet_is_not_to_be_given_back_again(world: World) -> None:
    name = world.node.prev
    seq = world.node.seq
    failed = CashOutFailed("stripe:re_1:failed", name)
    assert world.do(world.node, failed) == ["accepted"]
    body = Chargeback(Amount(200), world.node.id, "stripe:dp_1:lost", seq)
    assert world.do(world.node, body) == ["accepted"]
    assert (world.held(purse(2)), world.held(hold(name))) == (600, 0)
    lock = world.memory.get(Lock, (name,))
    assert lock == Lock(wallet(holder(2)), 500, FED, "failed")
    again = CashOutFailed("stripe:re_2:failed", name)
    assert world.do(world.node, again) == ["rejected(already_settled)"]


def test_what_was_paid_to_a_place_that_has_left_goes_back() -> None:
    """Its holder paid before they could know: it is not refused, and no new tokens go round."""
    world = modern()
    assert world.do(world.node, PlaceLeave(BAR)) == ["accepted"]
    assert world.reload(1, 700, "stripe:cs_1:paid") == ["accepted"]
    name = world.node.prev
    assert (world.held(purse(1)), world.held(hold(name))) == (0, 700)
    assert (world.held(reserve(BAR), EUR), world.held(EXTERNAL, EUR)) == (700, -700)
    assert world.do(world.node, CashOutDone("stripe:re_1:done", name)) == ["accepted"]
    assert (world.held(hold(name)), world.held(reserve(BAR), EUR)) == (0, 0)
