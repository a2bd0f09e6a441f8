"""The strip of virtual cards under the till in a demo: touch one to hold it to the reader.

Not part of the till: it only calls `hold` with the card's UID, as a hand would present a card. The
call comes on kivy's thread and must not block.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kivy.uix.widget import Widget

from terminal.till.events import Event
from terminal.ui.kivy.demo import VirtualCard
from terminal.ui.kivy.elements import Align, Element, Panel, Target
from terminal.ui.kivy.metrics import Box, Metrics
from terminal.ui.kivy.painter import Painter
from terminal.ui.kivy.sheet import Sheet
from terminal.ui.kivy.text import Typesetter
from terminal.ui.kivy.tokens import BAR, INK, MUTED, RAISED, TEXT
from terminal.ui.kivy.widgets import Surroundings, arrange

NAME_TYPES: Final = (20, 18, 16, 14)
"""Smaller than anything on the till: this is a toy beside it."""


@dataclass(frozen=True, slots=True)
class Held(Event):
    """A virtual card was touched. It never leaves the strip."""

    uid: bytes


def lay_out_cards(
    title: str, cards: Sequence[VirtualCard], metrics: Metrics, typesetter: Typesetter
) -> tuple[Element, ...]:
    """Place the cards side by side under a title."""
    sheet = Sheet(metrics, typesetter, BAR)
    strip = Box(0, 0, metrics.width, metrics.demo_strip)
    sheet.panel(strip, BAR, 0)
    inside = strip.inset(metrics.px(16), metrics.px(6))
    sheet.words(inside._replace(h=metrics.px(28)), title, 20, colour=MUTED)
    row = Box(inside.x, inside.y + metrics.px(32), inside.w, inside.h - metrics.px(32))
    gap = metrics.px(6)
    columns = max(8, len(cards))
    for card, cell in zip(cards, row.columns([1] * columns, gap), strict=False):
        sheet.add(_card(sheet, card, cell))
    return sheet.page().elements


def _card(sheet: Sheet, card: VirtualCard, box: Box) -> Target:
    """Draw a badge with its hole and its name."""
    hole = Box(box.x + box.w / 2 - sheet.px(12), box.y + sheet.px(8), sheet.px(24), sheet.px(7))
    name = Box(box.x + 4, hole.bottom, box.w - 8, box.bottom - hole.bottom)
    words = sheet.fitted(
        name,
        card.name,
        *NAME_TYPES,
        lines=2,
        bold=True,
        colour=INK,
        align=Align.CENTER,
        leading=1.15,
    )
    return Target(
        box=box,
        id=f"card-{card.uid.hex()}",
        event=Held(card.uid),
        fill=TEXT,
        radius=10,
        edge=RAISED,
        edge_width=2,
        content=(Panel(box=hole, fill=BAR, radius=hole.h / 2), words),
    )


class CardStrip(Widget):
    """The strip as a widget at the foot of the window."""

    def __init__(
        self,
        title: str,
        cards: Sequence[VirtualCard],
        metrics: Metrics,
        hold: Callable[[bytes], None],
        now: Callable[[], float],
    ) -> None:
        height = metrics.demo_strip
        super().__init__(size_hint=(None, None), size=(metrics.width, height), pos=(0, 0))
        typesetter = Typesetter()

        def take(event: Event) -> None:
            if isinstance(event, Held):
                hold(event.uid)

        around = Surroundings(Painter(typesetter, height), take, now)
        arrange(self, lay_out_cards(title, cards, metrics, typesetter), {}, around)
