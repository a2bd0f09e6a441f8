"""Hours without a server, and a network that loses, repeats and reorders: all ends in sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.sync.transport import Reply, Request
from terminal.till.events import NodeLost, Pulled
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import CARD, NodeModel, Rude


class Counting:
    """A node that is down, and how often it was asked."""

    asked = 0

    def send(self, request: Request) -> Reply | None:
        self.asked += 1
        return None


def test_a_server_that_is_down_for_an_hour_is_asked_ever_less(tmp_path: Path) -> None:
    node = Counting()
    terminal = Terminal(tmp_path, node)
    asked_at = []
    for second in range(3600):
        before = node.asked
        terminal.round()
        if node.asked > before:
            asked_at.append(second)
        assert terminal.sync.pause_s() == 1.0
        terminal.time.now += 1000

    assert asked_at[:6] == [0, 1, 3, 7, 15, 30]
    assert len(asked_at) == 243  # 0, 1, 3, 7, then each 15 s up to 3585
    up = NodeModel()
    terminal.sell(100, 3)
    terminal.transport = up
    terminal.restart()
    terminal.round()
    terminal.round()
    assert up.head.seq == 3


@pytest.mark.parametrize("what", ["network", "sale"])
def test_a_pause_ends_at_once_when_the_network_returns_or_somebody_pays(
    tmp_path: Path, what: str
) -> None:
    node = NodeModel()
    way = Rude(node, seed=1, cut=True)
    terminal = Terminal(tmp_path, way)
    terminal.sync.pull()
    for _ in range(5):
        terminal.sync.pause_s()
        terminal.time.now += 16_000
        terminal.round()
    assert terminal.sync.pause_s() == 1.0
    terminal.transport = node
    way.cut = False
    way.send = node.send  # type: ignore[method-assign]  # a way that is no longer rude
    assert terminal.sync.pull() == NodeLost()  # resting: nobody was asked

    if what == "network":
        terminal.network = b"eth0 up"
    else:
        terminal.sell(100)

    assert isinstance(terminal.sync.pull(), Pulled)


@pytest.mark.parametrize("seed", range(25))
def test_a_rude_network_ends_in_sync_with_each_sale_exactly_once(tmp_path: Path, seed: int) -> None:
    node = NodeModel(page=7)
    way = Rude(node, seed)
    terminal = Terminal(tmp_path, way)
    sold = 0
    for step in range(60):
        if step % 3 == 0 and step < 45:
            terminal.sell(100, 1 + (step * seed) % 5)
            sold += 1 + (step * seed) % 5
        way.cut = 20 <= step < 28
        if step == 33:
            terminal.restart()
        if step == 38:
            node.forget(len(node.payloads) // 2)
            node.balance = 100_000 - 100 * node.head.seq
        terminal.round()
        node.now_ms += 1000

    terminal.transport = node
    terminal.restart()
    for _ in range(4):
        terminal.round()

    assert node.payloads == [record.payload for record in terminal.journal.records(1)]
    assert len(node.payloads) == sold
    assert node.balance == 100_000 - 100 * sold
    assert terminal.sync.directory()[0].cards[CARD].balances == {"FED": node.balance}
    assert terminal.journal.settled_seq == sold
