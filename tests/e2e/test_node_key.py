"""The node's key is stolen: the node rotates it, the tills follow, the thief is nobody to them."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from server.control.desk import desk
from server.home import Home, read_keys
from shared.signing import public_key
from terminal.sync import identity
from tests.e2e.stage import BEER, FUNDS, Stage, all_sent, open_till
from tests.terminal.process import TillProcess
from tools.demo.node import Node

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

STRANGER = "Ce serveur ne prouve pas qu’il est le nôtre"


def pinned(till: TillProcess) -> str:
    """Give the node's key that a till trusts, from its disk."""
    enrolment = identity.load(till.home / "keys")
    assert enrolment is not None
    return enrolment.answer.node_key


def meets_a_stranger(till: TillProcess) -> None:
    """Wait until the till says that this is not its node."""
    till.until(lambda s: s["type"] == "Sale" and (s["strip"] or {}).get("text") == STRANGER)


def sales(node: Node) -> int:
    """Count the sales on a node's chain."""
    return int(node.query("SELECT count(*) FROM chain_transaction WHERE kind = 'sale'")[0][0])


def test_tills_follow_two_rotations_and_refuse_the_thief_of_the_old_key(
    stage: Stage, tmp_path: Path
) -> None:
    node, till = stage.node, stage.till
    open_till(till)
    stage.sell(0)
    all_sent(till)
    till.kill()

    node.stop()
    (tmp_path / "thief").mkdir(mode=0o700)
    stolen = Node(tmp_path / "thief" / "node", node.port)
    shutil.copytree(node.home, stolen.home)
    node.serve()
    for _ in range(2):  # and nobody sells anything meanwhile
        node.act("key.rotate")
    key = public_key(read_keys(node.files).node).hex()
    assert pinned(till) != key

    open_till(till)  # it was off all the while
    stage.sell(1)
    all_sent(till)
    assert pinned(till) == key
    assert sales(node) == 2

    node.stop()
    stolen.serve()
    meets_a_stranger(till)
    stage.sell(2)  # as without network
    stolen.stop()
    till.until(lambda s: s["type"] == "Sale" and s["strip"]["text"] != STRANGER)
    with desk(Home(stolen.home)) as ask:  # whoever has the old key can rotate it, too
        ask("resume", till_lies=True)  # the till's cursor has stopped the thief
        ask("key.rotate")
        ask("place.create", name="Nulle part")
    stolen.serve()
    meets_a_stranger(till)
    stage.sell(3)
    stolen.stop()
    assert (pinned(till), sales(stolen)) == (key, 1)
    assert said(till) == 1

    node.serve()
    all_sent(till)
    assert [node.balance(n) for n in range(4)] == [FUNDS - BEER] * 4
    assert node.verdicts() == ["accepted"] * 4
    node.must_be_sound()


def said(till: TillProcess) -> int:
    """Count the lines of a till's log about a node that is not its own."""
    lines: list[Any] = [
        line
        for path in (till.home / "logs").iterdir()
        for line in path.read_text("utf-8").splitlines()
        if "not our node" in line
    ]
    return len(lines)
