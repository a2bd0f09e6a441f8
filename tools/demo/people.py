"""Who and what the demo is about: cards, products, the team, the words of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PLACE: Final = "Le Grand Champ"
POINT_OF_SALE: Final = "Bar 2"
PIN: Final = "2468"
ADMIN: Final = ("Claire Le Goff", "claire@legrandchamp.example", "le moulin tourne la nuit")


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its UID as a reader gives it, and what is printed on it."""

    name: str
    uid: str
    token: str

    @property
    def number(self) -> str:
        """The printed number: the first eight digits of the QR link."""
        return self.token[:8].upper()


_UIDS: Final = (
    "A24B043F 34632BF9 C48D2E3F 8AA13541 04A1B2C3D4E580 04B2C3D4E5F681 04C3D4E5F6A782 "
    "5B1F77A0 6C2E88B1 04D4E5F6A7B883 7D3F99C2 04E5F6A7B8C984"
)
_NAMES: Final = "Ana Bilal Chloé Driss Émile Fatou Gaël Hana Inès Jo Kofi Lou"
CARDS: Final = tuple(
    Card(name, uid, f"{0xB194AEB9 + 0x01010101 * n:08x}-0f77-4e3c-9ef6-047ea6b8726e")
    for n, (name, uid) in enumerate(zip(_NAMES.split(), _UIDS.split(), strict=True))
)
UNKNOWN_UID: Final = "04FFEEDDCCBBAA"


def card_file() -> str:
    """Give the cards in Fedow's format."""
    lines = (f"https://legrandchamp.example/qr/{c.token},{c.number},{c.uid}" for c in CARDS)
    return "\n".join(lines) + "\n"


_PRODUCTS: Final = (
    ("Bière pression", "Bières", "5,00", "20"),
    ("Bière blanche", "Bières", "5,50", "20"),
    ("Pichet 1,5 L", "Bières", "22,00", "20"),
    ("Limonade", "Softs", "3,00", "5,5"),
    ("Eau gazeuse", "Softs", "2,50", "5,5"),
    ("Jus de pomme fermier", "Softs", "3,50", "5,5"),
    ("Verre de rouge", "Vins", "4,50", "20"),
    ("Kir à la mûre", "Vins", "5,00", "20"),
    ("Galette-saucisse", "Repas", "6,00", "10"),
    ("Frites", "Repas", "4,00", "10"),
    ("Consigne gobelet", "Consigne", "1,00", "0"),
    ("Retour gobelet", "Consigne", "-1,00", "0"),
)


def catalogue() -> str:
    """Give products and team as the file that a volunteer would write."""
    products = (
        f'[[product]]\nname = "{name}"\ncategory = "{category}"\nprice = "{price}"\nvat = "{vat}"\n'
        for name, category, price, vat in _PRODUCTS
    )
    team = f'[[operator]]\nname = "Maïa"\nrole = "manager"\npin = "{PIN}"\n'
    return "\n".join((*products, team))


def till_settings(*, address: str, clock: str, display: str) -> str:
    """Give the till's `terminal.toml`."""
    cards = "\n".join(f'[[demo_cards]]\nname = "{card.name}"\nuid = "{card.uid}"' for card in CARDS)
    return f"""node = "{address}"
display = "{display}"
reader = "simulated"
sound = false
control = true
clock_chip = true
simulated_clock = "{clock}"
{cards}
"""
