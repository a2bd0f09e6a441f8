"""The icons, as data on a grid of 24 × 24 units with y downwards.

One table, `ICONS`: a name and the shapes that make it. No icon font: what is missing from a font
cannot be missing here. Guarantee: every shape stays on the grid but for the width of its pen.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from terminal.ui.screen import Icon

Point = tuple[float, float]


class Mark(StrEnum):
    """Shapes that only this adapter draws: the grounds of the big signs, and what is in them."""

    OCTAGON = "octagon"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    EXCLAMATION = "exclamation"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of the pen's width through points, joined back to the first when closed."""

    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A filled convex polygon (or a star around its middle) with softened corners."""

    points: tuple[Point, ...]
    edge: float = 0.6
    """Width of the pen that rounds the corners, in units."""


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle; `ground` paints it in the colour behind the icon."""

    middle: Point
    diameter: float
    ground: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rounded rectangle; `ground` paints it in the colour behind the icon."""

    corner: Point
    size: Point
    radius: float
    ground: bool = False


@dataclass(frozen=True, slots=True)
class Struck:
    """A diagonal through the whole icon, cleared on both sides: this thing is missing."""


Shape = Stroke | Area | Disc | Bar | Struck


def line(*numbers: float, closed: bool = False) -> Stroke:
    """Make a stroke through the points x, y, x, y and so on."""
    return Stroke(tuple(zip(numbers[::2], numbers[1::2], strict=True)), closed)


def arc(x: float, y: float, radius: float, start: float, end: float) -> Stroke:
    """Make a stroke along a circle; degrees, 0 to the right, growing anticlockwise."""
    steps = max(8, int(abs(end - start) / 9))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return Stroke(tuple((x + radius * math.cos(a), y - radius * math.sin(a)) for a in angles))


def polygon(sides: int, radius: float, turn: float = 0.0) -> tuple[Point, ...]:
    """Make the corners of a regular polygon around the middle of the grid."""
    angles = [math.radians(turn) + 2 * math.pi * i / sides for i in range(sides)]
    return tuple((12 + radius * math.cos(a), 12 + radius * math.sin(a)) for a in angles)


_NETWORK: Final[tuple[Shape, ...]] = (
    *(arc(12, 20, radius, 48, 132) for radius in (5.5, 10.5, 15.5)),
    Disc((12, 19.4), 4),
)
_READER: Final[tuple[Shape, ...]] = (
    line(3, 6, 11, 6, 11, 19, 3, 19, closed=True),
    arc(11, 12.5, 4.5, -45, 45),
    arc(11, 12.5, 8.6, -45, 45),
)
_STAR = tuple(
    (12 + r * math.sin(math.pi * i / 5), 12.6 - r * math.cos(math.pi * i / 5))
    for i, r in enumerate((10, 4.4) * 5)
)
_RAYS = tuple(
    line(*(12 + r * f(math.pi * i / 4) for r in (7.2, 9.6) for f in (math.cos, math.sin)))
    for i in range(8)
)

ICONS: Final[dict[Icon | Mark, tuple[Shape, ...]]] = {
    Icon.CHECK: (line(4.5, 12.5, 10, 18, 19.5, 6.5),),
    Icon.CROSS: (line(6, 6, 18, 18), line(18, 6, 6, 18)),
    Icon.MINUS: (Bar((5, 10.6), (14, 2.8), 1.4),),
    Icon.LESS: (Disc((12, 12), 24), Bar((6, 10.6), (12, 2.8), 1.4, ground=True)),
    Icon.PLUS: (line(5, 12, 19, 12), line(12, 5, 12, 19)),
    Icon.RIGHT: (line(9, 5, 16, 12, 9, 19),),
    Icon.BACK: (line(20, 12, 4, 12), line(10, 6, 4, 12, 10, 18)),
    Icon.NETWORK: _NETWORK,
    Icon.NETWORK_LOST: (*_NETWORK, Struck()),
    Icon.READER: _READER,
    Icon.READER_LOST: (*_READER, Struck()),
    Icon.SEND: (
        line(12, 15, 12, 4),
        line(7, 9, 12, 4, 17, 9),
        line(4, 15, 4, 20, 20, 20, 20, 15),
    ),
    Icon.CARD: (
        line(2.5, 5, 21.5, 5, 21.5, 19, 2.5, 19, closed=True),
        Disc((7.6, 12), 3.4),
        arc(7.6, 12, 5, -48, 48),
        arc(7.6, 12, 9.2, -36, 36),
    ),
    Icon.LOCK: (
        Bar((5, 11), (14, 10), 2.4),
        arc(12, 10.5, 4.4, 0, 180),
        line(7.6, 10.5, 7.6, 12),
        line(16.4, 10.5, 16.4, 12),
    ),
    Icon.PERSON: (Disc((12, 7.5), 8), arc(12, 21, 7.4, 12, 168), line(4.7, 20, 19.3, 20)),
    Icon.ERASE: (
        line(9, 5.5, 21, 5.5, 21, 18.5, 9, 18.5, 3, 12, closed=True),
        line(11.5, 9.5, 16.5, 14.5),
        line(16.5, 9.5, 11.5, 14.5),
    ),
    Icon.BEER: (
        line(5, 8, 6, 21, 14, 21, 15, 8),
        arc(16, 13.5, 3.6, -80, 80),
        Area(((4.5, 9), (4.5, 5.5), (8, 3.5), (12, 3.5), (15.5, 5.5), (15.5, 9))),
    ),
    Icon.SOFT: (
        line(5, 8, 7, 21, 16, 21, 18, 8),
        line(4, 8, 19, 8),
        line(12, 8, 14, 3, 17.5, 2.5),
    ),
    Icon.WINE: (
        line(6, 6, 6, 3, 18, 3, 18, 6),
        arc(12, 6, 6, 180, 360),
        line(12, 12, 12, 21),
        line(8, 21, 16, 21),
    ),
    Icon.MEAL: (
        arc(12, 11, 8.5, 0, 180),
        line(3.5, 11, 20.5, 11),
        line(4, 15, 20, 15),
        line(4, 19, 5.5, 20.5, 18.5, 20.5, 20, 19),
    ),
    Icon.DEPOSIT: (
        arc(12, 12.5, 7.6, -40, 230),
        Area(((14, 14.8), (21.6, 14), (18.6, 21.4))),
    ),
    Icon.STAR: (Area(_STAR, 1.6),),
    Icon.CASH: (
        line(2.5, 6, 21.5, 6, 21.5, 18, 2.5, 18, closed=True),
        Disc((12, 12), 7.4),
        Disc((12, 12), 3.2, ground=True),
    ),
    Icon.HOURGLASS: (
        line(6, 3, 18, 3),
        line(6, 21, 18, 21),
        line(7.5, 4, 7.5, 7, 12, 12, 7.5, 17, 7.5, 20),
        line(16.5, 4, 16.5, 7, 12, 12, 16.5, 17, 16.5, 20),
        Area(((9.3, 19.4), (12, 16), (14.7, 19.4))),
    ),
    Icon.UNDO: (
        arc(13, 13.5, 6.6, -120, 130),
        Area(((4, 8.5), (11.3, 4.6), (11, 12.4))),
    ),
    Icon.POWER: (arc(12, 13, 8, -235, 55), line(12, 3, 12, 11)),
    Icon.BIN: (
        line(4, 6.5, 20, 6.5),
        line(6.5, 7, 7.5, 20.5, 16.5, 20.5, 17.5, 7),
        line(9.5, 6, 9.5, 3.5, 14.5, 3.5, 14.5, 6),
    ),
    Icon.MENU: (line(4, 6, 20, 6), line(4, 12, 20, 12), line(4, 18, 20, 18)),
    Icon.SUN: (Disc((12, 12), 8), *_RAYS),
    Icon.SCHOOL: (
        Area(((12, 4), (22, 9.5), (12, 15), (2, 9.5))),
        line(6, 12.5, 6, 17.5, 12, 20, 18, 17.5, 18, 12.5),
        line(21.5, 10, 21.5, 16.5),
    ),
    Icon.PLUG: (
        line(12, 21, 12, 16),
        Area(((6, 9.5), (18, 9.5), (18, 13), (15, 16.5), (9, 16.5), (6, 13))),
        line(9, 9, 9, 4),
        line(15, 9, 15, 4),
    ),
    Mark.OCTAGON: (Area(polygon(8, 11.5, 22.5), 2.0),),
    Mark.DIAMOND: (Area(((12, 1), (23, 12), (12, 23), (1, 12)), 3.0),),
    Mark.TRIANGLE: (Area(((12, 2.5), (22.5, 21), (1.5, 21)), 3.0),),
    Icon.QUESTION: (
        arc(12, 8.5, 4.2, -50, 170),
        line(14.7, 11.7, 12.4, 13.6, 12, 15.4),
        Disc((12, 19.4), 2.8),
    ),
    Mark.EXCLAMATION: (line(12, 5, 12, 14), Disc((12, 19), 2.8)),
    Icon.WARNING: (
        Area(((12, 2.5), (22.5, 21), (1.5, 21)), 3.0),
        Bar((10.9, 8), (2.2, 7), 1.1, ground=True),
        Disc((12, 18), 2.4, ground=True),
    ),
}
