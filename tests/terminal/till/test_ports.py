"""The ports, and that what stands in for the world in tests is checked against them."""

from __future__ import annotations

from terminal.till.commands import Tune
from terminal.till.ports import Clock, Journal, PinVerifier, Reader, Recovered, Signals, Sync
from tests.terminal.simulated import (
    MemoryJournal,
    MemoryReader,
    MemorySignals,
    PlainPins,
    QuietSync,
    StoodClock,
)

from .dialogue import BEER, NOTHING, NOW, OPERATORS, sale, sold


def test_the_world_of_the_tests_keeps_the_ports() -> None:
    journal: Journal = MemoryJournal()
    reader: Reader = MemoryReader()
    sync: Sync = QuietSync()
    pins: PinVerifier = PlainPins()
    signals: Signals = MemorySignals()
    clock: Clock = StoodClock()
    assert journal.append(sale(sold(BEER)), at_ms=NOW).seq == 1
    assert reader.wait(0.0) is None
    assert sync.push() is None
    assert pins.find(OPERATORS, "0000") is None
    assert clock.now_ms() == NOW
    signals.play(Tune.OK)


def test_a_new_journal_has_nothing_to_tell() -> None:
    assert MemoryJournal().recover() == Recovered(
        last=None,
        unanswered=None,
        outstanding=(),
        unsent=NOTHING,
        sales=NOTHING,
        last_at_ms=0,
    )
