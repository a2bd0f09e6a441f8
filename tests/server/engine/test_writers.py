"""Sixteen writers on one wallet at the same instant, online and cached, with value coming in.

Whatever order the engine chose, doing the same one after the other gives the same verdicts, the
same balance and the same debts: online sales never overdraw, cached ones owe exactly the rest.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from server.engine.port import NotProposed, Placed, Stored, Unplaced
from server.jobs.audit import check_database
from server.ledger.records import Wallet
from server.store.view import StoreView
from shared.bodies import CardRegister, Sale
from shared.ids import loss, place
from tests.server.engine.world import BAR, World, card, sale, wallet_of

WRITERS = 16


@dataclass
class Purse:
    """A wallet as anybody would keep it: what it holds and what it owes."""

    holds: int
    owes: int = 0

    def spend(self, amount: int, *, online: bool) -> str:
        if amount <= self.holds:
            self.holds -= amount
            return "accepted"
        if online:
            return "rejected(insufficient_funds)"
        self.owes, self.holds = self.owes + amount - self.holds, 0
        return "overdrawn"

    def receive(self, amount: int) -> str:
        repaid = min(amount, self.owes)
        self.owes, self.holds = self.owes - repaid, self.holds + amount - repaid
        return "accepted"


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where, tills=WRITERS, cards=0)
    yield world
    world.database.close()


def play(world: World, number: int, seed: int) -> Purse:
    """Let every till spend one card, and the node fill it twice, all at once; compare."""
    dice = Random(seed)
    funds = dice.randrange(1, 120)
    made = CardRegister(card=card(number), home=BAR, tier="T0", wallet=wallet_of(number))
    assert isinstance(world.solo.propose([made, world.issue(number, funds, f"f{number}")]), tuple)
    bases = dice.choice((("online",), ("cached",), ("online", "cached")))
    sales = [sale(number, dice.randint(1, 20), basis=dice.choice(bases)) for _ in range(WRITERS)]
    gifts = {f"g{number}-{each}": dice.randint(1, 30) for each in range(2)}
    start = Barrier(WRITERS + len(gifts))

    def spend(writer: int) -> Placed:
        batch = world.till[writer].next(sales[writer])
        start.wait()
        return only(world.solo.submit(batch))

    def fill(evidence: str) -> Placed:
        start.wait()
        return only(world.solo.propose([world.issue(number, gifts[evidence], evidence)]))

    with ThreadPoolExecutor(WRITERS + len(gifts)) as pool:
        spent: list[Future[Placed]] = [pool.submit(spend, writer) for writer in range(WRITERS)]
        filled = [pool.submit(fill, evidence) for evidence in gifts]
    acts: list[tuple[Placed, Sale | int]] = [
        *zip((future.result() for future in spent), sales, strict=True),
        *zip((future.result() for future in filled), gifts.values(), strict=True),
    ]
    purse = Purse(funds)
    for placed, act in sorted(acts, key=lambda each: (each[0].height, each[0].index)):
        if isinstance(act, Sale):
            verdict = purse.spend(act.total, online=act.basis == "online")
        else:
            verdict = purse.receive(act)
        assert str(placed.verdict) == verdict
    assert world.on_card(number) == purse.holds
    assert owed(world, number) == purse.owes
    return purse


def only(answer: Stored | Unplaced | tuple[Placed, ...] | NotProposed) -> Placed:
    """Give the one verdict of an answer."""
    assert isinstance(answer, Stored | tuple), answer
    [placed] = answer.placed if isinstance(answer, Stored) else answer
    return placed


def owed(world: World, number: int) -> int:
    """Give what the wallet of a card owes the bar."""
    with world.database.read() as connection:
        record = StoreView(connection).get(Wallet, (wallet_of(number),))
    assert record is not None
    return sum(amount for _, _, amount in record.debts)


def rounds(world: World, count: int, seed: int) -> None:
    """Play rounds with a fresh card each; the sums over all of them are right, too."""
    purses = [play(world, number, seed + number) for number in range(count)]
    assert world.sums() == {"GRAIN": 0}
    assert world.balance(loss(BAR)) == -sum(purse.owes for purse in purses)
    issued = -world.balance("issuer:GRAIN")
    assert world.balance(place(BAR)) == issued + sum(p.owes - p.holds for p in purses)
    assert any(purse.owes for purse in purses)
    assert any(purse.holds for purse in purses)
    assert check_database(world.database, world.chain).finding is None


def test_sixteen_writers_on_one_wallet(world: World) -> None:
    rounds(world, 12, seed=16)


@pytest.mark.soak
def test_sixteen_writers_on_one_wallet_five_hundred_times(world: World) -> None:
    rounds(world, 500, seed=1_600)
