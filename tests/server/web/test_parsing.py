"""What people type into forms: amounts, days, names."""

from datetime import date

import pytest

from server.web.parsing import (
    read_amount,
    read_card_number,
    read_day,
    read_price,
    write_card_number,
)


@pytest.mark.parametrize(
    "text, amount",
    [
        ("3,50", 350),
        ("3.5", 350),
        (" 1\u202f234,50 € ", 123_450),
        ("20", 2000),
        ("3,5O", None),
        ("", None),
        ("0", None),
        ("-3", None),
        ("1,005", None),
        ("١٢", None),
        ("9" * 13, None),
        ("1e3", None),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: int | None) -> None:
    assert read_amount(text, 2) == amount


def test_an_asset_without_decimals_takes_none() -> None:
    assert (read_amount("3", 0), read_amount("3,5", 0)) == (3, None)


def test_days() -> None:
    assert read_day("2026-06-21") == date(2026, 6, 21)
    assert read_day("21/06/2026") is None


def test_card_numbers_however_grouped() -> None:
    assert read_card_number(" 17d0-44c2 ") == "17D044C2"
    assert write_card_number("17D044C2") == "17D0-44C2"
    assert write_card_number("other") == "other"


@pytest.mark.parametrize(
    "text, price",
    [
        ("3,50", 350),
        ("-1,00", -100),
        ("\u22121 €", -100),
        ("- 1", -100),
        ("--1", None),
        ("0", None),
    ],
)
def test_a_price_may_be_negative(text: str, price: int | None) -> None:
    assert read_price(text, 2) == price
