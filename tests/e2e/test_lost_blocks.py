"""A node is put back from an old copy: a till shows what it has sealed and lost; no sale is."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.stage import BEER, FUNDS, Stage, all_sent, open_till

pytestmark = [pytest.mark.alone, pytest.mark.loopback]


def blocks_line(stage: Stage) -> str:
    """Give what `node doctor` says of the blocks."""
    [text] = [line["text"] for line in stage.node.act("doctor") if line["check"] == "blocks"]
    return str(text)


def test_a_till_shows_what_was_lost_and_brings_its_sales_again(
    stage: Stage, tmp_path: Path
) -> None:
    node, till = stage.node, stage.till
    open_till(till)
    stage.sell(0)
    all_sent(till)
    node.stop()
    shutil.copytree(node.home / "data", tmp_path / "copy")
    node.serve()
    stage.sell(1)
    stage.sell(2)
    all_sent(till)
    lost = node.status()["height"]

    node.stop()
    shutil.rmtree(node.home / "data")
    shutil.copytree(tmp_path / "copy", node.home / "data")
    node.serve()
    tip = node.status()["height"]
    till.until(lambda _: "shows block" in blocks_line(stage))
    assert f"the terminal till shows block {lost}, which this node sealed on" in blocks_line(stage)
    stage.sell(3)  # nothing stops the selling

    assert node.act("resume")["height"] > tip
    all_sent(till)
    assert set(node.verdicts()) == {"accepted"}
    assert [node.balance(n) for n in range(4)] == [FUNDS - BEER] * 4
    assert node.query("SELECT first, last FROM chain_lost") == [(tip + 1, lost)]
    node.must_be_sound()
