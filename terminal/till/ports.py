"""What the till needs from the world. The shell calls these on threads of their own.

Each port has two real implementations: the driver and the simulator. They may block; only the
shell may call them, never the screen's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from terminal.till.commands import Tune
from terminal.till.directory import Directory, Operator, OperatorId
from terminal.till.events import NodeLost, NodeRefused, Pulled, Pushed, Unsent
from terminal.till.receipts import Draft, Entry


class JournalError(Exception):
    """The journal cannot tell whether its last write is durable: the till must restart."""


class ReaderGone(Exception):  # noqa: N818 - it is a state of the world, not an error of ours
    """The reader is unplugged or does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a journal knows when it is opened."""

    last: Entry | None  # the newest entry that a person would ask about
    unanswered: Entry | None  # an online sale without verdict and without refund
    outstanding: tuple[Entry, ...]  # not yet covered by the stored directory
    unsent: Unsent
    sales: Unsent  # of this business day
    last_at_ms: int  # time of the newest entry, 0 if there is none


class Journal(Protocol):
    """Append-only, linked, signed, durable. One thread at a time appends."""

    def recover(self) -> Recovered:
        """Say what is known, at start. Raises JournalError."""

    def append(self, draft: Draft, *, at_ms: int) -> Entry:
        """Link, sign and fsync one entry; on return it is durable. Raises JournalError."""

    def unsent(self) -> Unsent:
        """Say what the node has not acknowledged as stored."""


class Reader(Protocol):
    """A card reader."""

    def wait(self, timeout_s: float) -> bytes | None:
        """UID (4, 7 or 10 bytes, as read) of a card that newly entered the field, or None.

        The same card lying on the reader is reported once. Raises ReaderGone; the next call
        tries to open the reader again and returns None once it works.
        """

    def close(self) -> None:
        """Let go of the device."""


class Sync(Protocol):
    """The conversation with the node. Blocking, each call with its own deadline."""

    def directory(self) -> tuple[Directory, int] | None:
        """Give the stored directory and the time (UTC ms) of its sync; None before the pairing."""

    def push(self) -> Pushed | NodeLost | NodeRefused | None:
        """Send the next batch; None when there is nothing to send."""

    def pull(self) -> Pulled | NodeLost | NodeRefused:
        """Fetch and store deltas; also proves that the node answers."""

    def pause_s(self) -> float:
        """How long to wait before the next round, unless something was journalled."""


class PinVerifier(Protocol):
    """Slow on purpose (Argon2): the shell calls it on a worker thread."""

    def find(self, operators: tuple[Operator, ...], pin: str) -> OperatorId | None:
        """Find the operator whose verifier the code satisfies."""


class Signals(Protocol):
    """Sound and lamp."""

    def play(self, tune: Tune) -> None:
        """Start a tune and its light; returns at once."""


class Clock(Protocol):
    """Wall time that the shell has already made monotonic, and time since the start."""

    def now_ms(self) -> int:
        """UTC milliseconds."""

    def mono_ms(self) -> int:
        """Milliseconds since an arbitrary moment, never adjusted."""
