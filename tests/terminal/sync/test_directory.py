"""Wire lines as the till reads them."""

from __future__ import annotations

import msgspec
import pytest

from shared.policy import OFFLINE
from shared.wire import AssetLine, CardLine, CategoryLine, OperatorLine, ProductLine
from terminal.sync.directory import (
    day_starts_ms,
    first_directory,
    make_cards,
    make_directory,
    offset_minutes,
)
from terminal.till.directory import Card, CardStatus, Cash, Category, Operator, Product, Role
from tests.terminal.sync.node_model import CARD, CATALOGUE, PAIR, T0

LOCAL = {
    "asset": "GRAIN",
    "class": "local",
    "cash": "offline",
    "name": "Grain",
    "scale": 2,
    "symbol": "G",
}
GIFT = LOCAL | {"asset": "GIFT", "class": "gift", "cash": "no"}


def asset(line: dict[str, object]) -> AssetLine:
    return msgspec.convert(line, AssetLine)


FULL = msgspec.structs.replace(
    CATALOGUE,
    assets=(asset(GIFT), asset(LOCAL), *CATALOGUE.assets),
    categories=(CategoryLine(category="drinks", colour="blue", icon="glass", label="Bar"),),
    products=(
        ProductLine(
            category="drinks", favourite=True, item="beer", label="Bière", price=500, vat=2000
        ),
    ),
    operators=(
        OperatorLine(
            card="", left_handed=True, name="Zoé", operator="zoe", pin="$v", role="manager"
        ),
        OperatorLine(
            card=CARD, left_handed=False, name="Max", operator="max", pin="", role="seller"
        ),
    ),
)


def test_assets_categories_and_products_find_their_place() -> None:
    view = make_directory(PAIR, FULL, {}, OFFLINE, T0)

    assert view.currency == "FED"
    assert {name: (a.here, a.federated, a.cash) for name, a in view.assets.items()} == {
        "GIFT": (False, False, Cash.NO),
        "GRAIN": (True, False, Cash.OFFLINE),
        "FED": (True, True, Cash.ONLINE),
    }
    assert [(c.id, c.name, c.colour, c.icon) for c in view.categories] == [
        ("drinks", "Bar", "blue", "glass")
    ]
    assert isinstance(view.categories[0], Category)
    beer = view.products[0]
    assert isinstance(beer, Product)
    assert (beer.id, beer.name, beer.price, beer.vat_bp, beer.favourite) == (
        "beer",
        "Bière",
        500,
        2000,
        True,
    )
    assert (view.as_of_ms, view.utc_offset_minutes, view.policy) == (T0, 120, OFFLINE)


def test_operators_find_their_place() -> None:
    view = make_directory(PAIR, FULL, {}, OFFLINE, T0)

    zoe, max_ = view.operators
    assert isinstance(zoe, Operator)
    assert (zoe.id, zoe.role, zoe.card, zoe.pin, zoe.left_handed) == (
        "zoe",
        Role.MANAGE,
        None,
        "$v",
        True,
    )
    assert (max_.role, max_.card) == (Role.SELL, CARD)


def test_without_the_federated_token_prices_are_in_the_local_one() -> None:
    catalogue = msgspec.structs.replace(CATALOGUE, assets=(asset(GIFT), asset(LOCAL)))

    assert make_directory(PAIR, catalogue, {}, OFFLINE, T0).currency == "GRAIN"


def test_a_place_without_assets_still_makes_a_till() -> None:
    catalogue = msgspec.structs.replace(CATALOGUE, assets=())
    view = make_directory(PAIR, catalogue, {}, OFFLINE, T0)

    assert view.currency in view.assets


def test_a_card_has_what_the_node_says() -> None:
    line = msgspec.convert(
        {
            "card": CARD,
            "money": [{"amount": 250, "asset": "FED"}],
            "number": "12345678",
            "status": "blocked",
            "tier": "T0",
            "wallet": "b" * 32,
        },
        CardLine,
    )

    assert make_cards([line]) == {
        CARD: Card(
            ref=CARD,
            number="12345678",
            tier="T0",
            status=CardStatus.BLOCKED,
            balances={"FED": 250},  # type: ignore[dict-item]  # an asset's code
        )
    }


def test_between_the_pairing_and_the_first_deltas_the_place_is_known() -> None:
    view = first_directory(PAIR)

    assert (view.place, view.place_name, view.point_of_sale) == ("bar", "Le Bar", "Bar 1")
    assert view.products == ()


@pytest.mark.parametrize(
    "zone, at_ms, minutes",
    [
        ("Europe/Paris", 1_790_000_000_000, 120),  # September 2026: summer time
        ("Europe/Paris", 1_800_000_000_000, 60),  # January 2027
        ("UTC", 1_790_000_000_000, 0),
        ("Nowhere/Land", 1_790_000_000_000, 0),
        ("../etc/passwd", 1_790_000_000_000, 0),
    ],
)
def test_local_time_follows_the_zone(zone: str, at_ms: int, minutes: int) -> None:
    assert offset_minutes(zone, at_ms) == minutes


def test_a_business_day_begins_at_six_in_the_morning() -> None:
    day_ms = 86_400_000
    six_paris = 20_000 * day_ms + 4 * 3_600_000  # 04:00 UTC is 06:00 in Paris in summer

    assert day_starts_ms(six_paris, 120) == six_paris
    assert day_starts_ms(six_paris - 1, 120) == six_paris - day_ms
    assert day_starts_ms(six_paris + day_ms - 1, 120) == six_paris
