"""The till's only loop: an event in, one step of the machine, its commands carried out.

The loop runs on a thread of its own and does nothing that can block: the journal, the node, the
reader and slow checks each have a thread that turns calls into events. The display owns the main
thread and gets a new screen whenever one differs from the last. What goes wrong in a thread
becomes an event; the loop itself ends only by the `Exit` command.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from shared.errors import Code
from shared.ids import card_reference
from terminal.till.commands import (
    Command,
    Exit,
    JournalAppend,
    Pair,
    PowerOff,
    Remember,
    SetBrightness,
    Signal,
    SyncNow,
    VerifyPin,
)
from terminal.till.directory import Directory
from terminal.till.events import (
    CardSeen,
    CardUnusable,
    Event,
    JournalFailed,
    Journalled,
    NodeLost,
    Paired,
    PairingRefused,
    PinChecked,
    ReaderFound,
    ReaderLost,
    Started,
    Stopping,
    Tick,
)
from terminal.till.flow import step
from terminal.till.ports import (
    Clock,
    Journal,
    PinVerifier,
    Reader,
    ReaderGone,
    Signals,
    Sync,
)
from terminal.till.state import Till
from terminal.ui.pages.pen import Layout
from terminal.ui.port import Display
from terminal.ui.screen import Screen
from terminal.ui.view import draw

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
READER_S: Final = 0.5
READER_AGAIN_S: Final = 1.0
SYNC_AGAIN_S: Final = 5.0
RANDOM_UID: Final = 0x08  # first byte of a 4-byte UID that changes at each tap


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a till has once it belongs to a place. `card_key` turns a UID into a reference."""

    journal: Journal
    sync: Sync
    card_key: bytes = field(repr=False)


class Desk(Protocol):
    """The till's home on disk: what must outlive the process."""

    @property
    def serial(self) -> str:
        """The name of this till's key, short."""

    @property
    def address(self) -> str:
        """The node's address, as far as known."""

    def open(self) -> Paper | None:
        """Open journal and sync; None while the till is not paired. Raises JournalError."""

    def pair(self, address: str, code: str) -> tuple[Paper, Directory] | Code | None:
        """Enrol; the node's refusal, or None when it did not answer."""

    def remember(self, language: str) -> None:
        """Keep the language for the next start."""

    def set_brightness(self, percent: int) -> None:
        """Set the backlight, where there is one."""

    def power_off(self) -> None:
        """Ask the machine to switch off."""

    def close(self) -> None:
        """Let go of the journal."""


Job: TypeAlias = Callable[[], Event | None]


