"""The network between a real till or a terminal's bytes and a real node is as bad as it gets."""

import http.client
import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.stage import BEER, FUNDS, RAW, Served, Stage, all_sent, journal_of, open_till
from tests.server.engine.world import sale
from tools.demo.proxy import Cable

pytestmark = [pytest.mark.alone, pytest.mark.loopback]


class Scissors(Cable):
    """A cable that cuts itself once so many bytes went to the node, or came from it."""

    def __init__(self, node_port: int) -> None:
        self.to_node = self.from_node = 1 << 40
        self.cuts = 0
        super().__init__(node_port)

    def arm(self, *, to_node: int = 1 << 40, from_node: int = 1 << 40) -> None:
        """Be whole until so many bytes have passed."""
        self.to_node, self.from_node = to_node, from_node
        self.mend()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:  # around all of it: the other direction may have closed both ends already
            upwards = target.getpeername()[1] == self._node[1]
            while data := source.recv(1_000):
                left = self.to_node if upwards else self.from_node
                target.sendall(data[:left])
                if len(data) >= left:
                    self.cuts += 1
                    self.cut()
                    return
                if upwards:
                    self.to_node -= len(data)
                else:
                    self.from_node -= len(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path, raw_cards=(1_000_000,), tills=2)
    made.serve()
    yield made
    made.stop()


def test_a_request_cut_at_any_byte_has_one_effect_in_the_end(node: Served) -> None:
    """A batch of 100 sales is some 40 kB; the answer is cut as often as the question."""
    till, dice, cable = node.terminals[0], random.Random(5), Scissors(node.port)
    for _ in range(6):
        raw = till.next(*[sale(RAW, 1)] * 100).raw
        cuts = [{"to_node": dice.randrange(1, len(raw))}, {"from_node": dice.randrange(1, 2_000)}]
        for cut in dice.sample(cuts, 2):
            cable.arm(**cut)
            with pytest.raises((OSError, http.client.HTTPException, ValueError)):
                node.send(raw, cable.port)
        cable.arm()
        status, answer = node.send(raw, cable.port)
        assert status == 200
        assert [line["verdict"] for line in answer["verdicts"]] == ["accepted"] * 100
    cable.close()
    assert cable.cuts == 12
    assert sorted(node.hashes(till.author)) == list(range(1, 601))
    assert node.balance(RAW) == 1_000_000 - 600
    node.must_be_sound()


def test_repeated_reordered_and_overlapping_uploads_end_in_one_history(node: Served) -> None:
    """Eight clients send pieces of one journal in any order, many times, until all is known."""
    till = node.terminals[1]
    till.write(*[sale(RAW, 1)] * 120)
    dice = random.Random(8)
    pieces = [(first, first + dice.randrange(0, 30)) for first in range(1, 121, 3)] * 3
    dice.shuffle(pieces)
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda piece: node.send(till.batch(piece[0], piece[1]).raw), pieces)
        )
    for status, answer in answers:
        assert status == 200 or (status, answer["code"]) == (409, "gap")
    status, answer = node.send(till.batch(1).raw)
    assert (status, len(answer["verdicts"])) == (200, 120)
    assert node.hashes(till.author) == {seq: till.hash(seq) for seq in range(1, 121)}
    assert node.balance(RAW) == 1_000_000 - 120
    assert node.query("SELECT count(*) FROM local_dead_letter") == [(0,)]
    node.must_be_sound()


def test_a_till_sells_through_a_flapping_network_and_a_restart_of_the_node(stage: Stage) -> None:
    till, node = stage.till, stage.node
    open_till(till)
    all_sent(till)
    stage.sell(0)
    stage.cut()
    for number in (1, 2, 3):
        assert stage.sell(number)["left"] == "reste 15,00\u00a0G"
    node.stop()
    stage.cable.mend()
    assert stage.sell(4)["left"] == "reste 15,00\u00a0G"
    node.serve()
    _flap(stage, random.Random(1), times=12)
    all_sent(till)
    assert stage.sell(5)["left"] == "reste 15,00\u00a0G"
    all_sent(till)
    assert till.stop() == 0
    journal = {seq: entry.hash for seq, entry in journal_of(till).items()}
    assert journal == node.hashes(stage.author(till))
    assert node.verdicts() == ["accepted"] * 6
    assert [node.balance(number) for number in range(7)] == [FUNDS - BEER] * 6 + [FUNDS]
    node.must_be_sound()


def _flap(stage: Stage, dice: random.Random, times: int) -> None:
    pause = threading.Event()
    for _ in range(times):
        stage.cable.mend()
        pause.wait(dice.random() * 0.5)
        stage.cable.cut()
    stage.cable.mend()
