"""The loop with its threads, in a world in memory."""

from __future__ import annotations

from dataclasses import replace

from shared.errors import Code
from shared.ids import card_reference
from terminal.shell import Worker
from terminal.till.commands import Tune
from terminal.till.directory import Card, CardStatus
from terminal.till.events import NodeRefused, Pulled, Stopping, Tick
from terminal.till.receipts import SaleDraft
from terminal.ui.screen import (
    CardTrouble,
    CardWait,
    LastSale,
    Locked,
    Menu,
    OutOfOrder,
    Paid,
    Pairing,
    ReaderUnplugged,
    Sale,
    StatePage,
)

from .simulated import MemoryDesk, MemoryJournal, QuietSync, Stage
from .till.dialogue import BEER, DIRECTORY, FED, NOTHING, NOW, entry, sale, sold

UID = bytes.fromhex("04a1b2c3d4e5f6")
REF = card_reference(bytes(32), UID)
PURSE = Card(ref=REF, number="0001 0002", tier="T0", status=CardStatus.VALID, balances={FED: 2000})


def open_till(stage: Stage) -> None:
    """Log Maïa in."""
    stage.sees(Locked)
    stage.touches("key:1", "key:2", "key:3", "key:4", "enter")
    stage.sees(Sale)


def test_a_sale_from_the_code_to_the_green_page() -> None:
    sync = QuietSync()
    sync.known = replace(DIRECTORY, cards={REF: PURSE})
    with Stage(desk=MemoryDesk(sync=sync)) as stage:
        open_till(stage)
        stage.touches(f"product:{BEER}", "charge")
        stage.sees(CardWait)
        stage.reader.cards.put(UID)
        paid = stage.sees(Paid)
        assert isinstance(paid, Paid)
        assert (paid.title, paid.amount, paid.left) == (
            "Payé",
            "5,00\u00a0€",
            "reste 15,00\u00a0€",
        )
        assert paid.status.unsent_count == 1
        stage.touches("continue")
        stage.sees(Sale)
    (only,) = stage.desk.journal.entries
    assert isinstance(only.draft, SaleDraft)
    assert only.draft.total == 500
    assert stage.signals.tunes.count(Tune.OK) == 1
    assert stage.reader.closed
    assert stage.desk.closed


def test_a_journal_that_fails_stops_the_till() -> None:
    with Stage(desk=MemoryDesk(journal=_with_last())) as stage:
        stage.sees(LastSale)
        stage.desk.journal.fails = True
        stage.touches("refund")
        stage.sees(OutOfOrder)
        stage.touches("switch-off")
        stage.display.run()
    assert stage.desk.off


def _with_last() -> MemoryJournal:
    journal = MemoryJournal()
    journal.recovered = replace(journal.recovered, last=entry(sale(sold(BEER))))
    return journal


def test_a_journal_that_cannot_be_opened_stops_the_till() -> None:
    journal = MemoryJournal()
    journal.fails = True
    with Stage(desk=MemoryDesk(journal=journal)) as stage:
        stage.sees(OutOfOrder)


def test_pairing_on_the_screen() -> None:
    with Stage(desk=MemoryDesk(paired=False, refusal=Code.BAD_PIN)) as stage:
        stage.sees(Pairing)
        stage.touches(*(f"key:{digit}" for digit in "407152"), "enter")
        refused = stage.display.until(lambda s: isinstance(s, Pairing) and bool(s.error))
        assert isinstance(refused, Pairing)
        stage.desk.refusal = RuntimeError("disk full")
        stage.touches(*(f"key:{digit}" for digit in "407152"), "enter")
        stage.display.until(lambda s: isinstance(s, Pairing) and s.busy)
        stage.display.until(lambda s: isinstance(s, Pairing) and bool(s.error))
        stage.desk.refusal = None
        stage.reader.cards.put(UID)  # nobody's card yet
        stage.touches(*(f"key:{digit}" for digit in "407152"), "enter")
        stage.desk.sync.answers.put(
            Pulled(at_ms=NOW, directory=DIRECTORY, verdicts=(), settled_seq=0, unsent=NOTHING)
        )
        stage.sees(Locked)


