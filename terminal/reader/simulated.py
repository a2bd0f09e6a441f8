"""A card and a reader in this process: the card answers real commands, the field can be scripted.

The simulated field fails as a real one does: cards come and go between commands, answers get lost,
the device is unplugged.  Another thread may present a card while the till polls.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from terminal.reader.reader import FieldLost
from terminal.reader.session import VERSIONS, Chip, Sensed

_NAK: Final = b"\x00"
_ACK: Final = b"\x0a"
_PAGE: Final = 4
_USER_PAGES: Final = {Chip.NTAG213: 45, Chip.NTAG215: 135, Chip.NTAG216: 231}
_SAK: Final = {Chip.CLASSIC: 0x08, Chip.ISO4: 0x20}


class SimulatedCard:
    """A card with a UID, a memory of pages, and the commands of its data sheet."""

    def __init__(self, uid: bytes, chip: Chip = Chip.NTAG213) -> None:
        self.uid = uid
        self.chip = chip
        self.memory = bytearray(_PAGE * _USER_PAGES.get(chip, 16))
        self.memory[: len(uid)] = uid

    @property
    def sak(self) -> int:
        """The last byte of the anticollision: which protocol the card speaks."""
        return _SAK.get(self.chip, 0x00)

    def answer(self, command: bytes) -> bytes | None:
        """Give the answer frame (without CRC) to one command; None when the card stays silent."""
        if self.chip in _SAK:
            return None
        match command[0], len(command):
            case 0x60, 1:  # GET_VERSION
                return next((raw for raw, chip in VERSIONS.items() if chip is self.chip), None)
            case 0x30, 2:  # READ: four pages
                return self._read(command[1], command[1] + 3)
            case 0x3A, 3:  # FAST_READ: from, to
                return self._read(command[1], command[2])
            case 0xA2, 6:  # WRITE: one page
                return self._write(command[1], command[2:])
        return _NAK

    def _read(self, first: int, last: int) -> bytes:
        if not first <= last < len(self.memory) // _PAGE:
            return _NAK
        return bytes(self.memory[first * _PAGE : (last + 1) * _PAGE])

    def _write(self, page: int, data: bytes) -> bytes:
        if not 4 <= page < len(self.memory) // _PAGE:
            return _NAK
        self.memory[page * _PAGE : (page + 1) * _PAGE] = data
        return _ACK


@dataclass
class SimulatedField:
    """Implements `Field`.  `present`, `remove`, `plugged` and `polled` are for other threads."""

    card: SimulatedCard | None = None
    plugged: bool = True
    losses: int = 0  # so many commands to come get no answer
    _polls: int = field(default=0, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def present(self, card: SimulatedCard) -> None:
        """Hold a card to the reader, in place of the one that is there."""
        with self._changed:
            self.card = card

    def remove(self) -> None:
        """Take the card away."""
        with self._changed:
            self.card = None

    def polled(self, times: int, timeout_s: float) -> None:
        """Wait until the reader has polled so often from now on, if it is plugged in."""
        with self._changed:
            goal = self._polls + times
            self._changed.wait_for(lambda: self._polls >= goal or not self.plugged, timeout_s)

    def open(self) -> None:
        """Find the device.  Raises FieldLost."""
        if not self.plugged:
            raise FieldLost("the simulated reader is unplugged")

    def sense(self) -> Sensed | None:
        """Poll for a card.  Raises FieldLost."""
        self.open()
        with self._changed:
            self._polls += 1
            self._changed.notify_all()
            return None if self.card is None else Sensed(self.card.uid, self.card.sak)

    def exchange(self, command: bytes, timeout_s: float) -> bytes | None:  # noqa: ARG002 - the port's
        """Send one command.  Raises FieldLost."""
        self.open()
        with self._changed:
            if self.losses:
                self.losses -= 1
                return None
            return None if self.card is None else self.card.answer(command)

    def close(self) -> None:
        """Do nothing: there is no device."""
