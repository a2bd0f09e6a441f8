"""What the till asks of the world; the shell carries each command out with an adapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from terminal.till.receipts import Draft


@dataclass(frozen=True, slots=True)
class Command:
    """Anything the till asks for."""


class Tune(StrEnum):
    """Sound and lamp of a moment (TILL.md, Sound and lamp). The count carries the meaning."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ATTENTION = "attention"
    WAITING = "waiting"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Signal(Command):
    """Play a tune and set the lamp. ATTENTION repeats until another tune is asked for."""

    tune: Tune


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAppend(Command):
    """Make this durable, then post `Journalled` with the same `tap`, or `JournalFailed`."""

    tap: int
    draft: Draft
    at_ms: int


@dataclass(frozen=True, slots=True)
class SyncNow(Command):
    """Talk to the node at once instead of at the next regular moment."""


@dataclass(frozen=True, slots=True)
class VerifyPin(Command):
    """Find whose code this is, then post `PinChecked`."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Command):
    """Enrol at the node, then post `Paired` or `PairingRefused`."""

    address: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Remember(Command):
    """Keep the chosen language for the next start."""

    language: str


@dataclass(frozen=True, slots=True)
class SetBrightness(Command):
    """Set the backlight."""

    percent: int


@dataclass(frozen=True, slots=True)
class PowerOff(Command):
    """Switch the machine off."""


@dataclass(frozen=True, slots=True)
class Exit(Command):
    """Leave the process: everything that must be durable is."""
