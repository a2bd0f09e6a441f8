"""The till as a table of (state, event) → handler. The table is the machine.

`step` is the only way in: it takes the event into account (`world.observe`), then looks for the
row of the page and the event. A missing row ignores the event, which is what kills double taps: a
second touch of VALIDER meets a page that has no row for it. The documentation's diagram is drawn
from this table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from terminal.till import desk, opening, paying, selling, verdicts
from terminal.till.commands import Exit
from terminal.till.events import (
    Acknowledge,
    AddMoney,
    AddProduct,
    AddressTyped,
    AnotherCard,
    AskRefund,
    AskReload,
    Back,
    CardSeen,
    CardUnusable,
    ChangeAddress,
    Charge,
    CheckCard,
    ChooseAsset,
    ChooseBrightness,
    ChooseCategory,
    ChooseLanguage,
    ClearBasket,
    ConfirmRefund,
    ConfirmReload,
    Continue,
    Enter,
    Erase,
    Event,
    JournalFailed,
    Journalled,
    Key,
    Lock,
    NextPage,
    NodeLost,
    NodeRefused,
    OpenMenu,
    OpenState,
    Paired,
    PairingRefused,
    PinChecked,
    Pulled,
    Pushed,
    ReaderFound,
    ReaderLost,
    RemoveProduct,
    RemoveToFit,
    RestoreBasket,
    Started,
    SwitchOff,
    Tick,
    ToggleTraining,
)
from terminal.till.state import (
    AwaitingCheck,
    AwaitingReload,
    AwaitingSale,
    AwaitingVerdict,
    CardShown,
    LastShown,
    Locked,
    MenuShown,
    OutOfOrder,
    Page,
    PaidShown,
    ReaderLostShown,
    Recording,
    RefundAsked,
    RefusedShown,
    ReloadTyped,
    Selling,
    Starting,
    StateShown,
    Step,
    TakingBack,
    Till,
    TroubleShown,
    TypingAddress,
    Unpaired,
)
from terminal.till.world import observe

Handler = Callable[[Till, Any, Any], Step]

FLOW: Final[dict[tuple[type[Page], type[Event]], Handler]] = {
    # Power on
    (Starting, Started): opening.started,
    (Starting, JournalFailed): paying.journal_failed,
    (LastShown, Acknowledge): opening.acknowledge,
    (LastShown, ConfirmRefund): opening.give_last_back,
    # Pairing
    (Unpaired, Key): opening.pairing_key,
    (Unpaired, Erase): opening.pairing_erase,
    (Unpaired, Enter): opening.pairing_enter,
    (Unpaired, Paired): opening.paired,
    (Unpaired, Pulled): opening.first_news,
    (Unpaired, PairingRefused): opening.pairing_refused,
    (Unpaired, ChangeAddress): opening.change_address,
    (Unpaired, ChooseLanguage): opening.language,
    (TypingAddress, AddressTyped): opening.address_typed,
    (TypingAddress, Back): opening.address_kept,
    # Logging in
    (Locked, Key): opening.pin_key,
    (Locked, Erase): opening.pin_erase,
    (Locked, Enter): opening.pin_enter,
    (Locked, PinChecked): opening.pin_checked,
    (Locked, Tick): opening.pin_tick,
    (Locked, CardSeen): opening.staff_card,
    (Locked, ChooseLanguage): opening.language,
    (Locked, OpenState): desk.ask_at_the_lock,
    # Selling
    (Selling, AddProduct): selling.add_product,
    (Selling, RemoveProduct): selling.remove_product,
    (Selling, ChooseCategory): selling.choose_category,
    (Selling, NextPage): selling.next_page,
    (Selling, ClearBasket): selling.clear_basket,
    (Selling, RestoreBasket): selling.restore_basket,
    (Selling, Tick): selling.selling_tick,
    (Selling, Pulled): selling.selling_pulled,
    (Selling, Charge): selling.charge,
    (Selling, CheckCard): selling.check_card,
    (Selling, AskRefund): selling.ask_refund,
    (Selling, OpenMenu): desk.open_menu,
    (Selling, OpenState): desk.open_state,
    # Holding a card to pay
    (AwaitingSale, CardSeen): paying.card_for_sale,
    (AwaitingSale, CardUnusable): paying.card_unusable,
    (AwaitingSale, ReaderLost): selling.reader_lost,
    (AwaitingSale, Back): selling.to_sale,
    (ReaderLostShown, ReaderFound): selling.reader_found,
    (ReaderLostShown, Back): selling.to_sale,
    # The journal and the node answer; nobody can leave these pages by touching
    (Recording, Journalled): paying.recorded,
    (Recording, JournalFailed): paying.journal_failed,
    (AwaitingVerdict, Pushed): verdicts.answered,
    (AwaitingVerdict, Pulled): verdicts.answered,
    (AwaitingVerdict, NodeLost): verdicts.node_gone,
    (AwaitingVerdict, NodeRefused): verdicts.node_gone,
    (AwaitingVerdict, Tick): verdicts.verdict_tick,
    (TakingBack, Journalled): verdicts.taken_back,
    (TakingBack, JournalFailed): paying.journal_failed,
    # Green, red, amber
    (PaidShown, Continue): selling.to_sale,
    (RefusedShown, RemoveToFit): paying.remove_to_fit,
    (RefusedShown, AnotherCard): paying.another_card,
    (RefusedShown, Back): paying.leave_refusal,
    (RefusedShown, Pulled): verdicts.refusal_pulled,
    (TroubleShown, AnotherCard): paying.retry_card,
    (TroubleShown, Back): selling.to_sale,
    # Card check, reload, refund
    (AwaitingCheck, CardSeen): desk.card_for_check,
    (AwaitingCheck, CardUnusable): paying.card_unusable,
    (AwaitingCheck, ReaderLost): selling.reader_lost,
    (AwaitingCheck, Back): selling.to_sale,
    (CardShown, AskReload): desk.ask_reload,
    (CardShown, Back): selling.to_sale,
    (ReloadTyped, Key): desk.reload_key,
    (ReloadTyped, Erase): desk.reload_erase,
    (ReloadTyped, AddMoney): desk.reload_add,
    (ReloadTyped, ChooseAsset): desk.reload_asset,
    (ReloadTyped, ConfirmReload): desk.confirm_reload,
    (ReloadTyped, Back): selling.to_sale,
    (AwaitingReload, CardSeen): desk.card_for_reload,
    (AwaitingReload, CardUnusable): paying.card_unusable,
    (AwaitingReload, ReaderLost): selling.reader_lost,
    (AwaitingReload, Back): desk.leave_reload,
    (RefundAsked, ConfirmRefund): desk.confirm_refund,
    (RefundAsked, Back): selling.to_sale,
    # State and menu
    (StateShown, Back): desk.leave_state,
    (StateShown, SwitchOff): desk.switch_off,
    (MenuShown, ChooseLanguage): opening.language,
    (MenuShown, ChooseBrightness): desk.brightness,
    (MenuShown, ToggleTraining): desk.toggle_training,
    (MenuShown, AskReload): desk.ask_reload,
    (MenuShown, OpenState): desk.open_state,
    (MenuShown, Lock): desk.lock,
    (MenuShown, Back): desk.to_home,
    (OutOfOrder, SwitchOff): desk.switch_off,
}

BUSY: Final = (Recording, AwaitingVerdict, TakingBack)


def step(till: Till, event: Event) -> Step:
    """Give the till after an event, and what the shell has to do.

    Once the till was told to stop it leaves as soon as no sale is open (SIGTERM, Stopping).
    """
    till = observe(till, event)
    handler = FLOW.get((type(till.page), type(event)))
    till, commands = (till, ()) if handler is None else handler(till, till.page, event)
    if till.stopping and not isinstance(till.page, BUSY) and Exit() not in commands:
        commands = (*commands, Exit())
    return till, commands
