"""May the till be switched off, and the menu."""

from terminal.ui.kivy.elements import Align, Page, Panel
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.screens.frame import top_of
from terminal.ui.kivy.sheet import Sheet
from terminal.ui.kivy.tokens import DOUBT, INK, MUTED, SURFACE, TEXT
from terminal.ui.screen import Icon, Menu, StatePage


def state_page(screen: StatePage, sheet: Sheet) -> Page:
    """Everything is sent, or what is not yet and that nothing is lost."""
    body = top_of(sheet, screen)
    margin, gap = sheet.px(24), sheet.px(16)
    foot = Box(margin, body.bottom - sheet.px(124), body.w - 2 * margin, sheet.px(104))
    cells = foot.columns([1] * len(screen.buttons), gap)
    for button, cell in zip(screen.buttons, cells, strict=True):
        sheet.button(cell, button, 30, 26, 22, icon_size=44)
    tight = foot.y - body.y < sheet.px(400)
    side = sheet.px(112 if tight else 146)
    middle = (body.w / 2, body.y + sheet.px(20 if tight else 32) + side / 2)
    if screen.done:
        ring = Box(middle[0] - side / 2, middle[1] - side / 2, side, side)
        sheet.add(Panel(box=ring, fill=TEXT, radius=side / 2))
        sheet.picture(middle, side * 0.72, Icon.CHECK, INK, ground=TEXT, pen=3.4)
    else:
        sheet.picture(middle, side, Icon.WARNING, DOUBT, pen=2.6)
    top = middle[1] + side / 2 + sheet.px(8)
    title = Box(margin, top, foot.w, sheet.px(76))
    sheet.words(title, screen.title, 60, 54, 46, 38, bold=True, align=Align.CENTER)
    headline = Box(margin, title.bottom, foot.w, sheet.px(54))
    if screen.done:
        sheet.words(headline, screen.headline, 38, 32, align=Align.CENTER)
    else:
        sheet.words(
            headline, screen.headline, 38, 32, 28, bold=True, colour=DOUBT, align=Align.CENTER
        )
    line = Box(margin, headline.bottom + sheet.px(2), foot.w, sheet.px(36))
    for number, text in enumerate(screen.texts, start=1):
        colour = MUTED if number == len(screen.texts) else TEXT
        sheet.words(line, text, 24, 22, 20, colour=colour, align=Align.CENTER)
        line = line._replace(y=line.bottom)
    return sheet.page()


def menu(screen: Menu, sheet: Sheet) -> Page:
    """Draw settings with their choices, then what else can be done, and the way back."""
    body = top_of(sheet, screen)
    margin, gap = sheet.px(24), sheet.px(12)
    inside = Box(margin, body.y, body.w - 2 * margin, body.h)
    title = Box(inside.x, inside.y + sheet.px(12), inside.w, sheet.px(48))
    sheet.words(title, screen.title, 32, bold=True)
    foot = Box(inside.x, body.bottom - sheet.px(112), inside.w, sheet.px(96))
    cells = foot.columns([1] * (len(screen.buttons) + 1), gap)
    for button, cell in zip((screen.back, *screen.buttons), cells, strict=True):
        sheet.button(cell, button, 26, 24, 22, 20, icon_size=34)
    room = Box(inside.x, title.bottom + sheet.px(8), inside.w, 0)
    room = room._replace(h=foot.y - gap - room.y)
    height = min(sheet.px(104), (room.h + gap) / max(1, len(screen.settings)) - gap)
    for number, setting in enumerate(screen.settings):
        row = Box(room.x, room.y + number * (height + gap), room.w, height)
        sheet.panel(row, SURFACE)
        side = sheet.px(36)
        middle = row.y + row.h / 2
        sheet.picture((row.x + sheet.px(40), middle), side, setting.icon, ground=SURFACE)
        label = Box(row.x + sheet.px(76), row.y, sheet.px(230), row.h)
        sheet.words(label, setting.label, 26, 22, 20, lines=2, bold=True)
        choices = Box(label.right + gap, row.y, row.right - label.right - 2 * gap, row.h)
        tall = max(48.0, min(height - sheet.px(20), sheet.px(76)))
        choices = choices._replace(y=middle - tall / 2, h=tall)
        for button, cell in zip(
            setting.choices, choices.columns([1] * len(setting.choices), gap), strict=True
        ):
            sheet.button(cell, button, 24, 22, 20, icon_size=30)
    return sheet.page()