def test_a_pulled_cable_and_back() -> None:
    with Stage() as stage:
        open_till(stage)
        stage.touches("check-card")
        stage.sees(CardWait)
        stage.reader.cards.put(stage.gone())
        stage.sees(ReaderUnplugged)
        stage.sees(CardWait)


def test_a_driver_s_surprise_is_a_lost_reader() -> None:
    with Stage() as stage:
        open_till(stage)
        stage.touches("check-card")
        stage.sees(CardWait)
        stage.reader.cards.put(ZeroDivisionError("a driver's bug"))
        stage.sees(ReaderUnplugged)


def test_a_random_uid_is_refused() -> None:
    with Stage() as stage:
        open_till(stage)
        stage.touches("check-card")
        stage.sees(CardWait)
        stage.reader.cards.put(bytes.fromhex("08a1b2c3"))
        trouble = stage.sees(CardTrouble)
        assert isinstance(trouble, CardTrouble)
        assert trouble.title == "Cette carte ne peut pas payer"


def test_the_menu_reaches_the_machine() -> None:
    with Stage() as stage:
        open_till(stage)
        stage.touches("menu")
        stage.sees(Menu)
        stage.touches("language:en", "brightness:35")
        stage.display.until(lambda s: isinstance(s, Menu) and s.title == "Menu")
        stage.touches("back")
        stage.sees(Sale)
    assert (stage.desk.language, stage.desk.percent) == ("en", 35)


def test_switching_off_from_the_state_page() -> None:
    with Stage() as stage:
        stage.sees(Locked)
        stage.touches("state")
        stage.sees(StatePage)
        stage.touches("switch-off")
        stage.display.run()
    assert stage.desk.off


def test_sigterm_ends_the_display() -> None:
    with Stage() as stage:
        stage.sees(Locked)
        stage.shell.terminate()
        stage.display.run()
    assert not stage.shell.failed


def test_a_node_that_makes_no_sense_does_not_stop_the_till() -> None:
    sync = QuietSync()
    sync.breaks = True
    with Stage(desk=MemoryDesk(sync=sync)) as stage:
        open_till(stage)
    assert not stage.shell.failed


def test_a_till_that_is_not_wanted_says_so() -> None:
    sync = QuietSync()
    sync.answers.put(NodeRefused(Code.AUTHOR_REVOKED))
    with Stage(desk=MemoryDesk(sync=sync)) as stage:
        open_till(stage)
        stage.touches(f"product:{BEER}")
        stage.display.until(
            lambda s: (
                isinstance(s, Sale)
                and bool(s.basket)
                and s.strip is not None
                and "ne peut plus vendre" in s.strip.text
            )
        )


def test_a_bug_ends_the_process_instead_of_a_dead_screen() -> None:
    with Stage() as stage:
        stage.sees(Locked)
        stage.shell.post(Tick("never"))  # type: ignore[arg-type]  # that is the bug
        stage.display.run()
    assert stage.shell.failed


def test_time_never_goes_back_when_the_clock_does() -> None:
    with Stage() as stage:
        first = stage.sees(Locked)
        stage.clock.now = NOW - 3_600_000
        stage.touches("key:1")
        later = stage.display.until(lambda s: isinstance(s, Locked) and s.typed == 1)
        assert later.status.clock == first.status.clock == "22:47"


def test_time_goes_on_while_the_clock_is_behind() -> None:
    with Stage() as stage:
        stage.sees(Locked)
        stage.clock.now = NOW - 3_600_000
        stage.clock.passes(13 * 60_000)
        stage.touches("key:1")
        later = stage.display.until(lambda s: isinstance(s, Locked) and s.typed == 1)
        assert later.status.clock == "23:00"


def test_a_job_that_fails_does_not_stop_those_behind_it() -> None:
    done: list[object] = []
    worker = Worker("test", done.append)
    worker.do(lambda: 1 / 0)  # type: ignore[arg-type, return-value]  # it never returns
    worker.do(Stopping)
    worker.close()
    assert done == [Stopping()]


def test_the_newest_screen_can_be_read_from_outside() -> None:
    with Stage() as stage:
        stage.sees(Locked)
        assert isinstance(stage.shell.screen(), Locked)
