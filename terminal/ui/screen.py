"""The view-model: every screen of the till as a frozen value, ready to draw.

All texts are final (language, money format, singular and plural are settled here), and every
thing that can be touched is a `Button` that carries the event it posts. A drawing adapter (Kivy,
the console) therefore holds no rule: it draws the screen it is given and posts `button.event`.

A page is *deaf* for 400 ms after it appears (its class differs from the one before); the drawing
adapter sees to that, because only it knows what a finger saw.
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal.ui.parts import Button, Colour, Icon, Line, Look, Sign, StatusBar, Strip

# A drawing adapter imports screens and their parts from here.
__all__ = ["Button", "Colour", "Icon", "Line", "Look", "Sign", "StatusBar", "Strip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What all screens share. `training` is the hatched banner's text, empty in real life."""

    status: StatusBar
    training: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing(Screen):
    """13: six boxes for the code (`digits` holds what was typed), the node's address."""

    title: str
    text: str
    digits: str
    length: int
    hint: str
    error: str  # empty, or why the last code was refused
    busy: bool  # the node is being asked: keys are off
    address: str
    change_address: Button
    serial: str  # "Cette caisse : 7F3A-52"
    keypad: tuple[Button, ...]  # 12 keys, row by row
    languages: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry(Screen):
    """Typing the node's address: the adapter shows a keyboard and posts `AddressTyped(text)`."""

    title: str
    text: str
    address: str
    hint: str
    cancel: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked(Screen):
    """01: staff card or PIN. `typed` of `length` discs are full."""

    title: str
    subtitle: str  # "ou tapez votre code"
    error: str  # "Code faux : encore 3 essais", "Carte inconnue", empty
    typed: int
    length: int
    busy: bool
    keypad: tuple[Button, ...]
    languages: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSale(Screen):
    """12: after a restart; amber frame; nothing is sold until one of the buttons is touched."""

    title: str
    text: str
    caption: str  # "22:46 · carte 4F2A 91C0"
    lines: tuple[Line, ...]
    result: str  # "Payé", "Annulé"
    paid: bool
    amount: str
    question: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """An entry of the rail. The favourites have no colour."""

    button: Button
    colour: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A product. Its quantity in the basket is a badge and a white edge; 0 shows none."""

    button: Button
    price: str
    colour: Colour
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """A line of the basket, with its minus button (`remove`)."""

    name: str
    detail: str  # "2 × 5,00 €"
    amount: str  # "10,00 €", empty when the quantity is 1
    colour: Colour
    remove: Button
    touched: bool  # the line touched last: scroll to it


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSaleBox:
    """In the empty basket: "Dernière vente · 22:46", "Payé 5,00 €" and Rembourser."""

    caption: str
    result: str
    refund: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(Screen):
    """02, 11, 15: the page where people sell."""

    strip: Strip | None
    categories: tuple[Category, ...]
    tiles: tuple[Tile, ...]  # of the shown page only, row by row
    columns: int
    rows: int
    clear: Button  # becomes "Remettre le panier" for 10 s
    check_card: Button
    menu: Button
    page: Button
    page_caption: str  # "1 / 2"
    basket: tuple[BasketLine, ...]
    empty_title: str
    empty_text: str
    last_sale: LastSaleBox | None
    total_label: str
    total: str
    charge: Button
    charge_trouble: str  # "Lecteur débranché" in an amber frame instead of VALIDER, or empty
    left_handed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWait(Screen):
    """03: deep blue. Also for a card check or a reload (`amount` may be empty)."""

    title: str
    amount: str
    detail: str
    cancel: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHeld(Screen):
    """03-card-held: the card is being written or the journal is; no button at all."""

    title: str
    amount: str
    detail: str
    progress_permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(Screen):
    """04: the only bright page (framed in training). A touch anywhere posts `next.event`."""

    title: str  # "Payé", "Rechargé", "Remboursé"
    amount: str
    left: str  # "reste 7,50 €", or empty
    goods: str  # "1 × Bière pression"
    next: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Screen):
    """05: dark red; at most four ways, the best one first and white."""

    title: str
    headline: str  # "Manque 1,50 €"
    detail: str
    ways: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTrouble(Screen):
    """06: unknown or blocked card, or one that needs the help desk. `icon` in the diamond."""

    icon: Icon
    title: str
    taken: str
    sentences: tuple[str, ...]
    number: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking(Screen):
    """07: no button; the answer comes by itself."""

    title: str
    warning: str
    text: str
    progress_permille: int
    foot: str  # "2 s · 14,00 €"


@dataclass(frozen=True, slots=True, kw_only=True)
class SameCardAgain(Checking):
    """07-same-card-again: the write was torn; 30 s to hold the same card again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderUnplugged(Screen):
    """14: numbered steps and the promise that the basket is kept."""

    title: str
    steps: tuple[str, ...]
    kept: str
    back: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder(Screen):
    """The journal failed: nobody may be served before a restart has told the truth."""

    title: str
    warning: str
    text: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An asset on the card: "Euro fédéré", "valable partout", "12,50 €"."""

    name: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A movement of the card: "22:47", "Bar 2", "−5,00 €"."""

    clock: str
    label: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCheck(Screen):
    """08: what the card may spend here."""

    number: str
    verdict: str  # "Carte valable"
    spend_label: str
    spend: str
    holdings: tuple[Holding, ...]
    movements_title: str
    movements: tuple[Movement, ...]
    note: str  # "Solde connu à 22:35, moins les ventes d’ici", or empty
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReload(Screen):
    """09: money received, quick amounts, keypad."""

    title: str
    label: str
    amount: str
    quick: tuple[Button, ...]
    hint: str
    keypad: tuple[Button, ...]
    assets: tuple[Button, ...]  # which money is sold; empty when there is only one
    cancel: Button
    confirm: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsk(Screen):
    """10: refund the last sale? Once only; the card is not needed."""

    title: str
    caption: str
    lines: tuple[Line, ...]
    back_label: str  # "Revient sur la carte"
    amount: str
    hint: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePage(Screen):
    """11-all-sent (`done`) and 11-not-yet: whether the till may be switched off."""

    done: bool
    title: str
    headline: str
    texts: tuple[str, ...]  # the last one is muted
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row of the menu: its name and its choices."""

    label: str
    icon: Icon
    choices: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Screen):
    """Language, brightness, training; cash reload, lock, state."""

    title: str
    settings: tuple[Setting, ...]
    buttons: tuple[Button, ...]
    back: Button
