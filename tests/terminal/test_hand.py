"""The hand that holds simulated cards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from terminal.__main__ import Pauses
from terminal.hand import Hand
from terminal.reader.reader import CardReader
from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard, SimulatedField

NTAG = bytes.fromhex("04a1b2c3d4e5f6")


class Watched(SimulatedField):
    """A field that keeps what was presented."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[bytes, Chip]] = []

    def present(self, card: SimulatedCard) -> None:
        super().present(card)
        self.held.append((card.uid, card.chip))


@contextmanager
def reading(field: SimulatedField, *, after_s: float = 0.0) -> Iterator[list[bytes]]:
    """Read cards on another thread, as a till does, once it has slept so long; give the UIDs."""
    read: list[bytes] = []
    ended = threading.Event()

    def read_cards() -> None:
        ended.wait(after_s)
        reader = CardReader(field, Pauses())
        while not ended.is_set():
            uid = reader.wait(0.05)
            if uid is not None:
                read.append(uid)

    thread = threading.Thread(target=read_cards)
    thread.start()
    try:
        yield read
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    "uid, chip",
    [("11223344", Chip.CLASSIC), ("04a1b2c3d4e5f6", Chip.NTAG213), ("01" * 10, Chip.ISO4)],
)
def test_a_card_is_held_until_it_is_read_and_taken_away(uid: str, chip: Chip) -> None:
    field = Watched()
    with reading(field) as read:
        Hand(field).tap(bytes.fromhex(uid), 0.0)
    assert read == [bytes.fromhex(uid)]
    assert field.held == [(bytes.fromhex(uid), chip)]
    assert field.card is None


def test_a_reader_that_sleeps_misses_no_card_and_no_absence() -> None:
    """The same card twice is two presentations, even when the reader looks late."""
    field = Watched()
    with reading(field, after_s=0.6) as read:
        hand = Hand(field)
        for _ in range(3):
            hand.tap(NTAG, 0.0)
    assert read == [NTAG] * 3


def test_no_card_has_five_bytes() -> None:
    with pytest.raises(ValueError, match="not 5"):
        Hand(SimulatedField()).tap(bytes(5))


def test_a_finger_does_not_wait_for_the_hand() -> None:
    field = Watched()
    with reading(field) as read:
        hand = Hand(field)
        hand.tap_soon(bytes.fromhex("11223344"))
        hand.tap(NTAG, 0.0)  # one card at a time: it waits for the other, or the other for it
        hand.tap(NTAG, 0.0)
    assert read.count(NTAG) == 2


def test_the_cable() -> None:
    field = SimulatedField()
    hand = Hand(field)
    hand.plug(plugged=False)
    assert not field.plugged
    hand.tap(NTAG, 0.0)  # nobody will read it
    assert field.card is None
