"""Holding a card, and how it ended: deep blue while waiting, bright if paid, dark red if not."""

from typing import Final

from terminal.ui.kivy.elements import (
    Align,
    CardArt,
    Element,
    Hatch,
    Page,
    Panel,
    Picture,
    Progress,
    Target,
    Words,
)
from terminal.ui.kivy.icons import Mark
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.screens.frame import top_of
from terminal.ui.kivy.sheet import Sheet, picture
from terminal.ui.kivy.tokens import (
    INK,
    PAID,
    PAID_BAR,
    REFUSED,
    REFUSED_BAR,
    TEXT,
    TRAINING,
    TRAINING_STRIPE,
    WAIT,
    WAIT_BAR,
    WHITE,
    Colour,
)
from terminal.ui.screen import CardHeld, CardWait, Icon, Paid, Refused

AMOUNT_TYPES: Final = (128, 108, 92, 76, 64)


def card_wait(screen: CardWait, sheet: Sheet) -> Page:
    """Hold the card: what to do, and how much."""
    sheet.ground = WAIT
    body = top_of(sheet, screen, WAIT_BAR)
    width, height = sheet.px(400), sheet.px(104)
    cancel = Box((body.w - width) / 2, body.bottom - height - sheet.px(24), width, height)
    _hold(sheet, body._replace(h=cancel.y - body.y), screen.title, screen.amount, screen.detail)
    sheet.button(cancel, screen.cancel, 32, 26, edged=WAIT_BAR)
    return sheet.page()


def card_held(screen: CardHeld, sheet: Sheet) -> Page:
    """Keep the card there: no button while it is being written."""
    sheet.ground = WAIT
    body = top_of(sheet, screen, WAIT_BAR)
    _hold(
        sheet, body._replace(h=body.h - sheet.px(128)), screen.title, screen.amount, screen.detail
    )
    side = sheet.px(64)
    bar = Box(side, body.bottom - sheet.px(90), body.w - 2 * side, sheet.px(16))
    progress = min(screen.progress_permille, 1000)
    sheet.add(Progress(box=bar, permille=progress, colour=TEXT, track=WAIT_BAR))
    return sheet.page()


def _hold(sheet: Sheet, area: Box, title: str, amount: str, detail: str) -> None:
    """Draw what to do at the top of an area, card and amount in the middle of the rest."""
    head = Box(sheet.px(40), area.y + sheet.px(26), area.w - sheet.px(80), sheet.px(84))
    sheet.words(head, title, 56, 48, 40, bold=True, align=Align.CENTER)
    middle = (head.bottom + area.bottom - sheet.px(60)) / 2
    if not amount:
        art = Box(area.w * 0.33, middle - sheet.px(88), area.w * 0.34, sheet.px(176))
        sheet.add(CardArt(box=art, colour=TEXT, ground=WAIT))
        lower = Box(head.x, art.bottom + sheet.px(4), head.w, sheet.px(40))
        sheet.words(lower, detail, 26, 22, 20, align=Align.CENTER)
        return
    width = area.w * 0.284
    art = Box(area.w * 0.2 - width / 2, middle - sheet.px(78), width, sheet.px(156))
    sheet.add(CardArt(box=art, colour=TEXT, ground=WAIT))
    left = art.right + sheet.px(20)
    right = Box(left, middle - sheet.px(72), area.w - left - sheet.px(28), sheet.px(136))
    sheet.words(right, amount, *AMOUNT_TYPES, bold=True, align=Align.CENTER)
    lower = right._replace(y=right.bottom + sheet.px(4), h=sheet.px(68))
    sheet.words(lower, detail, 24, 20, lines=2, align=Align.CENTER)


def paid(screen: Paid, sheet: Sheet) -> Page:
    """Draw the only bright page. In training it stays dark in a hatched frame."""
    if screen.training:
        sheet.ground = INK
        body = top_of(sheet, screen)
        side = sheet.px(24)
        sheet.add(Hatch(box=body, fill=TRAINING, stripe=TRAINING_STRIPE))
        body = Box(side, body.y, body.w - 2 * side, body.h - side)
        sheet.panel(body, INK, 16)
        colours = (TEXT, INK, PAID)
    else:
        sheet.ground = PAID
        body = top_of(sheet, screen, PAID_BAR)
        colours = (INK, PAID, INK)
    foot = sheet.px(60)
    sheet.add(
        Target(
            box=body,
            id=screen.next.id,
            event=screen.next.event,
            fill=None,
            content=tuple(_receipt(sheet, screen, body, foot, colours)),
        )
    )
    return sheet.page()


