"""Pages to read before deciding: card check, refund, the last sale after a restart."""

from collections.abc import Sequence

from terminal.ui.kivy.elements import Align, Page
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.screens.frame import doubt, top_of
from terminal.ui.kivy.sheet import Sheet
from terminal.ui.kivy.tokens import DOUBT, LINE, MUTED, PAID, SURFACE
from terminal.ui.screen import CardCheck, Holding, Icon, LastSale, Line, RefundAsk


def lines_of_goods(sheet: Sheet, lines: Sequence[Line], box: Box) -> None:
    """Draw quantity, name and amount in columns; the last line says how many more there are."""
    pitch = sheet.px(44)
    fits = max(1, int(box.h // pitch))
    shown = list(lines) if len(lines) <= fits else list(lines[: fits - 1])
    quantity = max((sheet.width(line.quantity, 26) for line in shown), default=0) + sheet.px(14)
    amounts = max((sheet.width(line.amount, 26) for line in shown), default=0) + sheet.px(14)
    row = Box(box.x, box.y, box.w, pitch)
    for line in shown:
        name = Box(row.x + quantity, row.y, row.w - quantity - amounts, pitch)
        sheet.words(row, line.quantity, 26, colour=MUTED)
        sheet.words(name, line.name, 26, 22)
        sheet.words(row, line.amount, 26, align=Align.RIGHT)
        row = row._replace(y=row.y + pitch)
    if len(shown) < len(lines):
        rest = " · ".join(f"{line.quantity} {line.name}" for line in lines[len(shown) :])
        free = row._replace(h=box.bottom - row.y)
        sheet.words(free, rest, 22, 20, lines=2 if free.h >= sheet.px(56) else 1, colour=MUTED)


def refund_ask(screen: RefundAsk, sheet: Sheet) -> Page:
    """Refund the last sale? What it was, and how much goes back."""
    body = top_of(sheet, screen)
    margin, gap = sheet.px(24), sheet.px(16)
    inside = Box(margin, body.y, body.w - 2 * margin, body.h)
    foot = Box(inside.x, body.bottom - sheet.px(128), inside.w, sheet.px(112))
    cells = foot.columns([1] * len(screen.buttons), gap)
    for button, cell in zip(screen.buttons, cells, strict=True):
        sheet.button(cell, button, 32, 30, 26, 22, icon_size=48)
    side = sheet.px(44)
    at = (inside.x + sheet.px(24), inside.y + sheet.px(44))
    sheet.picture(at, side, Icon.UNDO)
    title = Box(inside.x + sheet.px(64), at[1] - side / 2, inside.w - sheet.px(64), side)
    sheet.words(title, screen.title, 36, 32, 28, bold=True)
    hint = Box(inside.x, foot.y - sheet.px(48), inside.w, sheet.px(40))
    sheet.words(hint, screen.hint, 24, 22, 20)
    top = title.bottom + sheet.px(18)
    card = Box(inside.x, top, inside.w, hint.y - sheet.px(8) - top)
    sheet.panel(card)
    text = card.inset(sheet.px(28), sheet.px(12))
    sheet.words(text._replace(h=sheet.px(36)), screen.caption, 22, 20, colour=MUTED)
    total = Box(text.x, text.bottom - sheet.px(72), text.w, sheet.px(72))
    goods = Box(text.x, text.y + sheet.px(44), text.w, total.y - text.y - sheet.px(50))
    lines_of_goods(sheet, screen.lines, goods)
    sheet.panel(Box(text.x, total.y - 2, text.w, 2), LINE, 0)
    label = sheet.words(total, screen.back_label, 26)
    used = sheet.typesetter.width(label.lines[0], label.size) + sheet.px(20)
    amount = total._replace(x=total.x + used, w=total.w - used)
    sheet.words(amount, screen.amount, 56, 48, bold=True, align=Align.RIGHT)
    return sheet.page()


def last_sale(screen: LastSale, sheet: Sheet) -> Page:
    """Tell what the journal says of the last sale after a restart, and ask one question."""
    inside = doubt(sheet, screen).inset(sheet.px(24), sheet.px(14))
    foot = Box(inside.x, inside.bottom - sheet.px(102), inside.w, sheet.px(104))
    cells = foot.columns([1] * len(screen.buttons), sheet.px(16))
    for button, cell in zip(screen.buttons, cells, strict=True):
        sheet.button(cell, button, 32, 30, 26, icon_size=48, sub_size=22)
    side = sheet.px(72)
    at = (inside.x + side / 2, inside.y + side / 2)
    sheet.picture(at, side, Icon.WARNING, DOUBT)
    head = Box(inside.x + sheet.px(92), inside.y, inside.w - sheet.px(92), sheet.px(40))
    sheet.words(head, screen.title, 36, 32, bold=True)
    sheet.words(head._replace(y=head.bottom, h=sheet.px(42)), screen.text, 26, 22, 20)
    question = Box(inside.x, foot.y - sheet.px(46), inside.w, sheet.px(40))
    sheet.words(question, screen.question, 26, 22, bold=True)
    top = inside.y + side + sheet.px(16)
    card = Box(inside.x, top, inside.w, question.y - sheet.px(6) - top)
    sheet.panel(card)
    text = card.inset(sheet.px(28), sheet.px(10))
    sheet.words(text._replace(h=sheet.px(34)), screen.caption, 22, 20, colour=MUTED)
    total = Box(text.x, text.bottom - sheet.px(68), text.w, sheet.px(68))
    goods = Box(text.x, text.y + sheet.px(38), text.w, total.y - text.y - sheet.px(42))
    lines_of_goods(sheet, screen.lines, goods)
    sheet.panel(Box(text.x, total.y - 2, text.w, 2), LINE, 0)
    icon, colour = (Icon.CHECK, PAID) if screen.paid else (Icon.CROSS, DOUBT)
    middle = total.y + total.h / 2
    sheet.picture((total.x + sheet.px(18), middle), sheet.px(40), icon, colour, ground=SURFACE)
    result = Box(total.x + sheet.px(52), total.y, sheet.px(280), total.h)
    sheet.words(result, screen.result, 34, 28, bold=True)
    sheet.words(total, screen.amount, 56, 48, bold=True, align=Align.RIGHT)
    return sheet.page()


def card_check(screen: CardCheck, sheet: Sheet) -> Page:
    """Draw what the card may spend here, what is on it, and what happened lately."""
    body = top_of(sheet, screen)
    margin = sheet.px(24)
    half = sheet.metrics.width * 0.47
    left = Box(margin, body.y + margin, half - margin, body.h - 2 * margin)
    right = Box(half + margin, left.y, body.w - half - 2 * margin, left.h)
    _balance(sheet, screen, left)
    foot = Box(right.x, body.bottom - sheet.px(124), right.w, sheet.px(104))
    cells = foot.columns([1] * max(1, len(screen.buttons)), sheet.px(16))
    for button, cell in zip(screen.buttons, cells, strict=False):
        sheet.button(cell, button, 26, 24, 20, icon_size=36)
    note = Box(right.x, foot.y - sheet.px(70), right.w, sheet.px(56))
    if screen.note:
        at = (note.x + sheet.px(14), note.y + note.h / 2)
        sheet.picture(at, sheet.px(24), Icon.NETWORK_LOST, DOUBT)
        words = note._replace(x=note.x + sheet.px(38), w=note.w - sheet.px(38))
        sheet.words(words, screen.note, 20, lines=2, colour=DOUBT)
    height = (note.y if screen.note else foot.y - sheet.px(16)) - right.y - sheet.px(4)
    _movements(sheet, screen, right._replace(h=height))
    return sheet.page()


def _balance(sheet: Sheet, screen: CardCheck, box: Box) -> None:
    card = box._replace(h=sheet.px(176))
    sheet.panel(card)
    text = card.inset(sheet.px(22), 0)
    head = text._replace(y=card.y + sheet.px(16), h=sheet.px(44))
    middle = head.y + head.h / 2
    sheet.picture((text.x + sheet.px(18), middle), sheet.px(36), Icon.CARD, ground=SURFACE)
    number = head._replace(x=head.x + sheet.px(50), w=head.w - sheet.px(50))
    sheet.words(number, screen.number, 24, bold=True)
    verdict = number._replace(x=number.x + sheet.width(screen.number, 24, bold=True) + 12)
    verdict = verdict._replace(w=text.right - verdict.x - sheet.px(34))
    sheet.words(verdict, screen.verdict, 22, 20, align=Align.RIGHT)
    sheet.picture((text.right - sheet.px(13), middle), sheet.px(28), Icon.CHECK, ground=SURFACE)
    label = text._replace(y=card.y + sheet.px(64), h=sheet.px(36))
    sheet.words(label, screen.spend_label, 22, colour=MUTED)
    amount = text._replace(y=card.y + sheet.px(98), h=sheet.px(68))
    sheet.words(amount, screen.spend, 60, 52, 44, bold=True)
    room = Box(box.x, card.bottom + sheet.px(14), box.w, box.bottom - card.bottom - sheet.px(14))
    gap = sheet.px(10)
    height = min(sheet.px(76), (room.h + gap) / max(1, len(screen.holdings)) - gap)
    for row, holding in enumerate(screen.holdings):
        top = room.y + row * (height + gap)
        _holding(sheet, holding, Box(box.x, top, box.w, height))


def _holding(sheet: Sheet, holding: Holding, box: Box) -> None:
    """Name over note and amount; on a low row the note is left out."""
    sheet.panel(box, radius=12)
    inside = box.inset(sheet.px(22), 0)
    middle = box.y + box.h / 2
    used = sheet.width(holding.amount, 30, bold=True) + sheet.px(14)
    text = inside._replace(w=inside.w - used, h=2)
    if box.h >= sheet.px(66):
        sheet.words(text._replace(y=middle - sheet.px(13)), holding.name, 24, 20, bold=True)
        sheet.words(text._replace(y=middle + sheet.px(16)), holding.note, 20, colour=MUTED)
    else:
        sheet.words(text._replace(y=middle - 1), holding.name, 24, 20, bold=True)
    sheet.words(inside, holding.amount, 30, 26, bold=True, align=Align.RIGHT)


def _movements(sheet: Sheet, screen: CardCheck, box: Box) -> None:
    sheet.panel(box)
    inside = box.inset(sheet.px(22), sheet.px(8))
    head = inside._replace(h=sheet.px(50))
    sheet.words(head, screen.movements_title, 24, bold=True)
    pitch = sheet.px(50)
    fits = max(0, int((inside.bottom - head.bottom) // pitch))
    clocks = max((sheet.width(m.clock, 22) for m in screen.movements), default=0) + sheet.px(20)
    for number, movement in enumerate(screen.movements[:fits]):
        row = Box(inside.x, head.bottom + number * pitch, inside.w, pitch)
        sheet.panel(row._replace(h=1), LINE, 0)
        used = sheet.width(movement.amount, 24, bold=True) + sheet.px(12)
        sheet.words(row, movement.clock, 22, colour=MUTED)
        label = row._replace(x=row.x + clocks, w=row.w - clocks - used)
        sheet.words(label, movement.label, 22, 20)
        sheet.words(row, movement.amount, 24, bold=True, align=Align.RIGHT)
