"""kill -9 of the node while four terminals send: what it acknowledged is on the chain, once.

A terminal whose answer was lost sends the same bytes again, as a till does.
"""

import http.client
import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.stage import RAW, Served
from tests.server.engine.world import Till, sale

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

TILLS = 4
PER_BATCH = 3
FUNDS = 100_000_000
PATIENCE_S = 60
Told = tuple[int, int, int, str]
"""Number, height, index and verdict, as a terminal was told."""


@dataclass
class Sender:
    """A terminal that sends batch after batch until it is told to end; nothing makes it give up."""

    node: Served
    till: Till
    up: threading.Event
    end: threading.Event
    told: list[Told] = field(default_factory=list)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        while not self.end.is_set():
            raw = self.till.next(*[sale(RAW, 1)] * PER_BATCH).raw
            while not self.wrong and not self._sent(raw):
                self.lost += 1
                self.up.wait(PATIENCE_S)
            if self.wrong:
                return

    def _sent(self, raw: bytes) -> bool:
        try:
            status, answer = self.node.send(raw)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if status != http.client.OK or len(answer["verdicts"]) != PER_BATCH:
            self.wrong.append(f"{status}: {answer}")
        else:
            self.told += [
                (line["seq"], line["height"], line["index"], line["verdict"])
                for line in answer["verdicts"]
            ]
        return True


def kill_under_load(folder: Path, *, kills: int, seed: int) -> None:
    node = Served(folder, raw_cards=(FUNDS,), tills=TILLS)
    node.serve()
    try:
        senders = _send_and_kill(node, kills, random.Random(seed))
        assert [sender.wrong for sender in senders] == [[]] * TILLS
        assert sum(sender.lost for sender in senders) >= kills, "the kills hit nobody"
        check(node, senders)
    finally:
        node.stop()


def _send_and_kill(node: Served, kills: int, dice: random.Random) -> list[Sender]:
    up, end = threading.Event(), threading.Event()
    senders = [Sender(node, till, up, end) for till in node.terminals]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    up.set()
    for thread in threads:
        thread.start()
    try:
        for _ in range(kills):
            goal = sum(len(sender.told) for sender in senders) + dice.randrange(3, 600)
            _wait_for_answers(senders, goal)
            up.clear()
            node.kill()
            node.serve()
            up.set()
    except BaseException:  # else they would try for ever
        for sender in senders:
            sender.wrong.append("the node is gone")
        raise
    finally:
        end.set()
        up.set()
        for thread in threads:
            thread.join()
    return senders


def _wait_for_answers(senders: list[Sender], goal: int) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_S * 1_000):
        if sum(len(sender.told) for sender in senders) >= goal:
            return
        assert not any(sender.wrong for sender in senders), [sender.wrong for sender in senders]
        pause.wait(0.001)
    raise AssertionError("the terminals get no answers")


def check(node: Served, senders: list[Sender]) -> None:
    """Each answer that somebody got is what the chain says; every number is there once."""
    node.must_be_sound()
    for sender in senders:
        rows = node.query(
            "SELECT seq, height, idx, verdict FROM chain_transaction"
            " WHERE author = ? ORDER BY height, idx",
            sender.till.author,
        )
        assert [seq for seq, _, _, _ in rows] == list(range(1, sender.till.seq + 1))
        assert sender.told == rows
    sold = sum(sender.till.seq for sender in senders)
    assert node.balance(RAW) == FUNDS - sold


def test_ten_kills_under_load(tmp_path: Path) -> None:
    kill_under_load(tmp_path, kills=10, seed=20261124)


@pytest.mark.soak
def test_a_hundred_kills_under_load(tmp_path: Path) -> None:
    kill_under_load(tmp_path, kills=100, seed=11)
