"""Colours: contrast computed, and green for one thing only."""

import pytest

from terminal.ui.kivy.tokens import (
    ACT,
    CATEGORIES,
    DISABLED,
    DOUBT,
    INK,
    LINE,
    MUTED,
    PAID,
    PAID_BAR,
    PAIRS,
    RAISED,
    REFUSED,
    RETURN,
    SURFACE,
    TEXT,
    TRAINING,
    WAIT,
    WAIT_BAR,
    WHITE,
    Colour,
    Pair,
    channels,
    contrast,
    lighter,
)
from terminal.ui.screen import Colour as CategoryColour


@pytest.mark.parametrize(
    "text,ground,ratio",
    [
        (WHITE, Colour("#000000"), 21.0),
        (TEXT, INK, 15.6),
        (MUTED, INK, 9.2),
        (TEXT, SURFACE, 13.3),
        (TEXT, RAISED, 10.2),
        (LINE, INK, 3.8),
        (TEXT, ACT, 5.0),
        (ACT, INK, 3.1),
        (TEXT, WAIT, 9.4),
        (TEXT, WAIT_BAR, 14.1),
        (INK, PAID, 8.3),
        (TEXT, PAID_BAR, 9.6),
        (TEXT, REFUSED, 8.3),
        (INK, DOUBT, 10.4),
        (TEXT, TRAINING, 6.1),
        (TEXT, RETURN, 6.9),
        (DISABLED, SURFACE, 4.0),
    ],
)
def test_contrast_is_what_the_design_measured(text: Colour, ground: Colour, ratio: float) -> None:
    assert contrast(text, ground) == pytest.approx(ratio, abs=0.1)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.text} on {pair.ground}")
def test_every_pair_keeps_its_least_contrast(pair: Pair) -> None:
    assert contrast(pair.text, pair.ground) >= pair.least


def test_paid_and_refused_differ_in_grey() -> None:
    assert contrast(PAID, REFUSED) == pytest.approx(4.4, abs=0.1)


def test_every_colour_of_the_view_model_has_a_token() -> None:
    assert set(CATEGORIES) == {colour.value for colour in CategoryColour}


def test_channels_and_lighter() -> None:
    assert channels(Colour("#ff0080")) == (1.0, 0.0, 128 / 255, 1.0)
    assert lighter(Colour("#000000")) == "#262626"
    assert lighter(WHITE) == WHITE
