"""The samples of all pages but the sale page."""

from dataclasses import replace
from typing import Final

from shared.amounts import Language
from shared.ids import AssetId
from terminal.till import events
from terminal.ui.screen import (
    AddressEntry,
    Button,
    CardCheck,
    CardHeld,
    CardTrouble,
    CardWait,
    CashReload,
    Checking,
    Holding,
    Icon,
    LastSale,
    Line,
    Locked,
    Look,
    Menu,
    Movement,
    OutOfOrder,
    Paid,
    Pairing,
    ReaderUnplugged,
    RefundAsk,
    Refused,
    SameCardAgain,
    Screen,
    Setting,
    StatePage,
)
from tools.screenshots.samples import N, Words, back, button, sales, status

GOODS: Final = (
    f"2{N}×{N}Bière pression · 1{N}×{N}Limonade · 1{N}×{N}Consigne",
    f"2{N}×{N}Draught beer · 1{N}×{N}Lemonade · 1{N}×{N}Deposit",
)


def samples(language: str, columns: int, rows: int) -> dict[str, Screen]:
    """Every screen by the name of its picture."""
    word = Words(language)
    return {
        **before_selling(word),
        **sales(word, columns, rows),
        **card_pages(word),
        **doubts(word),
        **reviews(word),
        **states(word),
    }


def keys(last: str) -> tuple[Button, ...]:
    """Make a keypad whose last key is OK or 00."""
    digits = [button(f"key-{d}", d, events.Key(d)) for d in "123456789"]
    erase = button("key-erase", "", events.Erase(), Icon.ERASE, Look.QUIET)
    zero = button("key-0", "0", events.Key("0"))
    end = (
        button("key-ok", "OK", events.Enter(), look=Look.MAIN)
        if last == "OK"
        else button("key-00", "00", events.Key("00"))
    )
    return (*digits, erase, zero, end)


def languages(word: Words) -> tuple[Button, ...]:
    """Français, English."""
    choices: tuple[tuple[Language, str], ...] = (("fr", "Français"), ("en", "English"))
    return tuple(
        button(
            f"language-{code}",
            label,
            events.ChooseLanguage(code),
            look=Look.CHOICE,
            selected=word.language == code,
        )
        for code, label in choices
    )


def before_selling(word: Words) -> dict[str, Screen]:
    """Pairing, lock, restart."""
    locked = Locked(
        status=status(word, operator=""),
        title=word("Posez votre carte équipe", "Hold your staff card"),
        subtitle=word("ou tapez votre code", "or type your code"),
        error="",
        typed=2,
        length=4,
        busy=False,
        keypad=keys("OK"),
        languages=languages(word),
    )
    pairing = Pairing(
        status=status(
            word, operator="", place=word("Caisse non jumelée", "Till not paired"), point_of_sale=""
        ),
        title=word("Jumeler cette caisse", "Pair this till"),
        text=word(
            f"Sur la page «{N}Terminaux{N}» du serveur, touchez «{N}Ajouter{N}» et recopiez "
            "le code.",
            "On the server’s “Terminals” page, tap “Add” and copy the code here.",
        ),
        digits="4071",
        length=6,
        hint=word(
            f"Le code sert une fois, pendant 10{N}minutes.",
            f"The code works once, for 10{N}minutes.",
        ),
        error="",
        busy=False,
        address="https://caisse.legrandchamp.fr",
        change_address=button("change", word("Changer", "Change"), events.ChangeAddress()),
        serial=word(f"Cette caisse{N}: 7F3A-52", "This till: 7F3A-52"),
        keypad=keys("OK"),
        languages=languages(word),
    )
    address = AddressEntry(
        status=pairing.status,
        title=word("Adresse du serveur", "Server address"),
        text=word("Comme sur la page « Terminaux ».", "As on the “Terminals” page."),
        address="https://caisse.legrandchamp.fr",
        hint="https://…",
        cancel=back(word, ("Annuler", "Cancel")),
    )
    wrong = word(f"Code faux{N}: encore 3{N}essais", f"Wrong code: 3{N}tries left")
    refused = word("Code refusé ou trop vieux", "Code refused or too old")
    return {
        "01-locked": locked,
        "01-locked-wrong-code": replace(locked, typed=0, error=wrong),
        "12-last-sale": last_sale(word),
        "13-pairing": pairing,
        "13-pairing-refused": replace(pairing, digits="", error=refused),
        "13-address": address,
    }


