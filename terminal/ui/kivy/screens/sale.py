"""The page where people sell: categories, tiles, basket, total and VALIDER."""

from dataclasses import dataclass
from typing import Final

from terminal.ui.kivy.elements import (
    Acts,
    Align,
    Element,
    Page,
    Panel,
    Scroll,
    Target,
    Words,
)
from terminal.ui.kivy.metrics import TARGET_FLOOR, Box
from terminal.ui.kivy.screens.frame import strip, top_of
from terminal.ui.kivy.sheet import Sheet, picture, style_of
from terminal.ui.kivy.tokens import (
    ACT,
    CATEGORIES,
    DOUBT,
    INK,
    LINE,
    MUTED,
    PAID,
    RAISED,
    SURFACE,
    TEXT,
    WHITE,
)
from terminal.ui.screen import BasketLine, Category, Icon, LastSaleBox, Sale, Tile

TOTAL_TYPES: Final = (46, 38, 32, 26)
FOOT_SHARES: Final = (1.0, 1.9, 1.05, 1.15)
FOOT_SHARES_LONG: Final = (1.5, 1.65, 1.05, 1.15)
"""When Vider has become "Remettre le panier"."""
TILE_PADDING: Final = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of the page are."""

    rail: Box
    tiles: Box
    foot: Box
    basket: Box


def sale(screen: Sale, sheet: Sheet) -> Page:
    """Draw the whole page."""
    body = top_of(sheet, screen)
    if screen.strip is not None and not screen.training:  # its banner has the place
        top = strip(sheet, screen.strip, body.y)
        body = Box(body.x, top, body.w, body.bottom - top)
    parts = _parts(sheet, body, left_handed=screen.left_handed)
    _rail(sheet, screen, parts.rail)
    for tile, box in zip(
        screen.tiles,
        parts.tiles.grid(screen.columns, screen.rows, sheet.metrics.gap),
        strict=False,
    ):
        sheet.add(_tile(sheet, tile, box))
    _foot(sheet, screen, parts.foot)
    sheet.panel(parts.basket, SURFACE, 0)
    if screen.basket:
        _basket(sheet, screen, parts.basket)
    else:
        _empty(sheet, screen, parts.basket)
    return sheet.page()


def _parts(sheet: Sheet, body: Box, *, left_handed: bool) -> Parts:
    metrics = sheet.metrics
    gap = metrics.gap
    upper = body.h - metrics.foot - 2 * gap
    wide = body.w - metrics.basket
    tiles_x = metrics.rail + gap
    parts = (
        Box(gap, body.y + gap, metrics.rail - gap, upper),
        Box(tiles_x, body.y + gap, wide - tiles_x - gap, upper),
        Box(gap, body.bottom - metrics.foot, wide - 2 * gap, metrics.foot - gap),
        Box(wide, body.y, metrics.basket, body.h),
    )
    if not left_handed:
        return Parts(*parts)
    return Parts(*(box.mirrored(metrics.width) for box in parts))


def _rail(sheet: Sheet, screen: Sale, box: Box) -> None:
    """Draw the categories; more than the rail holds scroll, the last one half in sight."""
    gap = sheet.metrics.gap if sheet.metrics.scale == 1 else 4
    count = max(6, len(screen.categories))
    full, least = box.h, TARGET_FLOOR + gap
    if count * least - gap > box.h:
        full = count * box.h / (int(box.h / least - 0.5) + 0.5)
    cells = box._replace(h=full).rows([1] * count, gap)
    entries = tuple(
        _category(sheet, category, cell, at_right=screen.left_handed)
        for category, cell in zip(screen.categories, cells, strict=False)
    )
    if full <= box.h:
        sheet.add(*entries)
        return
    chosen = (
        entry.box
        for entry, category in zip(entries, screen.categories, strict=True)
        if category.button.selected
    )
    shown = next(chosen, None)
    sheet.add(Scroll(box=box, content=entries, height=full, shown=shown, fill=INK))


def _category(sheet: Sheet, category: Category, box: Box, *, at_right: bool) -> Target:
    button = category.button
    fill, text = (WHITE, INK) if button.selected else (SURFACE, TEXT)
    content: list[Element] = []
    label = box.inset(4, 0)
    if category.colour is not None:
        side = Box(box.right - 8 if at_right else box.x, box.y + 10, 8, box.h - 20)
        content.append(Panel(box=side, fill=CATEGORIES[category.colour], radius=4))
        label = Box(box.x + (2 if at_right else 9), box.y, box.w - 11, box.h)
    words = label
    if button.icon is not None and box.h >= sheet.px(56):
        at = (label.x + label.w / 2, box.y + box.h * 0.33)
        content.append(picture(at, sheet.px(30), button.icon, text, fill, 1.9))
        words = Box(label.x, box.y + box.h * 0.5, label.w, box.h * 0.49)
    content.append(
        sheet.fitted(words, button.label, 20, bold=True, colour=text, align=Align.CENTER)
    )
    return Target(
        box=box, id=button.id, event=button.event, fill=fill, radius=10, content=tuple(content)
    )


def _tile(sheet: Sheet, tile: Tile, box: Box) -> Target:
    fill = CATEGORIES[tile.colour]
    inside = box.inset(TILE_PADDING)
    content: list[Element] = [_tile_name(sheet, tile.button.label, inside)]
    foot = sheet.px(24)
    price_box = Box(inside.x, inside.bottom - foot, inside.w, foot)
    if tile.quantity:
        badge = _badge(sheet, str(tile.quantity), box)
        content += badge
        price_box = price_box._replace(w=badge[0].box.x - inside.x - 2)
    if sheet.width(tile.price, 20) <= price_box.w:  # else the basket's line has it: never half
        content.append(sheet.fitted(price_box, tile.price, 22, 20))
    icon = tile.button.icon
    free = inside.w - sheet.width(tile.price, 22)
    if not tile.quantity and icon is not None and free > sheet.px(30):
        at = (inside.right - sheet.px(11), inside.bottom - sheet.px(11))
        content.append(picture(at, sheet.px(24), icon, WHITE, fill, 1.9))
    return Target(
        box=box,
        id=tile.button.id,
        event=tile.button.event,
        fill=fill,
        radius=sheet.metrics.radius,
        edge=WHITE if tile.quantity else None,
        edge_width=4,
        acts=Acts.ON_TOUCH,
        content=tuple(content),
    )


def _tile_name(sheet: Sheet, name: str, inside: Box) -> Words:
    """23 on two lines, else 20 on three, else shortened; fewer lines on a low tile."""
    room = inside.h - sheet.px(26)
    large, small = sheet.px(23), sheet.px(20)
    lines = max(1, min(3, int(room / (small * 1.2))))
    choices = [(large, 2)] if room >= 2 * large * 1.26 - 6 else [(large, 1)]
    choices.append((small, lines))
    setting = sheet.typesetter.fit(name, inside.w, choices, bold=True)
    leading = 1.26 if setting.size == sheet.px(23) else 1.2
    height = round(setting.size * leading * len(setting.lines))
    box = Box(inside.x, inside.y - 2, inside.w, height)
    return Words(box=box, lines=setting.lines, size=setting.size, bold=True, leading=leading)


def _badge(sheet: Sheet, quantity: str, box: Box) -> list[Panel | Words]:
    height = sheet.px(44)
    width = max(height, sheet.width(quantity, 27, bold=True) + sheet.px(14))
    badge = Box(box.right - width - 5, box.bottom - height - 5, width, height)
    words = sheet.fitted(badge, quantity, 27, bold=True, colour=INK, align=Align.CENTER)
    return [Panel(box=badge, fill=WHITE, radius=height / 2), words]


def _foot(sheet: Sheet, screen: Sale, box: Box) -> None:
    cells = box.columns(FOOT_SHARES, sheet.metrics.gap)
    if sheet.width(screen.clear.label, 22, bold=True) > cells[0].w - sheet.px(60):
        cells = box.columns(FOOT_SHARES_LONG, sheet.metrics.gap)
    for button, cell in zip((screen.clear, screen.check_card, screen.menu), cells, strict=False):
        sheet.button(cell, button, 22, 20, icon_size=32, pen=2.4)
    cell, page = cells[-1], screen.page
    style = style_of(page)
    middle = cell.y + cell.h / 2
    side = sheet.px(36)
    text = Box(cell.x + sheet.px(22), 0, cell.w - sheet.px(22) - side - sheet.px(16), 2)
    caption = text._replace(y=middle + sheet.px(15))
    content = [
        sheet.fitted(text._replace(y=middle - sheet.px(13)), page.label, 20, colour=style.text),
        sheet.fitted(caption, screen.page_caption, 24, 20, bold=True, colour=style.text),
        picture((cell.right - sheet.px(30), middle), side, Icon.RIGHT, style.text, style.fill, 3),
    ]
    sheet.add(
        Target(box=cell, id=page.id, event=page.event, fill=style.fill, content=tuple(content))
    )


def _basket(sheet: Sheet, screen: Sale, box: Box) -> None:
    metrics = sheet.metrics
    gap = metrics.gap
    charge = Box(box.x + gap, box.bottom - gap - metrics.charge, box.w - 2 * gap, metrics.charge)
    rule = charge.y - sheet.px(76)
    _lines(sheet, screen, Box(box.x, box.y + gap, box.w, rule - box.y - gap - 2))
    sheet.panel(Box(charge.x, rule, charge.w, 2), LINE, 0)
    total = Box(box.x + sheet.px(16), rule, box.w - sheet.px(32), charge.y - rule)
    label = sheet.words(total, screen.total_label, 24)
    used = sheet.typesetter.width(label.lines[0], label.size) + sheet.px(12)
    amount = Box(total.x + used, total.y, total.w - used, total.h)
    sheet.words(amount, screen.total, *TOTAL_TYPES, bold=True, align=Align.RIGHT)
    if screen.charge_trouble:
        _trouble(sheet, screen.charge_trouble, charge)
    else:
        _charge(sheet, screen, charge)


def _charge(sheet: Sheet, screen: Sale, box: Box) -> None:
    """Draw VALIDER: the icon keeps its place at the left, the word is centred in the rest."""
    style = style_of(screen.charge)
    side = sheet.px(48)
    words = Box(box.x + sheet.px(86), box.y, box.w - sheet.px(102), box.h)
    at = (box.x + sheet.px(24) + side / 2, box.y + box.h / 2)
    content = (
        picture(at, side, Icon.CARD, style.text, style.fill, 2),
        sheet.fitted(
            words,
            screen.charge.label,
            36,
            30,
            26,
            bold=True,
            colour=style.text,
            align=Align.CENTER,
        ),
    )
    button = screen.charge
    off = button.event is None
    sheet.add(
        Target(
            box=box,
            id=button.id,
            event=button.event,
            fill=style.fill if off else ACT,
            edge=LINE if off else None,
            edge_width=2,
            radius=14,
            content=content,
        )
    )


def _trouble(sheet: Sheet, text: str, box: Box) -> None:
    sheet.add(Panel(box=box, fill=SURFACE, radius=14, edge=DOUBT, edge_width=4))
    at = (box.x + sheet.px(44), box.y + box.h / 2)
    sheet.picture(at, sheet.px(40), Icon.READER_LOST, DOUBT, ground=SURFACE)
    words = Box(box.x + sheet.px(80), box.y, box.w - sheet.px(120), box.h)
    sheet.words(words, text, 22, 20, lines=2, bold=True, colour=DOUBT)


def _lines(sheet: Sheet, screen: Sale, box: Box) -> None:
    """Draw the basket's lines; a list that is too long scrolls to the line touched last."""
    height = sheet.metrics.basket_line
    content: list[Element] = []
    shown: Box | None = None
    for number, line in enumerate(screen.basket):
        row = Box(
            box.x + sheet.metrics.gap,
            box.y + number * height,
            box.w - 2 * sheet.metrics.gap,
            height - 6,
        )
        content += _line(sheet, line, row, left_handed=screen.left_handed)
        if line.touched:
            shown = row
    full = height * len(screen.basket)
    if full <= box.h + 6:
        sheet.add(*content)
    else:
        sheet.add(Scroll(box=box, content=tuple(content), height=full, shown=shown, fill=SURFACE))


