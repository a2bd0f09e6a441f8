"""What surrounds every page: status bar, strip, training banner and the amber frame of doubt."""

from dataclasses import replace
from typing import Final

from terminal.ui.kivy.elements import Align, Element, Hatch, Panel, Target, Words
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.sheet import Sheet, picture
from terminal.ui.kivy.tokens import (
    BAR,
    DOUBT,
    INK,
    RAISED,
    TEXT,
    TRAINING,
    TRAINING_STRIPE,
    Colour,
)
from terminal.ui.screen import Icon, Screen, Sign, StatusBar, Strip

TYPE: Final = 20
CLOCK_TYPE: Final = 24
ICON: Final = 24


def status_bar(sheet: Sheet, status: StatusBar, bar: Colour = BAR) -> None:
    """Place and point of sale at the left; signs and clock at the right. All one target."""
    metrics = sheet.metrics
    box = Box(0, 0, metrics.width, metrics.status_bar)
    middle = box.h / 2
    right: float = metrics.width - sheet.px(16)
    clock_width = sheet.width(status.clock, CLOCK_TYPE, bold=True)
    clock = sheet.fitted(
        Box(right - clock_width, 0, clock_width, box.h), status.clock, CLOCK_TYPE, bold=True
    )
    content: list[Element] = [clock]
    right -= clock_width + sheet.px(24)
    left = sheet.px(16)
    least = sheet.width(status.point_of_sale or status.place, TYPE, bold=True)
    for sign, bold in _signs(sheet, status, right - left - least - sheet.px(20)):
        right = _sign(sheet, content, sign, right, middle, bar, bold=bold)
    content.append(_where(sheet, status, Box(left, 0, right - left, box.h)))
    sheet.add(
        Target(
            box=box,
            id=status.state.id,
            event=status.state.event,
            fill=bar,
            radius=0,
            content=tuple(content),
        )
    )


def _signs(sheet: Sheet, status: StatusBar, room: float) -> list[tuple[Sign, bool]]:
    """Return the signs from right to left with whether they are bold, made to fit.

    The count stays whole. When it is tight, first the operator's name is shortened, then the words
    of what works go and their icons stay.
    """
    unsent, reader, network, operator = (
        (status.unsent, status.unsent_count > 0),
        (status.reader, False),
        (status.network, False),
        (status.operator, False),
    )
    signs: list[tuple[Sign, bool]] = []
    short = sheet.typesetter.clip(status.operator.label, sheet.px(70), sheet.px(TYPE))
    for who, words in ((status.operator.label, True), (short, True), (short, False), ("", False)):
        signs = [
            unsent,
            *((s if words or s.trouble else replace(s, label=""), b) for s, b in (reader, network)),
            (replace(operator[0], label=who), False),
        ]
        if sum(_sign_width(sheet, sign, bold=bold) for sign, bold in signs) <= room:
            return signs
    return signs


def _sign_width(sheet: Sheet, sign: Sign, *, bold: bool) -> float:
    """From the right edge of a sign to where the next one may end."""
    text = sheet.width(sign.label, TYPE, bold=bold or sign.trouble)
    pill = 2 * sheet.px(10) if sign.trouble else 0
    return text + (sheet.px(10) if text else 0) + sheet.px(ICON) + pill + sheet.px(20)


def _sign(
    sheet: Sheet,
    content: list[Element],
    sign: Sign,
    right: float,
    middle: float,
    bar: Colour,
    *,
    bold: bool,
) -> float:
    """Put a sign that ends at `right`; returns where the next one may end."""
    icon, gap = sheet.px(ICON), sheet.px(10) if sign.label else 0
    bold = bold or sign.trouble
    text = sheet.width(sign.label, TYPE, bold=bold)
    margin = sheet.px(10) if sign.trouble else 0
    width = text + gap + icon + 2 * margin
    colour, ground = (INK, DOUBT) if sign.trouble else (TEXT, bar)
    if sign.trouble:
        pill = Box(right - width, 6, width, sheet.metrics.status_bar - 12)
        content.append(Panel(box=pill, fill=DOUBT, radius=8))
    label = Box(right - margin - text, 0, text, sheet.metrics.status_bar)
    if sign.label:
        content.append(sheet.fitted(label, sign.label, TYPE, bold=bold, colour=colour))
    at = (right - margin - text - gap - icon / 2, middle)
    content.append(picture(at, icon, sign.icon, colour, ground))
    return right - width - sheet.px(20)


