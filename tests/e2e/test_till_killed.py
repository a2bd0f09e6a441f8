"""kill -9 of the till while it sells and syncs through a cable to a node in its own process.

Each tap is of a card of its own, so what a card was charged says what became of that tap: a tap
that was seen green was charged exactly once, any other at most once.
"""

import random
import threading
import time
from pathlib import Path

import pytest

from server.home import read_keys
from shared.bodies import Refund, Sale
from shared.ids import card_reference
from tests.e2e.stage import BEER, FUNDS, Stage, all_sent, charge, journal_of, open_till, uid
from tests.terminal.process import TillProcess, Unreachable

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

TAPS = 3
"""Of each start of the till, at most."""


def kill_at_random(folder: Path, *, kills: int, seed: int) -> None:
    stage = Stage(folder, cards=kills * TAPS + 1)
    dice = random.Random(seed)
    green = {kills * TAPS}
    try:
        open_till(stage.till)  # once online, so that it knows cards and people
        all_sent(stage.till)
        began = time.monotonic()
        stage.sell(kills * TAPS)
        round_s = TAPS * (time.monotonic() - began)
        stage.till.kill()
        for round_number in range(kills):
            cards = range(round_number * TAPS, (round_number + 1) * TAPS)
            green |= _one_round(stage, dice, cards, round_s)
        stage.cable.mend()
        open_till(stage.till)
        all_sent(stage.till)
        assert stage.till.stop() == 0
        assert len(green) >= kills // 4, "hardly anything was sold"
        check(stage, kills * TAPS + 1, green)
    finally:
        stage.close()


def _one_round(stage: Stage, dice: random.Random, cards: range, round_s: float) -> set[int]:
    """Start, sell, lose or find the network meanwhile, and be killed at some moment.

    `round_s` is how long such a round takes on this machine, so that a slow one sells, too.
    """
    till, cable = stage.till, stage.cable
    if dice.random() < 0.4:
        cable.cut()
    open_till(till)
    death_s, change_s = dice.random() * round_s, dice.random() * round_s
    change = cable.mend if dice.random() < 0.7 else cable.cut
    timers = [threading.Timer(death_s, till.kill), threading.Timer(change_s, change)]
    for timer in timers:
        timer.start()
    green = _sell_until_killed(till, cards)
    for timer in timers:
        timer.join()
    till.kill()
    cable.mend()
    return green


def _sell_until_killed(till: TillProcess, cards: range) -> set[int]:
    green: set[int] = set()
    try:
        for number in cards:
            charge(till, number)
            seen = till.sees("Paid", "Refused", "CardTrouble")
            if seen["type"] == "Paid":
                green.add(number)
                till.touches("continue")
            else:
                till.touches("cancel", "clear")
            till.sees("Sale")
    except Unreachable:
        pass
    return green


def check(stage: Stage, cards: int, green: set[int]) -> None:
    """Journal and chain are the same, and each card was charged as its tap was answered."""
    node = stage.node
    author = stage.author(stage.till)
    journal = journal_of(stage.till)
    assert {seq: entry.hash for seq, entry in journal.items()} == node.hashes(author)
    took = {
        seq
        for seq, verdict in node.query(
            "SELECT seq, verdict FROM chain_transaction WHERE author = ?", author
        )
        if verdict == "accepted"
    }
    names = {card_reference(read_keys(node.files).card, uid(n)): n for n in range(cards)}
    charged = dict.fromkeys(range(cards), 0)
    sold: dict[int, int] = {}
    for seq, entry in journal.items():
        body = entry.body
        if seq not in took:
            continue
        if isinstance(body, Sale):
            sold[seq] = names[body.card]
            charged[sold[seq]] += 1
        elif isinstance(body, Refund):
            charged[sold[body.seq]] -= 1
    for number, times in charged.items():
        assert times in ({1} if number in green else {0, 1}), number
        assert node.balance(number) == FUNDS - BEER * times, number
    node.must_be_sound()


def test_twenty_random_kills(tmp_path: Path) -> None:
    kill_at_random(tmp_path, kills=20, seed=3)


@pytest.mark.soak
def test_two_hundred_random_kills(tmp_path: Path) -> None:
    kill_at_random(tmp_path, kills=200, seed=20261124)
