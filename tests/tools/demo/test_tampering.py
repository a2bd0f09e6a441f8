"""One wrong byte, anywhere: the audit of a copy names the height, whatever the seed."""

import random
import shutil
from pathlib import Path

import pytest

from server.control.desk import desk
from server.home import Home
from server.node import open_node
from shared.bodies import CardRegister
from shared.host.lock import HomeLock
from tests.e2e.stage import PLACE, RAW, Served
from tests.server.engine.world import World, card, sale, wallet_of
from tools.demo import tampering
from tools.demo.telling import StoryError

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A node that does not run, with a dozen blocks of several kinds."""
    made = Served(tmp_path_factory.mktemp("node"), raw_cards=(5_000, 5_000), tills=2)
    with HomeLock(made.home), open_node(made.files) as node:
        for number in range(8):
            till = made.terminals[number % 2]
            node.engine.submit(till.next(*[sale(RAW + number % 2, 10)] * (1 + number)))
        node.engine.propose([CardRegister(card(1), PLACE, "T0", wallet_of(1))])
        node.engine.propose([World.issue(1, 300)])
    return made


def audited(home: Path) -> tuple[int | None, str]:
    with desk(Home(home)) as ask:
        found = ask("audit")
    return found["bad_height"], found["cause"]


def test_an_untouched_copy_is_sound(node: Served, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(node.home, copy)
    tampering.flip_in(copy, lambda *_: 0, random.Random(0))
    assert audited(copy)[0] is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("part", ["header", "signature", "payload", "verdict", "balance"])
def test_each_part_is_found_with_its_height(
    node: Served, tmp_path: Path, part: str, seed: int
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(node.home, copy)
    height = tampering.flip_in(copy, tampering.PARTS[part], random.Random(seed))
    found, cause = audited(copy)
    assert found == height, cause
    assert cause


def test_all_parts_are_tried() -> None:
    assert list(tampering.PARTS) == ["header", "signature", "payload", "verdict", "balance"]


@pytest.mark.alone
def test_a_wrong_byte_that_is_not_found_ends_the_story(node: Served, tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="node audit"):
        tampering.try_each(node, tmp_path, {"header": lambda *_: 3})
    elsewhere = {"balance": lambda *with_: tampering.PARTS["balance"](*with_) + 1}
    with pytest.raises(StoryError, match="a byte was flipped in the balance at"):
        tampering.try_each(node, tmp_path / "b", elsewhere)
