"""From the till's state to the screen, in one table: a page of the machine → what draws it.

`draw` is pure and total: each state has a screen, and a button that the machine would not answer
carries no event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    AwaitingSale,
    AwaitingVerdict,
    CardShown,
    LastShown,
    Locked,
    MenuShown,
    OutOfOrder,
    Page,
    PaidShown,
    ReaderLostShown,
    Recording,
    RefundAsked,
    RefusedShown,
    ReloadTyped,
    Selling,
    Starting,
    StateShown,
    TakingBack,
    Till,
    TroubleShown,
    TypingAddress,
    Unpaired,
)
from terminal.ui.pages import card, desk, opening, sale
from terminal.ui.pages.pen import Layout, Pen
from terminal.ui.screen import Screen

PAGES: Final[dict[type[Page], Callable[[Pen, Any], Screen]]] = {
    Starting: opening.starting,
    Unpaired: opening.unpaired,
    TypingAddress: opening.typing_address,
    Locked: opening.locked,
    LastShown: opening.last_shown,
    OutOfOrder: opening.out_of_order,
    Selling: sale.sale,
    AwaitingSale: card.await_sale,
    AwaitingCheck: card.await_check,
    AwaitingReload: card.await_reload,
    Recording: card.recording,
    AwaitingVerdict: card.verdict,
    TakingBack: card.taking_back,
    PaidShown: card.paid,
    RefusedShown: card.refused,
    TroubleShown: card.trouble,
    ReaderLostShown: card.reader_lost,
    CardShown: desk.card_shown,
    ReloadTyped: desk.reload,
    RefundAsked: desk.refund,
    StateShown: desk.state,
    MenuShown: desk.menu,
}


def draw(till: Till, layout: Layout) -> Screen:
    """Give the screen of the till's state."""
    return PAGES[type(till.page)](Pen(till=till, layout=layout), till.page)
