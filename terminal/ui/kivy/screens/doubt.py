"""Doubt: dark pages in a thick amber frame; nobody is served before it is settled."""

from collections.abc import Sequence
from typing import Final

from terminal.ui.kivy.elements import Align, CardArt, Page, Panel, Picture, Progress
from terminal.ui.kivy.icons import Mark
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.screens.frame import doubt
from terminal.ui.kivy.sheet import Sheet
from terminal.ui.kivy.tokens import DOUBT, INK, MUTED, RAISED, TEXT
from terminal.ui.screen import (
    Button,
    CardTrouble,
    Checking,
    Icon,
    OutOfOrder,
    ReaderUnplugged,
    SameCardAgain,
)

SIGN_SHARE: Final = 0.46
"""Size of what stands in a diamond, as a share of it."""
MARK_SHARE: Final = 0.56
"""The same for a narrow mark."""


def card_trouble(screen: CardTrouble, sheet: Sheet) -> Page:
    """Draw an unknown or blocked card: nothing was taken, and where the person should go."""
    inside = doubt(sheet, screen)
    buttons = _button_row(sheet, inside, screen.buttons)
    _diamond(sheet, (inside.x + sheet.px(130), inside.y + sheet.px(130)), 170, screen.icon)
    left = inside.x + sheet.px(256)
    text = Box(left, inside.y + sheet.px(28), inside.right - left - sheet.px(24), sheet.px(80))
    sheet.words(text, screen.title, 60, 50, 42, 36, bold=True)
    taken = Box(text.x, text.bottom, text.w, sheet.px(50))
    sheet.words(taken, screen.taken, 32, 28, 24, bold=True)
    top = taken.bottom + sheet.px(14)
    number = Box(text.x, buttons - sheet.px(50), text.w, sheet.px(36))
    size = _size_for(sheet, screen.sentences, text.w, number.y - top)
    for sentence in screen.sentences:
        box = Box(text.x, top, text.w, 0)
        top = sheet.paragraph(box, sentence, size, lines=2) + sheet.px(12)
    sheet.words(number, screen.number, 22, colour=MUTED)
    return sheet.page()


def _size_for(sheet: Sheet, sentences: Sequence[str], width: float, height: float) -> float:
    """Return the largest type in which all sentences fit above the card's number."""
    for size in (26, 24, 22):
        lines = sum(
            len(sheet.typesetter.wrap(sentence, width, sheet.px(size))) for sentence in sentences
        )
        needed = lines * sheet.px(size) * 1.32 + len(sentences) * sheet.px(12)
        if needed <= height:
            return size
    return 20


def _diamond(sheet: Sheet, middle: tuple[float, float], side: float, icon: Icon) -> None:
    size = sheet.px(side)
    box = Box(middle[0] - size / 2, middle[1] - size / 2, size, size)
    sheet.add(Picture(box=box, icon=Mark.DIAMOND, colour=DOUBT, ground=INK))
    sign: Icon | Mark = Mark.EXCLAMATION if icon is Icon.WARNING else icon
    share = MARK_SHARE if sign in {Mark.EXCLAMATION, Icon.QUESTION} else SIGN_SHARE
    sheet.picture(middle, size * share, sign, INK, ground=DOUBT, pen=2.8)


def _button_row(sheet: Sheet, inside: Box, buttons: Sequence[Button], height: float = 112) -> float:
    """Buttons along the lower edge; returns their upper edge."""
    if not buttons:
        return inside.bottom
    gap, tall = sheet.px(16), sheet.px(height)
    row = Box(inside.x + gap, inside.bottom - gap - tall, inside.w - 2 * gap, tall)
    for button, cell in zip(buttons, row.columns([1] * len(buttons), gap), strict=True):
        sheet.button(cell, button, 32, 28, 24, icon_size=50, sub_size=22)
    return row.y


def checking(screen: Checking, sheet: Sheet) -> Page:
    """Draw a wait that ends by itself: no button at all."""
    inside = doubt(sheet, screen)
    side = sheet.px(190)
    middle = (inside.x + inside.w * 0.16, inside.y + inside.h * 0.46)
    sheet.picture(middle, side, Icon.HOURGLASS, DOUBT, pen=1.7)
    _story(sheet, inside, screen, (60, 52, 46))
    return sheet.page()