def last_sale(word: Words) -> LastSale:
    """After a restart."""
    return LastSale(
        status=status(word, online=False, unsent=3),
        title=word("La caisse a redémarré", "The till restarted"),
        text=word(
            f"Dernière vente avant l’arrêt{N}: elle est bien payée.",
            "Last sale before it stopped: it is paid.",
        ),
        caption=word("22:46 · carte 4F2A 91C0", "22:46 · card 4F2A 91C0"),
        lines=lines(word)[:1],
        result=word("Payé", "Paid"),
        paid=True,
        amount=word.money(1000),
        question=word(f"La personne a eu sa commande{N}?", "Did the person get the order?"),
        buttons=(
            button(
                "refund",
                word(f"Non{N}: rembourser", "No: refund"),
                events.ConfirmRefund(),
                Icon.UNDO,
                sub=word.money(1000),
            ),
            button(
                "served",
                word("Oui, c’est bon", "Yes, all good"),
                events.Acknowledge(),
                Icon.CHECK,
                Look.MAIN,
            ),
        ),
    )


def lines(word: Words) -> tuple[Line, ...]:
    """Goods of a sale."""
    return (
        Line(
            quantity=f"2{N}×",
            name=word("Bière pression", "Draught beer"),
            amount=word.money(1000),
        ),
        Line(quantity=f"1{N}×", name=word("Limonade", "Lemonade"), amount=word.money(300)),
    )


def card_pages(word: Words) -> dict[str, Screen]:
    """Make the pages of waiting, writing, paid and refused."""
    wait = CardWait(
        status=status(word),
        title=word("Posez la carte", "Hold the card"),
        amount=word.money(1400),
        detail=word(*GOODS),
        cancel=button("back", word("Annuler", "Cancel"), events.Back(), Icon.BACK, Look.EDGED),
    )
    held = CardHeld(
        status=status(word),
        title=word("Gardez la carte posée", "Keep the card there"),
        amount=word.money(1400),
        detail=word(*GOODS),
        progress_permille=600,
    )
    paid = Paid(
        status=status(word),
        title=word("Payé", "Paid"),
        amount=word.money(500),
        left=word(f"reste {word.money(750)}", f"{word.money(750)} left"),
        goods=word(f"1{N}×{N}Bière pression", f"1{N}×{N}Draught beer"),
        next=button(
            "next",
            word("Touchez l’écran pour continuer", "Tap the screen to go on"),
            events.Continue(),
        ),
    )
    many = word(
        f"12{N}×{N}Pichet 1,5{N}L · 3{N}×{N}Assiette végétarienne du jour · 11{N}×{N}Consigne",
        f"12{N}×{N}Jug 1.5{N}L · 3{N}×{N}Vegetarian plate of the day · 11{N}×{N}Deposit",
    )
    school = word("MODE ÉCOLE · rien n’est payé pour de vrai", "TRAINING · nothing is really paid")
    trained = word(f"Exercice{N}: rien n’est payé", "Exercise: nothing is paid")
    title = word("Posez la carte à lire", "Hold the card to check")
    return {
        "03-card-wait": wait,
        "03-card-wait-long": replace(wait, amount=word.money(108650), detail=many),
        "03-card-wait-check": replace(wait, title=title, amount="", detail=""),
        "03-card-wait-training": replace(wait, training=school),
        "03-card-held": held,
        "04-approved": paid,
        "04-approved-long": replace(
            paid,
            amount=word.money(108650),
            left=word(f"reste {word.money(208650)}", f"{word.money(208650)} left"),
            goods=many,
        ),
        "04-topped-up": replace(
            paid, title=word("Rechargé", "Topped up"), amount=word.money(2500), goods=""
        ),
        "15-training-approved": replace(paid, title=trained, training=school),
        **refusals(word),
    }


