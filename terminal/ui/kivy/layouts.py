"""The table of layouts: which function draws which class of screen."""

from collections.abc import Callable
from typing import Any, Final

from terminal.ui.kivy.elements import Page
from terminal.ui.kivy.metrics import Metrics
from terminal.ui.kivy.screens import card, doubt, entry, review, sale, state
from terminal.ui.kivy.sheet import Sheet
from terminal.ui.kivy.text import Typesetter
from terminal.ui.screen import (
    AddressEntry,
    CardCheck,
    CardHeld,
    CardTrouble,
    CardWait,
    CashReload,
    Checking,
    LastSale,
    Locked,
    Menu,
    OutOfOrder,
    Paid,
    Pairing,
    ReaderUnplugged,
    RefundAsk,
    Refused,
    Sale,
    SameCardAgain,
    Screen,
    StatePage,
)

LAYOUTS: Final[dict[type[Screen], Callable[[Any, Sheet], Page]]] = {
    CardCheck: review.card_check,
    CardHeld: card.card_held,
    CardTrouble: doubt.card_trouble,
    CardWait: card.card_wait,
    CashReload: entry.cash_reload,
    Checking: doubt.checking,
    LastSale: review.last_sale,
    Locked: entry.locked,
    Menu: state.menu,
    OutOfOrder: doubt.out_of_order,
    Paid: card.paid,
    Pairing: entry.pairing,
    ReaderUnplugged: doubt.reader_unplugged,
    RefundAsk: review.refund_ask,
    Refused: card.refused,
    Sale: sale.sale,
    SameCardAgain: doubt.same_card_again,
    StatePage: state.state_page,
}
"""`AddressEntry` is not in it: it also needs what was typed so far."""


def lay_out(
    screen: Screen, metrics: Metrics, typesetter: Typesetter, draft: str | None = None
) -> Page:
    """Return the page that shows a screen. `draft` is an address that is being typed."""
    sheet = Sheet(metrics, typesetter)
    if isinstance(screen, AddressEntry):
        return entry.address_entry(screen, sheet, draft)
    return LAYOUTS[type(screen)](screen, sheet)
