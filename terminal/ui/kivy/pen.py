"""Canvas drawing in page coordinates: y grows downwards from the top of the page.

Everything is drawn with Smooth… instructions, as the till's window has no multisampling. The pen
only adds instructions to a group; it keeps no state between two drawings.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from kivy.graphics import (
    Color,
    InstructionGroup,
    Mesh,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Rotate,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
    Translate,
)
from kivy.graphics.texture import Texture

from terminal.ui.kivy.icons import ICONS, Area, Bar, Disc, Mark, Point, Shape, Stroke
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.tokens import Colour, channels
from terminal.ui.screen import Icon

THICK = 8.0
"""From this width on a stroke is made of rounded bars: a line's joints would show."""


class Pen:
    """Draws into one group. `top` is the window's y of the page's upper edge."""

    def __init__(self, top: float) -> None:
        self.group = InstructionGroup()
        self._top = top

    def rectangle(self, box: Box, colour: Colour, radius: float = 0) -> None:
        """Draw a filled rectangle."""
        place = {"pos": (box.x, self._top - box.bottom), "size": (box.w, box.h)}
        self.group.add(Color(*channels(colour)))
        if radius > 0 and box.w > 0 and box.h > 0:
            radius = min(radius, box.w / 2, box.h / 2)
            self.group.add(SmoothRoundedRectangle(radius=[radius] * 4, segments=16, **place))
        else:
            self.group.add(Rectangle(**place))

    def panel(self, box: Box, fill: Colour, radius: float, edge: Colour, width: float) -> None:
        """Draw a filled rectangle with an edge inside the box."""
        self.rectangle(box, edge, radius)
        self.rectangle(box.inset(width), fill, max(radius - width, 2))

    def disc(self, middle: Point, diameter: float, colour: Colour) -> None:
        """Draw a filled circle."""
        x, y = middle[0] - diameter / 2, self._top - middle[1] - diameter / 2
        self.group.add(Color(*channels(colour)))
        self.group.add(SmoothEllipse(pos=(x, y), size=(diameter, diameter), segments=72))

    def texture(self, texture: Texture, x: float, y: float, colour: Colour) -> None:
        """Draw a texture with its upper left corner at a whole pixel, tinted."""
        width, height = texture.size
        pos = (round(x), round(self._top - y - height))
        self.group.add(Color(*channels(colour)))
        self.group.add(Rectangle(texture=texture, pos=pos, size=(width, height)))

    def stroke(
        self, points: Sequence[Point], width: float, colour: Colour, *, closed: bool = False
    ) -> None:
        """Draw a line through points with round ends and joints."""
        path = [*points, points[0]] if closed else list(points)
        if width < THICK:
            flat = [part for x, y in path for part in (x, self._top - y)]
            self.group.add(Color(*channels(colour)))
            self.group.add(
                SmoothLine(points=flat, width=max(width / 2 - 0.2, 0.7), overdraw_width=1.2)
            )
            return
        for start, end in pairwise(path):
            self._bar(start, end, width, colour)

    def area(self, points: Sequence[Point], colour: Colour, edge: float) -> None:
        """Draw a filled polygon that is seen whole from its middle, with softened corners."""
        middle = (
            sum(x for x, _ in points) / len(points),
            sum(y for _, y in points) / len(points),
        )
        fan = [middle, *points, points[0]]
        vertices = [part for x, y in fan for part in (x, self._top - y, 0, 0)]
        self.group.add(Color(*channels(colour)))
        self.group.add(Mesh(vertices=vertices, indices=list(range(len(fan))), mode="triangle_fan"))
        self.stroke(points, max(edge, 3), colour, closed=True)

    def hatch(self, box: Box, fill: Colour, stripe: Colour, step: float = 20) -> None:
        """Slanted stripes."""
        self.rectangle(box, fill)
        clip = {"pos": (box.x, self._top - box.bottom), "size": (box.w, box.h)}
        self.group.add(StencilPush())
        self.group.add(Rectangle(**clip))
        self.group.add(StencilUse())
        x = box.x - box.h
        while x < box.right:
            self._bar((x, box.bottom + 6), (x + box.h + 12, box.y - 6), step * 0.62, stripe)
            x += 2 * step
        self.group.add(StencilUnUse())
        self.group.add(Rectangle(**clip))
        self.group.add(StencilPop())

    def icon(
        self, icon: Icon | Mark, box: Box, colour: Colour, ground: Colour, pen: float = 2.2
    ) -> None:
        """Draw an icon that fills a square box; `ground` is the colour behind it."""
        unit = box.w / 24
        struck = None
        for shape in ICONS[icon]:
            if isinstance(shape, Stroke | Area | Disc | Bar):
                self._shape(shape, box, colour, ground, pen * unit)
            else:
                struck = shape
        if struck is not None:
            ends = [(box.x + part * unit, box.y + part * unit) for part in (3, 21)]
            self.stroke(ends, pen * unit * 2.6, ground)
            self.stroke(ends, pen * unit, colour)

    def tilted(self, middle: Point, degrees: float) -> None:
        """Turn what follows around a point; `upright` ends it."""
        self.group.add(PushMatrix())
        origin = (middle[0], self._top - middle[1])
        self.group.add(Rotate(angle=degrees, axis=(0, 0, 1), origin=origin))

    def upright(self) -> None:
        """End of `tilted`."""
        self.group.add(PopMatrix())

    def _shape(self, shape: Shape, box: Box, colour: Colour, ground: Colour, width: float) -> None:
        unit = box.w / 24

        def place(point: Point) -> Point:
            return box.x + point[0] * unit, box.y + point[1] * unit

        match shape:
            case Stroke(points, closed):
                self.stroke([place(p) for p in points], width, colour, closed=closed)
            case Area(points, edge):
                self.area([place(p) for p in points], colour, edge * unit)
            case Disc(middle, diameter, cut):
                self.disc(place(middle), diameter * unit, ground if cut else colour)
            case Bar(corner, size, radius, cut):
                x, y = place(corner)
                rectangle = Box(x, y, size[0] * unit, size[1] * unit)
                self.rectangle(rectangle, ground if cut else colour, radius * unit)
            case _:
                raise AssertionError(shape)

    def _bar(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = math.hypot(dx, dy)
        self.group.add(Color(*channels(colour)))
        self.group.add(PushMatrix())
        self.group.add(Translate(start[0], self._top - start[1], 0))
        angle = math.degrees(math.atan2(-dy, dx))
        self.group.add(Rotate(angle=angle, axis=(0, 0, 1), origin=(0, 0)))
        self.group.add(
            SmoothRoundedRectangle(
                pos=(-width / 2, -width / 2),
                size=(length + width, width),
                radius=[width / 2] * 4,
                segments=12,
            )
        )
        self.group.add(PopMatrix())
