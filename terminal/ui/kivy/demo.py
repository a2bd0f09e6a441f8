"""What the demo puts under the till: virtual cards to tap.  Plain values, without kivy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VirtualCard:
    """A card to tap: what is written on it, and its UID (4, 7 or 10 bytes)."""

    name: str
    uid: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A strip of virtual cards under the till; `hold` must return at once."""

    title: str
    cards: Sequence[VirtualCard]
    hold: Callable[[bytes], None]