def _line(sheet: Sheet, line: BasketLine, row: Box, *, left_handed: bool) -> list[Element]:
    minus = sheet.metrics.minus
    button = Box(row.right - minus, row.y + (row.h - minus) / 2, minus, minus)
    colour = Box(row.x, row.y + 8, 6, row.h - 16)
    text = Box(row.x + sheet.px(16), row.y, row.w - minus - sheet.px(28), row.h)
    if left_handed:
        turn = row.x + row.right
        button = button._replace(x=turn - button.right)
        colour = colour._replace(x=turn - colour.right)
        text = text._replace(x=turn - text.right)
    middle = row.y + row.h / 2
    upper = text._replace(y=middle - sheet.px(13) - 1, h=2)
    lower = text._replace(y=middle + sheet.px(15) - 1, h=2)
    used = sheet.width(line.amount, 20, bold=True) + sheet.px(8) if line.amount else 0
    name, detail, amount = upper, lower, lower
    if sheet.width(line.detail, 20) + used <= lower.w:
        detail = lower._replace(w=lower.w - used)
    else:  # a name can be guessed from its beginning, an amount cannot
        amount = upper
        name = upper._replace(w=upper.w - used)
    return [
        Panel(box=row, fill=INK, radius=10),
        Panel(box=colour, fill=CATEGORIES[line.colour], radius=3),
        sheet.fitted(name, line.name, 20, bold=True),
        sheet.fitted(detail, line.detail, 20),
        sheet.fitted(amount, line.amount, 20, bold=True, align=Align.RIGHT),
        Target(
            box=button,
            id=line.remove.id,
            event=line.remove.event,
            fill=RAISED,
            radius=10,
            acts=Acts.ON_TOUCH,
            content=(picture(button.middle, sheet.px(34), Icon.MINUS, TEXT, RAISED),),
        ),
    ]


