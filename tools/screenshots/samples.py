"""Every screen of the till with realistic values, in both languages.

`samples(language, columns, rows)` gives each state of TILL.md under its picture's name, and the
hard cases beside them: long names, long amounts, many lines. Written by hand, so that a picture
shows what the widgets do and not what the till decides.
"""

from dataclasses import dataclass, replace
from typing import Final

from terminal.till import events
from terminal.till.directory import CategoryId, ProductId
from terminal.till.events import Event
from terminal.ui.screen import (
    BasketLine,
    Button,
    Category,
    Colour,
    Icon,
    LastSaleBox,
    Look,
    Sale,
    Screen,
    Sign,
    StatusBar,
    Strip,
    Tile,
)

N: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Words:
    """Chooses the language of a sample."""

    language: str

    def __call__(self, french: str, english: str) -> str:
        """Choose one of the two."""
        return french if self.language == "fr" else english

    def money(self, cents: int) -> str:
        """Write an amount as TILL.md does."""
        sign, cents = ("−" if cents < 0 else ""), abs(cents)
        whole, rest = divmod(cents, 100)
        if self.language == "fr":
            return f"{sign}{whole:,}".replace(",", N) + f",{rest:02d}{N}€"
        return f"{sign}€{whole:,}.{rest:02d}"


def button(
    id_: str,
    label: str,
    event: Event | None,
    icon: Icon | None = None,
    look: Look = Look.PLAIN,
    sub: str = "",
    *,
    selected: bool = False,
) -> Button:
    """Make a button in one line."""
    return Button(
        id=id_, label=label, event=event, icon=icon, look=look, sub=sub, selected=selected
    )


def back(word: Words, label: tuple[str, str] = ("Retour", "Back")) -> Button:
    """Retour."""
    return button("back", word(*label), events.Back(), Icon.BACK, Look.RETURN)


def status(
    word: Words,
    *,
    online: bool = True,
    reader: bool = True,
    unsent: int = 0,
    operator: str = "Maïa",
    place: str = "Le Grand Champ",
    point_of_sale: str = "Bar 2",
    clock: str = "22:47",
) -> StatusBar:
    """Make a status bar."""
    locked = not operator
    who = word("Verrouillé", "Locked") if locked else operator
    return StatusBar(
        place=place,
        point_of_sale=point_of_sale,
        operator=Sign(icon=Icon.LOCK if locked else Icon.PERSON, label=who),
        network=Sign(
            icon=Icon.NETWORK if online else Icon.NETWORK_LOST,
            label=word("En ligne", "Online") if online else word("Hors ligne", "Offline"),
            trouble=not online,
        ),
        reader=Sign(
            icon=Icon.READER if reader else Icon.READER_LOST,
            label=word("Lecteur", "Reader") if reader else word("Débranché", "Unplugged"),
            trouble=not reader,
        ),
        unsent=Sign(icon=Icon.SEND, label=f"{unsent}{N}{word('à envoyer', 'to send')}"),
        unsent_count=unsent,
        unsent_amount=word.money(9650),
        clock=clock,
        state=button("state", "", events.OpenState()),
    )


PRODUCTS: Final = (
    ("Bière pression", "Draught beer", 500, Colour.OCHRE, Icon.BEER),
    ("Bière blanche", "White beer", 550, Colour.OCHRE, Icon.BEER),
    (f"Pichet 1,5{N}L", f"Jug 1.5{N}L", 2200, Colour.OCHRE, Icon.BEER),
    ("Limonade", "Lemonade", 300, Colour.TEAL, Icon.SOFT),
    ("Eau gazeuse", "Sparkling water", 250, Colour.TEAL, Icon.SOFT),
    ("Jus de pomme fermier", "Farm apple juice", 350, Colour.TEAL, Icon.SOFT),
    ("Verre de rouge", "Glass of red", 450, Colour.PLUM, Icon.WINE),
    ("Kir à la mûre", "Berry kir", 500, Colour.PLUM, Icon.WINE),
    ("Galette-saucisse", "Sausage crêpe", 600, Colour.VIOLET, Icon.MEAL),
    ("Frites", "Chips", 400, Colour.VIOLET, Icon.MEAL),
    ("Consigne gobelet", "Cup deposit", 100, Colour.SLATE, Icon.DEPOSIT),
    ("Retour gobelet", "Cup returned", -100, Colour.SLATE, Icon.DEPOSIT),
)
LONG_PRODUCTS: Final = (
    ("Assiette végétarienne du jour et son pain", "Vegetarian plate of the day", 1250, 0),
    ("Anticonstitutionnellement", "Floccinaucinihilipilification", 108650, 0),
    ("Planche charcuterie-fromage à partager", "Cheese-and-ham board to share", 2200, 3),
)
RAIL: Final = (
    ("Favoris", "Top", None, Icon.STAR),
    ("Bières", "Beers", Colour.OCHRE, Icon.BEER),
    ("Softs", "Soft", Colour.TEAL, Icon.SOFT),
    ("Vins", "Wines", Colour.PLUM, Icon.WINE),
    ("Repas", "Food", Colour.VIOLET, Icon.MEAL),
    ("Consigne", "Deposit", Colour.SLATE, Icon.DEPOSIT),
)
BASKET: Final = ((0, 2), (3, 1), (10, 1))


def tiles(word: Words, basket: tuple[tuple[int, int], ...], count: int) -> tuple[Tile, ...]:
    """Make the favourites."""
    quantities = dict(basket)
    return tuple(
        Tile(
            button=button(f"tile-{i}", word(fr, en), events.AddProduct(ProductId(f"p{i}")), icon),
            price=word.money(price),
            colour=colour,
            quantity=quantities.get(i, 0),
        )
        for i, (fr, en, price, colour, icon) in enumerate(PRODUCTS[:count])
    )


