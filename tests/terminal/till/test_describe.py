"""The page of documentation is the table."""

from __future__ import annotations

from pathlib import Path

from terminal.till.describe import describe, first_line

PAGE = Path(__file__).parents[3] / "docs" / "till.md"


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == describe()


def test_each_row_and_each_state_says_what_it_is() -> None:
    text = describe()
    assert "| Charge | Wait for the card (VALIDER)." in text
    assert "|  |" not in text


def test_a_thing_without_words_has_an_empty_line() -> None:
    class Mute:
        pass

    assert first_line(Mute) == ""
