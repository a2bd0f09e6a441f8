"""Every word the till says, in French and in English (TILL.md, Words).

French has U+00A0 before : ; ? ! and inside « », English has not; both have it between a number and
its unit. Sentences have at most twelve words and no error codes. `{name}` is filled in by `say`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from shared.amounts import Language


class Phrase(NamedTuple):
    """One meaning in two languages."""

    fr: str
    en: str


def say(phrase: Phrase, language: Language, **values: str | int) -> str:
    """Give the phrase in a language, with its values filled in."""
    return (phrase.fr if language == "fr" else phrase.en).format(**values)


# Status bar
LOCKED: Final = Phrase("Verrouillé", "Locked")
ONLINE: Final = Phrase("En ligne", "Online")
OFFLINE: Final = Phrase("Hors ligne", "Offline")
READER: Final = Phrase("Lecteur", "Reader")
UNPLUGGED: Final = Phrase("Débranché", "Unplugged")
TO_SEND: Final = Phrase("{n}\u00a0à envoyer", "{n}\u00a0to send")
NOT_PAIRED: Final = Phrase("Caisse non jumelée", "Till not paired")
TRAINING: Final = Phrase(
    "MODE ÉCOLE · rien n’est payé pour de vrai", "TRAINING · nothing is really paid"
)

# Amounts of sales
SALE_ONE: Final = Phrase("{n}\u00a0vente ({amount})", "{n}\u00a0sale ({amount})")
SALE_MANY: Final = Phrase("{n}\u00a0ventes ({amount})", "{n}\u00a0sales ({amount})")
SALES_TO_SEND: Final = Phrase("{sales} à envoyer", "{sales} to send")

# Offline strip
OFFLINE_SINCE: Final = Phrase(
    "Hors ligne depuis {time} · {to_send}", "Offline for {time} · {to_send}"
)
OFFLINE_QUIET: Final = Phrase("Hors ligne depuis {time}", "Offline for {time}")
OFFLINE_ONLY: Final = Phrase("Hors ligne · {to_send}", "Offline · {to_send}")
MINUTES: Final = Phrase("{n}\u00a0min", "{n}\u00a0min")
HOURS: Final = Phrase("{n}\u00a0h", "{n}\u00a0h")
YOU_CAN_SELL: Final = Phrase("Vous pouvez vendre", "You can sell")
RECONNECT: Final = Phrase(
    "Reconnectez avant {clock}\u00a0: après, la vente s’arrête",
    "Reconnect before {clock}: after that, sales stop",
)
SALES_STOPPED: Final = Phrase(
    "Reconnectez cette caisse\u00a0: la vente est arrêtée",
    "Reconnect this till: sales have stopped",
)
TWO_SALES: Final = Phrase(
    "Reconnectez\u00a0: heure inconnue, deux ventes au plus",
    "Reconnect: the time is not known, two sales at most",
)
STRANGER: Final = Phrase(
    "Ce serveur ne prouve pas qu’il est le nôtre", "This server cannot prove that it is ours"
)
STOPPED: Final = Phrase("Cette caisse ne peut plus vendre", "This till may not sell any more")
ASK_ADMIN: Final = Phrase("Appelez l’organisation", "Call the organisers")

# Pairing
PAIR: Final = Phrase("Jumeler cette caisse", "Pair this till")
PAIR_TEXT: Final = Phrase(
    "Sur le serveur, page «\u00a0Terminaux\u00a0»\u00a0: touchez «\u00a0Appairer un"
    " terminal\u00a0» et recopiez le code.",
    "On the server’s “Terminals” page, tap “Pair a terminal” and copy the code here.",
)
PAIR_HINT: Final = Phrase(
    "Le code sert une fois, pendant 10\u00a0minutes.", "The code works once, for 10\u00a0minutes."
)
PAIR_BUSY: Final = Phrase("Jumelage en cours…", "Pairing…")
PAIR_NO_ANSWER: Final = Phrase(
    "Le serveur ne répond pas. Vérifiez l’adresse.", "No answer from the server. Check the address."
)
PAIR_NO_ADDRESS: Final = Phrase("Tapez l’adresse du serveur", "Type the server’s address")
CHANGE: Final = Phrase("Changer", "Change")
THIS_TILL: Final = Phrase("Cette caisse\u00a0: {serial}", "This till: {serial}")
ADDRESS: Final = Phrase("Adresse du serveur", "Address of the server")
ADDRESS_HINT: Final = Phrase(
    "Par exemple https://caisse.monlieu.fr", "For example https://till.myplace.org"
)

# Locked
HOLD_STAFF: Final = Phrase("Posez votre carte équipe", "Hold your staff card")
OR_CODE: Final = Phrase("ou tapez votre code", "or type your code")
WRONG_ONE: Final = Phrase("Code faux\u00a0: encore 1\u00a0essai", "Wrong code: 1\u00a0try left")
WRONG_MANY: Final = Phrase(
    "Code faux\u00a0: encore {n}\u00a0essais", "Wrong code: {n}\u00a0tries left"
)
WRONG_WAIT: Final = Phrase(
    "Code faux\u00a0: attendez {n}\u00a0secondes", "Wrong code: wait {n}\u00a0seconds"
)
NOT_STAFF: Final = Phrase("Ce n’est pas une carte équipe", "This is not a staff card")
NO_STAFF: Final = Phrase("la caisse attend le serveur…", "the till waits for the server…")
CODE_CHECKED: Final = Phrase("Vérification du code…", "Checking the code…")

# After a restart
RESTARTED: Final = Phrase("La caisse a redémarré", "The till restarted")
RESTART_PAID: Final = Phrase(
    "Dernière vente avant l’arrêt\u00a0: elle est bien payée.",
    "Last sale before it stopped: it is paid.",
)
RESTART_UNDONE: Final = Phrase(
    "Dernière vente avant l’arrêt\u00a0: elle est annulée.",
    "Last sale before it stopped: it was cancelled.",
)
RESTART_REFUND: Final = Phrase(
    "Juste avant l’arrêt\u00a0: ce remboursement est bien fait.",
    "Just before it stopped: this refund is done.",
)
RESTART_RELOAD: Final = Phrase(
    "Juste avant l’arrêt\u00a0: cette recharge est bien faite.",
    "Just before it stopped: this top-up is done.",
)
GOT_ORDER: Final = Phrase("La personne a eu sa commande\u00a0?", "Did the person get the order?")
NOT_SERVED: Final = Phrase(
    "Rien n’est débité. Si elle a été servie, encaissez de nouveau.",
    "Nothing was taken. If the person was served, charge again.",
)
YES_GOOD: Final = Phrase("Oui, c’est bon", "Yes, all good")
NO_REFUND: Final = Phrase("Non\u00a0: rembourser", "No: refund")
UNDERSTOOD: Final = Phrase("C’est compris", "Understood")

# Sale
FAVOURITES: Final = Phrase("Favoris", "Top")
BASKET_EMPTY: Final = Phrase("Panier vide", "Basket empty")
TAP_PRODUCT: Final = Phrase("Touchez un produit", "Tap a product")
TOTAL: Final = Phrase("Total", "Total")
CHARGE: Final = Phrase("VALIDER", "CHARGE")
CLEAR: Final = Phrase("Vider", "Clear")
RESTORE: Final = Phrase("Remettre le panier", "Put it back")
CHECK_A_CARD: Final = Phrase("Lire une carte", "Check a card")
MENU: Final = Phrase("Menu", "Menu")
PAGE: Final = Phrase("Page", "Page")
LAST_SALE: Final = Phrase("Dernière vente · {clock}", "Last sale · {clock}")
PAID_AMOUNT: Final = Phrase("Payé {amount}", "Paid {amount}")
REFUND: Final = Phrase("Rembourser", "Refund")
READER_UNPLUGGED: Final = Phrase("Lecteur débranché", "Reader unplugged")
REMOVE_ONE: Final = Phrase("Enlever 1 {name}", "Remove 1 {name}")

# Holding a card
HOLD_CARD: Final = Phrase("Posez la carte", "Hold the card")
KEEP_CARD: Final = Phrase("Gardez la carte posée", "Keep the card there")
CANCEL: Final = Phrase("Annuler", "Cancel")
TO_CHECK: Final = Phrase("pour voir ce qu’il reste", "to see what is left")
TO_RELOAD: Final = Phrase("pour la recharger", "to top it up")

# Paid
PAID: Final = Phrase("Payé", "Paid")
TOPPED_UP: Final = Phrase("Rechargé", "Topped up")
REFUNDED: Final = Phrase("Remboursé", "Refunded")
CANCELLED: Final = Phrase("Annulé", "Cancelled")
EXERCISE: Final = Phrase("Exercice\u00a0: rien n’est payé", "Exercise: nothing is paid")
LEFT: Final = Phrase("reste {amount}", "{amount} left")
GO_ON: Final = Phrase("Touchez l’écran pour continuer", "Tap the screen to go on")

# Refused
REFUSED: Final = Phrase("Refusé · rien n’est débité", "Refused · nothing was taken")
RELOAD_REFUSED: Final = Phrase("Refusé · rendez l’argent reçu", "Refused · give the money back")
MISSING: Final = Phrase("Manque {amount}", "Missing {amount}")
NOT_ENOUGH: Final = Phrase("Pas assez sur la carte", "Not enough on the card")
TOTAL_ON_CARD: Final = Phrase(
    "Total {total} · sur la carte {on_card}", "Total {total} · on the card {on_card}"
)
TOO_MUCH_OFFLINE: Final = Phrase("Trop pour une vente hors ligne", "Too much to sell offline")
MAXIMUM: Final = Phrase("Total {total} · maximum {room}", "Total {total} · limit {room}")
CARD_HAD_ITS_SALES: Final = Phrase("Réseau nécessaire", "Network needed")
CARD_HAD_ITS_SALES_TEXT: Final = Phrase(
    "Cette carte a déjà payé hors ligne ici.", "This card already paid offline here."
)
ONLINE_ONLY: Final = Phrase("Réseau nécessaire", "Network needed")
ONLINE_ONLY_TEXT: Final = Phrase(
    "Cette caisse doit d’abord se reconnecter.", "This till must reconnect first."
)
ONLINE_ONLY_CARD_TEXT: Final = Phrase(
    "Cette carte ne paie plus hors ligne.", "This card no longer pays offline."
)
TILL_FULL: Final = Phrase("Caisse au maximum", "Till at its limit")
TILL_FULL_TEXT: Final = Phrase(
    "Trop de ventes hors ligne\u00a0: reconnectez la caisse.",
    "Too many offline sales: reconnect the till.",
)
NO_ANSWER: Final = Phrase("Pas de réponse", "No answer")
NO_ANSWER_TEXT: Final = Phrase(
    "Le serveur n’a pas répondu. La vente est annulée.",
    "The server did not answer. The sale is cancelled.",
)
TILL_STOPPED: Final = Phrase("Caisse arrêtée", "Till stopped")
NODE_REFUSED: Final = Phrase("Le serveur refuse", "The server says no")
RELOAD_ONLINE: Final = Phrase("Réseau nécessaire", "Network needed")
RELOAD_ONLINE_TEXT: Final = Phrase(
    "{asset}\u00a0: recharge en ligne seulement.", "{asset}: top-up only online."
)
RELOAD_MAXIMUM: Final = Phrase("Trop sur une carte", "Too much on one card")
RELOAD_MAXIMUM_TEXT: Final = Phrase(
    "Sur la carte {on_card} · encore {room} au plus", "On the card {on_card} · at most {room} more"
)
REMOVE: Final = Phrase("Retirer {n} {name}", "Remove {n} {name}")
NEW_TOTAL: Final = Phrase("nouveau total {amount}", "new total {amount}")
ANOTHER_CARD: Final = Phrase("Autre carte", "Another card")
KEEP_BASKET: Final = Phrase("le panier reste", "keep the basket")
TRY_AGAIN: Final = Phrase("Réessayer", "Try again")
SAME_OR_OTHER: Final = Phrase("reposer la carte", "hold the card again")
BACK_TO_BASKET: Final = Phrase("retour au panier", "back to the basket")
BACK_TO_AMOUNT: Final = Phrase("retour au montant", "back to the amount")

# Card trouble
UNKNOWN_CARD: Final = Phrase("Carte inconnue", "Unknown card")
UNKNOWN_TEXT: Final = Phrase(
    "Cette carte n’est pas d’ici, ou elle est toute neuve.",
    "This card is not from here, or it is brand new.",
)
HELP_DESK: Final = Phrase("Envoyez la personne à l’accueil.", "Send the person to the help desk.")
BLOCKED_CARD: Final = Phrase("Carte bloquée", "Blocked card")
REPORTED: Final = Phrase("Déclarée perdue ou volée.", "Reported lost or stolen.")
REPORTED_ON: Final = Phrase(
    "Déclarée perdue ou volée le {day}.", "Reported lost or stolen on {day}."
)
DO_NOT_KEEP: Final = Phrase(
    "Ne la gardez pas. Envoyez à l’accueil.", "Do not keep it. Send to the help desk."
)
UNUSABLE_CARD: Final = Phrase("Cette carte ne peut pas payer", "This card cannot pay")
UNUSABLE_TEXT: Final = Phrase(
    "C’est un téléphone ou une carte d’un autre usage.",
    "It is a phone, or a card of another kind.",
)
NOTHING_TAKEN: Final = Phrase("Rien n’est débité.", "Nothing was taken.")
CARD_NUMBER: Final = Phrase("Carte n°\u00a0{number}", "Card no.\u00a0{number}")
RELOAD_PENDING: Final = Phrase("Recharge pas encore confirmée", "Top-up not confirmed yet")
RELOAD_PENDING_TAKEN: Final = Phrase("Gardez l’argent.", "Keep the money.")
RELOAD_PENDING_TEXT: Final = Phrase(
    "L’envoi reprendra tout seul, puis la carte sera rechargée.",
    "Sending goes on by itself; then the card is topped up.",
)
RELOAD_PENDING_ONCE: Final = Phrase("Ne recommencez pas la recharge.", "Do not top up again.")

# Checking
CHECKING: Final = Phrase("Vérification…", "Checking…")
CHECKING_WARNING: Final = Phrase(
    "Ne faites pas payer une deuxième fois.", "Do not charge a second time."
)
CHECKING_TEXT: Final = Phrase(
    "La réponse arrive toute seule. Attendez le vert ou le rouge.",
    "The answer comes by itself. Wait for green or red.",
)
SECONDS_AMOUNT: Final = Phrase("{n}\u00a0s · {amount}", "{n}\u00a0s · {amount}")

# Reader
PLUG_IN: Final = Phrase("Branchez le câble du lecteur.", "Plug the reader’s cable in.")
WAIT_FOR_BEEP: Final = Phrase("Attendez le bip.", "Wait for the beep.")
GOES_ON: Final = Phrase("La vente reprend toute seule.", "The sale goes on by itself.")
BASKET_KEPT: Final = Phrase(
    "Votre panier est gardé\u00a0: {amount}", "Your basket is kept: {amount}"
)
TO_BASKET: Final = Phrase("Retour au panier", "Back to the basket")

# Out of order
STARTING: Final = Phrase("La caisse démarre…", "The till is starting…")
STARTING_TEXT: Final = Phrase("Lecture du journal des ventes.", "Reading the journal of sales.")
OUT_OF_ORDER: Final = Phrase("La caisse doit redémarrer", "The till must restart")
OUT_OF_ORDER_WARNING: Final = Phrase(
    "Ne servez pas, ne faites pas payer de nouveau.", "Do not serve, do not charge again."
)
OUT_OF_ORDER_TEXT: Final = Phrase(
    "Au redémarrage, elle dira si la vente est payée.",
    "After the restart it says whether the sale is paid.",
)

# Card check
CARD_GOOD: Final = Phrase("Carte valable", "Card is good")
TO_SPEND: Final = Phrase("À dépenser ici", "To spend here")
GOOD_EVERYWHERE: Final = Phrase("valable partout", "good everywhere")
GOOD_HERE: Final = Phrase("d’ici", "local")
NOT_HERE: Final = Phrase("ne paie pas ici", "not for here")
MOVEMENTS: Final = Phrase("Derniers mouvements", "Last movements")
NO_MOVEMENTS: Final = Phrase("Aucun mouvement ici", "No movements here")
BALANCE_AS_OF: Final = Phrase(
    "Solde connu à {clock}, moins les ventes d’ici", "Balance as of {clock}, less sales here"
)
TOP_UP: Final = Phrase("Recharger", "Top up")
CLOSE: Final = Phrase("Fermer", "Close")
MOVED_SALE: Final = Phrase("Vente ici", "Sale here")
MOVED_REFUND: Final = Phrase("Remboursement", "Refund")
MOVED_RELOAD: Final = Phrase("Recharge espèces", "Cash top-up")

# Reload
CASH_TOP_UP: Final = Phrase("Recharge en espèces", "Cash top-up")
MONEY_RECEIVED: Final = Phrase("Argent reçu", "Money received")
COUNT_MONEY: Final = Phrase(
    "Comptez l’argent avant de valider. Maximum {amount} par carte.",
    "Count the money before you confirm. Maximum {amount} a card.",
)
CONFIRM: Final = Phrase("VALIDER", "CONFIRM")

# Refund
REFUND_LAST: Final = Phrase("Rembourser la dernière vente\u00a0?", "Refund the last sale?")
CARD: Final = Phrase("carte {number}", "card {number}")
BY: Final = Phrase("par {operator}", "by {operator}")
BACK_ON_CARD: Final = Phrase("Revient sur la carte", "Goes back to the card")
REFUND_HINT: Final = Phrase(
    "La carte n’est pas nécessaire. On ne peut le faire qu’une fois.",
    "The card is not needed. It can be done only once.",
)
BACK: Final = Phrase("Retour", "Back")
REFUND_AMOUNT: Final = Phrase("Rembourser {amount}", "Refund {amount}")

# State page
ALL_SENT: Final = Phrase("Tout est envoyé,", "Everything is sent,")
MAY_SWITCH_OFF: Final = Phrase("vous pouvez éteindre", "you can switch off")
SALES_TODAY: Final = Phrase("{sales} · dernier envoi à {clock}", "{sales} · last sent at {clock}")
NOT_YET: Final = Phrase("N’éteignez pas encore", "Do not switch off yet")
STATE_OFFLINE: Final = Phrase(
    "Hors ligne. Vous pouvez continuer à vendre.", "Offline. You can go on selling."
)
STATE_OFFLINE_SINCE: Final = Phrase(
    "Hors ligne depuis {time}. Vous pouvez continuer à vendre.",
    "Offline for {time}. You can go on selling.",
)
STATE_SENDING: Final = Phrase("Envoi en cours…", "Sending…")
NOTHING_LOST: Final = Phrase(
    "Rien n’est perdu\u00a0: l’envoi reprendra au démarrage.",
    "Nothing is lost: sending resumes at start.",
)
SWITCH_OFF: Final = Phrase("Éteindre", "Switch off")
SWITCH_OFF_ANYWAY: Final = Phrase("Éteindre quand même", "Switch off anyway")

# Menu
LANGUAGE: Final = Phrase("Langue", "Language")
BRIGHTNESS: Final = Phrase("Luminosité", "Brightness")
NIGHT: Final = Phrase("Nuit", "Night")
NORMAL: Final = Phrase("Normal", "Normal")
BRIGHT_SUN: Final = Phrase("Soleil", "Sun")
TRAINING_MODE: Final = Phrase("Mode école", "Training")
YES: Final = Phrase("Oui", "On")
NO: Final = Phrase("Non", "Off")
LOCK: Final = Phrase("Verrouiller", "Lock")
STATE: Final = Phrase("Peut-on éteindre\u00a0?", "Can I switch off?")

FRENCH: Final = "Français"
ENGLISH: Final = "English"

MONTHS: Final = (
    Phrase("janvier", "January"),
    Phrase("février", "February"),
    Phrase("mars", "March"),
    Phrase("avril", "April"),
    Phrase("mai", "May"),
    Phrase("juin", "June"),
    Phrase("juillet", "July"),
    Phrase("août", "August"),
    Phrase("septembre", "September"),
    Phrase("octobre", "October"),
    Phrase("novembre", "November"),
    Phrase("décembre", "December"),
)