def _where(sheet: Sheet, status: StatusBar, box: Box) -> Words:
    """Write place and point of sale; when tight the place shortens, never the point of sale."""
    if not status.point_of_sale:
        return sheet.fitted(box, status.place, TYPE, bold=True)
    tail = f" · {status.point_of_sale}"
    room = box.w - sheet.width(tail, TYPE, bold=True) - 4  # kerning across the joint
    place = sheet.typesetter.clip(status.place, room, sheet.px(TYPE), bold=True)
    text = place + tail if len(place) > 3 else status.point_of_sale
    return sheet.fitted(box, text, TYPE, bold=True)


def strip(sheet: Sheet, line: Strip, top: float) -> float:
    """Draw the line under the status bar while offline; returns its lower edge."""
    metrics = sheet.metrics
    box = Box(0, top, metrics.width, metrics.strip)
    ground, mark, text = (DOUBT, INK, INK) if line.urgent else (RAISED, DOUBT, TEXT)
    sheet.panel(box, ground, 0)
    if not line.urgent:
        sheet.panel(box._replace(w=8), DOUBT, 0)
    middle = box.y + box.h / 2
    sheet.picture((sheet.px(36), middle), sheet.px(28), Icon.NETWORK_LOST, mark, ground=ground)
    left, right = sheet.px(64), metrics.width - sheet.px(16)
    words = sheet.width(line.text, 22, bold=True)
    sheet.words(Box(left, box.y, right - left, box.h), line.text, 22, 20, bold=True, colour=text)
    free = right - left - words - sheet.px(24)
    if sheet.width(line.aside, 20) <= free:
        sheet.words(
            Box(right - free, box.y, free, box.h), line.aside, 20, colour=text, align=Align.RIGHT
        )
    return box.bottom


def training(sheet: Sheet, text: str, top: float) -> float:
    """Draw the hatched banner; returns its lower edge."""
    metrics = sheet.metrics
    box = Box(0, top, metrics.width, max(40, metrics.strip))
    sheet.add(Hatch(box=box, fill=TRAINING, stripe=TRAINING_STRIPE))
    width = sheet.width(text, 24, bold=True)
    icon = sheet.px(32)
    plate = width + icon + sheet.px(56)
    left = (box.w - plate) / 2
    sheet.panel(Box(left, box.y, plate, box.h), TRAINING, 0)
    middle = box.y + box.h / 2
    at = (left + sheet.px(20) + icon / 2, middle)
    sheet.picture(at, icon, Icon.SCHOOL, ground=TRAINING)
    sheet.words(Box(left + plate - width - sheet.px(20), box.y, width, box.h), text, 24, bold=True)
    return box.bottom


def top_of(sheet: Sheet, screen: Screen, bar: Colour = BAR) -> Box:
    """Status bar and, in training, its banner; returns the box that is left."""
    status_bar(sheet, screen.status, bar)
    body = sheet.metrics.body
    if screen.training:
        top = training(sheet, screen.training, body.y)
        body = Box(body.x, top, body.w, body.bottom - top)
    return body


def doubt(sheet: Sheet, screen: Screen) -> Box:
    """Draw a dark page in a thick amber frame; returns the page."""
    body = top_of(sheet, screen)
    sheet.panel(body, DOUBT, 0)
    inside = body.inset(sheet.metrics.frame)
    sheet.panel(inside, INK, 16)
    return inside