def refusals(word: Words) -> dict[str, Screen]:
    """Dark red."""
    ways = (
        button(
            "fit",
            word("Retirer 1 bière", "Remove 1 beer"),
            events.RemoveToFit(),
            Icon.LESS,
            Look.BEST,
            word(f"nouveau total {word.money(900)}", f"new total {word.money(900)}"),
        ),
        button(
            "cash",
            word("Espèces", "Cash"),
            events.AskReload(),
            Icon.CASH,
            Look.EDGED,
            word(f"payer {word.money(1400)} en liquide", f"pay {word.money(1400)} in cash"),
        ),
        button(
            "other",
            word("Autre carte", "Another card"),
            events.AnotherCard(),
            Icon.CARD,
            Look.EDGED,
            word("le panier reste", "keep the basket"),
        ),
        button(
            "back",
            word("Annuler", "Cancel"),
            events.Back(),
            Icon.BACK,
            Look.EDGED,
            word("retour au panier", "back to the basket"),
        ),
    )
    declined = Refused(
        status=status(word),
        title=word("Refusé · rien n’est débité", "Refused · nothing was taken"),
        headline=word(f"Manque {word.money(150)}", f"Missing {word.money(150)}"),
        detail=word(
            f"Total {word.money(1400)} · sur la carte {word.money(1250)}",
            f"Total {word.money(1400)} · on the card {word.money(1250)}",
        ),
        ways=ways,
    )
    limit = replace(
        declined,
        status=status(word, online=False, unsent=14),
        headline=word("Trop pour une vente hors ligne", "Too much to sell offline"),
        detail=word(f"maximum {word.money(1000)}", f"limit {word.money(1000)}"),
        ways=(replace(ways[2], look=Look.BEST), ways[3]),
    )
    long_ = replace(
        declined,
        headline=word(f"Manque {word.money(108650)}", f"Missing {word.money(108650)}"),
        ways=(
            replace(
                ways[0],
                label=word(
                    "Retirer 1 assiette végétarienne du jour",
                    "Remove 1 vegetarian plate of the day",
                ),
            ),
            *ways[1:3],
            ways[3],
        ),
    )
    return {"05-declined": declined, "05-declined-limit": limit, "05-declined-long": long_}


def doubts(word: Words) -> dict[str, Screen]:
    """Amber frames."""
    other = button(
        "other", word("Autre carte", "Another card"), events.AnotherCard(), Icon.CARD, Look.MAIN
    )
    cancel = replace(
        back(word, ("Annuler", "Cancel")), sub=word("retour au panier", "back to the basket")
    )
    unknown = CardTrouble(
        status=status(word),
        icon=Icon.QUESTION,
        title=word("Carte inconnue", "Unknown card"),
        taken=word("Rien n’est débité.", "Nothing was taken."),
        sentences=(
            word(
                "Cette carte n’est pas de ce festival, ou elle est toute neuve.",
                "This card is not from this festival, or it is brand new.",
            ),
            word("Envoyez la personne à l’accueil.", "Send the person to the help desk."),
        ),
        number=word("Carte n° 4F2A 91C0", "Card no. 4F2A 91C0"),
        buttons=(other, cancel),
    )
    blocked = replace(
        unknown,
        icon=Icon.LOCK,
        title=word("Carte bloquée", "Blocked card"),
        sentences=(
            word(
                f"Déclarée perdue ou volée le 22{N}novembre.",
                f"Reported lost or stolen on 22{N}November.",
            ),
            word(
                "Ne la gardez pas. Envoyez à l’accueil.", "Do not keep it. Send to the help desk."
            ),
        ),
    )
    checking = Checking(
        status=status(word),
        title=word("Vérification…", "Checking…"),
        warning=word("Ne faites pas payer une deuxième fois.", "Do not charge a second time."),
        text=word(
            "La réponse arrive toute seule. Attendez le vert ou le rouge avant de servir.",
            "The answer comes by itself. Wait for green or red before serving.",
        ),
        progress_permille=600,
        foot=f"2{N}s · {word.money(1400)}",
    )
    again = SameCardAgain(
        status=status(word),
        title=word("Reposez la même carte", "Hold the same card again"),
        warning=word(
            "La carte a bougé trop tôt. Le paiement n’est pas fini.",
            "The card moved too early. The payment is not finished.",
        ),
        text=word(
            f"Sans la carte, la vente s’annule dans 24{N}secondes{N}: ne servez pas.",
            f"Without the card the sale is cancelled in 24{N}seconds: do not serve.",
        ),
        progress_permille=800,
        foot=f"24{N}s · {word.money(1400)}",
    )
    return {
        "06-card-unknown": unknown,
        "06-card-blocked": blocked,
        "07-checking": checking,
        "07-same-card-again": again,
        "14-reader-unplugged": ReaderUnplugged(
            status=status(word, reader=False),
            title=word("Lecteur débranché", "Reader unplugged"),
            steps=(
                word("Branchez le câble du lecteur.", "Plug the reader’s cable in."),
                word("Attendez le bip.", "Wait for the beep."),
                word("La vente reprend toute seule.", "The sale goes on by itself."),
            ),
            kept=word(
                f"Votre panier est gardé{N}: {word.money(1400)}",
                f"Your basket is kept: {word.money(1400)}",
            ),
            back=back(word, ("Retour au panier", "Back to the basket")),
        ),
        "17-out-of-order": OutOfOrder(
            status=status(word),
            title=word("Redémarrez la caisse", "Restart the till"),
            warning=word("Ne servez personne avant.", "Serve nobody before that."),
            text=word(
                "La dernière vente n’a pas pu être enregistrée. Au démarrage, la caisse dira si "
                "elle est payée.",
                "The last sale could not be saved. When it starts, the till says whether it is "
                "paid.",
            ),
            buttons=(
                button(
                    "off", word("Éteindre", "Switch off"), events.SwitchOff(), Icon.POWER, Look.MAIN
                ),
            ),
        ),
    }


