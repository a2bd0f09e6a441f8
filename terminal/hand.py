"""The hand that holds cards to a simulated reader: for the demo, tests and a first try."""

from __future__ import annotations

import threading
from typing import Final

from terminal.reader.session import GONE_MS, GONE_POLLS, Chip
from terminal.reader.simulated import SimulatedCard, SimulatedField

HOLD_S: Final = 0.5
AWAY_S: Final = GONE_MS / 1000  # and then some polls, until the reader believes that it is gone
READ_POLLS: Final = 2  # the reader asks a card what it is before it polls again
PATIENCE_S: Final = 10.0  # with a reader that does not poll
CHIPS: Final = {4: Chip.CLASSIC, 7: Chip.NTAG213, 10: Chip.ISO4}


class Hand:
    """Implements the control socket's `CardDesk` over a field in this process."""

    def __init__(self, field: SimulatedField) -> None:
        self._field = field
        self._one_card = threading.Lock()

    def tap(self, uid: bytes, seconds: float = HOLD_S) -> None:
        """Hold a card to the reader for so long, and on until the reader has read it.

        Returns when it is taken away and the reader has noticed, however busy the machine is: the
        same card can be held to it again.  Raises ValueError for a UID that no card has.
        """
        if len(uid) not in CHIPS:
            raise ValueError(f"a card UID has 4, 7 or 10 bytes, not {len(uid)}")
        with self._one_card:
            self._field.present(SimulatedCard(uid, CHIPS[len(uid)]))
            threading.Event().wait(seconds)
            self._field.polled(READ_POLLS, PATIENCE_S)
            self._field.remove()
            threading.Event().wait(AWAY_S)
            self._field.polled(GONE_POLLS, PATIENCE_S)

    def tap_soon(self, uid: bytes) -> None:
        """Hold a card to the reader without waiting for it: a finger on a virtual card."""
        threading.Thread(target=self.tap, args=(uid,), name="hand", daemon=True).start()

    def plug(self, *, plugged: bool) -> None:
        """Plug the reader in, or pull its cable."""
        self._field.plugged = plugged
