"""Blue, green, red and amber pages, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import Code
from terminal.till.directory import NOWHERE
from terminal.till.pricing import Removal
from terminal.till.receipts import RefundDraft
from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    AwaitingSale,
    AwaitingVerdict,
    PaidShown,
    ReaderLostShown,
    Reason,
    Recording,
    RefusedShown,
    TakingBack,
    Trouble,
    TroubleShown,
    Why,
)
from terminal.ui.screen import (
    CardHeld,
    CardTrouble,
    CardWait,
    Checking,
    Icon,
    Look,
    Paid,
    ReaderUnplugged,
    Refused,
)
from tests.terminal.till.dialogue import (
    BEER,
    CHAMP,
    DIRECTORY,
    FED,
    HOUR,
    LEMONADE,
    MAIA,
    NOW,
    sale,
    sold,
)
from tests.terminal.till.test_desk import reload

from .drawing import drawn, labels

BASKET = ((BEER, 2), (LEMONADE, 1))
DRAFT = sale(sold(BEER, 2), sold(LEMONADE))


def test_hold_the_card() -> None:
    page = drawn(CardWait, AwaitingSale(), basket=BASKET)
    assert (page.title, page.amount) == ("Posez la carte", "13,00\u00a0€")
    assert page.detail == "2\u00a0×\u00a0Bière pression · 1\u00a0×\u00a0Limonade"
    assert page.cancel.label == "Annuler"
    check = drawn(CardWait, AwaitingCheck())
    assert (check.amount, check.detail) == ("", "pour voir ce qu’il reste")
    top_up = drawn(CardWait, AwaitingReload(asset=CHAMP, amount=2500))
    assert (top_up.amount, top_up.detail) == ("25,00\u00a0CH", "pour la recharger")


def test_keep_the_card_there_while_the_journal_writes() -> None:
    page = drawn(CardHeld, Recording(tap=1, draft=DRAFT, since_ms=NOW - 100))
    assert (page.title, page.amount) == ("Gardez la carte posée", "13,00\u00a0€")
    assert page.progress_permille == 400
    back = RefundDraft(seq=7, sale=DRAFT, operator=MAIA)
    refund = drawn(CardHeld, Recording(tap=1, draft=back, since_ms=NOW - 9000))
    assert (refund.amount, refund.detail, refund.progress_permille) == ("13,00\u00a0€", "", 900)


def test_checking_only_once_it_takes_long() -> None:
    quick = AwaitingVerdict(seq=7, draft=DRAFT, since_ms=NOW - 300)
    assert drawn(CardHeld, quick).title == "Gardez la carte posée"
    slow = AwaitingVerdict(seq=7, draft=DRAFT, since_ms=NOW - 1200, slow=True)
    page = drawn(Checking, slow)
    assert (page.title, page.foot) == ("Vérification…", "2\u00a0s · 13,00\u00a0€")
    assert page.progress_permille == 400
    back = TakingBack(tap=2, seq=7, sale=DRAFT, why=Why.DEADLINE, since_ms=NOW)
    assert drawn(Checking, back).progress_permille == 1000


def test_paid() -> None:
    page = drawn(Paid, PaidShown(draft=DRAFT, left=750))
    assert (page.title, page.amount, page.left) == ("Payé", "13,00\u00a0€", "reste 7,50\u00a0€")
    assert page.goods == "2\u00a0×\u00a0Bière pression · 1\u00a0×\u00a0Limonade"
    assert page.next.label == "Touchez l’écran pour continuer"


def test_other_greens() -> None:
    back = RefundDraft(seq=7, sale=DRAFT, operator=MAIA)
    refunded = drawn(Paid, PaidShown(draft=back, left=None))
    assert (refunded.title, refunded.left) == ("Remboursé", "")
    topped = drawn(Paid, PaidShown(draft=reload(2500), left=3750))
    assert (topped.title, topped.amount, topped.goods) == ("Rechargé", "25,00\u00a0CH", "")
    practised = drawn(Paid, PaidShown(draft=DRAFT, left=750), training=True)
    assert practised.title == "Exercice\u00a0: rien n’est payé"
    assert practised.training


def test_english_green() -> None:
    page = drawn(Paid, PaidShown(draft=DRAFT, left=750), language="en")
    assert (page.title, page.amount, page.left) == ("Paid", "€13.00", "€7.50 left")


def test_what_was_sold_keeps_its_name_when_it_left_the_catalogue() -> None:
    emptied = replace(DIRECTORY, products=())
    page = drawn(Paid, PaidShown(draft=DRAFT, left=0), directory=emptied)
    assert page.goods == "2\u00a0×\u00a0Bière pression · 1\u00a0×\u00a0Limonade"


def short(removal: Removal | None = None) -> RefusedShown:
    return RefusedShown(reason=Reason.SHORT, draft=DRAFT, on_card=1150, room=1150, removal=removal)


def test_missing_money_says_how_much_and_the_way_out_is_white() -> None:
    removal = Removal(product=BEER, quantity=1, new_total=800)
    page = drawn(Refused, short(removal), basket=BASKET)
    assert page.title == "Refusé · rien n’est débité"
    assert page.headline == "Manque 1,50\u00a0€"
    assert page.detail == "Total 13,00\u00a0€ · sur la carte 11,50\u00a0€"
    assert labels(page.ways) == [
        "Retirer 1 bière pression / nouveau total 8,00\u00a0€",
        "Autre carte / le panier reste",
        "Annuler / retour au panier",
    ]
    assert [way.look for way in page.ways] == [Look.BEST, Look.EDGED, Look.EDGED]


def test_without_a_removal_another_card_is_best() -> None:
    page = drawn(Refused, short())
    assert labels(page.ways)[0] == "Autre carte / le panier reste"
    assert page.ways[0].look is Look.BEST
    gone = Removal(product=BEER, quantity=1, new_total=800)
    assert len(drawn(Refused, short(gone), directory=NOWHERE).ways) == 2


@pytest.mark.parametrize(
    "reason, headline, detail",
    [
        (
            Reason.LIMIT,
            "Trop pour une vente hors ligne",
            "Total 13,00\u00a0€ · maximum 10,00\u00a0€",
        ),
        (Reason.TOO_MANY, "Réseau nécessaire", "Cette carte a déjà payé hors ligne ici."),
        (Reason.ONLINE_ONLY, "Réseau nécessaire", "Cette caisse doit d’abord se reconnecter."),
        (
            Reason.TILL_FULL,
            "Caisse au maximum",
            "Trop de ventes hors ligne\u00a0: reconnectez la caisse.",
        ),
        (Reason.NODE_REFUSED, "Le serveur refuse", "Envoyez la personne à l’accueil."),
    ],
)
def test_other_reasons(reason: Reason, headline: str, detail: str) -> None:
    page = drawn(Refused, RefusedShown(reason=reason, draft=DRAFT, on_card=1250, room=1000))
    assert (page.headline, page.detail) == (headline, detail)
    assert labels(page.ways) == ["Autre carte / le panier reste", "Annuler / retour au panier"]


def test_a_code_of_the_node_is_said_in_words() -> None:
    red = RefusedShown(
        reason=Reason.NODE_REFUSED, draft=DRAFT, on_card=0, room=0, code=Code.NOTHING_ACCEPTED
    )
    assert drawn(Refused, red).detail == "Ce lieu n’accepte aucune monnaie."
    assert drawn(Refused, red, language="en").detail == "This place accepts no asset."


def test_enough_on_the_card_as_far_as_known_is_not_a_negative_shortfall() -> None:
    red = RefusedShown(reason=Reason.SHORT, draft=DRAFT, on_card=5000, room=5000)
    assert drawn(Refused, red).headline == "Pas assez sur la carte"


def test_no_answer_can_be_tried_again() -> None:
    page = drawn(Refused, RefusedShown(reason=Reason.NO_ANSWER, draft=DRAFT, on_card=0, room=0))
    assert page.headline == "Pas de réponse"
    assert labels(page.ways) == [
        "Réessayer / reposer la carte",
        "Annuler / retour au panier",
    ]


def test_a_stopped_till_has_one_way_back() -> None:
    page = drawn(Refused, RefusedShown(reason=Reason.TILL_STOPPED, draft=DRAFT, on_card=0, room=0))
    assert page.headline == "Caisse arrêtée"
    assert labels(page.ways) == ["Annuler / retour au panier"]


def test_refused_reloads() -> None:
    online = RefusedShown(
        reason=Reason.RELOAD_ONLINE, draft=reload(2500, asset=FED), on_card=0, room=0
    )
    page = drawn(Refused, online)
    assert page.title == "Refusé · rendez l’argent reçu"
    assert page.detail == "Euro fédéré\u00a0: recharge en ligne seulement."
    assert labels(page.ways) == ["Autre carte", "Annuler / retour au montant"]
    full = RefusedShown(reason=Reason.RELOAD_MAXIMUM, draft=reload(2500), on_card=14_000, room=1000)
    assert drawn(Refused, full).detail == "Sur la carte 140,00\u00a0€ · encore 10,00\u00a0€ au plus"
    short_reload = RefusedShown(reason=Reason.SHORT, draft=reload(2500), on_card=0, room=0)
    assert drawn(Refused, short_reload).headline == "Manque 25,00\u00a0€"


def test_an_unknown_card() -> None:
    page = drawn(CardTrouble, TroubleShown(trouble=Trouble.UNKNOWN, retry=AwaitingSale()))
    assert (page.icon, page.title, page.taken) == (
        Icon.QUESTION,
        "Carte inconnue",
        "Rien n’est débité.",
    )
    assert page.sentences[1] == "Envoyez la personne à l’accueil."
    assert page.number == ""
    assert labels(page.buttons) == ["Autre carte", "Annuler / retour au panier"]


def test_a_blocked_card() -> None:
    blocked = TroubleShown(
        trouble=Trouble.BLOCKED,
        number="1111 2222",
        blocked_at_ms=NOW - 48 * HOUR,
        retry=AwaitingSale(),
    )
    page = drawn(CardTrouble, blocked)
    assert page.sentences == (
        "Déclarée perdue ou volée le 22 novembre.",
        "Ne la gardez pas. Envoyez à l’accueil.",
    )
    assert page.number == "Carte n°\u00a01111 2222"
    assert drawn(CardTrouble, blocked, language="en").sentences[0] == (
        "Reported lost or stolen on 22 November."
    )
    undated = TroubleShown(trouble=Trouble.BLOCKED, retry=AwaitingSale())
    assert drawn(CardTrouble, undated).sentences[0] == "Déclarée perdue ou volée."


def test_a_card_that_can_never_pay() -> None:
    page = drawn(CardTrouble, TroubleShown(trouble=Trouble.UNUSABLE, retry=AwaitingSale()))
    assert page.title == "Cette carte ne peut pas payer"


def test_a_reload_without_an_answer_is_not_repeated() -> None:
    page = drawn(CardTrouble, TroubleShown(trouble=Trouble.RELOAD_PENDING, retry=AwaitingSale()))
    assert (page.title, page.taken) == ("Recharge pas encore confirmée", "Gardez l’argent.")
    assert labels(page.buttons) == ["C’est compris"]


def test_which_cable_to_plug_in() -> None:
    page = drawn(ReaderUnplugged, ReaderLostShown(AwaitingSale()), basket=BASKET, reader=False)
    assert page.steps == (
        "Branchez le câble du lecteur.",
        "Attendez le bip.",
        "La vente reprend toute seule.",
    )
    assert page.kept == "Votre panier est gardé\u00a0: 13,00\u00a0€"
    assert drawn(ReaderUnplugged, ReaderLostShown(AwaitingCheck())).kept == ""
