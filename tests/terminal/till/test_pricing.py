"""What a basket costs, and what to take out of it."""

from __future__ import annotations

import pytest

from terminal.till.pricing import Basket, Removal, add, lines, removal, remove, total

from .dialogue import BEER, CUP, CUP_BACK, DIRECTORY, JUG, LEMONADE, sold


def test_a_line_holds_at_most_999() -> None:
    assert add(((BEER, 999),), BEER) == ((BEER, 999),)


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert remove(((BEER, 1),), LEMONADE) == ((BEER, 1),)


def test_a_total_counts_deposits_back() -> None:
    assert total(((BEER, 2), (LEMONADE, 1), (CUP_BACK, 2)), DIRECTORY) == 1100


def test_lines_keep_names_and_prices() -> None:
    assert lines(((BEER, 2), (CUP, 1)), DIRECTORY) == (sold(BEER, 2), sold(CUP))


@pytest.mark.parametrize(
    "basket, room, expected",
    [
        # of two beers and a lemonade, a beer goes: there is most of it
        (
            ((BEER, 2), (LEMONADE, 1), (CUP, 1)),
            1250,
            Removal(product=BEER, quantity=1, new_total=900),
        ),
        # one of each: the cheapest that is enough
        (
            ((BEER, 1), (LEMONADE, 1), (CUP, 1)),
            600,
            Removal(product=LEMONADE, quantity=1, new_total=600),
        ),
        # one jug less is not enough, two beers are
        (((BEER, 3),), 500, Removal(product=BEER, quantity=2, new_total=500)),
        # taking a returned cup out makes it dearer: never proposed
        (((BEER, 1), (CUP_BACK, 1)), 300, None),
        # nothing may remain to charge
        (((JUG, 1),), 1250, None),
        # no single product is enough
        (((BEER, 1), (JUG, 1), (LEMONADE, 1)), 100, None),
    ],
)
def test_the_smallest_thing_to_give_up(basket: Basket, room: int, expected: Removal | None) -> None:
    assert removal(basket, DIRECTORY, room) == expected
