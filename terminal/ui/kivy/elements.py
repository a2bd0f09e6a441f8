"""What a page is made of: frozen values, each with its box; targets carry the event they post.

Guarantee: an element is all that its widget needs, so two equal elements look and act the same and
a widget is redrawn only when its element changed.
"""

from dataclasses import dataclass
from enum import Enum

from terminal.till.events import Event
from terminal.ui.kivy.icons import Mark
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.tokens import INK, SURFACE, TEXT, Colour
from terminal.ui.screen import Icon


class Align(Enum):
    """Where a line stands in its box."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Acts(Enum):
    """When a target posts its event."""

    ON_TOUCH = "on touch"
    """At once: a sliding glove loses nothing (tiles, minus, keys)."""
    ON_RELEASE = "on release"
    """When the finger is lifted inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something at a place."""

    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(Element):
    """A filled rectangle, with an edge inside its box when `edge` is a colour."""

    fill: Colour
    radius: float = 0
    edge: Colour | None = None
    edge_width: float = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hatch(Element):
    """Stripes: training, nothing is real."""

    fill: Colour
    stripe: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Element):
    """Lines of one type size; the block of lines is centred on the height of the box."""

    lines: tuple[str, ...]
    size: int
    bold: bool = False
    colour: Colour = TEXT
    align: Align = Align.LEFT
    leading: float = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(Element):
    """An icon that fills its square box; `ground` is the colour behind it."""

    icon: Icon | Mark
    colour: Colour = TEXT
    ground: Colour = INK
    pen: float = 2.2
    """Width of the pen in units of the icon's grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardArt(Element):
    """A badge with a hole between waves: hold a card here."""

    colour: Colour = TEXT
    ground: Colour = INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin(Element):
    """The sign of Tirelire: a coin above the slot of a money box."""

    ground: Colour = INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Element):
    """A bar that is full at 1000."""

    permille: int
    colour: Colour
    track: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Element):
    """A box that can be touched, with what stands on it. Without event it is off."""

    id: str
    event: Event | None
    fill: Colour | None = SURFACE
    radius: float = 12
    edge: Colour | None = None
    edge_width: float = 3
    acts: Acts = Acts.ON_RELEASE
    content: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scroll(Element):
    """A list that is taller than its box; `shown` is the item to bring into view."""

    content: tuple[Element, ...]
    height: float
    shown: Box | None
    fill: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry(Element):
    """A line to type into; the widget brings its own keyboard and posts `AddressTyped`."""

    text: str
    ok: str
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """One picture: its elements from back to front, and the ground they stand on."""

    elements: tuple[Element, ...]
    ground: Colour = INK
