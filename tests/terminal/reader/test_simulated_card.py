"""The card's side of the air: anticollision by the book, level by level."""

from __future__ import annotations

from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard
from terminal.reader.simulated_card import Air, cascade


def test_a_uid_is_split_over_its_cascade_levels() -> None:
    assert cascade(bytes.fromhex("1A2B3C4D")) == (bytes.fromhex("1A2B3C4D40"),)
    assert cascade(bytes.fromhex("04A1B2C3D4E5F6")) == (
        bytes.fromhex("8804A1B29F"),
        bytes.fromhex("C3D4E5F604"),
    )
    assert [part[:4].hex() for part in cascade(bytes.fromhex("01020304050607080910"))] == [
        "88010203",
        "88040506",
        "07080910",
    ]


def test_a_seven_byte_card_is_selected_in_two_steps() -> None:
    air = Air()
    air.card = SimulatedCard(bytes.fromhex("04A1B2C3D4E5F6"), Chip.NTAG213)

    assert air.answer(b"\x26") == b"\x44\x00"
    assert air.answer(b"\x93\x20") == bytes.fromhex("8804A1B29F")
    assert air.answer(bytes.fromhex("93708804A1B29F")) == b"\x04"
    halfway = air.read
    assert air.answer(b"\x95\x20") == bytes.fromhex("C3D4E5F604")
    assert air.answer(bytes.fromhex("9570C3D4E5F604")) == b"\x00"
    assert (halfway, air.read) == (False, True)
    assert air.answer(b"\x60") == bytes.fromhex("0004040201000F03")


def test_an_absent_card_is_silent() -> None:
    assert Air().answer(b"\x26") is None
