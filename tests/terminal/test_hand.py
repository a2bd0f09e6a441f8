"""The hand that holds simulated cards."""

from __future__ import annotations

import pytest

from terminal.hand import Hand
from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard, SimulatedField


class Watched(SimulatedField):
    """A field that keeps what was presented."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[bytes, Chip]] = []

    def present(self, card: SimulatedCard) -> None:
        super().present(card)
        self.held.append((card.uid, card.chip))


@pytest.mark.parametrize(
    "uid, chip",
    [("11223344", Chip.CLASSIC), ("04a1b2c3d4e5f6", Chip.NTAG213), ("01" * 10, Chip.ISO4)],
)
def test_a_card_is_held_and_taken_away(uid: str, chip: Chip) -> None:
    field = Watched()
    Hand(field).tap(bytes.fromhex(uid), 0.0)
    assert field.held == [(bytes.fromhex(uid), chip)]
    assert field.card is None


def test_no_card_has_five_bytes() -> None:
    with pytest.raises(ValueError, match="not 5"):
        Hand(SimulatedField()).tap(bytes(5))


def test_a_finger_does_not_wait_for_the_hand() -> None:
    field = Watched()
    hand = Hand(field)
    hand.tap_soon(bytes.fromhex("11223344"))
    hand.tap(bytes.fromhex("04a1b2c3d4e5f6"), 0.0)  # one card at a time: waits for the other
    assert len(field.held) <= 2
    assert (bytes.fromhex("04a1b2c3d4e5f6"), Chip.NTAG213) in field.held


def test_the_cable() -> None:
    field = SimulatedField()
    Hand(field).plug(plugged=False)
    assert not field.plugged
