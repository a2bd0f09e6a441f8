"""A page in the making: turns texts and buttons of the view-model into elements.

Type sizes are given for 1024×600 and scaled here. Guarantee: a text never leaves its box; it first
takes a smaller size when one is offered, then ends in "…".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from terminal.ui.kivy.elements import Acts, Align, Element, Page, Panel, Picture, Target, Words
from terminal.ui.kivy.icons import Mark
from terminal.ui.kivy.metrics import Box, Metrics
from terminal.ui.kivy.text import Typesetter
from terminal.ui.kivy.tokens import (
    ACT,
    DISABLED,
    INK,
    RAISED,
    RETURN,
    SURFACE,
    TEXT,
    WAIT_BAR,
    WHITE,
    Colour,
)
from terminal.ui.screen import Button, Icon, Look

SMALLEST: Final = 20
"""No type is smaller (16 pixels at 800×480)."""


@dataclass(frozen=True, slots=True)
class Style:
    """The colours of a button."""

    fill: Colour
    text: Colour = TEXT
    edge: Colour | None = None


STYLES: Final[dict[Look, Style]] = {
    Look.PLAIN: Style(RAISED),
    Look.MAIN: Style(ACT),
    Look.RETURN: Style(RETURN),
    Look.BEST: Style(WHITE, INK),
    Look.EDGED: Style(WAIT_BAR, edge=TEXT),
    Look.CHOICE: Style(RAISED),
    Look.QUIET: Style(SURFACE),
}
CHOSEN: Final = Style(TEXT, INK)
OFF: Final = Style(SURFACE, DISABLED)


def style_of(button: Button, edged: Colour = WAIT_BAR) -> Style:
    """Choose a button's colours; `edged` is the dark fill of edged ones on this page."""
    if button.look is Look.CHOICE and button.selected:
        return CHOSEN
    if button.event is None:
        return OFF
    if button.look is Look.EDGED:
        return Style(edged, edge=TEXT)
    return STYLES[button.look]


