"""The page where people sell."""

from __future__ import annotations

from shared.amounts import NO_BREAK_SPACE as SPACE
from terminal.till import pricing, risk
from terminal.till.directory import Category as Group, CategoryId, Directory, Product
from terminal.till.events import (
    AddProduct,
    AskRefund,
    Charge,
    CheckCard,
    ChooseCategory,
    ClearBasket,
    NextPage,
    OpenMenu,
    RemoveProduct,
    RestoreBasket,
)
from terminal.till.receipts import SaleDraft
from terminal.till.state import Selling
from terminal.ui import messages as m, screen
from terminal.ui.pages.pen import MINUTE_MS, Pen
from terminal.ui.screen import Button, Colour, Icon, Look


def sale(pen: Pen, page: Selling) -> screen.Sale:
    """Draw the catalogue, the basket and what can be done with it."""
    till, directory = pen.till, pen.till.directory
    shown = _shown(directory, till.category)
    size = pen.layout.columns * pen.layout.rows
    pages = max(1, -(-len(shown) // size))
    shelf = till.shelf % pages
    total = pricing.total(till.basket, directory)
    return screen.Sale(
        status=pen.status(),
        training=pen.training(),
        strip=strip(pen),
        categories=_categories(pen, directory),
        tiles=_tiles(pen, directory, shown[shelf * size : (shelf + 1) * size]),
        columns=pen.layout.columns,
        rows=pen.layout.rows,
        clear=_clear(pen, page),
        check_card=pen.button("check-card", m.CHECK_A_CARD, CheckCard(), icon=Icon.CARD),
        menu=pen.button("menu", m.MENU, OpenMenu(), icon=Icon.MENU),
        page=pen.button("page", m.PAGE, NextPage() if pages > 1 else None, icon=Icon.RIGHT),
        page_caption=f"{shelf + 1}{SPACE}/{SPACE}{pages}",
        basket=_basket(pen, page, directory),
        empty_title=pen.say(m.BASKET_EMPTY),
        empty_text=pen.say(m.TAP_PRODUCT),
        last_sale=_last_sale(pen),
        total_label=pen.say(m.TOTAL),
        total=pen.money(total),
        charge=pen.button(
            "charge", m.CHARGE, Charge() if total > 0 else None, icon=Icon.CARD, look=Look.MAIN
        ),
        charge_trouble="" if till.reader else pen.say(m.READER_UNPLUGGED),
        left_handed=till.operator is not None and till.operator.left_handed,
    )


def _shown(directory: Directory, category: CategoryId | None) -> list[Product]:
    """Products of a category; the favourites are all products where nobody chose any."""
    if category is not None:
        return [p for p in directory.products if p.category == category]
    favourites = [p for p in directory.products if p.favourite]
    return favourites or list(directory.products)


def _categories(pen: Pen, directory: Directory) -> tuple[screen.Category, ...]:
    chosen = pen.till.category

    def button(name: str, label: str, icon: Icon, value: CategoryId | None) -> Button:
        return Button(
            id=f"category:{name}",
            label=label,
            icon=icon,
            event=ChooseCategory(value),
            look=Look.CHOICE,
            selected=value == chosen,
        )

    top = screen.Category(button=button("top", pen.say(m.FAVOURITES), Icon.STAR, None), colour=None)
    others = tuple(
        screen.Category(button=button(c.id, c.name, _icon(c), c.id), colour=_colour(c))
        for c in directory.categories
    )
    return (top, *others)


def _icon(group: Group | None) -> Icon:
    """Draw a star where the node names an icon that this till cannot draw (yet)."""
    return Icon(group.icon) if group and group.icon in set(Icon) else Icon.STAR


def _colour(group: Group | None) -> Colour:
    return Colour(group.colour) if group and group.colour in set(Colour) else Colour.SLATE


def _tiles(pen: Pen, directory: Directory, products: list[Product]) -> tuple[screen.Tile, ...]:
    groups = {c.id: c for c in directory.categories}
    quantities = dict(pen.till.basket)
    return tuple(
        screen.Tile(
            button=Button(
                id=f"product:{p.id}",
                label=p.name,
                icon=_icon(groups.get(p.category)),
                event=AddProduct(p.id),
            ),
            price=pen.money(p.price),
            colour=_colour(groups.get(p.category)),
            quantity=quantities.get(p.id, 0),
        )
        for p in products
    )


def _basket(pen: Pen, page: Selling, directory: Directory) -> tuple[screen.BasketLine, ...]:
    groups = {c.id: c for c in directory.categories}
    known = pricing.products(directory)
    return tuple(
        screen.BasketLine(
            name=known[p].name,
            detail=f"{n}{SPACE}×{SPACE}{pen.money(known[p].price)}",
            amount=pen.money(known[p].price * n) if n > 1 else "",
            colour=_colour(groups.get(known[p].category)),
            remove=Button(
                id=f"remove:{p}",
                label=pen.say(m.REMOVE_ONE, name=known[p].name),
                icon=Icon.MINUS,
                event=RemoveProduct(p),
            ),
            touched=p == page.touched,
        )
        for p, n in pen.till.basket
    )


def _clear(pen: Pen, page: Selling) -> Button:
    if page.cleared:
        return pen.button("restore", m.RESTORE, RestoreBasket(), icon=Icon.UNDO)
    event = ClearBasket() if pen.till.basket else None
    return pen.button("clear", m.CLEAR, event, icon=Icon.BIN)


def _last_sale(pen: Pen) -> screen.LastSaleBox | None:
    last = pen.till.last
    if pen.till.basket or last is None or not isinstance(last.draft, SaleDraft):
        return None
    return screen.LastSaleBox(
        caption=pen.say(m.LAST_SALE, clock=pen.clock(last.at_ms)),
        result=pen.say(m.PAID_AMOUNT, amount=pen.money(last.draft.total)),
        refund=pen.button("refund", m.REFUND, AskRefund(), icon=Icon.UNDO),
    )


def strip(pen: Pen) -> screen.Strip | None:
    """Say that the till is offline: calm, and amber only when sales will stop or have stopped."""
    till = pen.till
    if till.link.refused is not None:
        text, aside = pen.say(m.STOPPED), pen.say(m.ASK_ADMIN)
        return screen.Strip(text=text, aside=aside, urgent=True)
    if pen.online():
        return None
    age_ms = risk.offline_ms(till)
    limit_ms = min(till.directory.policy.soft_ms, till.directory.policy.hard_ms)
    if age_ms > limit_ms:
        return screen.Strip(text=pen.say(m.SALES_STOPPED), aside=pen.to_send(), urgent=True)
    if not till.trusted_clock:
        return screen.Strip(text=pen.say(m.TWO_SALES), aside=pen.to_send(), urgent=True)
    if till.link.stranger:
        return screen.Strip(text=pen.say(m.STRANGER), aside=pen.say(m.ASK_ADMIN), urgent=True)
    if age_ms > limit_ms - risk.WARN_MS:
        until = pen.clock(till.now_ms - age_ms + limit_ms)
        text = pen.say(m.RECONNECT, clock=until)
        return screen.Strip(text=text, aside=pen.to_send(), urgent=True)
    return screen.Strip(text=offline_since(pen), aside=pen.say(m.YOU_CAN_SELL))


def offline_since(pen: Pen) -> str:
    """Write for how long the node has not answered, and what waits for it."""
    answered_ms = pen.till.link.last_answer_ms
    lasted_ms = 0 if answered_ms is None else pen.till.now_ms - answered_ms
    waits = pen.till.unsent.count > 0
    if lasted_ms < MINUTE_MS:
        return pen.say(m.OFFLINE_ONLY, to_send=pen.to_send()) if waits else pen.say(m.OFFLINE)
    time = pen.duration(lasted_ms)
    if waits:
        return pen.say(m.OFFLINE_SINCE, time=time, to_send=pen.to_send())
    return pen.say(m.OFFLINE_QUIET, time=time)
