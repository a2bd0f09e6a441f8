"""Pages with keys: pairing, the node's address, the lock, and a cash reload."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from terminal.till.events import AddressTyped, Event
from terminal.ui.kivy.elements import Acts, Align, CardArt, Coin, Page, Panel, Target
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.screens.frame import top_of
from terminal.ui.kivy.sheet import Sheet, picture
from terminal.ui.kivy.tokens import ACT, DOUBT, INK, LINE, MUTED, RAISED, SURFACE, TEXT
from terminal.ui.screen import (
    AddressEntry,
    Button,
    CashReload,
    Icon,
    Locked,
    Pairing,
)

KEYBOARD: Final = ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn.-:/")


@dataclass(frozen=True, slots=True)
class Typed(Event):
    """A key of the address keyboard. It never leaves the screen: the window keeps the draft."""

    text: str
    """The whole draft after the key."""


def keypad(sheet: Sheet, keys: Sequence[Button], box: Box) -> None:
    """Twelve keys, row by row; they act on touch."""
    gap = sheet.px(10)
    for key, cell in zip(keys, box.grid(3, 4, gap), strict=False):
        if not key.label and key.icon is None:
            continue
        size = 40 if len(key.label) == 1 else 34
        sheet.button(cell, key, size, 28, icon_size=40, pen=2.4, acts=Acts.ON_TOUCH)


def _languages(sheet: Sheet, languages: Sequence[Button], box: Box) -> None:
    """Draw a pill that shows which language is on."""
    if not languages:
        return
    sheet.panel(box, RAISED, box.h / 2)
    for button, cell in zip(languages, box.columns([1] * len(languages), 0), strict=True):
        sheet.button(cell, button, 22, 20, radius=box.h / 2)


def locked(screen: Locked, sheet: Sheet) -> Page:
    """Staff card at the left, code at the right."""
    body = top_of(sheet, screen)
    half = body.w / 2
    coin = Box(sheet.px(40), body.y + sheet.px(26), sheet.px(52), sheet.px(52))
    name = Box(coin.right + sheet.px(18), coin.y + sheet.px(14), sheet.px(260), sheet.px(40))
    sheet.add(Coin(box=coin))
    sheet.words(name, "Tirelire", 36, bold=True)
    middle = half / 2
    pill = Box(middle - sheet.px(150), body.bottom - sheet.px(72), sheet.px(300), sheet.px(56))
    pill = pill._replace(y=min(pill.y, body.bottom - 48 - sheet.px(16)), h=max(pill.h, 48))
    _languages(sheet, screen.languages, pill)
    title = Box(sheet.px(24), pill.y - sheet.px(132), half - sheet.px(48), sheet.px(110))
    sheet.words(title, screen.title, 40, 34, lines=2, bold=True, align=Align.CENTER, leading=1.25)
    height = title.y - coin.bottom - sheet.px(36)
    width = sheet.metrics.width * 0.165 * 1.96
    art = Box(middle - width / 2, coin.bottom + sheet.px(18), width, height)
    sheet.add(CardArt(box=art, colour=TEXT, ground=INK))
    sheet.panel(Box(half - 1, body.y + sheet.px(40), 2, body.h - sheet.px(80)), RAISED, 0)
    right = Box(half, body.y, half, body.h).inset(sheet.px(44), sheet.px(20))
    head = right._replace(h=sheet.px(44))
    if screen.error:
        sheet.words(head, screen.error, 26, 22, 20, bold=True, colour=DOUBT, align=Align.CENTER)
    else:
        sheet.words(head, screen.subtitle, 26, 22, align=Align.CENTER)
    _discs(sheet, screen, head.x + head.w / 2, head.bottom + sheet.px(25))
    top = head.bottom + sheet.px(62)
    keypad(sheet, screen.keypad, Box(right.x, top, right.w, right.bottom - top))
    return sheet.page()


def _discs(sheet: Sheet, screen: Locked, middle: float, y: float) -> None:
    size, step = sheet.px(30), sheet.px(56)
    colour = MUTED if screen.busy else TEXT
    for number in range(screen.length):
        x = middle + (number - (screen.length - 1) / 2) * step
        ring = Box(x - size / 2, y - size / 2, size, size)
        sheet.add(Panel(box=ring, fill=colour, radius=size / 2))
        if number >= screen.typed:
            sheet.add(Panel(box=ring.inset(3), fill=INK, radius=size / 2 - 3))


def pairing(screen: Pairing, sheet: Sheet) -> Page:
    """Six boxes for the code, the node's address, and who this till is."""
    body = top_of(sheet, screen)
    margin = sheet.px(32)
    left = Box(margin, body.y, sheet.metrics.width * 0.53 - margin, body.h)
    coin = Box(left.x, left.y + sheet.px(20), sheet.px(48), sheet.px(48))
    sheet.add(Coin(box=coin))
    title = Box(coin.right + sheet.px(18), coin.y + sheet.px(12), left.w - sheet.px(66), 36)
    sheet.words(title, screen.title, 34, 30, 26, bold=True)
    text = Box(left.x, coin.bottom + sheet.px(22), left.w, 0)
    sheet.paragraph(text, screen.text, 24, lines=3, leading=1.3)
    boxes = Box(left.x, body.y + sheet.px(196), left.w, sheet.px(92))
    _code(sheet, screen, boxes)
    hint = Box(left.x, boxes.bottom + sheet.px(12), left.w, sheet.px(36))
    if screen.error:
        sheet.words(hint, screen.error, 24, 22, 20, bold=True, colour=DOUBT)
    else:
        sheet.words(hint, screen.hint, 22, 20, colour=MUTED)
    address = Box(left.x, hint.bottom + sheet.px(14), left.w, sheet.px(72))
    change = address._replace(x=address.right - sheet.px(144), w=sheet.px(144))
    sheet.panel(address, SURFACE, 12)
    room = Box(address.x + sheet.px(18), address.y, address.w - change.w - sheet.px(28), address.h)
    sheet.words(room, screen.address, 22, 20)
    sheet.button(change, screen.change_address, 22, 20)
    foot = Box(left.x, body.bottom - sheet.px(72), left.w, max(sheet.px(52), 48))
    pill = foot._replace(x=foot.right - sheet.px(256), w=sheet.px(256))
    _languages(sheet, screen.languages, pill)
    serial = foot._replace(w=foot.w - pill.w - sheet.px(12)) if screen.languages else foot
    sheet.words(serial, screen.serial, 22, 20, colour=MUTED)
    x = sheet.metrics.width * 0.53 + sheet.px(32)
    keys = Box(x, body.y + sheet.px(24), body.w - x - margin, body.h - sheet.px(44))
    keypad(sheet, screen.keypad, keys)
    return sheet.page()


