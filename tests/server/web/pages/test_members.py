"""What an administrator does, over plain HTTP."""

import io

from tests.server.web.pages.visitor import PASSWORD, Visitor
from tools.screenshots import web


def test_pairing_shows_a_code_and_then_the_id_to_compare(claire: Visitor) -> None:
    claire.see("/terminals/pair")
    assert "Fill this in." in claire.send("/terminals/pair", {"name": "", "place": "bar"})
    text = claire.send("/terminals/pair", {"name": "Bar 7", "place": "bar"})
    assert "482 913" in text
    assert "Valid until 22:57, once only." in text
    claire.office.join("c4")
    assert "MOUL 4417" in claire.see("/terminals/pair/c4")


def test_revoking_states_its_consequences_and_wants_the_password(claire: Visitor) -> None:
    text = claire.see("/terminals/bar-2/revoke")
    assert "38 unsent sales, €263.50," in text
    assert "€1,500.00 at most" in text
    text = claire.send("/terminals/bar-2/revoke", {"reason": "broken", "password": "no"})
    assert "This is not your password." in text
    claire.send("/terminals/bar-2/revoke", {"reason": "broken", "password": PASSWORD})
    assert claire.office.acts[-1] == "revoke bar-2 broken"


def test_filters_show_what_they_say(claire: Visitor) -> None:
    assert "Bar 1" not in claire.see("/terminals?show=care")
    assert "Bar 2" not in claire.see("/terminals?show=revoked").split("What does")[0]


def test_a_card_file_is_previewed_then_enters_at_once(claire: Visitor) -> None:
    claire.see("/cards/import")
    file = (io.BytesIO(web.CARD_FILE.encode()), "lot.csv")
    text = claire.send("/cards/import", {"file": file})
    assert "3 lines of lot.csv are wrong." in text
    assert "The printed number is not 8 characters" in text
    assert "Import 2 cards" not in text
    assert len(claire.office.cards_) == 4
    claire.see("/cards/import/i2")
    text = claire.send("/cards/import/i2", {})
    assert "2 cards registered." in text
    assert len(claire.office.cards_) == 6


def test_blocking_a_card_says_who_knows_it(claire: Visitor) -> None:
    assert "Its money waits: €12.50 and 7.00 G" in claire.see("/cards/17D044C2/block")
    text = claire.send("/cards/17D044C2/block", {"password": PASSWORD})
    assert "4 terminals out of 6 know it already." in text
    assert "Bar 2 and Buvette du lac do not know yet" in text


def test_a_search_takes_a_number_however_it_is_grouped(claire: Visitor) -> None:
    assert "8E6B-D7F1" in claire.see("/cards?q=8e6b-d7f1")
    assert "No card for “ZZZZ”" in claire.see("/cards?q=ZZZZ")


def test_a_price_with_a_mistake_keeps_what_was_typed(claire: Visitor) -> None:
    claire.see("/products?edit=p2")
    form = {"name": "Cidre", "category": "Bières", "price": "3,5O", "vat": "2000"}
    text = claire.send("/products/p2", form)
    assert "Write a price like 3.50." in text
    assert claire.page is not None
    assert 'value="3,5O"' in claire.page.get_data(as_text=True)
    text = claire.send("/products/p2", {**form, "price": "3,60"})
    assert "“Cidre” is saved. 4 terminals out of 6 have it already." in text
    assert claire.office.acts[-1] == "product Cidre 360"


def test_somebody_needs_a_pin_or_a_card(claire: Visitor) -> None:
    claire.see("/team?edit=new")
    form = {"name": "Léa", "role": "seller", "pin": "", "card": "", "until": ""}
    assert "Give a PIN or a staff card." in claire.send("/team/new", form)
    assert "Léa is saved." in claire.send("/team/new", {**form, "pin": "4812"})
