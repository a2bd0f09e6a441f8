"""Plays patterns on a panel, on a thread of its own.

Guarantee: `play` returns at once; a new moment replaces the one that is playing; a panel that fails
is left alone until the next moment, as light and sound must never stop a sale.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable

from hardware.signals.panel import Panel
from hardware.signals.patterns import PATTERNS, Change, Moment, Pattern, timeline

log = logging.getLogger(__name__)

LOOP_MS = 3000
"""Repeating patterns have periods that divide this: the timeline is played in such pieces."""


class Player:
    """Owns the panel and one thread."""

    def __init__(self, panel: Panel, *, now: Callable[[], float] = time.monotonic) -> None:
        self._panel = panel
        self._now = now
        self._wanted: queue.SimpleQueue[Moment | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="signals", daemon=True)
        self._thread.start()

    def play(self, moment: Moment) -> None:
        """Start a moment's light and sound; from any thread."""
        self._wanted.put(moment)

    def close(self) -> None:
        """Everything off; waits for the thread."""
        self._wanted.put(None)
        self._thread.join()

    def _work(self) -> None:
        moment = self._wanted.get()
        while moment is not None:
            moment = self._perform(PATTERNS[moment])
        self._attempt(self._panel.close)

    def _perform(self, pattern: Pattern) -> Moment | None:
        """Play until another moment is wanted; returns that one."""
        self._attempt(lambda: self._panel.buzz(on=False))
        begin = self._now()
        while True:
            for change in timeline(pattern, LOOP_MS):
                try:
                    return self._wait(begin + change.at_ms / 1000)
                except queue.Empty:
                    if not self._apply(change):
                        return self._wanted.get()
            if not (pattern.steps_repeat or pattern.beeps_every_ms):
                return self._wanted.get()
            begin += LOOP_MS / 1000

    def _wait(self, until: float) -> Moment | None:
        """Return the next moment if it comes before that time, else queue.Empty."""
        return self._wanted.get(timeout=max(0.0, until - self._now()))

    def _apply(self, change: Change) -> bool:
        light, buzz = change.light, change.buzz
        done = True
        if light is not None:
            done = self._attempt(lambda: self._panel.light(light))
        if buzz is not None and done:
            done = self._attempt(lambda: self._panel.buzz(on=buzz))
        return done

    def _attempt(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except Exception:
            log.warning("the lamp or buzzer does not answer", exc_info=True)
            return False
        return True
