"""The strip of virtual cards, measured."""

import subprocess
import sys

import pytest

from terminal.ui.kivy.demo import VirtualCard
from terminal.ui.kivy.elements import Target, Words
from terminal.ui.kivy.metrics import LARGE, SMALL, TARGET_FLOOR, Box, Metrics
from terminal.ui.kivy.strip import lay_out_cards
from terminal.ui.kivy.text import Typesetter

NAMES = ("Alice", "Jean-Baptiste", "Carte inconnue", "Bloquée") * 3


@pytest.mark.parametrize("metrics", [LARGE, SMALL])
@pytest.mark.parametrize("count", [1, 12])
def test_the_cards_can_be_hit_and_read(metrics: Metrics, count: int) -> None:
    setter = Typesetter()
    cards = [VirtualCard(name, bytes([4, i, 0, 0])) for i, name in enumerate(NAMES[:count])]
    elements = lay_out_cards("Cartes simulées", cards, metrics, setter)
    strip = Box(0, 0, metrics.width, metrics.demo_strip)
    targets = [element for element in elements if isinstance(element, Target)]
    assert len(targets) == count
    for target in targets:
        assert strip.holds(target.box)
        assert min(target.box.w, target.box.h) >= TARGET_FLOOR
        words = next(part for part in target.content if isinstance(part, Words))
        assert not any(line.endswith("…") for line in words.lines)
        for line in words.lines:
            assert setter.width(line, words.size, bold=True) <= words.box.w


def test_a_console_till_never_imports_kivy() -> None:
    code = "import sys, terminal.ui.kivy.app; sys.exit('kivy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
