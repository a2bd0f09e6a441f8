"""The till's home, with the real journal and a real node over loopback."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import Code
from shared.host import HostError
from shared.host.clock import SystemClock
from shared.ids import card_reference
from terminal.home import Home, run_quietly
from terminal.settings import Settings
from terminal.till.directory import OperatorId
from terminal.till.events import Pulled, Pushed, Unsent
from terminal.till.receipts import SaleDraft
from tests.terminal.sync.real_node import CARD_KEY, PIN

from .process import HttpNode
from .till.dialogue import BEER, sold

UID = bytes.fromhex("04000000000101")


def home(folder: Path, **settings: object) -> Home:
    return Home(folder, Settings(**settings), SystemClock())  # type: ignore[arg-type]  # a test's own


def test_a_new_home_has_keys_of_its_own(tmp_path: Path) -> None:
    first = home(tmp_path / "a", node="http://node.example")
    assert (first.address, first.language, first.open()) == ("http://node.example", "fr", None)
    assert first.serial == home(tmp_path / "a").serial
    assert first.serial != home(tmp_path / "b").serial
    assert len(first.serial) == 7
    key = tmp_path / "a" / "keys" / "terminal.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert first.journal is None
    first.close()


def test_what_is_chosen_on_the_screen_outlives_the_process(tmp_path: Path) -> None:
    home(tmp_path).remember("en")
    assert home(tmp_path, language="fr").language == "en"
    (tmp_path / "data" / "chosen.json").write_text("{", "utf-8")
    assert home(tmp_path, language="fr").language == "fr"


def test_a_damaged_enrolment_says_so(tmp_path: Path) -> None:
    made = home(tmp_path)
    (tmp_path / "keys" / "pairing.json").write_text("{}", "utf-8")
    with pytest.raises(HostError, match="damaged"):
        made.open()


def test_commands_of_the_settings(tmp_path: Path) -> None:
    made = home(tmp_path, power_off=("touch", str(tmp_path / "off")))
    made.power_off()
    assert (tmp_path / "off").exists()
    run_quietly(())
    run_quietly(("false",))
    run_quietly(("no-such-command-here",))
    made.set_brightness(35)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[HttpNode]:
    made = HttpNode(tmp_path, [UID], 2000)
    made.up()
    yield made
    made.close()


@pytest.mark.loopback
def test_pairing_then_selling_then_opening_again(tmp_path: Path, node: HttpNode) -> None:
    made = home(tmp_path / "till")
    assert made.pair(node.address, "000000") is Code.BAD_PIN
    answer = made.pair(node.address, PIN)
    assert isinstance(answer, tuple)
    paper, directory = answer
    assert directory.place_name == "Bar"
    assert paper.card_key == CARD_KEY

    pulled = paper.sync.pull()
    assert isinstance(pulled, Pulled)
    ref = card_reference(paper.card_key, UID)
    assert sum(pulled.directory.cards[ref].balances.values()) == 2000
    draft = SaleDraft(
        basis="online",
        card=ref,
        number="",
        lines=(sold(BEER),),
        total=500,
        operator=OperatorId("maia"),
    )
    entry = paper.journal.append(draft, at_ms=SystemClock().now_ms())
    assert paper.journal.unsent() == Unsent(count=1, amount=500)
    pushed = paper.sync.push()
    assert isinstance(pushed, Pushed)
    assert [(s.seq, s.verdict.took_effect) for s in pushed.verdicts] == [(1, True)]
    assert paper.journal.unsent() == Unsent(count=0, amount=0)
    made.close()

    again = home(tmp_path / "till", node="http://elsewhere.example")
    assert again.address == node.address
    reopened = again.open()
    assert reopened is not None
    assert reopened.journal.recover().last == entry
    again.close()


@pytest.mark.loopback
def test_a_node_that_does_not_answer(tmp_path: Path, node: HttpNode) -> None:
    node.down()
    made = home(tmp_path / "till")
    assert made.pair(node.address, PIN) is None
    assert made.open() is None
