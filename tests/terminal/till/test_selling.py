"""The sale page."""

from __future__ import annotations

from dataclasses import replace

from terminal.till.commands import Signal, Tune
from terminal.till.directory import ProductId
from terminal.till.events import (
    AddProduct,
    Back,
    Charge,
    CheckCard,
    ChooseCategory,
    ClearBasket,
    NextPage,
    NodeLost,
    Pulled,
    ReaderFound,
    ReaderLost,
    RemoveProduct,
    RestoreBasket,
    Tick,
)
from terminal.till.state import (
    AwaitingCheck,
    AwaitingSale,
    Locked,
    ReaderLostShown,
    Selling,
)

from .dialogue import (
    BEER,
    CUP_BACK,
    DIRECTORY,
    LEMONADE,
    MINUTE,
    NOTHING,
    NOW,
    PRODUCTS,
    SECOND,
    SOFTS,
    Dialogue,
    selling,
)


def test_the_basket_keeps_the_order_of_the_first_taps() -> None:
    filled = (
        selling()
        >> AddProduct(LEMONADE)
        >> AddProduct(BEER)
        >> AddProduct(BEER)
        >> AddProduct(LEMONADE)
        >> RemoveProduct(LEMONADE)
        >> AddProduct(ProductId("nonsense"))
    ).ends_on(Selling(touched=LEMONADE))
    assert filled.basket == ((LEMONADE, 1), (BEER, 2))


def test_the_last_minus_takes_the_line_away() -> None:
    assert (selling(basket=((BEER, 1),)) >> RemoveProduct(BEER)).till.basket == ()


def test_categories_and_pages() -> None:
    turned = (selling() >> NextPage() >> NextPage()).till
    assert turned.shelf == 2
    chosen = (selling(shelf=2) >> ChooseCategory(SOFTS)).till
    assert (chosen.category, chosen.shelf) == (SOFTS, 0)


def test_a_cleared_basket_can_be_put_back_for_ten_seconds() -> None:
    cleared = selling(basket=((BEER, 2),)) >> ClearBasket() >> Tick(NOW + 9 * SECOND)
    assert cleared.till.basket == ()
    assert (cleared >> RestoreBasket()).till.basket == ((BEER, 2),)
    late = selling(basket=((BEER, 2),)) >> ClearBasket() >> Tick(NOW + 10 * SECOND)
    assert (late >> RestoreBasket()).ends_on(Selling()).basket == ()


def test_an_empty_basket_has_nothing_to_clear() -> None:
    (selling() >> ClearBasket() >> RestoreBasket()).ends_on(Selling())


def test_a_new_product_ends_the_offer_to_put_back() -> None:
    told = selling(basket=((BEER, 2),)) >> ClearBasket() >> AddProduct(LEMONADE)
    assert (told >> RestoreBasket()).till.basket == ((LEMONADE, 1),)


def test_only_something_to_pay_is_charged() -> None:
    (selling() >> Charge()).ends_on(Selling)
    (selling(basket=((CUP_BACK, 1),)) >> Charge()).ends_on(Selling)


def test_without_a_reader_the_till_says_so_and_goes_on_when_it_is_back() -> None:
    (
        selling(basket=((BEER, 1),))
        >> ReaderLost()
        >> Charge()
        << Signal(Tune.ATTENTION)
        >> ReaderFound()
        << Signal(Tune.WAITING)
        >> Back()
        << Signal(Tune.QUIET)
    ).ends_on(Selling)
    (selling(reader=False) >> CheckCard() << Signal(Tune.ATTENTION)).ends_on(
        ReaderLostShown(AwaitingCheck())
    )
    (
        selling(reader=False, basket=((BEER, 1),))
        >> Charge()
        << Signal(Tune.ATTENTION)
        >> Back()
        << Signal(Tune.QUIET)
    ).ends_on(Selling)


def test_charging_and_thinking_again_keeps_the_basket() -> None:
    told = selling(basket=((BEER, 1),)) >> Charge() << Signal(Tune.WAITING)
    told.ends_on(AwaitingSale)
    assert (told >> Back() << Signal(Tune.QUIET)).ends_on(Selling()).basket == ((BEER, 1),)


def news(**changes: object) -> Pulled:
    directory = replace(DIRECTORY, **changes)  # type: ignore[arg-type]  # a test's own fields
    return Pulled(
        at_ms=NOW + MINUTE, directory=directory, verdicts=(), settled_seq=0, unsent=NOTHING
    )


def test_what_left_the_catalogue_leaves_the_basket() -> None:
    told = (selling(basket=((BEER, 1), (LEMONADE, 2))) >> news(products=PRODUCTS[1:])).till
    assert told.basket == ((LEMONADE, 2),)


def test_who_left_the_staff_is_logged_out_with_the_basket_kept() -> None:
    told = (selling(basket=((BEER, 1),)) >> news(operators=())).ends_on(Locked)
    assert told.operator is None
    assert told.basket == ((BEER, 1),)


def test_news_leave_the_page_alone() -> None:
    told = (selling() >> AddProduct(BEER) >> news()).ends_on(Selling(touched=BEER))
    assert told.link.last_sync_ms == NOW + MINUTE


def test_a_stranger_at_the_nodes_address_does_not_stop_the_till() -> None:
    """Who cannot prove to be our node is no node: the till sells on as without network."""
    met = (selling() >> NodeLost(stranger=True)).ends_on(Selling)
    assert (met.link.lost, met.link.stranger, met.link.refused) == (True, True, None)
    gone = (Dialogue(met) >> NodeLost()).ends_on(Selling)
    assert (gone.link.lost, gone.link.stranger) == (True, False)