def _code(sheet: Sheet, screen: Pairing, box: Box) -> None:
    """Draw the boxes of the code in two groups; the next to fill has a thick blue edge."""
    gap, middle_gap = sheet.px(10), sheet.px(14)
    half = screen.length // 2
    width = (box.w - gap * (screen.length - 1) - middle_gap) / screen.length
    for number in range(screen.length):
        x = box.x + number * (width + gap) + (middle_gap if number >= half else 0)
        cell = Box(x, box.y, width, box.h)
        here = number == len(screen.digits) and not screen.busy
        edge, thick = (ACT, 4) if here else (LINE, 2)
        sheet.add(Panel(box=cell, fill=SURFACE, radius=10, edge=edge, edge_width=thick))
        if number < len(screen.digits):
            colour = MUTED if screen.busy else TEXT
            digit = screen.digits[number]
            sheet.words(cell, digit, 52, bold=True, colour=colour, align=Align.CENTER)


def address_entry(screen: AddressEntry, sheet: Sheet, draft: str | None) -> Page:
    """Draw a keyboard for the node's address. `draft` is what was typed so far."""
    text = screen.address if draft is None else draft
    body = top_of(sheet, screen)
    margin = sheet.px(20)
    inside = Box(margin, body.y, body.w - 2 * margin, body.h)
    title = Box(inside.x, inside.y + sheet.px(10), inside.w, sheet.px(44))
    sheet.words(title, screen.title, 32, 26, bold=True)
    note = Box(inside.x, title.bottom, inside.w, sheet.px(34))
    sheet.words(note, screen.text or screen.hint, 22, 20, colour=MUTED)
    line = Box(inside.x, note.bottom + sheet.px(6), inside.w, sheet.px(64))
    sheet.add(Panel(box=line, fill=SURFACE, radius=12, edge=ACT, edge_width=3))
    room = line.inset(sheet.px(18), 0)
    sheet.words(room, _tail(sheet, text + "|", room.w), 28, bold=True)
    gap = sheet.px(8)
    keys = Box(inside.x, line.bottom + sheet.px(10), inside.w, 0)
    keys = keys._replace(h=body.bottom - keys.y - sheet.px(14))
    rows = keys.rows([1] * 5, gap)
    for letters, row in zip(KEYBOARD, rows, strict=False):
        for letter, cell in zip(letters, row.columns([1] * 10, gap), strict=True):
            sheet.add(_key(sheet, cell, letter, Typed(text + letter)))
    _keyboard_foot(sheet, screen, rows[-1], text, gap)
    return sheet.page()


