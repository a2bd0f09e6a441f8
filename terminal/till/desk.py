"""Everything beside selling: card check, cash reload, refund, menu, state page."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from terminal.till import risk
from terminal.till.commands import Exit, PowerOff, SetBrightness, Signal, Tune
from terminal.till.directory import NOBODY, CardStatus, for_cash, may_manage
from terminal.till.events import (
    AddMoney,
    AskReload,
    Back,
    CardSeen,
    ChooseAsset,
    ChooseBrightness,
    ConfirmRefund,
    ConfirmReload,
    Erase,
    Event,
    Key,
    Lock,
    OpenState,
    SwitchOff,
    ToggleTraining,
)
from terminal.till.opening import home, locked
from terminal.till.paying import follow, trouble
from terminal.till.receipts import RefundDraft, ReloadDraft, SaleDraft
from terminal.till.recording import record
from terminal.till.selling import await_card
from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    CardShown,
    Locked,
    MenuShown,
    Page,
    RefundAsked,
    ReloadTyped,
    Selling,
    StateShown,
    Step,
    Till,
    Trouble,
)

MOST_TYPED: Final = 999_999  # minor units: what fits the amount's box


# --- Card check ---------------------------------------------------------------------------------


def card_for_check(till: Till, page: AwaitingCheck, event: CardSeen) -> Step:
    """Show what is on the card, or what is wrong with it."""
    card = till.directory.cards.get(event.card)
    if card is None:
        return trouble(till, Trouble.UNKNOWN, page)
    if card.status is CardStatus.BLOCKED:
        return trouble(
            till, Trouble.BLOCKED, page, number=card.number, blocked_at_ms=card.blocked_at_ms
        )
    return till.on(CardShown(card)), (Signal(Tune.QUIET),)


# --- Cash reload --------------------------------------------------------------------------------


def ask_reload(till: Till, page: Page, _event: AskReload) -> Step:
    """Ask how much cash was received; the place's own money is proposed first."""
    sold = for_cash(till.directory)
    return till.on(ReloadTyped(asset=sold[0].id) if sold else page), ()


def reload_key(till: Till, page: ReloadTyped, event: Key) -> Step:
    """Type the amount in minor units."""
    return _amount(till, page, int(f"{page.amount}{event.digits}"))


def reload_erase(till: Till, page: ReloadTyped, _event: Erase) -> Step:
    """Take the last digit away."""
    return _amount(till, page, page.amount // 10)


def reload_add(till: Till, page: ReloadTyped, event: AddMoney) -> Step:
    """Add a banknote."""
    return _amount(till, page, page.amount + event.amount)


def _amount(till: Till, page: ReloadTyped, amount: int) -> Step:
    return till.on(replace(page, amount=amount if amount <= MOST_TYPED else page.amount)), ()


def reload_asset(till: Till, page: ReloadTyped, event: ChooseAsset) -> Step:
    """Sell another money for the cash."""
    return till.on(replace(page, asset=event.asset)), ()


def confirm_reload(till: Till, page: ReloadTyped, _event: ConfirmReload) -> Step:
    """Wait for the card, as the money was counted."""
    if page.amount <= 0:
        return till, ()
    return await_card(till, AwaitingReload(asset=page.asset, amount=page.amount))


def leave_reload(till: Till, page: AwaitingReload, _event: Back) -> Step:
    """Back to the amount."""
    return till.on(ReloadTyped(asset=page.asset, amount=page.amount)), (Signal(Tune.QUIET),)


def card_for_reload(till: Till, page: AwaitingReload, event: CardSeen) -> Step:
    """Top up the card that was held."""
    card = till.directory.cards.get(event.card)
    if card is None:
        return trouble(till, Trouble.UNKNOWN, page)
    if card.status is CardStatus.BLOCKED:
        return trouble(
            till, Trouble.BLOCKED, page, number=card.number, blocked_at_ms=card.blocked_at_ms
        )
    draft = ReloadDraft(
        basis="cached",
        card=event.card,
        number=card.number,
        asset=page.asset,
        amount=page.amount,
        operator=NOBODY if till.operator is None else till.operator.id,
    )
    decision = risk.reload_goes(till, draft)
    if isinstance(decision, risk.Ask):
        draft = replace(draft, basis="online")
    return follow(till, draft, decision)


# --- Refund -------------------------------------------------------------------------------------


def confirm_refund(till: Till, page: RefundAsked, _event: ConfirmRefund) -> Step:
    """Give all of the sale back, once."""
    sale = page.entry.draft
    if not isinstance(sale, SaleDraft) or till.last != page.entry:
        return till.on(home(till)), ()
    operator = NOBODY if till.operator is None else till.operator.id
    return record(till, RefundDraft(seq=page.entry.seq, sale=sale, operator=operator))


# --- State and menu -----------------------------------------------------------------------------


def open_state(till: Till, _page: Page, _event: Event) -> Step:
    """Say what is not sent yet."""
    return till.on(StateShown()), ()


def ask_at_the_lock(till: Till, page: Locked, _event: OpenState) -> Step:
    """Say it to anybody; the lock keeps its count of wrong codes meanwhile."""
    if page.checking:
        return till, ()
    return till.on(StateShown(lock=replace(page, digits=""))), ()


def leave_state(till: Till, page: StateShown, event: Back) -> Step:
    """Back to the lock as it was, else to the first page."""
    return to_home(till, page, event) if page.lock is None else (till.on(page.lock), ())


def open_menu(till: Till, _page: Page, _event: Event) -> Step:
    """Language, brightness, training, lock."""
    return till.on(MenuShown()), ()


def to_home(till: Till, _page: Page, _event: Back) -> Step:
    """Back to selling, or to the lock."""
    return till.on(home(till)), ()


def switch_off(till: Till, _page: StateShown, _event: SwitchOff) -> Step:
    """Everything durable is durable already: off."""
    return till, (Signal(Tune.QUIET), PowerOff(), Exit())


def brightness(till: Till, _page: MenuShown, event: ChooseBrightness) -> Step:
    """For the night, the day, the sun."""
    return replace(till, brightness=event.percent), (SetBrightness(event.percent),)


def toggle_training(till: Till, _page: MenuShown, _event: ToggleTraining) -> Step:
    """Enter or leave the training mode; what was in the basket was practice, or was not."""
    if not may_manage(till.operator):
        return till, ()
    return replace(till, training=not till.training, basket=(), page=Selling()), ()


def lock(till: Till, _page: MenuShown, _event: Lock) -> Step:
    """Log out; the basket stays for whoever comes next."""
    return replace(till, operator=None, page=locked()), ()
