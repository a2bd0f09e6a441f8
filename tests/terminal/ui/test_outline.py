"""Screens as plain data."""

from __future__ import annotations

import json

import pytest

from terminal.till.events import AddProduct, AddressTyped
from terminal.till.state import Starting, TypingAddress
from terminal.ui.outline import as_json, buttons, find
from terminal.ui.screen import AddressEntry, Sale
from tests.terminal.till.dialogue import BEER

from .pages.drawing import drawn


def test_buttons_come_in_the_order_of_the_screen() -> None:
    names = [button.id for button in buttons(drawn(Sale, basket=((BEER, 1),)))]
    assert names[:3] == ["state", "category:top", "category:beers"]
    assert names[-2:] == ["remove:beer", "charge"]


def test_a_button_is_found_by_its_id_unless_it_is_off() -> None:
    page = drawn(Sale)
    assert find(page, f"product:{BEER}") == AddProduct(BEER)
    assert find(page, "charge") is None
    assert find(page, "nonsense") is None


def test_an_address_can_be_typed_where_there_is_a_keyboard() -> None:
    entry = drawn(AddressEntry, TypingAddress())
    assert find(entry, "address:http://[::1]:8000") == AddressTyped("http://[::1]:8000")
    assert find(drawn(Sale), "address:x") is None


def test_a_screen_as_json() -> None:
    told = json.loads(json.dumps(as_json(drawn(Sale, basket=((BEER, 1),)))))
    assert told["type"] == "Sale"
    assert told["total"] == "5,00\u00a0€"
    assert told["charge"]["event"] == "Charge"
    assert told["tiles"][0]["quantity"] == 1
    assert told["strip"]["urgent"] is False
    assert told["last_sale"] is None


def test_only_screens_become_json() -> None:
    with pytest.raises(TypeError, match="no place for float"):
        as_json(1.5)
    with pytest.raises(TypeError, match="no place for type"):
        as_json(Starting)
