"""What the node says, as the till reads it: wire lines become a `Directory`.  Pure.

A line of a kind that this terminal does not understand is the wire's affair (it was refused when it
was read); here every line has a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.bodies import AssetClass
from shared.ids import AssetId, CardRef
from shared.policy import OfflinePolicy
from shared.wire import AssetLine, CardLine, Catalogue, PairAnswer
from terminal.till.directory import (
    NOWHERE,
    Asset,
    Card,
    CardStatus,
    Cash,
    Category,
    CategoryId,
    Directory,
    Operator,
    OperatorId,
    Product,
    ProductId,
    Role,
)

# What one card may hold (the limit of anonymous e-money, PEERS): the wire has no such field yet.
RELOAD_MAXIMUM: Final = 25_000
BUSINESS_DAY_HOUR: Final = 6

_FACE_VALUE: Final = frozenset({AssetClass.FEDERATED, AssetClass.LOCAL})


def first_directory(pair: PairAnswer) -> Directory:
    """Give what a till knows between its pairing and its first deltas."""
    return replace(NOWHERE, place=pair.place, place_name=pair.place_name, point_of_sale=pair.label)


def make_directory(
    pair: PairAnswer,
    catalogue: Catalogue,
    cards: Mapping[CardRef, Card],
    policy: OfflinePolicy,
    as_of_ms: int,
) -> Directory:
    """Put together one consistent view."""
    assets = {line.asset: _asset(line) for line in catalogue.assets}
    return Directory(
        place=pair.place,
        place_name=catalogue.place_name,
        point_of_sale=catalogue.label,
        currency=_currency(assets),
        assets=assets or NOWHERE.assets,
        categories=tuple(
            Category(
                id=CategoryId(line.category), name=line.label, colour=line.colour, icon=line.icon
            )
            for line in catalogue.categories
        ),
        products=tuple(
            Product(
                id=ProductId(line.item),
                name=line.label,
                price=line.price,
                category=CategoryId(line.category),
                vat_bp=line.vat,
                favourite=line.favourite,
            )
            for line in catalogue.products
        ),
        operators=tuple(
            Operator(
                id=OperatorId(line.operator),
                name=line.name,
                role=Role(line.role),
                pin=line.pin,
                card=CardRef(line.card) if line.card else None,
                left_handed=line.left_handed,
            )
            for line in catalogue.operators
        ),
        cards=cards,
        policy=policy,
        reload_maximum=RELOAD_MAXIMUM,
        as_of_ms=as_of_ms,
        utc_offset_minutes=offset_minutes(catalogue.time_zone, as_of_ms),
    )


def make_cards(lines: Iterable[CardLine]) -> dict[CardRef, Card]:
    """Read cards, by reference."""
    return {
        line.card: Card(
            ref=line.card,
            number=line.number,
            tier=line.tier,
            status=CardStatus.VALID if line.status == "active" else CardStatus.BLOCKED,
            balances={money.asset: money.amount for money in line.money},
        )
        for line in lines
    }


def offset_minutes(time_zone: str, at_ms: int) -> int:
    """Give the minutes that local time is ahead of UTC; 0 for a zone that is not known here."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return 0
    offset = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 60


def day_starts_ms(now_ms: int, utc_offset_minutes: int) -> int:
    """Give when the business day began (06:00 at the place), UTC ms."""
    shift_ms = utc_offset_minutes * 60_000 - BUSINESS_DAY_HOUR * 3_600_000
    day_ms = 24 * 3_600_000
    return (now_ms + shift_ms) // day_ms * day_ms - shift_ms


def _asset(line: AssetLine) -> Asset:
    return Asset(
        id=line.asset,
        name=line.name,
        symbol=line.symbol,
        scale=line.scale,
        federated=line.asset_class is AssetClass.FEDERATED,
        here=line.asset_class in _FACE_VALUE,
        cash=Cash(line.cash),
    )


def _currency(assets: Mapping[AssetId, Asset]) -> AssetId:
    """Prices are in the federated token's unit; without one, in that of the first local asset."""
    candidates = sorted(
        (asset for asset in assets.values() if asset.here), key=lambda a: not a.federated
    )
    return candidates[0].id if candidates else NOWHERE.currency
