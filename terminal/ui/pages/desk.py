"""Pages beside selling: card check, cash reload, refund, state, menu."""

from __future__ import annotations

from terminal.till import risk
from terminal.till.directory import Card, Directory, for_cash, may_manage
from terminal.till.events import (
    AddMoney,
    AskReload,
    Back,
    ChooseAsset,
    ChooseBrightness,
    ConfirmRefund,
    ConfirmReload,
    Lock,
    OpenState,
    SwitchOff,
    ToggleTraining,
)
from terminal.till.receipts import Entry, RefundDraft, ReloadDraft, SaleDraft
from terminal.till.state import CardShown, MenuShown, RefundAsked, ReloadTyped, StateShown
from terminal.ui import messages as m, screen
from terminal.ui.messages import Phrase
from terminal.ui.pages.pen import Pen
from terminal.ui.screen import Button, Icon, Look

QUICK = (5, 10, 20, 50)  # banknotes
MOVEMENTS = 5
LEVELS = ((35, m.NIGHT), (70, m.NORMAL), (100, m.BRIGHT_SUN))


def card_shown(pen: Pen, page: CardShown) -> screen.CardCheck:
    """Draw what a card may spend here."""
    directory = pen.till.directory
    card = directory.cards.get(page.card.ref, page.card)
    movements = _movements(pen, directory, card)
    as_of = pen.say(m.BALANCE_AS_OF, clock=pen.clock(directory.as_of_ms))
    close = pen.button("back", m.CLOSE, Back(), icon=Icon.CROSS, look=Look.RETURN)
    return screen.CardCheck(
        status=pen.status(),
        training=pen.training(),
        number=card.number,
        verdict=pen.say(m.CARD_GOOD),
        spend_label=pen.say(m.TO_SPEND),
        spend=pen.money(risk.balance(pen.till, card)),
        holdings=_holdings(pen, directory, card),
        movements_title=pen.say(m.MOVEMENTS if movements else m.NO_MOVEMENTS),
        movements=movements,
        note="" if pen.online() else as_of,
        buttons=(*_reload_button(pen), close),
    )


def _holdings(pen: Pen, directory: Directory, card: Card) -> tuple[screen.Holding, ...]:
    def note(federated: bool, here: bool) -> str:
        if not here:
            return pen.say(m.NOT_HERE)
        return pen.say(m.GOOD_EVERYWHERE if federated else m.GOOD_HERE)

    held = sorted((asset, amount) for asset, amount in card.balances.items() if amount)
    known = ((directory.assets[a], amount) for a, amount in held if a in directory.assets)
    return tuple(
        screen.Holding(
            name=asset.name,
            note=note(asset.federated, asset.here),
            amount=pen.money(amount, asset.id),
        )
        for asset, amount in known
    )


def _movements(pen: Pen, directory: Directory, card: Card) -> tuple[screen.Movement, ...]:
    """Show what this till did with the card lately, newest first."""
    words: dict[type, Phrase] = {
        SaleDraft: m.MOVED_SALE,
        RefundDraft: m.MOVED_REFUND,
        ReloadDraft: m.MOVED_RELOAD,
    }

    def movement(entry: Entry) -> screen.Movement:
        amount = risk.moved(entry.draft, directory, card)
        return screen.Movement(
            clock=pen.clock(entry.at_ms),
            label=pen.say(words[type(entry.draft)]),
            amount=pen.money(amount, plus=True),
        )

    mine = (e for e in reversed(pen.till.recent) if risk.moved(e.draft, directory, card))
    return tuple(movement(entry) for entry in mine)[:MOVEMENTS]


def _reload_button(pen: Pen) -> tuple[Button, ...]:
    if not for_cash(pen.till.directory):
        return ()
    return (pen.button("reload", m.TOP_UP, AskReload(), icon=Icon.PLUS),)


def reload(pen: Pen, page: ReloadTyped) -> screen.CashReload:
    """Draw the keypad for cash."""
    directory = pen.till.directory
    unit = 10 ** directory.assets[page.asset].scale
    confirm = ConfirmReload() if page.amount > 0 else None
    return screen.CashReload(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.CASH_TOP_UP),
        label=pen.say(m.MONEY_RECEIVED),
        amount=pen.cash(page.amount, page.asset),
        quick=tuple(_banknote(pen, note, unit, page) for note in QUICK),
        hint=pen.say(m.COUNT_MONEY, amount=pen.money(directory.reload_maximum)),
        keypad=pen.keypad(enter=False),
        assets=_reload_assets(directory, page),
        cancel=pen.button("cancel", m.CANCEL, Back(), icon=Icon.BACK, look=Look.RETURN),
        confirm=pen.button("confirm", m.CONFIRM, confirm, icon=Icon.CARD, look=Look.MAIN),
    )


def _banknote(pen: Pen, note: int, unit: int, page: ReloadTyped) -> Button:
    label = pen.cash(note * unit, page.asset, plus=True)
    for cents in (",00", ".00"):
        label = label.replace(cents, "")
    return Button(id=f"add:{note}", label=label, event=AddMoney(note * unit))


