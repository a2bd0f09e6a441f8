"""Card check, reload, refund, state and menu, word for word."""

from __future__ import annotations

from dataclasses import replace

from terminal.till.directory import NOBODY, NOWHERE
from terminal.till.events import Unsent
from terminal.till.receipts import RefundDraft
from terminal.till.state import (
    CardShown,
    Link,
    MenuShown,
    RefundAsked,
    ReloadTyped,
    StateShown,
)
from terminal.ui.screen import CardCheck, CashReload, Holding, Menu, Movement, RefundAsk, StatePage
from tests.terminal.till.dialogue import (
    ALICE,
    ASSETS,
    BEER,
    BOB,
    CARDS,
    CHAMP,
    DIRECTORY,
    LEMONADE,
    MAIA,
    ONLINE,
    OPERATORS,
    entry,
    sale,
    sold,
)
from tests.terminal.till.test_desk import reload

from .drawing import drawn, labels

UNSENT = Unsent(count=14, amount=9650)


def test_a_card_check() -> None:
    beer = sale(sold(BEER))
    back = RefundDraft(seq=7, sale=beer, operator=MAIA)
    other = sale(sold(BEER), card=BOB)
    here = (
        entry(beer, 7),
        entry(back, 8),
        entry(reload(500), 9),
        entry(other, 10),
    )
    page = drawn(CardCheck, CardShown(CARDS[ALICE]), outstanding=here, recent=here)
    assert (page.number, page.verdict) == ("4F2A 91C0", "Carte valable")
    assert (page.spend_label, page.spend) == ("À dépenser ici", "17,50\u00a0€")
    assert page.holdings == (
        Holding(name="Euro fédéré", note="valable partout", amount="12,50\u00a0€"),
        Holding(name="Heures", note="ne paie pas ici", amount="3\u00a0h"),
    )
    assert page.movements == (
        Movement(clock="22:46", label="Recharge espèces", amount="+5,00\u00a0€"),
        Movement(clock="22:46", label="Remboursement", amount="+5,00\u00a0€"),
        Movement(clock="22:46", label="Vente ici", amount="\u22125,00\u00a0€"),
    )
    assert page.note == "Solde connu à 22:35, moins les ventes d’ici"
    assert labels(page.buttons) == ["Recharger", "Fermer"]


def test_a_card_check_online_needs_no_excuse() -> None:
    page = drawn(CardCheck, CardShown(CARDS[ALICE]), link=ONLINE)
    assert page.note == ""
    assert (page.movements_title, page.movements) == ("Aucun mouvement ici", ())


def test_local_money_is_called_local() -> None:
    local = replace(CARDS[ALICE], balances={CHAMP: 800})
    directory = replace(DIRECTORY, cards={ALICE: local})
    page = drawn(CardCheck, CardShown(CARDS[ALICE]), directory=directory)
    assert page.holdings == (Holding(name="Champ", note="d’ici", amount="8,00\u00a0CH"),)


def test_a_reload() -> None:
    page = drawn(CashReload, ReloadTyped(asset=CHAMP, amount=2500))
    assert page.amount == "25,00\u00a0€"  # what was received is cash, whatever it buys
    assert [button.label for button in page.quick] == [
        "+5\u00a0€",
        "+10\u00a0€",
        "+20\u00a0€",
        "+50\u00a0€",
    ]
    assert page.hint == "Comptez l’argent avant de valider. Maximum 150,00\u00a0€ par carte."
    assert [key.label for key in page.keypad[-3:]] == ["", "0", "00"]
    assert [(a.label, a.selected) for a in page.assets] == [
        ("Champ", True),
        ("Euro fédéré", False),
    ]
    assert page.confirm.event is not None
    assert drawn(CashReload, ReloadTyped(asset=CHAMP)).confirm.event is None


def test_one_money_needs_no_choice() -> None:
    only = replace(DIRECTORY, currency=CHAMP, assets={CHAMP: ASSETS[CHAMP]})
    assert drawn(CashReload, ReloadTyped(asset=CHAMP), directory=only).assets == ()


def test_a_refund() -> None:
    page = drawn(RefundAsk, RefundAsked(entry(sale(sold(BEER, 2), sold(LEMONADE)))))
    assert page.caption == "22:46 · carte 4F2A 91C0 · par Maïa"
    assert [(line.quantity, line.name, line.amount) for line in page.lines] == [
        ("2\u00a0×", "Bière pression", "10,00\u00a0€"),
        ("1\u00a0×", "Limonade", "3,00\u00a0€"),
    ]
    assert page.amount == "13,00\u00a0€"
    assert labels(page.buttons) == ["Retour", "Rembourser 13,00\u00a0€"]
    nobody = drawn(RefundAsk, RefundAsked(entry(sale(sold(BEER), operator=NOBODY))))
    assert nobody.caption == "22:46 · carte 4F2A 91C0"
    assert drawn(RefundAsk, RefundAsked(entry(reload(500)))).lines == ()


def test_not_yet() -> None:
    page = drawn(StatePage, StateShown(), unsent=UNSENT)
    assert not page.done
    assert page.title == "N’éteignez pas encore"
    assert page.headline == "14\u00a0ventes (96,50\u00a0€) à envoyer"
    assert page.texts == (
        "Hors ligne depuis 12\u00a0min. Vous pouvez continuer à vendre.",
        "Rien n’est perdu\u00a0: l’envoi reprendra au démarrage.",
    )
    assert labels(page.buttons) == ["Retour", "Éteindre quand même"]
    never = drawn(StatePage, StateShown(), unsent=Unsent(count=1, amount=500), link=Link())
    assert never.headline == "1\u00a0vente (5,00\u00a0€) à envoyer"
    assert never.texts[0] == "Hors ligne. Vous pouvez continuer à vendre."
    assert drawn(StatePage, StateShown(), unsent=UNSENT, link=ONLINE).texts[0] == "Envoi en cours…"


def test_all_sent() -> None:
    page = drawn(StatePage, StateShown(), sales=Unsent(count=214, amount=108_650))
    assert page.done
    assert (page.title, page.headline) == ("Tout est envoyé,", "vous pouvez éteindre")
    assert page.texts == ("214\u00a0ventes (1\u00a0086,50\u00a0€) · dernier envoi à 22:35",)
    fresh = drawn(StatePage, StateShown(), link=Link())
    assert fresh.texts == ("0\u00a0vente (0,00\u00a0€)",)


def test_the_menu_of_a_manager_and_of_a_volunteer() -> None:
    manager = drawn(Menu, MenuShown())
    assert [setting.label for setting in manager.settings] == [
        "Langue",
        "Luminosité",
        "Mode école",
    ]
    assert labels(manager.buttons) == ["Recharger", "Peut-on éteindre\u00a0?", "Verrouiller"]
    volunteer = drawn(Menu, MenuShown(), operator=OPERATORS[1], directory=NOWHERE)
    assert [setting.label for setting in volunteer.settings] == ["Langue", "Luminosité"]
    assert labels(volunteer.buttons) == ["Peut-on éteindre\u00a0?", "Verrouiller"]
