"""The sale page, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.errors import Code
from terminal.till.events import ChooseCategory, ClearBasket, NextPage, RestoreBasket, Unsent
from terminal.till.state import Link, Selling
from terminal.ui.pages.pen import Layout
from terminal.ui.screen import Colour, Icon, Sale
from terminal.ui.view import draw
from tests.terminal.till.dialogue import (
    BEER,
    CUP_BACK,
    DIRECTORY,
    HOUR,
    LEMONADE,
    MINUTE,
    NOW,
    ONLINE,
    OPERATORS,
    PRODUCTS,
    SOFTS,
    entry,
    sale,
    sold,
    till,
)

from .drawing import drawn

UNSENT = Unsent(count=14, amount=9650)


def test_a_basket() -> None:
    page = drawn(Sale, Selling(touched=LEMONADE), basket=((BEER, 2), (LEMONADE, 1)))
    assert page.total == "13,00\u00a0€"
    assert page.charge.label == "VALIDER"
    assert page.charge.event is not None
    beer, lemonade = page.basket
    assert (beer.name, beer.detail, beer.amount) == (
        "Bière pression",
        "2\u00a0×\u00a05,00\u00a0€",
        "10,00\u00a0€",
    )
    assert (lemonade.detail, lemonade.amount, lemonade.touched) == (
        "1\u00a0×\u00a03,00\u00a0€",
        "",
        True,
    )
    assert [tile.quantity for tile in page.tiles] == [2, 0, 1, 0, 0]
    assert page.tiles[4].price == "\u22121,00\u00a0€"
    assert page.tiles[0].colour is Colour.OCHRE
    assert page.last_sale is None


def test_an_empty_basket_shows_the_last_sale() -> None:
    page = drawn(Sale, last=entry(sale(sold(BEER))))
    assert page.last_sale is not None
    assert page.last_sale.caption == "Dernière vente · 22:46"
    assert page.last_sale.result == "Payé 5,00\u00a0€"
    assert page.charge.event is None
    assert page.clear.event is None


def test_only_a_positive_total_can_be_charged() -> None:
    page = drawn(Sale, basket=((CUP_BACK, 1),))
    assert page.total == "\u22121,00\u00a0€"
    assert page.charge.event is None


def test_clearing_and_putting_back() -> None:
    assert drawn(Sale, basket=((BEER, 1),)).clear.event == ClearBasket()
    cleared = drawn(Sale, Selling(cleared=((BEER, 1),), cleared_until_ms=NOW + 1))
    assert cleared.clear.event == RestoreBasket()
    assert cleared.clear.label == "Remettre le panier"


def test_categories_with_their_products() -> None:
    page = drawn(Sale, category=SOFTS)
    assert [tile.button.label for tile in page.tiles] == ["Limonade"]
    top, beers, softs, _ = page.categories
    assert (top.button.label, top.button.icon, top.colour) == ("Favoris", Icon.STAR, None)
    assert beers.button.event == ChooseCategory(beers.button.id.removeprefix("category:"))  # type: ignore[arg-type]  # an id is a string
    assert [c.button.selected for c in (top, beers, softs)] == [False, False, True]


def test_favourites_only_where_somebody_chose_some() -> None:
    liked = tuple(replace(p, favourite=p.id == BEER) for p in PRODUCTS)
    page = drawn(Sale, directory=replace(DIRECTORY, products=liked))
    assert [tile.button.label for tile in page.tiles] == ["Bière pression"]


def test_pages_go_round() -> None:
    two = Layout(columns=2, rows=1)
    first = draw(till(), two)
    third = draw(till(shelf=2), two)
    again = draw(till(shelf=3), two)
    assert isinstance(first, Sale)
    assert isinstance(third, Sale)
    assert first.page.event == NextPage()
    assert (first.page_caption, third.page_caption) == ("1\u00a0/\u00a03", "3\u00a0/\u00a03")
    assert len(third.tiles) == 1
    assert again == first
    assert drawn(Sale).page.event is None


def test_words_that_the_node_invents_are_drawn_plainly() -> None:
    odd = tuple(replace(c, icon="unicorn", colour="pink") for c in DIRECTORY.categories)
    page = drawn(Sale, directory=replace(DIRECTORY, categories=odd))
    assert page.tiles[0].button.icon is Icon.STAR
    assert page.tiles[0].colour is Colour.SLATE


def test_a_lost_reader_stands_where_one_charges() -> None:
    page = drawn(Sale, reader=False, basket=((BEER, 1),))
    assert page.charge_trouble == "Lecteur débranché"
    assert page.status.reader.label == "Débranché"
    assert page.status.reader.trouble


def test_left_handed_is_the_operator_s() -> None:
    assert drawn(Sale, operator=OPERATORS[1]).left_handed
    assert not drawn(Sale).left_handed


def test_english() -> None:
    page = drawn(Sale, language="en", basket=((BEER, 2),), unsent=UNSENT)
    assert page.total == "€10.00"
    assert page.charge.label == "CHARGE"
    assert page.strip is not None
    assert page.strip.text == "Offline for 12\u00a0min · 14\u00a0sales (€96.50) to send"
    assert page.strip.aside == "You can sell"


# --- The strip ----------------------------------------------------------------------------------


def offline_for(age: int) -> Link:
    return Link(last_answer_ms=NOW - age, last_sync_ms=NOW - age)


@pytest.mark.parametrize(
    "known, text, urgent",
    [
        (
            {"unsent": UNSENT},
            "Hors ligne depuis 12\u00a0min · 14\u00a0ventes (96,50\u00a0€) à envoyer",
            False,
        ),
        ({}, "Hors ligne depuis 12\u00a0min", False),
        ({"link": offline_for(3 * HOUR)}, "Hors ligne depuis 3\u00a0h", False),
        (
            {"link": Link(last_sync_ms=NOW - MINUTE)},
            "Hors ligne",
            False,
        ),
        (
            {"link": offline_for(59_000), "unsent": UNSENT},
            "Hors ligne · 14\u00a0ventes (96,50\u00a0€) à envoyer",
            False,
        ),
        (
            {"link": offline_for(3 * HOUR + 32 * MINUTE), "unsent": UNSENT},
            "Reconnectez avant 23:15\u00a0: après, la vente s’arrête",
            True,
        ),
        (
            {"link": offline_for(4 * HOUR + 1)},
            "Reconnectez cette caisse\u00a0: la vente est arrêtée",
            True,
        ),
        ({"trusted_clock": False}, "Reconnectez\u00a0: heure inconnue, deux ventes au plus", True),
        (
            {"link": replace(offline_for(3 * HOUR), stranger=True)},
            "Ce serveur ne prouve pas qu’il est le nôtre",
            True,
        ),
        (
            {"link": Link(refused=Code.AUTHOR_REVOKED)},
            "Cette caisse ne peut plus vendre",
            True,
        ),
    ],
)
def test_the_strip_is_calm_until_sales_will_stop(
    known: dict[str, Any], text: str, urgent: bool
) -> None:
    strip = drawn(Sale, **known).strip
    assert strip is not None
    assert (strip.text, strip.urgent) == (text, urgent)


def test_online_there_is_no_strip() -> None:
    page = drawn(Sale, link=ONLINE)
    assert page.strip is None
    assert page.status.network.label == "En ligne"


def test_the_status_bar_always_counts_what_is_unsent() -> None:
    bar = drawn(Sale, unsent=UNSENT).status
    assert (bar.place, bar.point_of_sale, bar.clock) == ("Le Grand Champ", "Bar 2", "22:47")
    assert (bar.unsent.label, bar.unsent_count, bar.unsent_amount) == (
        "14\u00a0à envoyer",
        14,
        "96,50\u00a0€",
    )
    assert (bar.operator.label, bar.network.label, bar.network.trouble) == (
        "Maïa",
        "Hors ligne",
        True,
    )


def test_training_is_written_over_everything() -> None:
    page = drawn(Sale, training=True)
    assert page.training == "MODE ÉCOLE · rien n’est payé pour de vrai"
