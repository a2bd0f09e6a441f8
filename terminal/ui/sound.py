"""Plays the tunes through the machine's own player, and lights the lamp.

Guarantee: `play` returns at once and never raises; a till without a loudspeaker still sells. The
waves are written once into a folder of this process; each tune starts `aplay` (or PipeWire's or
PulseAudio's player) as a child process, and a new tune ends the one that is playing.
"""

import logging
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from hardware.signals.patterns import PATTERNS, Moment
from terminal.till.commands import Tune
from terminal.ui.tones import sound_of

log = logging.getLogger(__name__)

PLAYERS: Final[tuple[tuple[str, ...], ...]] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
)


class Instrument(Protocol):
    """Something that can play a moment: a loudspeaker, a lamp."""

    def play(self, moment: Moment) -> None:
        """Start it; returns at once."""

    def close(self) -> None:
        """Stop and let go."""


class SoundAndLight:
    """The till's `Signals`: every tune on every instrument."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self._instruments = tuple(instruments)

    def play(self, tune: Tune) -> None:
        """Start a tune and its light; returns at once."""
        for instrument in self._instruments:
            instrument.play(Moment(tune.value))

    def close(self) -> None:
        """Silence and darkness."""
        for instrument in self._instruments:
            instrument.close()


def find_player(which: Callable[[str], str | None] = shutil.which) -> tuple[str, ...] | None:
    """Return the first player that this machine has, None when it has no sound."""
    for command in PLAYERS:
        if which(command[0]) is not None:
            return command
    return None


class Loudspeaker:
    """Plays the waves from a thread of its own."""

    def __init__(self, player: Sequence[str], folder: Path) -> None:
        self._player = tuple(player)
        self._files: dict[Moment, Path] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for moment in Moment:
            if sound := sound_of(moment):
                self._files[moment] = folder / f"{moment}.wav"
                self._files[moment].write_bytes(sound)
        self._child: subprocess.Popen[bytes] | None = None
        self._wanted: queue.SimpleQueue[Moment | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="sound", daemon=True)
        self._thread.start()

    def play(self, moment: Moment) -> None:
        """Start a moment's sound; from any thread."""
        self._wanted.put(moment)

    def close(self) -> None:
        """Silence; waits for the thread."""
        self._wanted.put(None)
        self._thread.join()

    def _work(self) -> None:
        moment = self._wanted.get()
        while moment is not None:
            moment = self._perform(moment)
        self._end()

    def _perform(self, moment: Moment) -> Moment | None:
        """Sound until another moment is wanted; returns that one."""
        every = PATTERNS[moment].beeps_every_ms / 1000
        while True:
            self._start(moment)
            try:
                return self._wanted.get(timeout=every) if every else self._wanted.get()
            except queue.Empty:
                continue

    def _start(self, moment: Moment) -> None:
        """Start a sound; a silent moment lets the last one end: a quick finger must not cut it."""
        file = self._files.get(moment)
        if file is None:
            return
        self._end()
        silent = subprocess.DEVNULL
        try:
            self._child = subprocess.Popen(
                [*self._player, str(file)], stdin=silent, stdout=silent, stderr=silent
            )
        except OSError:
            log.warning("no sound: %s does not start", self._player[0], exc_info=True)

    def _end(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
            self._child = None
