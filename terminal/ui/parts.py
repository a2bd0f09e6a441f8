"""What screens are made of: icons, colours, buttons, the status bar. Plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from terminal.till.events import Event


class Icon(StrEnum):
    """What a drawing adapter can draw, on a grid of 24 units. The first six are for products."""

    BEER = "beer"
    SOFT = "soft"
    WINE = "wine"
    MEAL = "meal"
    DEPOSIT = "deposit"
    STAR = "star"
    BACK = "back"
    BIN = "bin"
    CARD = "card"
    CASH = "cash"
    CHECK = "check"
    CROSS = "cross"
    ERASE = "erase"
    HOURGLASS = "hourglass"
    LESS = "less"
    LOCK = "lock"
    MENU = "menu"
    MINUS = "minus"
    NETWORK = "network"
    NETWORK_LOST = "network-lost"
    PERSON = "person"
    PLUG = "plug"
    PLUS = "plus"
    POWER = "power"
    QUESTION = "question"
    READER = "reader"
    READER_LOST = "reader-lost"
    RIGHT = "right"
    SCHOOL = "school"
    SEND = "send"
    SUN = "sun"
    UNDO = "undo"
    WARNING = "warning"


class Colour(StrEnum):
    """Colours of product categories: never green, red, amber or the blue of VALIDER."""

    OCHRE = "ochre"
    TEAL = "teal"
    PLUM = "plum"
    VIOLET = "violet"
    SLATE = "slate"


class Look(StrEnum):
    """How a button stands out; the adapter maps it to the colours of TILL.md."""

    PLAIN = "plain"  # surf2
    MAIN = "main"  # act: VALIDER and the one main button of a page
    RETURN = "return"  # Retour, Annuler
    BEST = "best"  # white: the best way out of a refusal
    EDGED = "edged"  # dark with a white edge: the other ways, Annuler on blue
    CHOICE = "choice"  # one of a group; `selected` says which
    QUIET = "quiet"  # surf: erase key


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to touch. `id` is stable and unique on its screen; without event it is off."""

    id: str
    label: str
    event: Event | None
    icon: Icon | None = None
    sub: str = ""
    look: Look = Look.PLAIN
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """An icon with its word in the status bar; in trouble it is an amber pill."""

    icon: Icon
    label: str
    trouble: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBar:
    """Always on top. When tight the place shortens; never point of sale, clock or count."""

    place: str
    point_of_sale: str
    operator: Sign
    network: Sign
    reader: Sign
    unsent: Sign
    unsent_count: int
    unsent_amount: str
    clock: str
    state: Button  # the whole bar is one button: the state page


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The line under the status bar while offline: calm, or amber (`urgent`) near a limit."""

    text: str
    aside: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list of goods: "2 ×", "Bière pression", "10,00 €"."""

    quantity: str
    name: str
    amount: str
