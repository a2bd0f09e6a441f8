"""The dialogue with a card, read as a dialogue: what was heard, what is told, what to do next."""

from __future__ import annotations

import pytest

from terminal.reader.session import (
    Answer,
    CardSession,
    Chip,
    Exchange,
    NoAnswer,
    Nothing,
    Removed,
    Sense,
    Sensed,
    Tap,
    is_random,
)

NTAG = bytes.fromhex("04A1B2C3D4E5F6")
OTHER = bytes.fromhex("04000000000001")
OLD = bytes.fromhex("1A2B3C4D")
NTAG213 = bytes.fromhex("0004040201000F03")
ASK = Exchange(b"\x60")


def test_a_tag_is_told_once_it_said_what_it_is() -> None:
    session = CardSession()

    assert session.hear(Sensed(NTAG, 0x00), 0) == ((), ASK)
    assert session.hear(Answer(NTAG213), 2) == ((Tap(NTAG, Chip.NTAG213),), Sense())


@pytest.mark.parametrize(
    "version, chip",
    [
        ("0004040201000F03", Chip.NTAG213),
        ("0004040201001103", Chip.NTAG215),
        ("0004040201001303", Chip.NTAG216),
        ("0004030101000B03", Chip.ULTRALIGHT_EV1),
        ("0004030104000F03", Chip.ULTRALIGHT_AES),
        ("0004030204000F03", Chip.ULTRALIGHT_AES),
        ("AF", Chip.OTHER),  # Ultralight C's first answer proves nothing
    ],
)
def test_get_version_names_the_chip(version: str, chip: Chip) -> None:
    session = CardSession()
    session.hear(Sensed(NTAG, 0x00), 0)

    told, _ = session.hear(Answer(bytes.fromhex(version)), 1)

    assert told == (Tap(NTAG, chip),)


@pytest.mark.parametrize(
    "uid, sak, chip",
    [
        ("1A2B3C4D", 0x08, Chip.CLASSIC),
        ("1A2B3C4D", 0x18, Chip.CLASSIC),
        ("04112233445566", 0x20, Chip.ISO4),
        ("01020304050607080910", 0x20, Chip.ISO4),
    ],
)
def test_cards_without_get_version_are_not_asked(uid: str, sak: int, chip: Chip) -> None:
    raw = bytes.fromhex(uid)

    assert CardSession().hear(Sensed(raw, sak), 0) == ((Tap(raw, chip),), Sense())


def test_after_silence_the_card_is_sensed_anew_before_it_is_asked_again() -> None:
    session = CardSession()

    assert session.hear(Sensed(NTAG, 0x00), 0) == ((), ASK)
    assert session.hear(NoAnswer(), 100) == ((), Sense())
    assert session.hear(Sensed(NTAG, 0x00), 110) == ((), ASK)
    assert session.hear(NoAnswer(), 210) == ((), Sense())
    assert session.hear(Sensed(NTAG, 0x00), 220) == ((Tap(NTAG, Chip.OTHER),), Sense())


def test_a_card_pulled_away_before_it_was_identified_is_no_tap() -> None:
    session = CardSession()
    session.hear(Sensed(NTAG, 0x00), 0)
    session.hear(NoAnswer(), 100)

    assert session.hear(Nothing(), 110) == ((), Sense())
    assert session.hear(Nothing(), 900) == ((), Sense())


def test_a_card_that_stays_is_one_tap() -> None:
    session = CardSession()
    told = [session.hear(Sensed(OLD, 0x08), ms)[0] for ms in range(0, 5000, 50)]

    assert told[0] == (Tap(OLD, Chip.CLASSIC),)
    assert set(told[1:]) == {()}


def test_a_flickering_card_is_one_tap() -> None:
    session = CardSession()
    session.hear(Sensed(OLD, 0x08), 0)

    assert session.hear(Nothing(), 100)[0] == ()
    assert session.hear(Nothing(), 249)[0] == ()
    assert session.hear(Sensed(OLD, 0x08), 300)[0] == ()


def test_one_slow_poll_that_misses_is_no_removal() -> None:
    session = CardSession()
    session.hear(Sensed(OLD, 0x08), 0)

    assert session.hear(Nothing(), 1000)[0] == ()


def test_a_card_that_left_and_came_back_is_a_second_tap() -> None:
    session = CardSession()
    session.hear(Sensed(OLD, 0x08), 0)

    assert session.hear(Nothing(), 100)[0] == ()
    assert session.hear(Nothing(), 250)[0] == (Removed(OLD),)
    assert session.hear(Nothing(), 350)[0] == ()
    assert session.hear(Sensed(OLD, 0x08), 400)[0] == (Tap(OLD, Chip.CLASSIC),)


def test_a_card_swapped_between_two_polls_is_a_tap_of_its_own() -> None:
    session = CardSession()
    session.hear(Sensed(OLD, 0x08), 0)

    assert session.hear(Sensed(OTHER, 0x00), 50) == ((Removed(OLD),), ASK)
    assert session.hear(Answer(NTAG213), 55)[0] == (Tap(OTHER, Chip.NTAG213),)


def test_a_uid_of_no_known_length_is_noise() -> None:
    assert CardSession().hear(Sensed(b"\x01\x02\x03", 0x08), 0) == ((), Sense())


@pytest.mark.parametrize(
    "uid, random",
    [("08AABBCC", True), ("04AABBCC", False), ("08AABBCCDDEEFF", False)],
)
def test_only_four_bytes_that_begin_with_08_are_random(uid: str, random: bool) -> None:
    assert is_random(bytes.fromhex(uid)) is random
