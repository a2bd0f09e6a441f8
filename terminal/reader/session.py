"""The dialogue with a card, without I/O: what the reader heard goes in, what to do comes out.

Guarantees one `Tap` a presentation, however often the card is polled, and however its contact
flickers; and that a command is never sent after one that went unanswered without sensing anew: over
a link that may deliver late (UDP), the answer to the first would be taken for the second's.
An unusable UID is told like any other: it is for the till to refuse it (`is_random`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

GET_VERSION: Final = b"\x60"
UID_LENGTHS: Final = frozenset({4, 7, 10})
GONE_MS: Final = 250  # a hand shakes: a shorter absence is the same presentation
GONE_POLLS: Final = 2  # and one missed poll never is an absence
VERSION_TRIES: Final = 2

# SAK bits (NXP AN10833): the card speaks MIFARE Classic; the card speaks ISO 14443-4.
_SAK_CLASSIC: Final = 0x08
_SAK_ISO4: Final = 0x20


class Chip(StrEnum):
    """What a card is, as far as its own words tell."""

    CLASSIC = "classic"  # MIFARE Classic and its copies: a UID, nothing else for us
    NTAG213 = "ntag213"
    NTAG215 = "ntag215"
    NTAG216 = "ntag216"
    ULTRALIGHT_EV1 = "ultralight_ev1"
    ULTRALIGHT_AES = "ultralight_aes"
    ISO4 = "iso4"  # DESFire, NTAG424, a phone
    OTHER = "other"


# Answers to GET_VERSION (data sheets of NTAG21x §10.1, MF0ULx1 §10.1, MF0AES §10.1).
VERSIONS: Final = {
    bytes.fromhex("0004040201000F03"): Chip.NTAG213,
    bytes.fromhex("0004040201001103"): Chip.NTAG215,
    bytes.fromhex("0004040201001303"): Chip.NTAG216,
    bytes.fromhex("0004030101000B03"): Chip.ULTRALIGHT_EV1,
    bytes.fromhex("0004030201000B03"): Chip.ULTRALIGHT_EV1,
    bytes.fromhex("0004030101000E03"): Chip.ULTRALIGHT_EV1,
    bytes.fromhex("0004030201000E03"): Chip.ULTRALIGHT_EV1,
    bytes.fromhex("0004030104000F03"): Chip.ULTRALIGHT_AES,
    bytes.fromhex("0004030204000F03"): Chip.ULTRALIGHT_AES,
}


# --- In -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sensed:
    """One poll found a card: its whole UID and the last SAK byte."""

    uid: bytes
    sak: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """One poll found no card."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The card answered the command."""

    data: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The card did not answer the command in time, or answered noise."""


Heard: TypeAlias = Sensed | Nothing | Answer | NoAnswer


# --- Out ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sense:
    """Poll for a card."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send this command to the sensed card."""

    command: bytes


@dataclass(frozen=True, slots=True)
class Tap:
    """A card was presented."""

    uid: bytes
    chip: Chip


@dataclass(frozen=True, slots=True)
class Removed:
    """The card that was presented has left."""

    uid: bytes


Told: TypeAlias = Tap | Removed
Next: TypeAlias = Sense | Exchange


def is_random(uid: bytes) -> bool:
    """Tell whether a UID is drawn anew at each presentation: four bytes that begin with 08h."""
    return len(uid) == 4 and uid[0] == 0x08


class CardSession:
    """What is in the field.  `hear` takes what happened and gives what to tell and to do."""

    def __init__(self) -> None:
        self._present: bytes | None = None  # told as a tap, and not yet gone
        self._asked: bytes | None = None  # being identified
        self._tries = 0
        self._seen_ms = 0
        self._missed = 0

    def hear(self, heard: Heard, now_ms: int) -> tuple[tuple[Told, ...], Next]:
        """Give what to tell the till, and the next thing to do with the reader."""
        match heard:
            case Sensed(uid, sak):
                return self._sensed(uid, sak, now_ms)
            case Nothing():
                return self._nothing(now_ms), Sense()
            case Answer(data):
                return self._identified(VERSIONS.get(data, Chip.OTHER)), Sense()
            case NoAnswer():
                # Not the next command: sense first, so that no late answer can be mistaken.
                return (), Sense()

    def _sensed(self, uid: bytes, sak: int, now_ms: int) -> tuple[tuple[Told, ...], Next]:
        self._seen_ms, self._missed = now_ms, 0
        if uid == self._present or len(uid) not in UID_LENGTHS:
            return (), Sense()
        told: tuple[Told, ...] = ()
        if self._present is not None:  # another card took its place between two polls
            told, self._present = (Removed(self._present),), None
        if uid != self._asked:
            self._asked, self._tries = uid, 0
        if sak & _SAK_CLASSIC:
            return told + self._identified(Chip.CLASSIC), Sense()
        if sak & _SAK_ISO4:
            return told + self._identified(Chip.ISO4), Sense()
        if self._tries == VERSION_TRIES:  # an Ultralight or a copy that knows no such command
            return told + self._identified(Chip.OTHER), Sense()
        self._tries += 1
        return told, Exchange(GET_VERSION)

    def _identified(self, chip: Chip) -> tuple[Told, ...]:
        if self._asked is None:
            return ()
        uid, self._asked = self._asked, None
        self._present = uid
        return (Tap(uid, chip),)

    def _nothing(self, now_ms: int) -> tuple[Told, ...]:
        self._asked = None
        self._missed += 1
        gone = self._missed >= GONE_POLLS and now_ms - self._seen_ms >= GONE_MS
        if self._present is None or not gone:
            return ()
        uid, self._present = self._present, None
        return (Removed(uid),)
