"""A made-up place for pictures of the till: products, people, cards. Names are invented."""

from dataclasses import replace
from typing import Final

from shared.ids import AssetId, CardRef, PlaceId
from shared.policy import OfflinePolicy
from terminal.till.directory import (
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

NOW: Final = 1_795_560_420_000
"""24 November 2026, 22:47 UTC; the place keeps UTC."""
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE

FED, CHAMP, HOURS = AssetId("FED"), AssetId("CHAMP"), AssetId("HOURS")
ALICE, LOST = CardRef("a" * 32), CardRef("b" * 32)

ASSETS: Final = {
    FED: Asset(
        id=FED,
        name="Euro fédéré",
        symbol="€",
        scale=2,
        federated=True,
        here=True,
        cash=Cash.OFFLINE,
    ),
    CHAMP: Asset(
        id=CHAMP, name="Champ", symbol="CH", scale=2, federated=False, here=True, cash=Cash.NO
    ),
    HOURS: Asset(
        id=HOURS,
        name="Heures bénévole",
        symbol="h",
        scale=0,
        federated=False,
        here=False,
        cash=Cash.NO,
    ),
}

GROUPS: Final = (
    ("beers", "Bières", "ochre", "beer"),
    ("softs", "Softs", "teal", "soft"),
    ("wines", "Vins", "plum", "wine"),
    ("meals", "Repas", "violet", "meal"),
    ("cups", "Consigne", "slate", "deposit"),
)
GOODS: Final = (
    ("draught", "Bière pression", 500, "beers"),
    ("white", "Bière blanche", 550, "beers"),
    ("jug", "Pichet 1,5\u00a0L", 2200, "beers"),
    ("lemonade", "Limonade", 300, "softs"),
    ("water", "Eau gazeuse", 250, "softs"),
    ("apple", "Jus de pomme fermier", 350, "softs"),
    ("red", "Verre de rouge", 450, "wines"),
    ("kir", "Kir à la mûre", 500, "wines"),
    ("sausage", "Galette-saucisse", 600, "meals"),
    ("chips", "Frites", 400, "meals"),
    ("cup", "Consigne gobelet", 100, "cups"),
    ("cup-back", "Retour gobelet", -100, "cups"),
    ("coffee", "Café", 150, "softs"),
)
LONG_GOODS: Final = (
    ("plate", "Assiette végétarienne du jour et son pain", 1250, "meals"),
    ("long", "Anticonstitutionnellement", 108_650, "wines"),
    ("board", "Planche charcuterie-fromage à partager", 2200, "meals"),
)

MAIA: Final = Operator(id=OperatorId("maia"), name="Maïa", role=Role.MANAGE, pin="", card=None)


def product(row: tuple[str, str, int, str]) -> Product:
    """Make a product of a row of the tables."""
    name, label, price, group = row
    return Product(
        id=ProductId(name), name=label, price=price, category=CategoryId(group), vat_bp=2000
    )


def card(ref: CardRef, number: str, status: CardStatus) -> Card:
    """Make a card with 12,50 €, 8,00 CH and three hours."""
    return Card(
        ref=ref,
        number=number,
        tier="T0",
        status=status,
        balances={FED: 1250, CHAMP: 800, HOURS: 3},
        blocked_at_ms=NOW - 48 * HOUR if status is CardStatus.BLOCKED else None,
    )


DIRECTORY: Final = Directory(
    place=PlaceId("champ"),
    place_name="Le Grand Champ",
    point_of_sale="Bar 2",
    currency=FED,
    assets=ASSETS,
    categories=tuple(
        Category(id=CategoryId(name), name=label, colour=colour, icon=icon)
        for name, label, colour, icon in GROUPS
    ),
    products=tuple(product(row) for row in GOODS),
    operators=(MAIA,),
    cards={
        ALICE: card(ALICE, "4F2A\u00a091C0", CardStatus.VALID),
        LOST: card(LOST, "77B0\u00a01234", CardStatus.BLOCKED),
    },
    policy=OfflinePolicy(
        t0_limit=1000, t0_sales=2, t0_terminal_cap=50_000, soft_ms=4 * HOUR, hard_ms=12 * HOUR
    ),
    reload_maximum=15_000,
    as_of_ms=NOW - 12 * MINUTE,
)

LONG_DIRECTORY: Final = replace(
    DIRECTORY,
    place_name="Festival des Trois Rivières et des Collines",
    point_of_sale="Grande Buvette Nord",
    products=tuple(product(row) for row in (*LONG_GOODS, *GOODS)),
    categories=(
        *DIRECTORY.categories,
        *(
            Category(id=CategoryId(name), name=label, colour="slate", icon="star")
            for name, label in (("ice", "Glaces"), ("books", "Librairie"), ("shirts", "T-shirts"))
        ),
    ),
    assets={
        **ASSETS,
        CHAMP: replace(
            ASSETS[CHAMP], name="Monnaie complémentaire des Trois Rivières", cash=Cash.OFFLINE
        ),
    },
)
"""The hard cases: long names, large amounts, many categories, two kinds of cash."""