def _reload_assets(directory: Directory, page: ReloadTyped) -> tuple[Button, ...]:
    sold = for_cash(directory)
    if len(sold) < 2:
        return ()
    return tuple(
        Button(
            id=f"asset:{asset.id}",
            label=asset.name,
            event=ChooseAsset(asset.id),
            look=Look.CHOICE,
            selected=asset.id == page.asset,
        )
        for asset in sold
    )


def refund(pen: Pen, page: RefundAsked) -> screen.RefundAsk:
    """Draw the question before a refund."""
    draft = page.entry.draft
    sale = draft if isinstance(draft, SaleDraft) else None
    amount = "" if sale is None else pen.money(sale.total)
    confirm = Button(
        id="confirm",
        label=pen.say(m.REFUND_AMOUNT, amount=amount),
        event=ConfirmRefund(),
        icon=Icon.UNDO,
        look=Look.MAIN,
    )
    back = pen.button("back", m.BACK, Back(), icon=Icon.BACK, look=Look.RETURN)
    return screen.RefundAsk(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.REFUND_LAST),
        caption="" if sale is None else _caption(pen, page.entry, sale),
        lines=() if sale is None else pen.lines(sale.lines),
        back_label=pen.say(m.BACK_ON_CARD),
        amount=amount,
        hint=pen.say(m.REFUND_HINT),
        buttons=(back, confirm),
    )


def _caption(pen: Pen, entry: Entry, sale: SaleDraft) -> str:
    operators = pen.till.directory.operators
    by = next((o.name for o in operators if o.id == sale.operator), "")
    return pen.caption(entry.at_ms, sale.number, by)


def state(pen: Pen, _page: StateShown) -> screen.StatePage:
    """Say whether the till may be switched off."""
    till = pen.till
    done = till.unsent.count == 0
    off = pen.button(
        "switch-off",
        m.SWITCH_OFF if done else m.SWITCH_OFF_ANYWAY,
        SwitchOff(),
        icon=Icon.POWER,
        look=Look.MAIN if done else Look.PLAIN,
    )
    return screen.StatePage(
        status=pen.status(),
        training=pen.training(),
        done=done,
        title=pen.say(m.ALL_SENT if done else m.NOT_YET),
        headline=pen.say(m.MAY_SWITCH_OFF) if done else pen.to_send(),
        texts=(_sent(pen),) if done else (_not_sent(pen), pen.say(m.NOTHING_LOST)),
        buttons=(pen.button("back", m.BACK, Back(), icon=Icon.BACK, look=Look.RETURN), off),
    )


def _sent(pen: Pen) -> str:
    sales, synced_ms = pen.sales(pen.till.sales), pen.till.link.last_sync_ms
    if synced_ms is None:
        return sales
    return pen.say(m.SALES_TODAY, sales=sales, clock=pen.clock(synced_ms))


def _not_sent(pen: Pen) -> str:
    answered_ms = pen.till.link.last_answer_ms
    if pen.online():
        return pen.say(m.STATE_SENDING)
    if answered_ms is None:
        return pen.say(m.STATE_OFFLINE)
    return pen.say(m.STATE_OFFLINE_SINCE, time=pen.duration(pen.till.now_ms - answered_ms))


def menu(pen: Pen, _page: MenuShown) -> screen.Menu:
    """Draw the menu; only what the operator may do is there."""
    settings = [
        screen.Setting(label=pen.say(m.LANGUAGE), icon=Icon.PERSON, choices=pen.languages()),
        screen.Setting(label=pen.say(m.BRIGHTNESS), icon=Icon.SUN, choices=_levels(pen)),
    ]
    if may_manage(pen.till.operator):
        label = pen.say(m.TRAINING_MODE)
        choices = _training(pen)
        settings.append(screen.Setting(label=label, icon=Icon.SCHOOL, choices=choices))
    return screen.Menu(
        status=pen.status(),
        training=pen.training(),
        title=pen.say(m.MENU),
        settings=tuple(settings),
        buttons=(
            *_reload_button(pen),
            pen.button("sending", m.STATE, OpenState(), icon=Icon.POWER),
            pen.button("lock", m.LOCK, Lock(), icon=Icon.LOCK),
        ),
        back=pen.button("back", m.BACK, Back(), icon=Icon.BACK, look=Look.RETURN),
    )


def _levels(pen: Pen) -> tuple[Button, ...]:
    return tuple(
        Button(
            id=f"brightness:{percent}",
            label=pen.say(phrase),
            event=ChooseBrightness(percent),
            look=Look.CHOICE,
            selected=percent == pen.till.brightness,
        )
        for percent, phrase in LEVELS
    )


def _training(pen: Pen) -> tuple[Button, ...]:
    """Only the other choice can be touched."""
    on = pen.till.training
    return tuple(
        Button(
            id=f"training:{name}",
            label=pen.say(phrase),
            event=None if on is value else ToggleTraining(),
            look=Look.CHOICE,
            selected=on is value,
        )
        for name, phrase, value in (("on", m.YES, True), ("off", m.NO, False))
    )
