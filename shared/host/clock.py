"""Clocks: the machine's, and one that another process may move (for demos and tests).

`now_ms` is UTC milliseconds and may jump; `mono_ms` only goes forward and means nothing by itself.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from shared.host import HostError
from shared.host.files import write_atomically


class Clock(Protocol):
    """What tells the time."""

    def now_ms(self) -> int:
        """Give UTC milliseconds since 1970."""

    def mono_ms(self) -> int:
        """Give milliseconds that never go back."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Give UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Give milliseconds that never go back."""
        return time.monotonic_ns() // 1_000_000


class SimulatedClock:
    """The machine's clock plus an offset (ms) kept in a file, which any process may move forward.

    The file is read at each call: a moved clock acts at once on every process that shares it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._system = SystemClock()

    def now_ms(self) -> int:
        """Give UTC milliseconds since 1970, moved by the offset."""
        return self._system.now_ms() + self.offset_ms

    def mono_ms(self) -> int:
        """Give milliseconds that never go back, moved by the offset."""
        return self._system.mono_ms() + self.offset_ms

    @property
    def offset_ms(self) -> int:
        """How far the clock is ahead of the machine's."""
        try:
            return int(self._path.read_text("ascii"))
        except FileNotFoundError:
            return 0
        except ValueError:
            raise HostError(f"{self._path} must hold a number of milliseconds") from None

    def move_to(self, now_ms: int) -> None:
        """Set the time; it never goes back.  Raises ValueError for a time that has passed."""
        ahead = now_ms - self.now_ms()
        if ahead < 0:
            raise ValueError("a clock never goes back")
        offset = self.offset_ms + ahead
        write_atomically(self._path, str(offset).encode(), mode=0o644)