def _empty(sheet: Sheet, screen: Sale, box: Box) -> None:
    top = box.y + sheet.px(84)
    middle = box.x + box.w / 2
    sheet.picture((middle, top), sheet.px(64), Icon.CARD, LINE, ground=SURFACE, pen=1.6)
    words = Box(box.x + sheet.px(12), 0, box.w - sheet.px(24), 2)
    sheet.words(
        words._replace(y=top + sheet.px(62)),
        screen.empty_title,
        26,
        22,
        bold=True,
        align=Align.CENTER,
    )
    sheet.words(
        words._replace(y=top + sheet.px(98)),
        screen.empty_text,
        20,
        colour=MUTED,
        align=Align.CENTER,
    )
    if screen.last_sale is not None:
        _last_sale(sheet, screen.last_sale, box)


def _last_sale(sheet: Sheet, last: LastSaleBox, box: Box) -> None:
    gap = sheet.metrics.gap
    height = sheet.px(184) + (4 if sheet.metrics.scale < 1 else 0)
    card = Box(box.x + gap, box.bottom - height - gap, box.w - 2 * gap, height)
    sheet.panel(card, INK, 12)
    text = Box(card.x + sheet.px(14), 0, card.w - sheet.px(28), 2)
    caption = text._replace(y=card.y + sheet.px(28))
    sheet.words(caption, last.caption, 20, colour=MUTED)
    line = text._replace(y=card.y + sheet.px(70), x=text.x + sheet.px(38), w=text.w - sheet.px(38))
    sheet.picture((text.x + sheet.px(14), line.y + 1), sheet.px(30), Icon.CHECK, PAID, pen=3)
    sheet.words(line, last.result, 28, 24, 20, bold=True)
    bottom = sheet.px(72)
    button = Box(card.x + gap, card.bottom - bottom - gap, card.w - 2 * gap, bottom)
    sheet.button(button, last.refund, 24, 20, icon_size=32, pen=2.4)
