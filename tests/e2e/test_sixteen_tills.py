"""Sixteen tills spend one card at the same instant over HTTP, on a node of either database.

Online sales never overdraw; cached ones are all taken and owe exactly what the card lacked.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from shared.ids import loss
from tests.e2e.stage import PLACE, RAW, Served
from tests.server.engine.world import sale
from tools.postgres import serving

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

TILLS = 16
ROUNDS = 6
FUNDS = 100


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def node(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("tills")
    cards = (FUNDS,) * (2 * ROUNDS)
    if request.param == "sqlite":
        yield from served(Served(folder, raw_cards=cards, tills=TILLS))
    else:
        with serving() as server:
            address = server.fresh("template0")
            yield from served(Served(folder, raw_cards=cards, tills=TILLS, database=address))


def served(node: Served) -> Iterator[Served]:
    node.serve()
    yield node
    node.stop()


def spend_at_once(node: Served, number: int, basis: str) -> list[tuple[int, str]]:
    """Let every till take some of one card; give (amount, verdict) in the order of the chain."""
    dice = Random(number)
    amounts = [dice.randint(1, 20) for _ in node.terminals]
    batches = [
        till.next(sale(number, amount, basis=basis)).raw
        for till, amount in zip(node.terminals, amounts, strict=True)
    ]
    start = Barrier(TILLS)

    def send(raw: bytes) -> tuple[int, int, str]:
        start.wait()
        status, answer = node.send(raw)
        assert status == 200, answer
        [line] = answer["verdicts"]
        return line["height"], line["index"], line["verdict"]

    with ThreadPoolExecutor(TILLS) as pool:
        told = list(pool.map(send, batches))
    ordered = sorted(zip(told, amounts, strict=True))
    return [(amount, verdict) for (_, _, verdict), amount in ordered]


@pytest.mark.parametrize("number", range(RAW, RAW + ROUNDS))
def test_online_sales_never_overdraw(node: Served, number: int) -> None:
    left = FUNDS
    for amount, verdict in spend_at_once(node, number, "online"):
        fits = amount <= left
        assert verdict == ("accepted" if fits else "rejected(insufficient_funds)")
        left -= amount if fits else 0
    assert node.balance(number) == left


@pytest.mark.parametrize("number", range(RAW + ROUNDS, RAW + 2 * ROUNDS))
def test_cached_sales_owe_exactly_the_rest(node: Served, number: int) -> None:
    before, left, owed = lost(node), FUNDS, 0
    for amount, verdict in spend_at_once(node, number, "cached"):
        assert verdict == ("accepted" if amount <= left else "overdrawn")
        left, owed = max(0, left - amount), owed + max(0, amount - left)
    assert node.balance(number) == left
    assert lost(node) - before == owed
    node.must_be_sound()


def lost(node: Served) -> int:
    """Give what the bar's loss accounts carry."""
    rows = node.query("SELECT -SUM(amount) FROM chain_balance WHERE account = ?", loss(PLACE))
    return int(rows[0][0] or 0)