def reviews(word: Words) -> dict[str, Screen]:
    """Card check, reload, refund."""
    check = CardCheck(
        status=status(word, online=False, unsent=14),
        number=f"4F2A{N}91C0",
        verdict=word("Carte valable", "Card is good"),
        spend_label=word("À dépenser ici", "To spend here"),
        spend=word.money(2050),
        holdings=(
            Holding(
                name=word("Euro fédéré", "Federated euro"),
                note=word("valable partout", "good everywhere"),
                amount=word.money(1250),
            ),
            Holding(
                name="Champ",
                note=word("d’ici · fond le 21 janv.", "local · melts 21 Jan"),
                amount=word(f"8,00{N}CH", f"8.00{N}CH"),
            ),
            Holding(
                name=word("Heures bénévole", "Volunteer hours"),
                note=word("ne paie pas au bar", "not for the bar"),
                amount=f"3{N}h",
            ),
        ),
        movements_title=word("Derniers mouvements", "Last movements"),
        movements=tuple(
            Movement(
                clock=clock, label=label, amount=("+" if cents > 0 else "") + word.money(cents)
            )
            for clock, label, cents in (
                ("22:47", "Bar 2", -500),
                ("21:30", "Crêperie", -600),
                ("19:02", word("Recharge espèces", "Cash top-up"), 2000),
                ("18:55", word("Consigne", "Deposit"), 100),
                ("18:40", "Bar 1", -450),
            )
        ),
        note=word(
            "Solde connu à 22:35, moins les ventes d’ici",
            "Balance as of 22:35, less sales here",
        ),
        buttons=(
            button("reload", word("Recharger", "Top up"), events.AskReload(), Icon.PLUS),
            button("back", word("Fermer", "Close"), events.Back(), Icon.CROSS, Look.RETURN),
        ),
    )
    many = replace(
        check,
        spend=word.money(108650),
        note="",
        holdings=(
            *check.holdings,
            replace(check.holdings[1], name="Monnaie complémentaire des Trois Rivières"),
        ),
    )
    return {"08-card-check": check, "08-card-check-many": many, **money(word)}


