"""Every icon that the view-model can ask for is drawn, on its grid."""

import pytest

from terminal.ui.kivy.icons import (
    ICONS,
    Area,
    Bar,
    Disc,
    Mark,
    Shape,
    Stroke,
    Struck,
    arc,
    line,
    polygon,
)
from terminal.ui.screen import Icon


def test_every_icon_has_shapes() -> None:
    assert set(ICONS) == {*Icon, *Mark}
    assert all(ICONS.values())


def reach(shape: Shape) -> list[float]:
    """The coordinates that a shape reaches without its pen."""
    if isinstance(shape, Stroke | Area):
        return [number for point in shape.points for number in point]
    if isinstance(shape, Disc):
        radius = shape.diameter / 2
        return [number + side for number in shape.middle for side in (-radius, radius)]
    if isinstance(shape, Bar):
        ends = [start + length for start, length in zip(shape.corner, shape.size, strict=True)]
        return [*shape.corner, *ends]
    return []


@pytest.mark.parametrize("icon", list(ICONS))
def test_an_icon_stays_on_its_grid(icon: Icon | Mark) -> None:
    for shape in ICONS[icon]:
        assert all(0 <= number <= 24 for number in reach(shape)), shape


@pytest.mark.parametrize("icon", [Icon.NETWORK_LOST, Icon.READER_LOST])
def test_what_is_lost_is_struck(icon: Icon) -> None:
    assert ICONS[icon][-1] == Struck()


def test_pens_draw_what_they_say() -> None:
    assert line(1, 2, 3, 4).points == ((1, 2), (3, 4))
    quarter = arc(12, 12, 10, 0, 90).points
    assert quarter[0] == pytest.approx((22, 12))
    assert quarter[-1] == pytest.approx((12, 2))
    assert len(polygon(8, 10)) == 8
