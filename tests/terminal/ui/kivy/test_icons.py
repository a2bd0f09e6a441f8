"""Every icon that the view-model can ask for is drawn, on its grid."""

import pytest

from terminal.ui.kivy.icons import ICONS, Area, Bar, Disc, Mark, Stroke, Struck, arc, line, polygon
from terminal.ui.screen import Icon


def test_every_icon_has_shapes() -> None:
    assert set(ICONS) == {*Icon, *Mark}
    assert all(ICONS.values())


@pytest.mark.parametrize("icon", list(ICONS))
def test_an_icon_stays_on_its_grid(icon: Icon | Mark) -> None:
    for shape in ICONS[icon]:
        match shape:
            case Stroke(points=points) | Area(points=points):
                numbers = [number for point in points for number in point]
            case Disc(middle=(x, y), diameter=d):
                numbers = [x - d / 2, x + d / 2, y - d / 2, y + d / 2]
            case Bar(corner=(x, y), size=(w, h)):
                numbers = [x, y, x + w, y + h]
            case Struck():
                continue
        assert all(0 <= number <= 24 for number in numbers), shape


@pytest.mark.parametrize("icon", [Icon.NETWORK_LOST, Icon.READER_LOST])
def test_what_is_lost_is_struck(icon: Icon) -> None:
    assert ICONS[icon][-1] == Struck()


def test_pens_draw_what_they_say() -> None:
    assert line(1, 2, 3, 4) == Stroke(((1, 2), (3, 4)))
    quarter = arc(12, 12, 10, 0, 90).points
    assert quarter[0] == (22, 12)
    assert quarter[-1] == pytest.approx((12, 2))
    assert len(polygon(8, 10)) == 8