def money(word: Words) -> dict[str, Screen]:
    """Reload and refund."""
    reload = CashReload(
        status=status(word, point_of_sale=word("Accueil", "Welcome")),
        title=word("Recharge en espèces", "Cash top-up"),
        label=word("Argent reçu", "Money received"),
        amount=word.money(2500),
        quick=tuple(
            button(
                f"add-{euros}", word(f"+{euros}{N}€", f"+€{euros}"), events.AddMoney(euros * 100)
            )
            for euros in (5, 10, 20, 50)
        ),
        hint=word(
            f"Comptez l’argent avant de valider. Maximum 150{N}€ par carte.",
            "Count the money before you confirm. Maximum €150 a card.",
        ),
        keypad=keys("00"),
        assets=(),
        cancel=back(word, ("Annuler", "Cancel")),
        confirm=button(
            "confirm", word("VALIDER", "CONFIRM"), events.ConfirmReload(), Icon.CARD, Look.MAIN
        ),
    )
    assets = tuple(
        button(
            f"asset-{name}",
            name,
            events.ChooseAsset(AssetId(name)),
            look=Look.CHOICE,
            selected=not i,
        )
        for i, name in enumerate(("Euro", "Champ"))
    )
    ask = RefundAsk(
        status=status(word),
        title=word(f"Rembourser la dernière vente{N}?", "Refund the last sale?"),
        caption=word("22:46 · carte 4F2A 91C0 · par Maïa", "22:46 · card 4F2A 91C0 · by Maïa"),
        lines=lines(word),
        back_label=word("Revient sur la carte", "Goes back to the card"),
        amount=word.money(1300),
        hint=word(
            "La carte n’est pas nécessaire. On ne peut le faire qu’une fois.",
            "The card is not needed. It can be done only once.",
        ),
        buttons=(
            back(word),
            button(
                "refund",
                word(f"Rembourser {word.money(1300)}", f"Refund {word.money(1300)}"),
                events.ConfirmRefund(),
                Icon.UNDO,
                Look.MAIN,
            ),
        ),
    )
    return {
        "09-cash-reload": reload,
        "09-cash-reload-assets": replace(reload, assets=assets, amount=word.money(108650)),
        "10-refund": ask,
        "10-refund-many": replace(ask, lines=lines(word) * 5, amount=word.money(108650)),
    }


def states(word: Words) -> dict[str, Screen]:
    """State page and menu."""
    sent = StatePage(
        status=status(word),
        done=True,
        title=word("Tout est envoyé,", "Everything is sent,"),
        headline=word("vous pouvez éteindre", "you can switch off"),
        texts=(
            word(
                f"214{N}ventes · {word.money(108650)} · dernier envoi à 02:12",
                f"214{N}sales · {word.money(108650)} · last sent at 02:12",
            ),
        ),
        buttons=(
            back(word),
            button(
                "off", word("Éteindre", "Switch off"), events.SwitchOff(), Icon.POWER, Look.MAIN
            ),
        ),
    )
    waiting = StatePage(
        status=status(word, online=False, unsent=14),
        done=False,
        title=word("N’éteignez pas encore", "Do not switch off yet"),
        headline=word(
            f"14{N}ventes ({word.money(9650)}) à envoyer",
            f"14{N}sales ({word.money(9650)}) to send",
        ),
        texts=(
            word(
                f"Hors ligne depuis 12{N}min. Vous pouvez continuer à vendre.",
                f"Offline for 12{N}min. You can go on selling.",
            ),
            word(
                f"Rien n’est perdu{N}: l’envoi reprendra au démarrage.",
                "Nothing is lost: sending resumes at start.",
            ),
        ),
        buttons=(
            back(word),
            button(
                "off",
                word("Éteindre quand même", "Switch off anyway"),
                events.SwitchOff(),
                Icon.POWER,
            ),
        ),
    )
    return {"11-all-sent": sent, "11-not-yet": waiting, "18-menu": menu(word)}


def menu(word: Words) -> Menu:
    """Make the menu."""
    levels = ((35, "Nuit", "Night"), (70, "Normal", "Normal"), (100, "Soleil", "Sun"))
    return Menu(
        status=status(word),
        title="Menu",
        settings=(
            Setting(label=word("Langue", "Language"), icon=Icon.PERSON, choices=languages(word)),
            Setting(
                label=word("Luminosité", "Brightness"),
                icon=Icon.SUN,
                choices=tuple(
                    button(
                        f"light-{level}",
                        word(fr, en),
                        events.ChooseBrightness(level),
                        look=Look.CHOICE,
                        selected=level == 70,
                    )
                    for level, fr, en in levels
                ),
            ),
            Setting(
                label=word("Mode école", "Training"),
                icon=Icon.SCHOOL,
                choices=tuple(
                    button(
                        f"training-{on}",
                        label,
                        events.ToggleTraining() if on else None,
                        look=Look.CHOICE,
                        selected=not on,
                    )
                    for on, label in ((0, word("Non", "Off")), (1, word("Oui", "On")))
                ),
            ),
        ),
        buttons=(
            button(
                "reload", word("Recharge espèces", "Cash top-up"), events.AskReload(), Icon.CASH
            ),
            button("off", word("Éteindre", "Switch off"), events.OpenState(), Icon.POWER),
            button("lock", word("Verrouiller", "Lock"), events.Lock(), Icon.LOCK),
        ),
        back=back(word),
    )
