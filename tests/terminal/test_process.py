"""The real process: pairing, selling, losing the network, being killed, catching up."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bodies import Refund, Sale
from shared.host.clock import SystemClock
from shared.ids import card_reference
from shared.transaction import open_payload
from terminal.home import Home
from terminal.settings import Settings
from tests.terminal.sync.real_node import CARD_KEY

from .process import HttpNode, TillProcess, Unreachable, pair

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

UIDS = [bytes([4, 0, 0, 0, 0, 1, number]) for number in range(30)]
FUNDS = 100_000


@pytest.fixture
def node(tmp_path: Path) -> Iterator[HttpNode]:
    made = HttpNode(tmp_path, UIDS, FUNDS)
    made.up()
    yield made
    made.close()


@pytest.fixture
def till(tmp_path: Path, node: HttpNode) -> Iterator[TillProcess]:
    made = TillProcess(tmp_path / "till", node.address)
    pair(made)
    yield made
    made.kill()


def product(till: TillProcess) -> str:
    screen = till.until(lambda s: s["type"] == "Sale" and bool(s["tiles"]))
    return str(screen["tiles"][0]["button"]["id"])


def test_an_evening_with_and_without_a_network(till: TillProcess, node: HttpNode) -> None:
    uid = UIDS[0].hex()
    till.start()
    till.log_in()
    beer = product(till)
    till.until(lambda s: s["status"]["network"]["label"] == "En ligne")

    till.touches(beer, "charge")
    assert till.says(f"tap {uid} 0")["ok"]
    online = till.sees("Paid")
    assert online["left"] == "reste 995,00\u00a0G"
    till.touches("continue")

    node.down()
    till.until(lambda s: s["status"]["network"]["label"] == "Hors ligne")
    for left in ("990,00", "985,00"):
        till.touches(beer, "charge")
        assert till.says(f"tap {uid} 0")["ok"]
        assert till.sees("Paid")["left"] == f"reste {left}\u00a0G"
        till.touches("continue")
        till.sees("Sale")
    till.touches(beer, "charge")
    assert till.says(f"tap {uid} 0")["ok"]
    assert till.sees("Refused")["detail"] == "Cette carte a déjà payé hors ligne ici."
    assert till.screen()["status"]["unsent_count"] == 2

    till.kill()
    till.start()
    last = till.sees("LastSale")
    assert (last["result"], last["amount"]) == ("Payé", "5,00\u00a0G")
    till.touches("refund")
    assert till.sees("Paid")["title"] == "Remboursé"
    till.touches("continue")
    till.sees("Locked")

    node.up()
    till.until(lambda s: s["status"]["unsent_count"] == 0)
    till.until(lambda s: s["status"]["network"]["label"] == "En ligne")
    assert till.stop() == 0
    told = till.command("journal")
    assert [line.split()[1] for line in told.splitlines()] == ["refund", "sale", "sale", "sale"]
    assert "-" not in {line.split()[-1] for line in told.splitlines()}
    assert node.balance(100) == FUNDS - 1000
    assert "unsent   0 sales" in till.command("status")


def test_two_tills_cannot_share_a_home(till: TillProcess) -> None:
    till.start()
    assert "is in use by process" in till.command("status")


def kill_at_random(till: TillProcess, node: HttpNode, rounds: int, seed: int) -> None:
    """Sell and pull the plug, again and again; then everything must add up."""
    dice = random.Random(seed)
    greens: Counter[str] = Counter()
    taps: Counter[str] = Counter()
    sale_s = first_sale(till, greens, taps)
    for _ in range(rounds):
        if dice.random() < 0.5:
            node.down()
        till.start()
        till.log_in()
        beer = product(till)
        axe = threading.Timer(dice.random() * 2 * sale_s, till.kill)
        axe.start()
        try:
            for card in dice.sample(range(len(UIDS)), 3):
                uid = UIDS[card].hex()
                till.touches(beer, "charge")
                taps[uid] += 1
                till.says(f"tap {uid} 0")
                seen = till.sees("Paid", "Refused", "CardTrouble")
                if seen["type"] == "Paid":
                    greens[uid] += 1
                    till.touches("continue")
                else:
                    till.touches("cancel", "clear")
                till.sees("Sale")
        except Unreachable:
            pass
        axe.join()
        till.kill()
        node.up()
    settle(till, node)
    check(till, node, greens, taps)


def first_sale(till: TillProcess, greens: Counter[str], taps: Counter[str]) -> float:
    """Let a till that was only just paired hear of everybody, and sell; give how long a sale takes.

    A slow machine shall sell before it is killed, too.
    """
    till.start()
    till.log_in()
    beer, uid = product(till), UIDS[0].hex()
    till.until(lambda s: s["status"]["network"]["label"] == "En ligne")
    began = time.monotonic()
    till.touches(beer, "charge")
    assert till.says(f"tap {uid} 0")["ok"]
    till.sees("Paid")
    took_s = time.monotonic() - began
    greens[uid], taps[uid] = 1, 1
    till.kill()
    return took_s


def settle(till: TillProcess, node: HttpNode) -> None:
    """With the network back, everything is sent."""
    till.start()
    till.until(lambda s: s["status"]["network"]["label"] == "En ligne")
    till.until(lambda s: s["status"]["unsent_count"] == 0)
    if till.screen()["type"] == "LastSale":
        till.touches("acknowledge")
    till.touches("state")
    till.until(lambda s: s["type"] == "StatePage" and s["done"])
    assert till.stop() == 0


def check(till: TillProcess, node: HttpNode, greens: Counter[str], taps: Counter[str]) -> None:
    """Each green is on the chain, each tap charged once at most, each balance is the sum."""
    home = Home(till.home, Settings(), SystemClock())
    assert home.open() is not None
    assert home.journal is not None
    charged: Counter[str] = Counter()
    names = {card_reference(CARD_KEY, uid): uid.hex() for uid in UIDS}
    sold: dict[int, str] = {}
    for record in home.journal.records(1):
        verdict = home.journal.verdict(record.seq)
        assert verdict is not None, record.seq
        body = open_payload(record.payload).body
        if not verdict.took_effect:
            continue
        if isinstance(body, Sale):
            sold[record.seq] = names[body.card]
            charged[names[body.card]] += 1
        elif isinstance(body, Refund):
            charged[sold[body.seq]] -= 1
    home.close()
    for number, uid in enumerate((uid.hex() for uid in UIDS), start=100):
        assert greens[uid] <= charged[uid] <= taps[uid], uid
        assert node.balance(number) == FUNDS - 500 * charged[uid], uid
    assert sum(greens.values()) > 1


def test_twenty_random_kills(till: TillProcess, node: HttpNode) -> None:
    kill_at_random(till, node, rounds=20, seed=20261124)


@pytest.mark.soak
def test_two_hundred_random_kills(till: TillProcess, node: HttpNode) -> None:
    kill_at_random(till, node, rounds=200, seed=7)
