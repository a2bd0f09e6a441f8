"""The simulated card answers as its data sheet says; the simulated field fails as a real one."""

from __future__ import annotations

import pytest

from terminal.reader.reader import FieldLost
from terminal.reader.session import Chip, Sensed
from terminal.reader.simulated import SimulatedCard, SimulatedField

UID = bytes.fromhex("04A1B2C3D4E5F6")


def test_a_tag_says_what_it_is() -> None:
    assert SimulatedCard(UID).answer(b"\x60") == bytes.fromhex("0004040201000F03")


def test_a_tag_keeps_what_is_written_and_reads_four_pages() -> None:
    card = SimulatedCard(UID)

    assert card.answer(b"\xa2\x04TL\x01\x01") == b"\x0a"
    assert card.answer(b"\x30\x04") == b"TL\x01\x01" + bytes(12)
    assert card.answer(b"\x3a\x04\x05") == b"TL\x01\x01" + bytes(4)


@pytest.mark.parametrize("command", ["3A0520", "3A04FF", "A2010000FF00", "30F0", "1A00"])
def test_a_tag_refuses_what_it_does_not_have(command: str) -> None:
    expected = bytes(4 * 28) if command == "3A0520" else b"\x00"

    assert SimulatedCard(UID).answer(bytes.fromhex(command)) == expected


def test_a_classic_card_is_silent() -> None:
    assert SimulatedCard(b"\x1a\x2b\x3c\x4d", Chip.CLASSIC).answer(b"\x60") is None


def test_a_field_senses_what_is_in_it() -> None:
    field = SimulatedField()
    assert field.sense() is None

    field.present(SimulatedCard(UID))
    assert field.sense() == Sensed(UID, 0x00)

    field.remove()
    assert field.sense() is None
    assert field.exchange(b"\x60", 0.1) is None


def test_an_answer_can_get_lost() -> None:
    field = SimulatedField(card=SimulatedCard(UID), losses=1)

    assert field.exchange(b"\x60", 0.1) is None
    assert field.exchange(b"\x60", 0.1) == bytes.fromhex("0004040201000F03")


def test_an_unplugged_reader_is_lost() -> None:
    field = SimulatedField(plugged=False)

    with pytest.raises(FieldLost, match="unplugged"):
        field.sense()