def same_card_again(screen: SameCardAgain, sheet: Sheet) -> Page:
    """Ask for the same card again after a torn write: else the sale is cancelled."""
    inside = doubt(sheet, screen)
    width = inside.w * 0.275
    left = inside.x + inside.w * 0.16 - width / 2
    art = Box(left, inside.y + inside.h * 0.31, width, inside.h * 0.3)
    sheet.add(CardArt(box=art, colour=DOUBT, ground=INK))
    _story(sheet, inside, screen, (46, 42, 38))
    return sheet.page()


def _story(
    sheet: Sheet, inside: Box, screen: Checking | SameCardAgain, titles: Sequence[float]
) -> None:
    left = sheet.metrics.width * 0.345
    width = inside.right - left - sheet.px(28)
    title = Box(left, inside.y + sheet.px(40), width, sheet.px(80))
    sheet.words(title, screen.title, *titles, bold=True)
    top = title.bottom + sheet.px(14)
    box = Box(left, top, width, 0)
    top = sheet.paragraph(box, screen.warning, 34, lines=2, bold=True, colour=DOUBT)
    sheet.paragraph(Box(left, top + sheet.px(18), width, 0), screen.text, 28, lines=3)
    bar = Box(left, inside.bottom - sheet.px(84), width - sheet.px(16), sheet.px(16))
    progress = min(screen.progress_permille, 1000)
    sheet.add(Progress(box=bar, permille=progress, colour=DOUBT, track=RAISED))
    foot = Box(left, bar.bottom + sheet.px(8), width, sheet.px(36))
    sheet.words(foot, screen.foot, 24, colour=MUTED)


def reader_unplugged(screen: ReaderUnplugged, sheet: Sheet) -> Page:
    """Three steps, and the promise that the basket is kept."""
    inside = doubt(sheet, screen)
    top = _button_row(sheet, inside, (screen.back,), 104)
    middle = (inside.x + inside.w * 0.17, (inside.y + top) / 2)
    _diamond(sheet, middle, 220, Icon.PLUG)
    left = sheet.metrics.width * 0.36
    width = inside.right - left - sheet.px(24)
    title = Box(left, inside.y + sheet.px(28), width, sheet.px(72))
    sheet.words(title, screen.title, 52, 46, 40, bold=True)
    y = title.bottom + sheet.px(14)
    disc = sheet.px(44)
    for number, step in enumerate(screen.steps, start=1):
        ring = Box(left, y, disc, disc)
        sheet.add(Panel(box=ring, fill=RAISED, radius=disc / 2))
        sheet.words(ring, str(number), 26, bold=True, align=Align.CENTER)
        text = Box(ring.right + sheet.px(16), y, width - disc - sheet.px(16), disc)
        sheet.words(text, step, 30, 26, 22)
        y += sheet.px(62)
    if screen.kept:
        kept = Box(left, y, width, sheet.px(44))
        sheet.words(kept, screen.kept, 26, 24, 22, bold=True, colour=DOUBT)
    return sheet.page()


def out_of_order(screen: OutOfOrder, sheet: Sheet) -> Page:
    """Say that the journal failed: serve nobody, restart."""
    inside = doubt(sheet, screen)
    bottom = _button_row(sheet, inside, screen.buttons)
    middle = (inside.x + inside.w * 0.16, (inside.y + bottom) / 2)
    _diamond(sheet, middle, 200, Icon.WARNING)
    left = sheet.metrics.width * 0.345
    width = inside.right - left - sheet.px(28)
    title = Box(left, inside.y + sheet.px(28), width, sheet.px(76))
    sheet.words(title, screen.title, 52, 46, 40, bold=True)
    top = sheet.paragraph(
        Box(left, title.bottom + sheet.px(10), width, 0),
        screen.warning,
        34,
        lines=2,
        bold=True,
        colour=DOUBT,
    )
    sheet.paragraph(Box(left, top + sheet.px(14), width, 0), screen.text, 26, lines=4, colour=TEXT)
    return sheet.page()
