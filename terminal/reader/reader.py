"""A card reader as the till's port wants it, over any driver.

`wait` reports a presentation once, gives up at its deadline, and turns a dead device into
`ReaderGone`; each later call tries to open it again.  A card that lies on the reader while the
device comes back is still the same presentation: unplugging charges nobody twice.
"""

from __future__ import annotations

from typing import Final, Protocol

from terminal.reader.session import (
    Answer,
    CardSession,
    Exchange,
    Heard,
    NoAnswer,
    Nothing,
    Sense,
    Sensed,
    Tap,
)
from terminal.till.ports import ReaderGone

POLL_MS: Final = 40
ANSWER_S: Final = 0.1


class FieldLost(Exception):  # noqa: N818 - it is a state of the world, not an error of ours
    """The device is unplugged, busy, or does not answer its host."""


class Field(Protocol):
    """The radio field of one reader: what a driver implements.  Each call may raise FieldLost."""

    def open(self) -> None:
        """Find the device and start it."""

    def sense(self) -> Sensed | None:
        """Poll once for one type A card, up to its UID."""

    def exchange(self, command: bytes, timeout_s: float) -> bytes | None:
        """Send one command to the card just sensed; None when it did not answer in time."""

    def close(self) -> None:
        """Switch the field off and let go of the device."""


class Time(Protocol):
    """The passing of time, for a reader's thread."""

    def mono_ms(self) -> int:
        """Milliseconds since an arbitrary moment."""

    def pause(self, ms: int) -> None:
        """Let this much time pass."""


class CardReader:
    """Implements `terminal.till.ports.Reader`.  One thread uses it."""

    def __init__(self, field: Field, time: Time) -> None:
        self._field = field
        self._time = time
        self._session = CardSession()
        self._open = False

    def wait(self, timeout_s: float) -> bytes | None:
        """Give the UID of a card that newly entered the field, or None.  Raises ReaderGone."""
        try:
            if not self._open:
                self._field.open()
                self._open = True
                return None
            return self._poll_until(self._time.mono_ms() + round(timeout_s * 1000))
        except FieldLost as lost:
            self.close()
            raise ReaderGone(str(lost)) from lost

    def close(self) -> None:
        """Let go of the device."""
        self._open = False
        self._field.close()

    def _poll_until(self, deadline_ms: int) -> bytes | None:
        action: Sense | Exchange = Sense()
        while True:
            heard = self._do(action)
            told, action = self._session.hear(heard, self._time.mono_ms())
            for event in told:
                if isinstance(event, Tap):
                    return event.uid
            if isinstance(action, Sense):
                if self._time.mono_ms() >= deadline_ms:
                    return None
                self._time.pause(POLL_MS)

    def _do(self, action: Sense | Exchange) -> Heard:
        if isinstance(action, Sense):
            return self._field.sense() or Nothing()
        data = self._field.exchange(action.command, ANSWER_S)
        return NoAnswer() if data is None else Answer(data)