class Worker:
    """A thread that runs jobs in order and posts the event each of them gives."""

    def __init__(self, name: str, post: Callable[[Event], None]) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._post = post
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Job) -> None:
        """Run a job after those that were asked for before."""
        self._jobs.put(job)

    def close(self) -> None:
        """Finish what was asked for, then end."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                event = job()
            except Exception:  # one job that fails must not silence all that follow
                log.exception("a job failed")
                continue
            if event is not None:
                self._post(event)


class Shell:
    """One running till. `start`, then the display's `run`, then `close`."""

    def __init__(
        self,
        *,
        desk: Desk,
        reader: Reader,
        pins: PinVerifier,
        signals: Signals,
        clock: Clock,
        display: Callable[[Callable[[Event], None]], Display],
        layout: Layout,
        till: Till,
        trusted_clock: bool,
    ) -> None:
        self._desk, self._reader, self._pins = desk, reader, pins
        self._signals, self._clock, self._layout = signals, clock, layout
        self._trusted_clock = trusted_clock
        self._till = till
        self.failed = False  # the loop ended by a bug
        self._floor_ms, self._floor_at_ms = 0, clock.mono_ms()
        self._paper: Paper | None = None
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._wake_sync = threading.Event()
        self._threads: list[threading.Thread] = []
        self._journal_worker = Worker("journal", self.post)
        self._slow_worker = Worker("slow", self.post)
        self._screen = draw(till, layout)
        self.display = display(self.post)
        self.display.show(self._screen)

    # --- From any thread --------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Give the till an event; returns at once."""
        self._events.put(event)

    def screen(self) -> Screen:
        """Give the newest screen."""
        return self._screen

    def terminate(self) -> None:
        """End an open sale cleanly, then leave (SIGTERM)."""
        self.post(Stopping())

    # --- Life -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the journal and begin to listen."""
        self._journal_worker.do(self._open)
        self._begin("reader", self._read_cards)
        self._begin("loop", self._loop)

    def close(self) -> None:
        """Stop all threads; what was journalled is durable whatever happens here."""
        self._ending.set()
        self._wake_sync.set()
        for thread in self._threads:
            thread.join()
        self._slow_worker.close()
        self._journal_worker.close()
        self._reader.close()
        self._desk.close()

    def _begin(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    # --- The loop ---------------------------------------------------------------------------------

    def _loop(self) -> None:
        """Run until told to leave. A bug ends the process: a restart tells what is durable."""
        try:
            self._turn()
        except Exception:
            log.critical("the till has a bug and stops", exc_info=True)
            self.failed = True
            self._ending.set()
            self.display.stop()

    def _turn(self) -> None:
        next_tick_ms = 0
        while not self._ending.is_set():
            wait_ms = next_tick_ms - self._clock.mono_ms()
            if wait_ms <= 0:
                self._take(Tick(self._now_ms()))
                next_tick_ms = self._clock.mono_ms() + round(TICK_S * 1000)
                continue
            try:
                event = self._events.get(timeout=wait_ms / 1000)
            except queue.Empty:
                continue
            self._step(Tick(self._now_ms()))  # a handler decides with the time of its event
            self._take(event)

    def _now_ms(self) -> int:
        """UTC that never goes back nor stands still: a Pi without network wakes up in the past.

        Were it to wait for the clock to catch up, no deadline and no offline age would ever end.
        """
        mono_ms = self._clock.mono_ms()
        passed_ms, self._floor_at_ms = mono_ms - self._floor_at_ms, mono_ms
        self._floor_ms = max(self._floor_ms + passed_ms, self._clock.now_ms())
        return self._floor_ms

    def _step(self, event: Event) -> None:
        if isinstance(event, Started):
            self._floor_ms = max(self._floor_ms, event.now_ms)
        self._till, commands = step(self._till, event)
        for command in commands:
            self._carry_out(command)

    def _take(self, event: Event) -> None:
        self._step(event)
        screen = draw(self._till, self._layout)
        if screen != self._screen:
            self._screen = screen
            self.display.show(screen)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Signal(tune):
                self._signals.play(tune)
            case JournalAppend():
                self._journal_worker.do(lambda: self._append(command))
            case SyncNow():
                self._wake_sync.set()
            case VerifyPin(pin):
                operators = self._till.directory.operators
                self._slow_worker.do(lambda: PinChecked(self._pins.find(operators, pin)))
            case Pair(address=address, code=code):
                self._slow_worker.do(lambda: self._pair(address, code))
            case Remember(language):
                self._slow_worker.do(lambda: self._desk.remember(language))
            case SetBrightness(percent):
                self._slow_worker.do(lambda: self._desk.set_brightness(percent))
            case PowerOff():
                self._slow_worker.do(self._desk.power_off)
            case Exit():
                self._ending.set()
                self.display.stop()
            case _:
                message = f"no adapter for {type(command).__name__}"
                raise TypeError(message)

    # --- Journal ----------------------------------------------------------------------------------

    def _open(self) -> Event | None:
        try:
            self._paper = self._desk.open()
            started = self._started(self._paper)
        except Exception:
            log.critical("the journal cannot be opened", exc_info=True)
            return JournalFailed()
        self.post(started)
        if self._paper is not None:
            self._begin("sync", self._talk)  # what the node says would be forgotten by the start
        return None

    def _started(self, paper: Paper | None) -> Started:
        known = None if paper is None else paper.journal.recover()
        stored = None if paper is None else paper.sync.directory()
        none = self._till.unsent
        return Started(
            now_ms=max(self._clock.now_ms(), known.last_at_ms if known else 0),
            trusted_clock=self._trusted_clock,
            serial=self._desk.serial,
            address=self._desk.address,
            directory=None if stored is None else stored[0],
            last_sync_ms=None if stored is None else stored[1],
            last=known.last if known else None,
            unanswered=known.unanswered if known else None,
            outstanding=known.outstanding if known else (),
            unsent=known.unsent if known else none,
            sales=known.sales if known else none,
        )

    def _append(self, command: JournalAppend) -> Event:
        """Whatever goes wrong here, nobody knows what is durable: only a restart can tell."""
        try:
            assert self._paper is not None, "nothing is sold before the pairing"
            journal = self._paper.journal
            entry = journal.append(command.draft, at_ms=command.at_ms)
            return Journalled(tap=command.tap, entry=entry, unsent=journal.unsent())
        except Exception:
            log.critical("the journal failed", exc_info=True)
            return JournalFailed()

    # --- Node -------------------------------------------------------------------------------------

    def _pair(self, address: str, code: str) -> Event | None:
        try:
            answer = self._desk.pair(address, code)
        except Exception:
            log.exception("the pairing failed")
            return PairingRefused(Code.INTERNAL)
        if answer is None or isinstance(answer, Code):
            return PairingRefused(answer)
        self._paper, directory = answer
        self.post(Paired(at_ms=self._clock.now_ms(), directory=directory))
        self._begin("sync", self._talk)  # after the news of the pairing, before all others
        return None

    def _talk(self) -> None:
        """Push what is to be sent, pull what is new; at once when asked, else at leisure."""
        paper = self._paper
        if paper is None:
            return
        while not self._ending.is_set():
            self._wake_sync.clear()
            pause_s = self._round(paper.sync)
            self._wake_sync.wait(pause_s)

    def _round(self, sync: Sync) -> float:
        """Talk once; give the pause. A verdict is told before the deltas are fetched."""
        try:
            for talk in (sync.push, sync.pull):
                event = talk()
                if event is not None:
                    self.post(event)
            return sync.pause_s()
        except Exception:  # whatever the node sent, the till goes on selling
            log.exception("the sync failed")
            self.post(NodeLost())
            return SYNC_AGAIN_S

    # --- Reader -----------------------------------------------------------------------------------

    def _read_cards(self) -> None:
        plugged = True
        while not self._ending.is_set():
            try:
                uid = self._reader.wait(READER_S)
            except Exception as error:  # a driver's surprise is a cable to check, too
                if plugged:
                    log.warning("the reader is gone", exc_info=not isinstance(error, ReaderGone))
                    self.post(ReaderLost())
                plugged = False
                self._ending.wait(READER_AGAIN_S)
                continue
            if not plugged:
                self.post(ReaderFound())
            plugged = True
            if uid is not None:
                self._card(uid)

    def _card(self, uid: bytes) -> None:
        if len(uid) == 4 and uid[0] == RANDOM_UID:
            self.post(CardUnusable())
        elif self._paper is not None:
            self.post(CardSeen(card_reference(self._paper.card_key, uid)))
