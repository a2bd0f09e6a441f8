"""Boxes and the two panels."""

import pytest

from terminal.ui.kivy.metrics import LARGE, SMALL, Box, metrics_for


def test_columns_share_what_the_gaps_leave() -> None:
    left, right = Box(10, 20, 110, 50).columns([1, 3], 10)
    assert left == Box(10, 20, 25, 50)
    assert right == Box(45, 20, 75, 50)


def test_rows_and_grid() -> None:
    assert Box(0, 0, 10, 30).rows([1, 2], 0) == [Box(0, 0, 10, 10), Box(0, 10, 10, 20)]
    assert Box(0, 0, 21, 11).grid(2, 1, 1) == [Box(0, 0, 10, 11), Box(11, 0, 10, 11)]


def test_inset_mirrored_holds() -> None:
    assert Box(0, 0, 10, 10).inset(1, 2) == Box(1, 2, 8, 6)
    assert Box(10, 0, 30, 5).mirrored(100) == Box(60, 0, 30, 5)
    assert Box(0, 0, 10, 10).holds(Box(0, 5, 10, 5))
    assert not Box(0, 0, 10, 10).holds(Box(1, 5, 10, 5))


def test_the_two_panels() -> None:
    assert metrics_for(1024, 600) is LARGE
    assert metrics_for(800, 480) is SMALL
    assert SMALL.px(20) == 16
    assert LARGE.body == Box(0, 48, 1024, 552)


def test_another_size_names_those_that_exist() -> None:
    with pytest.raises(ValueError, match="1024x600 and 800x480"):
        metrics_for(640, 480)
