"""The console: the same screens as lines, the same events."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console as Rich

from terminal.till.events import AddProduct, Charge, Event, Stopping
from terminal.till.state import PaidShown, RefundAsked
from terminal.ui.console import Console
from terminal.ui.screen import Paid, RefundAsk, Sale, Screen
from tests.terminal.till.dialogue import BEER, LEMONADE, NOW, entry, sale, sold

from .pages.drawing import drawn


class Desk:
    """A console with what it wrote and posted."""

    def __init__(self, words: str = "") -> None:
        self.posted: list[Event] = []
        self.tapped: list[bytes] = []
        self.paper = io.StringIO()
        self.console = Console(
            self.posted.append,
            words=io.StringIO(words),
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
    desk = Desk(f"product:{BEER}\n5\n\n99\nnonsense\nq\ntap 04a1b2c3\n")
    desk.console.show(drawn(Sale))
    desk.console.stop()
    desk.console.run()
    assert desk.posted == []  # stopped: the rest of the input is nobody's
    desk = Desk(f"product:{BEER}\n6\n\n99\nnonsense\nq\ntap 04a1b2c3\n")
    desk.console.show(drawn(Sale))
    for word in ("product:beer", "6", "", "99", "nonsense", "q", "tap 04a1b2c3"):
        desk.console._take(word)
    assert desk.posted == [AddProduct(BEER), AddProduct(BEER), Stopping()]
    assert desk.tapped == [bytes.fromhex("04a1b2c3")]
    assert "? nonsense" in desk.paper.getvalue()


def test_reading_ends_with_the_till() -> None:
    desk = Desk("charge\n")
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


def test_before_the_first_screen_there_is_nothing_to_touch(tmp_path: Path) -> None:
    desk = Desk()
    desk.console._take("1")
    assert not desk.console.touch("charge")
    desk.console.touch_at(1, 1)
    assert not desk.console.picture(tmp_path / "a.png")
    assert desk.posted == []
