"""Products as people type them: parsed once, every mistake named at once."""

from datetime import date

import pytest

from server.office.catalogue import (
    CatalogueDraft,
    OperatorDraft,
    ProductDraft,
    read_catalogue,
    read_operator,
    read_product,
)

BEER = {"name": " Bière  ambrée ", "category": "Bières", "price": "3,50", "vat": "2000"}
YANN = {"name": "Yann", "role": "seller", "pin": "4812", "card": "", "until": "2026-06-21"}


def known(number: str) -> bool:
    return number == "17D044C2"


def test_a_product() -> None:
    assert read_product(BEER, 2) == ProductDraft(
        name="Bière ambrée", category="Bières", price=350, vat_bp=2000
    )


@pytest.mark.parametrize(
    "field, value, word",
    [
        ("name", "", "required"),
        ("name", "x" * 65, "too_long"),
        ("name", "a\u0007b", "characters"),
        ("category", " ", "required"),
        ("price", "3,5O", "price"),
        ("price", "", "price"),
        ("vat", "10001", "vat"),
        ("vat", "-1", "vat"),
        ("vat", "", "vat"),
    ],
)
def test_one_mistake_in_a_product(field: str, value: str, word: str) -> None:
    assert read_product({**BEER, field: value}, 2) == {field: word}


def test_all_mistakes_at_once() -> None:
    assert read_product({}, 2) == {
        "name": "required",
        "category": "required",
        "price": "price",
        "vat": "vat",
    }


def test_an_operator() -> None:
    assert read_operator(YANN, had_pin=False, card_exists=known) == OperatorDraft(
        name="Yann", role="seller", pin="4812", card="", until=date(2026, 6, 21)
    )


@pytest.mark.parametrize(
    "change, mistakes",
    [
        ({"pin": "481"}, {"pin": "pin"}),
        ({"pin": "48l2"}, {"pin": "pin"}),
        ({"pin": ""}, {"pin": "opens_with"}),
        ({"role": "boss"}, {"role": "role"}),
        ({"card": "0000-0000"}, {"card": "card"}),
        ({"until": "tomorrow"}, {"until": "date"}),
    ],
)
def test_one_mistake_in_an_operator(change: dict[str, str], mistakes: dict[str, str]) -> None:
    assert read_operator({**YANN, **change}, had_pin=False, card_exists=known) == mistakes


def test_a_card_or_an_old_pin_opens_a_till() -> None:
    card = {**YANN, "pin": "", "card": "17d0-44c2"}
    assert isinstance(read_operator(card, had_pin=False, card_exists=known), OperatorDraft)
    old = {**YANN, "pin": ""}
    assert isinstance(read_operator(old, had_pin=True, card_exists=known), OperatorDraft)


def read(text: str) -> object:
    return read_catalogue(
        text.encode(), scale=2, card_exists=known, has_pin=lambda name: name == "Old"
    )


def test_a_file() -> None:
    found = read(
        '[[product]]\nname="A"\ncategory="B"\nprice=3.5\nvat="5,5"\n'
        '[[operator]]\nname="Old"\nrole="manager"\nuntil=2026-06-21\n'
    )
    assert isinstance(found, CatalogueDraft)
    assert found.products == (ProductDraft(name="A", category="B", price=350, vat_bp=550),)
    assert found.operators[0].until == date(2026, 6, 21)


@pytest.mark.parametrize(
    "text, detail",
    [
        ('[[product]]\nname="A"', "product 1: category (required), price (price)"),
        ("[[operator]]\nrole=1", "operator 1: name (required), role (role), pin (opens_with)"),
        ("[products]\n", "products"),
        ("product = 5", "product: write [[product]]"),
        ("[operator]", "operator: write [[operator]]"),
        ('[[product]]\nname="A"\ncategory="B"\nprice=1\nvat=nan', "product 1: vat (vat)"),
        ('[[product]]\nname="A"\ncategory="B"\nprice=1\nvat=inf', "product 1: vat (vat)"),
    ],
)
def test_a_file_with_a_mistake_says_where(text: str, detail: str) -> None:
    assert read(text) == {"file": "toml", "detail": detail}


def test_what_is_no_toml() -> None:
    broken = read("[[product")
    assert isinstance(broken, dict)
    assert broken["file"] == "toml"
    assert read_catalogue(b"\xff", scale=2, card_exists=known, has_pin=known) == {
        "file": "file_text"
    }
