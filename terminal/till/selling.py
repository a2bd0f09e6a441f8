"""The sale page: filling the basket, and the ways to the other pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from terminal.till import pricing
from terminal.till.commands import Signal, Tune
from terminal.till.directory import ProductId
from terminal.till.events import (
    AddProduct,
    AskRefund,
    Charge,
    CheckCard,
    ChooseCategory,
    ClearBasket,
    Event,
    NextPage,
    Pulled,
    RemoveProduct,
    RestoreBasket,
    Tick,
)
from terminal.till.opening import home, locked
from terminal.till.state import (
    AwaitingCheck,
    AwaitingSale,
    Page,
    ReaderLostShown,
    RefundAsked,
    Selling,
    Step,
    Till,
)

RESTORE_MS: Final = 10_000


def add_product(till: Till, _page: Selling, event: AddProduct) -> Step:
    """One more of a product, if it is (still) in the catalogue."""
    if event.product not in pricing.products(till.directory):
        return till, ()
    return _touched(till, pricing.add(till.basket, event.product), event.product)


def remove_product(till: Till, _page: Selling, event: RemoveProduct) -> Step:
    """One fewer of a product."""
    return _touched(till, pricing.remove(till.basket, event.product), event.product)


def _touched(till: Till, basket: pricing.Basket, product: ProductId) -> Step:
    return replace(till, basket=basket, page=Selling(touched=product)), ()


def choose_category(till: Till, _page: Selling, event: ChooseCategory) -> Step:
    """Show a category's products, from its first page."""
    return replace(till, category=event.category, shelf=0), ()


def next_page(till: Till, _page: Selling, _event: NextPage) -> Step:
    """Show the next page of the category; the view goes round."""
    return replace(till, shelf=till.shelf + 1), ()


def clear_basket(till: Till, _page: Selling, _event: ClearBasket) -> Step:
    """Empty the basket, and offer it back for a while."""
    if not till.basket:
        return till, ()
    cleared = Selling(cleared=till.basket, cleared_until_ms=till.now_ms + RESTORE_MS)
    return replace(till, basket=(), page=cleared), ()


def restore_basket(till: Till, page: Selling, _event: RestoreBasket) -> Step:
    """Put the cleared basket back, as far as it is still sold."""
    if not page.cleared:
        return till, ()
    basket = pricing.still_sold(page.cleared, till.directory)
    return replace(till, basket=basket, page=Selling()), ()


def selling_tick(till: Till, page: Selling, _event: Tick) -> Step:
    """Stop offering the cleared basket."""
    if page.cleared and till.now_ms >= page.cleared_until_ms:
        return till.on(Selling()), ()
    return till, ()


def selling_pulled(till: Till, page: Selling, _event: Pulled) -> Step:
    """Close when the one who was logged in may not sell any more."""
    return till.on(page if till.operator else locked()), ()


def charge(till: Till, _page: Selling, _event: Charge) -> Step:
    """Wait for the card (VALIDER). Where nothing is to be charged, nothing happens."""
    if pricing.total(till.basket, till.directory) <= 0:
        return till, ()
    return await_card(till, AwaitingSale())


def check_card(till: Till, _page: Selling, _event: CheckCard) -> Step:
    """Lire une carte."""
    return await_card(till, AwaitingCheck())


def await_card(till: Till, page: Page) -> Step:
    """Wait for a card, or first for the reader."""
    if till.reader:
        return till.on(page), (Signal(Tune.WAITING),)
    return till.on(ReaderLostShown(page)), (Signal(Tune.ATTENTION),)


def ask_refund(till: Till, page: Selling, _event: AskRefund) -> Step:
    """Rembourser: ask first."""
    return till.on(page if till.last is None else RefundAsked(till.last)), ()


def reader_lost(till: Till, page: Page, _event: Event) -> Step:
    """Say which cable to plug in; the awaited card is awaited again afterwards."""
    return till.on(ReaderLostShown(page)), (Signal(Tune.ATTENTION),)


def reader_found(till: Till, page: ReaderLostShown, _event: Event) -> Step:
    """Go on by itself with what was interrupted."""
    return await_card(till, page.then)


def to_sale(till: Till, _page: Page, _event: Event) -> Step:
    """Back to the basket, which never went away; or to the lock, where nobody is logged in."""
    return till.on(home(till)), (Signal(Tune.QUIET),)
