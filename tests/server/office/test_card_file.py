"""Card files in Fedow's format, line by line: what is taken, and what is wrong with a line."""

import pytest

from server.office.card_file import BadLine, FileCard, read_card_file, read_line

LINE = "https://demo.tibillet.localhost/qr/b194aeb9-0f77-4e3c-9ef6-047ea6b8726e,B194AEB9,A24B043F"
OTHER = "https://demo.tibillet.localhost/qr/b24f7780-bfcb-43a9-8f3f-9bc989bdb861,B24F7780,34632BF9"


def name(uid: bytes) -> str:
    return uid.hex()


CARD = FileCard(ref="a24b043f", number="B194AEB9", token="b194aeb9-0f77-4e3c-9ef6-047ea6b8726e")


def test_a_line_of_fedows_format() -> None:
    assert read_line(LINE, name) == CARD


@pytest.mark.parametrize("chip", ["A24B043F", "04112233445566", "04112233445566778899"])
def test_chips_of_four_seven_and_ten_bytes_in_full(chip: str) -> None:
    card = read_line(LINE.replace("A24B043F", chip), name)
    assert isinstance(card, FileCard)
    assert card.ref == chip.lower()


@pytest.mark.parametrize(
    "line, cause",
    [
        ("a,b", "columns"),
        (LINE + ",more", "columns"),
        (LINE.replace("https", "ftp"), "link"),
        (LINE.replace("-4e3c-", "-5e3c-"), "link"),
        (LINE.replace(",B194AEB9,", ",B194AEB,"), "number"),
        (LINE.replace(",B194AEB9,", ",B194AEB-,"), "number"),
        (LINE.replace("A24B043F", "A24B04"), "chip"),
        (LINE.replace("A24B043F", "A24B04ZZ"), "chip"),
        (LINE.replace("A24B043F", "08112233"), "chip_random"),
    ],
)
def test_what_is_wrong_with_a_line(line: str, cause: str) -> None:
    assert read_line(line, name) == cause


def test_a_byte_order_mark_blank_lines_and_small_letters_are_no_mistakes() -> None:
    found = read_card_file(f"\ufeff\n{LINE.lower()}\r\n\n".encode(), name, ())
    assert (found.lines, found.new, found.bad) == (1, (CARD,), ())


def test_doubles_name_the_earlier_line() -> None:
    twin = OTHER.replace("B24F7780", "B194AEB9")
    found = read_card_file(f"{LINE}\n{twin}\n{LINE}".encode(), name, ())
    assert found.bad == (
        BadLine(line=2, content=twin, cause="twice", detail="1"),
        BadLine(line=3, content=LINE, cause="twice", detail="1"),
    )


def test_known_cards_are_told_from_clashes() -> None:
    lines = (
        LINE,
        OTHER.replace("34632BF9", "A24B043F"),
        OTHER.replace("B24F7780", "B194AEB9"),
        OTHER.replace("b24f7780-bfcb-43a9-8f3f-9bc989bdb861", CARD.token),
    )
    causes = [
        [bad.cause for bad in read_card_file(line.encode(), name, (CARD,)).bad] for line in lines
    ]
    assert causes == [[], ["chip_taken"], ["number_taken"], ["link_taken"]]
    assert read_card_file(LINE.encode(), name, (CARD,)).known == (CARD,)


def test_other_bytes_are_not_text() -> None:
    with pytest.raises(UnicodeDecodeError):
        read_card_file(b"\xff\xfe", name, ())
