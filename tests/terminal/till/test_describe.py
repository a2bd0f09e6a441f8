"""The page of documentation is the table."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

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


def test_the_command_writes_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(PAGE.parent.parent / "terminal/till/describe.py"), run_name="__main__")
    assert capsys.readouterr().out == describe()
