"""What a till shows, from the node's rows: products, categories, team, assets.  Pure.

Names of people and products may hold any printable character; those that the wire does not know
become their nearest, so that one apostrophe never keeps a till from its catalogue.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, Protocol, TypeVar

from server.ledger.records import Asset, Key, Place, Record
from server.ledger.state import State
from shared.bodies import AssetClass
from shared.ids import AssetId, AuthorId, PlaceId
from shared.wire import AssetLine, Catalogue, CategoryLine, OperatorLine, ProductLine

R = TypeVar("R", bound=Record)
COLOURS: Final = ("ochre", "teal", "plum", "violet", "slate")
ICONS: Final = (
    ("beer", re.compile(r"bi[èe]re|beer|pression", re.IGNORECASE)),
    ("wine", re.compile(r"\bvins?\b|wine", re.IGNORECASE)),
    ("soft", re.compile(r"soft|jus|sirop|soda|caf[ée]|juice|water|coffee", re.IGNORECASE)),
    ("meal", re.compile(r"repas|manger|plat|cuisine|dessert|food|meal|snack", re.IGNORECASE)),
    ("deposit", re.compile(r"consigne|gobelet|deposit|cup", re.IGNORECASE)),
)
NO_ICON: Final = "star"
MOST_NAME: Final = 64
_NEAREST: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "€": "EUR",
        "\u202f": " ",
    }
)
_OUTSIDE: Final = re.compile(r"[^\x20-\x7e\u00a0-\u017f]")
_NO_TOKEN: Final = re.compile(r"[^a-z0-9]+")


class Ledger(Protocol):
    """What of the final state a catalogue needs."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product on sale; `price` in the smallest unit."""

    id: str
    name: str
    category: str
    price: int
    vat_bp: int
    favourite: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who may open a till; `card` is a card reference or empty."""

    id: str
    name: str
    manager: bool
    pin: str
    card: str
    left_handed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The node's own rows that go to tills."""

    products: Sequence[Product]
    operators: Sequence[Operator]
    time_zone: str


def write_catalogue(ledger: Ledger, place: PlaceId, label: str, stock: Stock) -> Catalogue:
    """Write what a terminal of a place shows and who may use it."""
    known = ledger.places().get(place)
    names = list(dict.fromkeys(product.category for product in stock.products))
    return Catalogue(
        assets=asset_lines(ledger, place),
        categories=tuple(_category(name, at) for at, name in enumerate(names)),
        label=label,
        operators=tuple(map(_operator, stock.operators)),
        place_name=known.name if known else place,
        products=tuple(map(_product, stock.products)),
        time_zone=stock.time_zone,
    )


class _View:
    """The final state as the ledger's view; nobody asks it for old transactions."""

    def __init__(self, ledger: Ledger) -> None:
        self.get = ledger.get
        self.assets = ledger.assets
        self.places = ledger.places

    def transaction(self, _author: AuthorId, _seq: int) -> None:
        """Give nothing: which assets a place accepts does not depend on it."""

    def rows(self, _record: type[R], _front: Key = ()) -> dict[Key, R]:
        """Give nothing, as above."""
        return {}


def accepted_assets(ledger: Ledger, place: PlaceId) -> tuple[AssetId, ...]:
    """Give what a place accepts in the order in which a sale spends it: the ledger's own rule."""
    return State(_View(ledger)).accepted(place)


def asset_lines(ledger: Ledger, place: PlaceId) -> tuple[AssetLine, ...]:
    """Give the assets of a place as a till knows them."""
    assets = ledger.assets()
    return tuple(
        AssetLine(
            asset=code,
            asset_class=assets[code].asset_class,
            cash=_cash(assets[code], place),
            name=assets[code].name,
            scale=assets[code].scale,
            symbol=assets[code].symbol,
        )
        for code in accepted_assets(ledger, place)
    )


def _cash(asset: Asset, place: PlaceId) -> Literal["no", "online", "offline"]:
    """Say how cash may buy it: an issuer always may, a place sells only what it has (online)."""
    if asset.asset_class is AssetClass.FEDERATED:
        return "online"
    return "offline" if asset.issuer == place and not asset.archived else "no"


def wire_name(text: str) -> str:
    """Write a name in the characters of the wire; never empty."""
    close = unicodedata.normalize("NFC", text).translate(_NEAREST)
    return _OUTSIDE.sub("?", close)[:MOST_NAME].strip() or "?"


def category_token(name: str) -> str:
    """Name a category for machines: the same name gives the same token."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    token = _NO_TOKEN.sub("-", plain).strip("-")
    return token or sha256(name.encode()).hexdigest()[:8]


def _category(name: str, at: int) -> CategoryLine:
    icon = next((icon for icon, words in ICONS if words.search(name)), NO_ICON)
    return CategoryLine(
        category=category_token(name),
        colour=COLOURS[at % len(COLOURS)],
        icon=icon,
        label=wire_name(name),
    )


def _product(product: Product) -> ProductLine:
    return ProductLine(
        category=category_token(product.category),
        favourite=product.favourite,
        item=product.id,
        label=wire_name(product.name),
        price=product.price,
        vat=product.vat_bp,
    )


def _operator(operator: Operator) -> OperatorLine:
    return OperatorLine(
        card=operator.card,
        left_handed=operator.left_handed,
        name=wire_name(operator.name),
        operator=operator.id,
        pin=operator.pin,
        role="manager" if operator.manager else "seller",
    )