def _receipt(
    sheet: Sheet, screen: Paid, body: Box, foot: float, colours: tuple[Colour, Colour, Colour]
) -> list[Element]:
    text, ground, accent = colours
    bottom = Box(body.x, body.bottom - foot, body.w, foot)
    upper = Box(body.x, body.y, body.w, body.h - foot)
    tight = upper.h < sheet.px(460)
    disc, gap = (sheet.px(112), sheet.px(4)) if tight else (sheet.px(152), sheet.px(10))
    heights = [disc, sheet.px(56), sheet.px(124), sheet.px(70) if screen.left else 0]
    top = upper.y + max((upper.h - sum(heights) - 3 * gap) / 2, 4)
    boxes = []
    for height in heights:
        boxes.append(Box(upper.x + sheet.px(24), top, upper.w - sheet.px(48), height))
        top += height + gap
    middle = boxes[0].middle
    ring = Box(middle[0] - disc / 2, boxes[0].y, disc, disc)
    center = Align.CENTER
    elements: list[Element] = [
        Panel(box=ring, fill=accent, radius=disc / 2),
        picture(middle, disc * 0.72, Icon.CHECK, ground, accent, 3.4),
        sheet.fitted(boxes[1], screen.title, 44, 36, bold=True, colour=text, align=center),
        sheet.fitted(
            boxes[2], screen.amount, 124, *AMOUNT_TYPES[1:], bold=True, colour=text, align=center
        ),
    ]
    if screen.left:
        elements.append(
            sheet.fitted(boxes[3], screen.left, 56, 46, 36, bold=True, colour=text, align=center)
        )
    if not screen.training:
        elements.append(Panel(box=bottom, fill=PAID_BAR))
    return elements + _serve(sheet, screen, bottom)


def _serve(sheet: Sheet, screen: Paid, box: Box) -> list[Element]:
    """Draw what to serve at the left, how to go on at the right."""
    inside = box.inset(sheet.px(24), 0)
    hint = sheet.width(screen.next.label, 22)
    goods = inside._replace(w=inside.w - hint - sheet.px(24))
    return [
        sheet.fitted(goods, screen.goods, 24, 20, lines=1, bold=True),
        sheet.fitted(inside, screen.next.label, 22, align=Align.RIGHT),
    ]


def refused(screen: Refused, sheet: Sheet) -> Page:
    """Say what is wrong, that nothing was taken, and at most four ways on, the best white."""
    sheet.ground = REFUSED
    body = top_of(sheet, screen, REFUSED_BAR)
    gap = sheet.px(16)
    few = len(screen.ways) <= 2
    ways = sheet.px(140) if few else body.h - sheet.px(228 if screen.training else 252) - gap
    head = body.h - ways - gap
    side = sheet.px(190 if few else 150)
    middle = (sheet.px(132), body.y + head / 2 - sheet.px(2))
    octagon = Box(middle[0] - side / 2, middle[1] - side / 2, side, side)
    sheet.add(
        Picture(box=octagon, icon=Mark.OCTAGON, colour=WHITE, ground=REFUSED),
        picture(middle, side * 0.72, Icon.CROSS, REFUSED, WHITE, 3.6),
    )
    left = sheet.px(256 if few else 240)
    room = Box(left, body.y, body.w - left - sheet.px(24), head)
    _why(sheet, screen, room, sheet.px(190 if few else 104))
    _ways(sheet, screen, Box(gap, body.y + head, body.w - 2 * gap, ways), gap)
    return sheet.page()


def _why(sheet: Sheet, screen: Refused, room: Box, height: float) -> None:
    """Title, headline and detail, centred together; the headline is as large as can be."""
    middle = room.y + room.h / 2
    headline = Box(room.x, middle - height / 2, room.w, height)
    title = Box(room.x, headline.y - sheet.px(40), room.w, sheet.px(44))
    detail = Box(room.x, headline.bottom + sheet.px(2), room.w, sheet.px(40))
    sheet.words(title, screen.title, 30, 26, 22, bold=True)
    one_line = [(sheet.px(size), 1) for size in (84, 72, 62, 54)]
    two_lines = [(sheet.px(size), 2) for size in (72, 62, 46, 38)]
    two_lines = [c for c in two_lines if 2 * c[0] * 1.15 <= height]
    wide = sheet.px(160) < height
    choices = [one_line[0], *two_lines] if wide else [*one_line, *two_lines]
    setting = sheet.typesetter.fit(screen.headline, room.w, choices, bold=True)
    sheet.add(Words(box=headline, lines=setting.lines, size=setting.size, bold=True, leading=1.15))
    sheet.words(detail, screen.detail, 28, 24, 20)


def _ways(sheet: Sheet, screen: Refused, box: Box, gap: float) -> None:
    """Place the ways two by two; of three, the best one has a row of its own."""
    count = len(screen.ways)
    if count == 3:
        upper, lower = box.rows([1, 1], gap)
        cells = [upper, *lower.columns([1, 1], gap)]
    else:
        cells = box.grid(min(2, count), 1 if count <= 2 else 2, gap)
    for way, cell in zip(screen.ways, cells, strict=False):
        sheet.button(cell, way, 32, 28, 24, icon_size=60, sub_size=24, edged=REFUSED_BAR, left=True)
