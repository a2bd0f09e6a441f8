"""What becomes of a till: told to stop, stolen, put back from an image, copied."""

import shutil

import pytest

from server.store.packing import unpack
from tests.e2e.stage import (
    BEER,
    FUNDS,
    Stage,
    all_sent,
    fill,
    journal_of,
    open_till,
)
from tests.terminal.process import TillProcess
from tools.demo.browser import Browser

pytestmark = [pytest.mark.alone, pytest.mark.loopback]


def status_of(stage: Stage) -> str:
    [terminal] = stage.node.act("status")["terminals"]
    return str(terminal["status"])


def test_told_to_stop_in_an_open_sale_it_ends_well_and_charges_nothing(stage: Stage) -> None:
    till = stage.till
    open_till(till)
    fill(till)
    till.touches("charge")
    till.sees("CardWait")
    assert till.stop() == 0
    assert journal_of(till) == {}
    till.start()
    till.sees("Locked")
    till.log_in()
    assert stage.sell(0)["left"] == "reste 15,00\u00a0G"
    all_sent(till)
    assert till.stop() == 0
    assert stage.node.verdicts() == ["accepted"]


def test_a_stolen_till_is_revoked_and_what_it_sold_since_is_disputed(stage: Stage) -> None:
    till = stage.till
    open_till(till)
    stage.sell(0)
    all_sent(till)
    stage.cut()
    stage.sell(1)
    author = stage.author(till)
    assert stage.node.act("terminal.revoke", terminal=author) == {"terminal": author, "after": 1}
    stage.sell(2)
    stage.cable.mend()
    till.until(lambda s: "ne peut plus vendre" in (s["strip"] or {}).get("text", ""))
    till.until(lambda _: len(stage.node.verdicts()) == 3)
    assert stage.node.verdicts() == ["accepted", "disputed", "disputed"]
    assert [stage.node.balance(n) for n in range(3)] == [FUNDS - BEER, FUNDS, FUNDS]
    assert status_of(stage) == "revoked"
    assert till.stop() == 0
    stage.node.must_be_sound()


def test_an_old_image_put_back_takes_back_its_own_and_goes_on(stage: Stage) -> None:
    till = stage.till
    open_till(till)
    stage.sell(0)
    all_sent(till)
    assert till.stop() == 0
    image = stage.folder / "image"
    shutil.copytree(till.home, image)
    open_till(till)
    stage.sell(1)
    stage.sell(2)
    all_sent(till)
    assert till.stop() == 0
    shutil.rmtree(till.home)
    image.rename(till.home)
    open_till(till)
    all_sent(till)
    assert stage.sell(3)["left"] == "reste 15,00\u00a0G"
    all_sent(till)
    assert till.stop() == 0
    assert len(journal_of(till)) == 4
    assert sorted(stage.node.hashes(stage.author(till))) == [1, 2, 3, 4]
    assert stage.node.verdicts() == ["accepted"] * 4
    assert status_of(stage) == "active"
    stage.node.must_be_sound()


def test_two_copies_of_a_till_that_both_sold_are_a_fork_and_both_are_kept(stage: Stage) -> None:
    till = stage.till
    open_till(till)
    all_sent(till)
    assert till.stop() == 0
    copy = stage.folder / "copy"
    shutil.copytree(till.home, copy)
    open_till(till)
    stage.sell(0)
    all_sent(till)
    assert till.stop() == 0
    kept = journal_of(till)
    stage.cable.cut()
    clone = TillProcess(copy, f"http://127.0.0.1:{stage.cable.port}")
    try:
        open_till(clone)
        stage.sell(1, clone)
        stage.cable.mend()
        author = stage.author(till)
        clone.until(lambda _: status_of(stage) == "quarantined")
        assert clone.stop() == 0
    finally:
        clone.kill()
    other = journal_of(clone)
    assert other[1].hash != kept[1].hash
    batches = [unpack(packed) for (packed,) in stage.node.query("SELECT packed FROM block_batch")]
    assert [entry.raw in raw for entry in (kept[1], other[1]) for raw in batches].count(True) == 2
    assert stage.node.hashes(author) == {1: kept[1].hash}
    assert [stage.node.balance(number) for number in (0, 1)] == [FUNDS - BEER, FUNDS]
    with Browser(stage.node.address, stage.folder) as browser:
        browser.open_account(stage.node.link)
        browser.picture("/terminals", "terminals")
        told = browser._admin.inner_text("main")
    assert "Journal en conflit" in told, told
    stage.node.must_be_sound()
