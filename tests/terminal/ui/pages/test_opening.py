"""Starting, pairing, locked, after a restart: word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import Code
from terminal.till.directory import NOWHERE
from terminal.till.receipts import Draft, RefundDraft
from terminal.till.state import (
    LastShown,
    Locked as LockedPage,
    OutOfOrder as OutOfOrderPage,
    Starting,
    TypingAddress,
    Unpaired,
    Wrong,
)
from terminal.ui.screen import AddressEntry, Checking, LastSale, Locked, OutOfOrder, Pairing
from tests.terminal.till.dialogue import BEER, MAIA, MINUTE, NOW, sale, sold
from tests.terminal.till.test_desk import reload

from .drawing import drawn, labels

BEERS = sale(sold(BEER, 2))


def test_starting() -> None:
    page = drawn(Checking, Starting(), directory=NOWHERE)
    assert page.title == "La caisse démarre…"


def test_pairing() -> None:
    page = drawn(Pairing, Unpaired(digits="4071"), directory=NOWHERE, operator=None)
    assert page.status.place == "Caisse non jumelée"
    assert not page.status.network.trouble
    assert (page.title, page.digits, page.length) == ("Jumeler cette caisse", "4071", 6)
    assert page.serial == "Cette caisse\u00a0: 7F3A-52"
    assert page.address == "https://node.example"
    assert page.error == ""
    assert page.keypad[11].label == "OK"
    busy = drawn(Pairing, Unpaired(digits="407152", busy=True), directory=NOWHERE, address="")
    assert busy.hint == "Jumelage en cours…"
    assert busy.address == "Tapez l’adresse du serveur"
    assert not [key for key in busy.keypad if key.event]


@pytest.mark.parametrize(
    "code, language, words",
    [
        (Code.BAD_PIN, "fr", "Ce code est faux, a déjà servi ou a expiré."),
        (Code.BAD_PIN, "en", "This code is wrong, used or out of date."),
        (None, "fr", "Le serveur ne répond pas. Vérifiez l’adresse."),
    ],
)
def test_pairing_says_why_not(code: Code | None, language: str, words: str) -> None:
    page = drawn(Pairing, Unpaired(failed=True, code=code), directory=NOWHERE, language=language)
    assert page.error == words


def test_typing_the_address() -> None:
    page = drawn(AddressEntry, TypingAddress(), directory=NOWHERE)
    assert (page.title, page.address) == ("Adresse du serveur", "https://node.example")


@pytest.mark.parametrize(
    "state, error",
    [
        (LockedPage(tries_left=4), ""),
        (LockedPage(tries_left=3, wrong=Wrong.PIN), "Code faux\u00a0: encore 3\u00a0essais"),
        (LockedPage(tries_left=1, wrong=Wrong.PIN), "Code faux\u00a0: encore 1\u00a0essai"),
        (
            LockedPage(tries_left=4, wrong=Wrong.PIN, deaf_until_ms=NOW + MINUTE),
            "Code faux\u00a0: attendez 60\u00a0secondes",
        ),
        (LockedPage(tries_left=4, wrong=Wrong.CARD), "Ce n’est pas une carte équipe"),
    ],
)
def test_locked(state: LockedPage, error: str) -> None:
    page = drawn(Locked, state, operator=None)
    assert page.error == error
    assert page.title == "Posez votre carte équipe"
    assert page.status.operator.label == "Verrouillé"
    deaf = state.deaf_until_ms > NOW
    assert (page.keypad[0].event is None) is deaf


def test_before_the_first_news_nobody_can_type() -> None:
    page = drawn(Locked, LockedPage(tries_left=4), directory=NOWHERE, operator=None)
    assert page.subtitle == "la caisse attend le serveur…"
    assert not [key for key in page.keypad if key.event]


def test_a_code_is_shown_as_discs() -> None:
    page = drawn(Locked, LockedPage(tries_left=4, digits="12"), operator=None)
    assert (page.typed, page.length) == (2, 4)
    longer = drawn(Locked, LockedPage(tries_left=4, digits="123456"), operator=None)
    assert (longer.typed, longer.length) == (6, 6)
    busy = drawn(Locked, LockedPage(tries_left=4, checking=True), operator=None)
    assert busy.subtitle == "Vérification du code…"


@pytest.mark.parametrize(
    "draft, stands, text, result, choices",
    [
        (
            BEERS,
            True,
            "Dernière vente avant l’arrêt\u00a0: elle est bien payée.",
            "Payé",
            ["Non\u00a0: rembourser / 10,00\u00a0€", "Oui, c’est bon"],
        ),
        (
            BEERS,
            False,
            "Dernière vente avant l’arrêt\u00a0: elle est annulée.",
            "Annulé",
            ["C’est compris"],
        ),
        (
            RefundDraft(seq=7, sale=BEERS, operator=MAIA),
            True,
            "Juste avant l’arrêt\u00a0: ce remboursement est bien fait.",
            "Remboursé",
            ["C’est compris"],
        ),
        (
            reload(1000),
            True,
            "Juste avant l’arrêt\u00a0: cette recharge est bien faite.",
            "Rechargé",
            ["C’est compris"],
        ),
    ],
)
def test_after_a_restart(
    draft: Draft, stands: bool, text: str, result: str, choices: list[str]
) -> None:
    shown = LastShown(seq=7, at_ms=NOW - MINUTE, draft=draft, stands=stands)
    page = drawn(LastSale, shown, operator=None)
    assert page.title == "La caisse a redémarré"
    assert page.caption == "22:46 · carte 4F2A 91C0"
    assert (page.text, page.result, page.paid) == (text, result, stands)
    assert labels(page.buttons) == choices
    assert page.amount in {"10,00\u00a0€", "10,00\u00a0CH"}


def test_out_of_order() -> None:
    page = drawn(OutOfOrder, OutOfOrderPage())
    assert page.title == "La caisse doit redémarrer"
    assert labels(page.buttons) == ["Éteindre"]


def test_a_card_without_a_printed_number_is_not_named() -> None:
    plain = replace(BEERS, number="")
    shown = LastShown(seq=7, at_ms=NOW, draft=plain, stands=True)
    assert drawn(LastSale, shown).caption == "22:47"