def basket_lines(word: Words, basket: tuple[tuple[int, int], ...]) -> tuple[BasketLine, ...]:
    """Lines in the order of the first taps."""
    lines = []
    for i, quantity in basket:
        french, english, price, colour, _ = PRODUCTS[i]
        minus = button(f"minus-{i}", "", events.RemoveProduct(ProductId(f"p{i}")), Icon.MINUS)
        lines.append(
            BasketLine(
                name=word(french, english),
                detail=f"{quantity}{N}×{N}{word.money(price)}",
                amount=word.money(price * quantity) if quantity > 1 else "",
                colour=colour,
                remove=minus,
                touched=i == basket[-1][0],
            )
        )
    return tuple(lines)


def sale(
    word: Words,
    columns: int,
    rows: int,
    basket: tuple[tuple[int, int], ...] = BASKET,
    **status_words: object,
) -> Sale:
    """Make the sale page."""
    total = sum(PRODUCTS[i][2] * quantity for i, quantity in basket)
    charge = events.Charge() if basket else None
    return Sale(
        status=status(word, **status_words),  # type: ignore[arg-type] # passed through by name
        strip=None,
        categories=tuple(
            Category(
                button=button(
                    f"category-{i}",
                    word(fr, en),
                    events.ChooseCategory(CategoryId(f"c{i}") if i else None),
                    icon,
                    selected=i == 0,
                ),
                colour=colour,
            )
            for i, (fr, en, colour, icon) in enumerate(RAIL)
        ),
        tiles=tiles(word, basket, columns * rows),
        columns=columns,
        rows=rows,
        clear=button(
            "clear",
            word("Vider", "Clear"),
            events.ClearBasket() if basket else None,
            Icon.BIN,
        ),
        check_card=button(
            "check", word("Lire une carte", "Check a card"), events.CheckCard(), Icon.CARD
        ),
        menu=button("menu", "Menu", events.OpenMenu(), Icon.MENU),
        page=button("page", "Page", events.NextPage(), Icon.RIGHT),
        page_caption="1 / 2",
        basket=basket_lines(word, basket),
        empty_title=word("Panier vide", "Basket empty"),
        empty_text=word("Touchez un produit", "Tap a product"),
        last_sale=LastSaleBox(
            caption=word("Dernière vente · 22:46", "Last sale · 22:46"),
            result=word("Payé ", "Paid ") + word.money(500),
            refund=button("refund", word("Rembourser", "Refund"), events.AskRefund(), Icon.UNDO),
        ),
        total_label="Total",
        total=word.money(total),
        charge=button("charge", word("VALIDER", "CHARGE"), charge, Icon.CARD, Look.MAIN),
        charge_trouble="",
    )


def sales(word: Words, columns: int, rows: int) -> dict[str, Screen]:
    """Make the sale page in its states."""
    full = sale(word, columns, rows)
    offline = sale(word, columns, rows, online=False, unsent=14)
    calm = Strip(
        text=word(
            f"Hors ligne depuis 12{N}min · 14{N}ventes (96,50{N}€) à envoyer",
            f"Offline for 12{N}min · 14{N}sales (€96.50) to send",
        ),
        aside=word("Vous pouvez vendre", "You can sell"),
    )
    urgent = Strip(
        text=word(
            f"Reconnectez avant 02:40{N}: après, la vente s’arrête",
            "Reconnect before 02:40: after that, sales stop",
        ),
        aside=word(f"41{N}ventes à envoyer", f"41{N}sales to send"),
        urgent=True,
    )
    limit = sale(word, columns, rows, online=False, unsent=41, clock="02:12")
    school = word("MODE ÉCOLE · rien n’est payé pour de vrai", "TRAINING · nothing is really paid")
    many = tuple((i, 12 if i == 2 else 1 + i % 3) for i in range(11))
    restore = button(
        "clear",
        word("Remettre le panier", "Restore the basket"),
        events.RestoreBasket(),
        Icon.UNDO,
    )
    return {
        "02-sale-empty": sale(word, columns, rows, ()),
        "02-sale-basket": full,
        "02-sale-left-handed": replace(full, left_handed=True),
        "02-sale-cleared": replace(sale(word, columns, rows, ()), clear=restore),
        "02-sale-many-lines": _long(word, sale(word, columns, rows, many)),
        "11-offline-sale": replace(offline, strip=calm),
        "11-offline-limit": replace(limit, strip=urgent),
        "14-sale-without-reader": replace(
            sale(word, columns, rows, reader=False),
            charge_trouble=word("Lecteur débranché", "Reader unplugged"),
        ),
        "15-training-sale": replace(full, training=school),
        "15-training-offline": replace(offline, training=school, strip=calm),
    }


def _long(word: Words, screen: Sale) -> Sale:
    """Make the same with long names, long amounts and a long place."""
    changed = list(screen.tiles)
    for place, (french, english, price, quantity) in enumerate(LONG_PRODUCTS):
        tile = changed[place]
        changed[place] = replace(
            tile,
            button=replace(tile.button, label=word(french, english)),
            price=word.money(price),
            quantity=quantity,
        )
    basket = list(screen.basket)
    basket[1] = replace(
        basket[1],
        name=word(LONG_PRODUCTS[0][0], LONG_PRODUCTS[0][1]),
        detail=f"12{N}×{N}{word.money(108650)}",
        amount=word.money(1303800),
    )
    return replace(
        screen,
        tiles=tuple(changed),
        basket=tuple(basket),
        total=word.money(108650),
        status=status(
            word,
            online=False,
            unsent=1214,
            place="Festival des Trois Rivières et des Collines",
            point_of_sale="Grande Buvette Nord",
            operator="Marie-Antoinette",
        ),
    )
