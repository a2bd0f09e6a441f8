"""How each kind of element looks: one function a kind, dispatched by its type."""

from functools import singledispatch

from kivy.graphics import InstructionGroup

from terminal.ui.kivy.elements import (
    Align,
    CardArt,
    Coin,
    Element,
    Hatch,
    Panel,
    Picture,
    Progress,
    Words,
)
from terminal.ui.kivy.icons import Point, arc
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.pen import Pen
from terminal.ui.kivy.text import Typesetter
from terminal.ui.kivy.tokens import DOUBT, TEXT


class Painter:
    """Paints elements for a page whose upper edge is at the window's `top`."""

    def __init__(self, typesetter: Typesetter, top: float) -> None:
        self.typesetter = typesetter
        self.top = top

    def pen(self) -> Pen:
        """Return a pen for a new group."""
        return Pen(self.top)

    def paint(self, element: Element) -> InstructionGroup:
        """Return the instructions that draw an element."""
        pen = self.pen()
        self.paint_with(pen, element)
        return pen.group

    def paint_with(self, pen: Pen, element: Element) -> None:
        """Draw an element into a group that exists."""
        if isinstance(element, Words):
            _words(element, pen, self.typesetter)
        else:
            _draw(element, pen)


def _words(words: Words, pen: Pen, typesetter: Typesetter) -> None:
    box, size = words.box, words.size
    pitch = size * words.leading
    capital = typesetter.typeface.capital * size
    ascent = typesetter.ascent(size, bold=words.bold)
    for number, text in enumerate(words.lines):
        if not text:
            continue
        texture = typesetter.texture(text, size, bold=words.bold)
        middle = box.y + box.h / 2 + (number - (len(words.lines) - 1) / 2) * pitch
        free = box.w - texture.size[0]
        share = {Align.LEFT: 0.0, Align.CENTER: 0.5, Align.RIGHT: 1.0}[words.align]
        pen.texture(texture, box.x + free * share, middle + capital / 2 - ascent, words.colour)


@singledispatch
def _draw(element: Element, pen: Pen) -> None:  # noqa: ARG001 - the signature of the others
    raise TypeError(f"nothing draws a {type(element).__name__}")


@_draw.register
def _panel(panel: Panel, pen: Pen) -> None:
    if panel.edge is None:
        pen.rectangle(panel.box, panel.fill, panel.radius)
    else:
        pen.panel(panel.box, panel.fill, panel.radius, panel.edge, panel.edge_width)


@_draw.register
def _hatch(hatch: Hatch, pen: Pen) -> None:
    pen.hatch(hatch.box, hatch.fill, hatch.stripe)


@_draw.register
def _picture(picture: Picture, pen: Pen) -> None:
    pen.icon(picture.icon, picture.box, picture.colour, picture.ground, picture.pen)


@_draw.register
def _progress(progress: Progress, pen: Pen) -> None:
    box = progress.box
    pen.rectangle(box, progress.track, box.h / 2)
    if progress.permille > 0:
        width = max(box.w * min(progress.permille, 1000) / 1000, box.h)
        pen.rectangle(box._replace(w=width), progress.colour, box.h / 2)


@_draw.register
def _card_art(art: CardArt, pen: Pen) -> None:
    # The waves reach 0.96 of the card's width to each side of the middle.
    box = art.box
    middle, card = box.middle, box.w / 1.96
    x, y = middle
    height = card * 0.63
    pen.tilted(middle, -8)
    pen.rectangle(Box(x - card / 2, y - height / 2, card, height), art.colour, card * 0.09)
    hole = Box(x - card * 0.11, y - height * 0.41, card * 0.22, height * 0.09)
    pen.rectangle(hole, art.ground, height * 0.045)
    pen.disc((x - card * 0.22, y + height * 0.1), height * 0.44, art.ground)
    for number, width in enumerate((0.3, 0.2)):
        top = y + height * (-0.02 + 0.2 * number)
        pen.rectangle(
            Box(x + card * 0.06, top, card * width, height * 0.1), art.ground, height * 0.05
        )
    pen.upright()
    for radius in (0.66, 0.81, 0.96):
        for start in (-24, 156):
            pen.stroke(_curve(middle, card * radius, start), card * 0.045, art.colour)


def _curve(middle: Point, radius: float, start: float) -> list[Point]:
    return list(arc(middle[0], middle[1], radius, start, start + 48).points)


@_draw.register
def _coin(coin: Coin, pen: Pen) -> None:
    x, y, side, _ = coin.box
    pen.disc((x + side / 2, y + side * 0.24), side * 0.42, DOUBT)
    pen.rectangle(Box(x, y + side * 0.42, side, side * 0.58), TEXT, side * 0.18)
    slot = Box(x + side * 0.22, y + side * 0.56, side * 0.56, side * 0.11)
    pen.rectangle(slot, coin.ground, side * 0.05)