class Sheet:
    """Collects elements from back to front."""

    def __init__(self, metrics: Metrics, typesetter: Typesetter, ground: Colour = INK) -> None:
        self.metrics = metrics
        self.typesetter = typesetter
        self.ground = ground
        self._elements: list[Element] = []

    def page(self) -> Page:
        """Return what was collected."""
        return Page(tuple(self._elements), self.ground)

    def add(self, *elements: Element) -> None:
        """Put elements in front."""
        self._elements.extend(elements)

    def px(self, at_large: float) -> int:
        """Return a length or type size given for 1024×600."""
        return self.metrics.px(at_large)

    def panel(self, box: Box, fill: Colour = SURFACE, radius: float = 14) -> None:
        """Return a filled rectangle."""
        self.add(Panel(box=box, fill=fill, radius=radius))

    def width(self, text: str, size: float, *, bold: bool = False) -> int:
        """How wide a line is."""
        return self.typesetter.width(text, self.px(size), bold=bold)

    def fitted(
        self,
        box: Box,
        text: str,
        *sizes: float,
        lines: int = 1,
        bold: bool = False,
        colour: Colour = TEXT,
        align: Align = Align.LEFT,
        leading: float = 1.3,
    ) -> Words:
        """Set the text in the first of `sizes` that fits the box's width in that many lines."""
        choices = [(self.px(size), lines) for size in sizes]
        setting = self.typesetter.fit(text, box.w, choices, bold=bold)
        return Words(
            box=box,
            lines=setting.lines,
            size=setting.size,
            bold=bold,
            colour=colour,
            align=align,
            leading=leading,
        )

    def words(
        self,
        box: Box,
        text: str,
        *sizes: float,
        lines: int = 1,
        bold: bool = False,
        colour: Colour = TEXT,
        align: Align = Align.LEFT,
        leading: float = 1.3,
    ) -> Words:
        """Put a text in front; like `fitted`."""
        words = self.fitted(
            box, text, *sizes, lines=lines, bold=bold, colour=colour, align=align, leading=leading
        )
        if text:
            self.add(words)
        return words

    def paragraph(
        self,
        top: Box,
        text: str,
        size: float,
        *,
        lines: int = 3,
        bold: bool = False,
        colour: Colour = TEXT,
        align: Align = Align.LEFT,
        leading: float = 1.32,
    ) -> float:
        """Put a text of several lines that begins at the top of a box; returns where it ends."""
        pitch = round(self.px(size) * leading)
        words = self.fitted(
            top, text, size, lines=lines, bold=bold, colour=colour, align=align, leading=leading
        )
        if not text:
            return top.y
        box = Box(top.x, top.y, top.w, pitch * len(words.lines))
        self.add(
            Words(
                box=box,
                lines=words.lines,
                size=words.size,
                bold=bold,
                colour=colour,
                align=align,
                leading=leading,
            )
        )
        return box.bottom

    def picture(
        self,
        middle: tuple[float, float],
        side: float,
        icon: Icon | Mark,
        colour: Colour = TEXT,
        *,
        ground: Colour | None = None,
        pen: float = 2.2,
    ) -> None:
        """Put an icon; `side` is already in pixels."""
        self.add(picture(middle, side, icon, colour, ground or self.ground, pen))

    def button(
        self,
        box: Box,
        button: Button,
        *sizes: float,
        icon_size: float = 36,
        sub_size: float = 20,
        edged: Colour = WAIT_BAR,
        left: bool = False,
        acts: Acts = Acts.ON_RELEASE,
        radius: float = 12,
        pen: float = 2.8,
    ) -> None:
        """Put a button: icon, label and a smaller line under it."""
        style = style_of(button, edged)
        content = self.label(
            box,
            button,
            style,
            sizes or (26, 22, 20),
            icon_size=icon_size,
            sub_size=sub_size,
            left=left,
            pen=pen,
        )
        self.add(
            Target(
                box=box,
                id=button.id,
                event=button.event,
                fill=style.fill,
                edge=style.edge,
                radius=radius,
                acts=acts,
                content=content,
            )
        )

    def label(
        self,
        box: Box,
        button: Button,
        style: Style,
        sizes: Sequence[float],
        *,
        icon_size: float = 36,
        sub_size: float = 20,
        left: bool = False,
        pen: float = 2.8,
    ) -> tuple[Element, ...]:
        """Lay out a button: icon beside label over sub, centred together or at the left."""
        margin = self.px(20 if left else 10)
        side = self.px(icon_size) if button.icon is not None else 0
        gap = self.px(14) if side and (button.label or button.sub) else 0
        room = Box(box.x, box.y, box.w - 2 * margin - side - gap, box.h)
        label = self._label_words(room, button.label, sizes, style.text)
        sub = self.fitted(room, button.sub, sub_size, SMALLEST, colour=style.text, leading=1.35)
        text_width = self._widest(label, sub)
        start = margin if left else (box.w - side - gap - text_width) / 2
        middle = box.y + box.h / 2
        elements: list[Element] = []
        if button.icon is not None:
            at = (box.x + start + side / 2, middle)
            elements.append(picture(at, side, button.icon, style.text, style.fill, pen))
        x = box.x + start + side + gap
        for words, top in self._stacked(label, sub, middle):
            elements.append(_moved(words, Box(x, top, text_width, _height(words))))
        return tuple(elements)

    def _stacked(self, label: Words, sub: Words, middle: float) -> list[tuple[Words, float]]:
        """Label and sub with the upper edge of each, centred together on a height."""
        shown = [words for words in (label, sub) if any(words.lines)]
        top = middle - sum(_height(words) for words in shown) / 2
        placed = []
        for words in shown:
            placed.append((words, top))
            top += _height(words)
        return placed

    def _label_words(self, room: Box, text: str, sizes: Sequence[float], colour: Colour) -> Words:
        """One line if it can be, else two of the smallest size."""
        choices = [(self.px(size), 1) for size in sizes] + [(self.px(sizes[-1]), 2)]
        setting = self.typesetter.fit(text, room.w, choices, bold=True)
        return Words(
            box=room, lines=setting.lines, size=setting.size, bold=True, colour=colour, leading=1.2
        )

    def _widest(self, *texts: Words) -> int:
        return max(
            self.typesetter.width(line, words.size, bold=words.bold)
            for words in texts
            for line in words.lines
        )


def picture(
    middle: tuple[float, float],
    side: float,
    icon: Icon | Mark,
    colour: Colour,
    ground: Colour,
    pen: float = 2.2,
) -> Picture:
    """Return an icon around a point."""
    box = Box(middle[0] - side / 2, middle[1] - side / 2, side, side)
    return Picture(box=box, icon=icon, colour=colour, ground=ground, pen=pen)


def _height(words: Words) -> float:
    return words.size * words.leading * len(words.lines)


def _moved(words: Words, box: Box) -> Words:
    return Words(
        box=box,
        lines=words.lines,
        size=words.size,
        bold=words.bold,
        colour=words.colour,
        align=words.align,
        leading=words.leading,
    )
