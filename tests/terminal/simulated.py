"""The world around a till, in memory: each class implements a port and can be told to fail."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from shared.errors import Code
from shared.ids import Hash
from terminal.shell import Paper, Shell
from terminal.till.commands import Tune
from terminal.till.directory import Directory, Operator, OperatorId
from terminal.till.events import Event, NodeLost, NodeRefused, Pulled, Pushed, Unsent
from terminal.till.ports import JournalError, ReaderGone, Recovered
from terminal.till.receipts import Draft, Entry, SaleDraft
from terminal.till.state import Till
from terminal.ui.outline import find
from terminal.ui.pages.pen import Layout
from terminal.ui.screen import Screen

from .till.dialogue import DIRECTORY, NOTHING, NOW

PATIENCE_S = 60.0  # a test that waits longer has failed


class MemoryJournal:
    """Durable until the process ends."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.fails = False
        self.recovered = Recovered(
            last=None,
            unanswered=None,
            outstanding=(),
            unsent=NOTHING,
            sales=NOTHING,
            last_at_ms=0,
        )

    def recover(self) -> Recovered:
        if self.fails:
            raise JournalError("damaged")
        return self.recovered

    def append(self, draft: Draft, *, at_ms: int) -> Entry:
        if self.fails:
            raise JournalError("disk full")
        entry = Entry(seq=len(self.entries) + 1, hash=Hash("0" * 64), at_ms=at_ms, draft=draft)
        self.entries.append(entry)
        return entry

    def unsent(self) -> Unsent:
        sales = [e.draft.total for e in self.entries if isinstance(e.draft, SaleDraft)]
        return Unsent(count=len(sales), amount=sum(sales))


class QuietSync:
    """A node that never answers, unless it is given answers."""

    def __init__(self) -> None:
        self.answers: queue.SimpleQueue[Pulled | NodeRefused] = queue.SimpleQueue()
        self.known = DIRECTORY
        self.breaks = False

    def directory(self) -> tuple[Directory, int] | None:
        return self.known, NOW - 60_000

    def push(self) -> Pushed | NodeLost | NodeRefused | None:
        if self.breaks:
            raise RuntimeError("a node that makes no sense")
        return None

    def pull(self) -> Pulled | NodeLost | NodeRefused:
        try:
            return self.answers.get_nowait()
        except queue.Empty:
            return NodeLost()

    def pause_s(self) -> float:
        return 60.0


class MemoryReader:
    """A reader whose cards come out of a queue; None pulls its cable."""

    def __init__(self) -> None:
        self.cards: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self.closed = False

    def wait(self, timeout_s: float) -> bytes | None:
        try:
            card = self.cards.get(timeout=min(timeout_s, 0.02))
        except queue.Empty:
            return None
        if isinstance(card, Exception):
            raise card
        return card

    def close(self) -> None:
        self.closed = True


class MemoryDisplay:
    """Keeps the screens, and lets a test wait for one."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self.post = post
        self._seen: queue.SimpleQueue[Screen] = queue.SimpleQueue()
        self.screen: Screen | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        assert self.stopped.wait(PATIENCE_S)

    def stop(self) -> None:
        self.stopped.set()

    def show(self, screen: Screen) -> None:
        self._seen.put(screen)

    def until(self, wanted: Callable[[Screen], bool]) -> Screen:
        """Wait for a screen; raises queue.Empty when it does not come."""
        while self.screen is None or not wanted(self.screen):
            self.screen = self._seen.get(timeout=PATIENCE_S)
        return self.screen

    def touch(self, target: str) -> bool:
        event = None if self.screen is None else find(self.screen, target)
        if event is not None:
            self.post(event)
        return event is not None

    def touch_at(self, x: int, y: int) -> None:
        raise AssertionError("no test touches points")

    def picture(self, path: Path) -> bool:
        path.write_bytes(b"a picture")
        return True


@dataclass
class MemoryDesk:
    """A home that is paired or not, and remembers in memory."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    sync: QuietSync = field(default_factory=QuietSync)
    paired: bool = True
    refusal: Code | Exception | None = None
    language: str = ""
    percent: int = 0
    off: bool = False
    closed: bool = False
    serial: str = "7F3A-52"
    address: str = "http://node.example"

    def _paper(self) -> Paper:
        return Paper(journal=self.journal, sync=self.sync, card_key=bytes(32))

    def open(self) -> Paper | None:
        return self._paper() if self.paired else None

    def pair(self, address: str, code: str) -> tuple[Paper, Directory] | Code | None:
        if isinstance(self.refusal, Exception):
            raise self.refusal
        if self.refusal is not None:
            return self.refusal
        return (self._paper(), DIRECTORY) if code == "407152" else None

    def remember(self, language: str) -> None:
        self.language = language

    def set_brightness(self, percent: int) -> None:
        self.percent = percent

    def power_off(self) -> None:
        self.off = True

    def close(self) -> None:
        self.closed = True


class PlainPins:
    """Verifiers in clear text: only tests have those."""

    def find(self, operators: tuple[Operator, ...], pin: str) -> OperatorId | None:
        return next((o.id for o in operators if o.pin == pin), None)


class MemorySignals:
    def __init__(self) -> None:
        self.tunes: list[Tune] = []

    def play(self, tune: Tune) -> None:
        self.tunes.append(tune)


class StoodClock:
    """Wall time stands at 22:47; time since the start goes on."""

    def __init__(self) -> None:
        self.now = NOW
        self._mono = 0

    def now_ms(self) -> int:
        return self.now

    def mono_ms(self) -> int:
        self._mono += 1
        return self._mono

    def passes(self, ms: int) -> None:
        self._mono += ms


@dataclass
class Stage:
    """A shell with its world, started; use as a context."""

    desk: MemoryDesk = field(default_factory=MemoryDesk)
    reader: MemoryReader = field(default_factory=MemoryReader)
    signals: MemorySignals = field(default_factory=MemorySignals)
    clock: StoodClock = field(default_factory=StoodClock)
    display: MemoryDisplay = field(init=False)
    shell: Shell = field(init=False)

    def __enter__(self) -> Self:
        def display(post: Callable[[Event], None]) -> MemoryDisplay:
            self.display = MemoryDisplay(post)
            return self.display

        self.shell = Shell(
            desk=self.desk,
            reader=self.reader,
            pins=PlainPins(),
            signals=self.signals,
            clock=self.clock,
            display=display,
            layout=Layout(),
            till=Till(),
            trusted_clock=True,
        )
        self.shell.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shell.close()

    def sees(self, kind: type[Screen]) -> Screen:
        """Wait for a screen of this class."""
        return self.display.until(lambda screen: type(screen) is kind)

    def touches(self, *targets: str) -> None:
        """Touch buttons of the screen that was seen last, each once it is there."""
        for target in targets:
            self.display.until(partial(_offers, target))
            assert self.display.touch(target), target

    @staticmethod
    def gone() -> ReaderGone:
        return ReaderGone("unplugged")


def _offers(target: str, screen: Screen) -> bool:
    return find(screen, target) is not None
