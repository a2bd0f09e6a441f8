"""The console: the same screens as lines, the same events."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest
from rich.console import Console as Rich

from terminal.till.events import AddProduct, Charge, Event, Stopping
from terminal.till.state import PaidShown, RefundAsked
from terminal.ui.console import Console, Typed
from terminal.ui.screen import Paid, RefundAsk, Sale, Screen
from tests.terminal.till.dialogue import BEER, LEMONADE, NOW, entry, sale, sold

from .pages.drawing import drawn


class Script:
    """Lines, then nothing for a while, then the end."""

    def __init__(self, *lines: str) -> None:
        self._lines: list[str | None] = [*lines, None]

    def read(self, timeout_s: float) -> str | None:
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)


class Desk:
    """A console with what it wrote and posted."""

    def __init__(self, *words: str) -> None:
        self.posted: list[Event] = []
        self.tapped: list[bytes] = []
        self.paper = io.StringIO()
        self.console = Console(
            self.posted.append,
            words=Script(*words),
            rich=Rich(file=self.paper, width=100, no_color=True),
            tap=self.tapped.append,
        )

    def shows(self, screen: Screen) -> str:
        self.paper.truncate(0)
        self.paper.seek(0)
        self.console.show(screen)
        return self.paper.getvalue()


def test_a_basket_in_lines() -> None:
    text = Desk().shows(drawn(Sale, basket=((BEER, 2), (LEMONADE, 1))))
    assert (
        "Le Grand Champ · Bar 2 | Maïa | ! Hors ligne | Lecteur | 0\u00a0à envoyer | 22:47" in text
    )
    assert "Bière pression 5,00\u00a0€ ×2" in text
    assert "> Bière pression  2\u00a0×\u00a05,00\u00a0€  10,00\u00a0€" in text
    assert "13,00\u00a0€" in text
    assert "VALIDER" in text


def test_other_screens_in_lines() -> None:
    assert "Payé" in Desk().shows(drawn(Paid, PaidShown(draft=sale(sold(BEER)), left=0)))
    refund = drawn(RefundAsk, RefundAsked(entry(sale(sold(BEER, 2)))))
    assert "2\u00a0×  Bière pression  10,00\u00a0€" in Desk().shows(refund)


def test_a_clock_that_moves_is_no_news() -> None:
    desk = Desk()
    assert desk.shows(drawn(Sale))
    assert desk.shows(drawn(Sale, now_ms=NOW + 1000)) == ""


def test_buttons_by_number_and_by_name() -> None:
    desk = Desk()
    desk.console.show(drawn(Sale))
    for word in ("product:beer", "6", "", "99", "nonsense", "q", "tap 04a1b2c3"):
        desk.console._take(word)
    assert desk.posted == [AddProduct(BEER), AddProduct(BEER), Stopping()]
    assert desk.tapped == [bytes.fromhex("04a1b2c3")]
    assert "? nonsense" in desk.paper.getvalue()


def test_reading_ends_with_the_till() -> None:
    desk = Desk("charge")
    desk.console.show(drawn(Sale, basket=((BEER, 1),)))
    desk.posted = _Stops(desk.console)
    desk.console._post = desk.posted.append
    desk.console.run()
    assert desk.posted == [Charge()]


class _Stops(list[Event]):
    """Stops the console at the first event, as a till that leaves does."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def append(self, event: Event) -> None:
        super().append(event)
        self._console.stop()


def test_the_end_of_the_input_does_not_stop_the_till() -> None:
    desk = Desk()
    threading.Timer(0.05, desk.console.stop).start()
    desk.console.run()
    assert desk.posted == []


def test_typed_lines_come_one_by_one() -> None:
    reading, writing = os.pipe()
    words = Typed(reading)
    assert words.read(0.0) is None
    os.write(writing, b"char")
    assert words.read(0.0) is None
    os.write(writing, b"ge\nq\n")
    assert words.read(1.0) == "charge"
    assert words.read(0.0) == "q"
    os.close(writing)
    with pytest.raises(EOFError):
        words.read(1.0)
    os.close(reading)


def test_before_the_first_screen_there_is_nothing_to_touch(tmp_path: Path) -> None:
    desk = Desk()
    desk.console._take("1")
    assert not desk.console.touch("charge")
    desk.console.touch_at(1, 1)
    assert not desk.console.picture(tmp_path / "a.png")
    assert desk.posted == []
