"""Terminals that spend the same money at the same time, over HTTP at a node in its own process."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.stage import RAW, Served
from tests.server.engine.world import Till, sale

pytestmark = [pytest.mark.alone, pytest.mark.loopback]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("spends")
    made = Served(folder, raw_cards=(100, 1_000), tills=32)
    made.serve()
    yield made
    made.stop()


def spend_at_once(node: Served, tills: list[Till], number: int) -> list[str]:
    """Every till asks for a euro of one card, all at once; give what each was told."""
    batches = [till.next(sale(number, 100, basis="online")).raw for till in tills]
    with ThreadPoolExecutor(len(tills)) as pool:
        answers = list(pool.map(node.send, batches))
    assert [status for status, _ in answers] == [200] * len(tills)
    return sorted(line["verdict"] for _, answer in answers for line in answer["verdicts"])


def test_two_terminals_spend_the_last_euro_and_one_is_accepted(node: Served) -> None:
    told = spend_at_once(node, node.terminals[:2], RAW)
    assert told == ["accepted", "rejected(insufficient_funds)"]
    assert node.balance(RAW) == 0
    node.must_be_sound()


def test_of_32_parallel_spends_with_10_fundable_exactly_10_are_accepted(node: Served) -> None:
    told = spend_at_once(node, node.terminals, RAW + 1)
    assert told == ["accepted"] * 10 + ["rejected(insufficient_funds)"] * 22
    assert node.balance(RAW + 1) == 0
    node.must_be_sound()