def _keyboard_foot(sheet: Sheet, screen: AddressEntry, row: Box, text: str, gap: float) -> None:
    cancel, scheme, erase, okay = row.columns([2.2, 2.2, 2.2, 3.4], gap)
    sheet.button(cancel, screen.cancel, 26, 22, icon_size=30)
    sheet.add(_key(sheet, scheme, "https://", Typed("https://")))
    back = picture(erase.middle, sheet.px(36), Icon.ERASE, TEXT, SURFACE, 2.4)
    sheet.add(
        Target(
            box=erase,
            id="erase",
            event=Typed(text[:-1]),
            fill=SURFACE,
            acts=Acts.ON_TOUCH,
            content=(back,),
        )
    )
    event = AddressTyped(text) if text else None
    words = sheet.fitted(okay, "OK", 32, bold=True, align=Align.CENTER)
    fill = ACT if event else SURFACE
    sheet.add(Target(box=okay, id="ok", event=event, fill=fill, content=(words,)))


def _key(sheet: Sheet, box: Box, label: str, event: Event) -> Target:
    words = sheet.fitted(box, label, 30, 22, bold=True, align=Align.CENTER)
    return Target(
        box=box,
        id=f"key-{label}",
        event=event,
        fill=RAISED,
        radius=10,
        acts=Acts.ON_TOUCH,
        content=(words,),
    )


def _tail(sheet: Sheet, text: str, width: float) -> str:
    """Return the end of a text that is too wide: where one is typing."""
    while len(text) > 1 and sheet.width(text, 28, bold=True) > width:
        text = text[1:]
    return text


def cash_reload(screen: CashReload, sheet: Sheet) -> Page:
    """Money received: quick amounts at the left, keys at the right."""
    body = top_of(sheet, screen)
    margin, gap = sheet.px(24), sheet.px(12)
    left = Box(margin, body.y, body.w / 2 - margin, body.h)
    title = Box(left.x, left.y + sheet.px(20), left.w, sheet.px(48))
    sheet.words(title, screen.title, 32, 28, 24, bold=True)
    top = title.bottom + sheet.px(10)
    if screen.assets:
        row = Box(left.x, top, left.w, max(sheet.px(60), 48))
        for button, cell in zip(
            screen.assets, row.columns([1] * len(screen.assets), gap), strict=True
        ):
            sheet.button(cell, button, 24, 20)
        top = row.bottom + gap
    card = Box(left.x, top, left.w, sheet.px(84 if screen.assets else 130))
    sheet.panel(card)
    inside = card.inset(sheet.px(22), 0)
    if screen.assets:
        label, amount = inside, inside
        used = sheet.width(screen.label, 22) + sheet.px(14)
        amount = amount._replace(x=amount.x + used, w=amount.w - used)
    else:
        label = inside._replace(y=card.y + sheet.px(10), h=sheet.px(32))
        amount = inside._replace(y=card.bottom - sheet.px(94), h=sheet.px(84))
    sizes = (56, 48, 40, 32) if screen.assets else (76, 64, 56, 46)
    sheet.words(label, screen.label, 22, colour=MUTED)
    sheet.words(amount, screen.amount, *sizes, bold=True, align=Align.RIGHT)
    quick = Box(left.x, card.bottom + sheet.px(14), left.w, sheet.px(84))
    for button, cell in zip(screen.quick, quick.columns([1] * len(screen.quick), gap), strict=True):
        sheet.button(cell, button, 28, 24, 20, acts=Acts.ON_TOUCH)
    foot = Box(left.x, body.bottom - sheet.px(124), left.w, sheet.px(104))
    hint = Box(left.x, quick.bottom + sheet.px(4), left.w, foot.y - quick.bottom - sheet.px(8))
    sheet.words(hint, screen.hint, 22, 20, lines=2, colour=MUTED)
    cancel, confirm = foot.columns([4, 6], gap)
    sheet.button(cancel, screen.cancel, 26, 22, 20)
    sheet.button(confirm, screen.confirm, 32, 28, 24)
    x = body.w / 2 + margin
    keys = Box(x, body.y + sheet.px(24), body.w - x - margin, body.h - sheet.px(44))
    keypad(sheet, screen.keypad, keys)
    return sheet.page()
