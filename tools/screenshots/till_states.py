"""Every state of the till that a person can meet, under its picture's name in TILL.md.

`samples` draws them with the till's own view-model: pictures cannot show what no till would say.
The one exception is marked: no state of the machine leads to it yet.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shared.amounts import Language
from shared.errors import Code
from shared.ids import Hash
from terminal.till.directory import NOWHERE, Directory, ProductId
from terminal.till.events import Unsent
from terminal.till.pricing import Removal
from terminal.till.receipts import Draft, Entry, ReloadDraft, SaleDraft, Sold
from terminal.till.state import (
    AwaitingCheck,
    AwaitingSale,
    AwaitingVerdict,
    CardShown,
    LastShown,
    Link,
    Locked,
    MenuShown,
    OutOfOrder,
    PaidShown,
    ReaderLostShown,
    Reason,
    Recording,
    RefundAsked,
    RefusedShown,
    ReloadTyped,
    Selling,
    StateShown,
    Till,
    Trouble,
    TroubleShown,
    TypingAddress,
    Unpaired,
    Wrong,
)
from terminal.ui.pages.pen import Layout
from terminal.ui.screen import CardHeld, SameCardAgain, Screen
from terminal.ui.view import draw
from tools.screenshots.till_place import (
    ALICE,
    CHAMP,
    DIRECTORY,
    FED,
    HOUR,
    LONG_DIRECTORY,
    LOST,
    MAIA,
    MINUTE,
    NOW,
)

ONLINE: Final = Link(last_answer_ms=NOW - 1000, last_sync_ms=NOW - 1000)
OFFLINE: Final = Link(last_answer_ms=NOW - 12 * MINUTE, last_sync_ms=NOW - 12 * MINUTE, lost=True)
LATE: Final = Link(last_answer_ms=NOW - 11 * HOUR, last_sync_ms=NOW - 11 * HOUR, lost=True)
WAITING: Final = Unsent(count=14, amount=9650)
BASKET: Final = ("draught", "draught", "lemonade", "cup")


def basket(*names: str) -> tuple[tuple[ProductId, int], ...]:
    """Count the products in the order of their first touch."""
    return tuple((ProductId(name), names.count(name)) for name in dict.fromkeys(names))


def draft(*names: str, directory: Directory = DIRECTORY) -> SaleDraft:
    """Write a sale of these products."""
    known = {p.id: p for p in directory.products}
    lines = tuple(
        Sold(
            product=name,
            label=known[name].name,
            quantity=quantity,
            unit_price=known[name].price,
            vat_bp=2000,
        )
        for name, quantity in basket(*names)
    )
    return SaleDraft(
        basis="cached",
        card=ALICE,
        number="4F2A\u00a091C0",
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in lines),
        operator=MAIA.id,
    )


def entry(what: Draft) -> Entry:
    """Make an entry of the journal, a minute old."""
    return Entry(seq=7, hash=Hash("0" * 64), at_ms=NOW - MINUTE, draft=what)


def reload(amount: int) -> ReloadDraft:
    """Write a cash reload."""
    return ReloadDraft(
        basis="online",
        card=ALICE,
        number="4F2A\u00a091C0",
        asset=FED,
        amount=amount,
        operator=MAIA.id,
    )


SALE: Final = draft(*BASKET)
BEER: Final = draft("draught")
LONG_BASKET: Final = [p.id for p in LONG_DIRECTORY.products[:11] for _ in range(12)]
LONG_SALE: Final = draft(*LONG_BASKET, directory=LONG_DIRECTORY)

TILL: Final = Till(
    page=Selling(),
    now_ms=NOW,
    directory=DIRECTORY,
    operator=MAIA,
    link=ONLINE,
    trusted_clock=True,
    address="https://caisse.legrandchamp.fr",
    serial="7F3A-52",
    last=entry(BEER),
)
FULL: Final = replace(TILL, basket=basket(*BASKET), page=Selling(touched=ProductId("cup")))
CUT: Final = replace(TILL, link=OFFLINE, unsent=WAITING)
NEW: Final = replace(TILL, directory=NOWHERE, operator=None)
CLOSED: Final = replace(TILL, operator=None)
LONG: Final = replace(
    CUT,
    directory=LONG_DIRECTORY,
    operator=replace(MAIA, name="Marie-Antoinette"),
    basket=basket(*LONG_BASKET),
    page=Selling(touched=LONG_BASKET[-1]),
    unsent=Unsent(count=1214, amount=1_086_550),
)


def sales() -> dict[str, Till]:
    """List the states of the sale page."""
    cleared = Selling(cleared=FULL.basket, cleared_until_ms=NOW + 1)
    return {
        "02-sale-empty": TILL,
        "02-sale-basket": FULL,
        "02-sale-left-handed": replace(FULL, operator=replace(MAIA, left_handed=True)),
        "02-sale-cleared": TILL.on(cleared),
        "02-sale-nothing-to-pay": replace(TILL, basket=basket("cup-back")),
        "02-sale-many-lines": LONG,
        "11-offline-sale": replace(FULL, link=OFFLINE, unsent=WAITING),
        "11-offline-limit": replace(FULL, link=LATE, unsent=replace(WAITING, count=41)),
        "11-stranger": replace(FULL, link=replace(OFFLINE, stranger=True), unsent=WAITING),
        "14-sale-without-reader": replace(FULL, reader=False),
        "15-training-sale": replace(FULL, training=True),
        "15-training-limit": replace(FULL, training=True, link=LATE, unsent=WAITING),
    }


def cards() -> dict[str, Till]:
    """List the states around a card that pays."""
    check = AwaitingCheck()
    paid, long_paid = PaidShown(draft=BEER, left=750), PaidShown(draft=LONG_SALE, left=208_650)
    recording = Recording(tap=1, draft=SALE, since_ms=NOW - 600)
    verdict = AwaitingVerdict(seq=7, draft=SALE, since_ms=NOW - 2000, slow=True)
    return {
        "03-card-wait": FULL.on(AwaitingSale()),
        "03-card-wait-long": LONG.on(AwaitingSale()),
        "03-card-wait-check": TILL.on(check),
        "03-card-wait-training": replace(FULL, training=True).on(AwaitingSale()),
        "03-card-held": FULL.on(recording),
        "04-approved": TILL.on(paid),
        "04-approved-long": LONG.on(long_paid),
        "04-topped-up": TILL.on(PaidShown(draft=reload(2500), left=3750)),
        "07-checking": FULL.on(verdict),
        "15-training-approved": replace(TILL, training=True).on(paid),
    }


def refusals() -> dict[str, Till]:
    """List the red pages."""
    short = RefusedShown(
        reason=Reason.SHORT,
        draft=SALE,
        on_card=1250,
        room=1250,
        removal=Removal(product=ProductId("draught"), quantity=1, new_total=900),
    )
    long_removal = Removal(product=ProductId("plate"), quantity=12, new_total=1_288_800)
    limit = RefusedShown(reason=Reason.LIMIT, draft=SALE, on_card=5000, room=1000)
    long_short = replace(short, draft=LONG_SALE, on_card=1250, room=1250, removal=long_removal)
    stopped = RefusedShown(reason=Reason.TILL_STOPPED, draft=SALE, on_card=0, room=0)
    refused = replace(stopped, reason=Reason.NODE_REFUSED, code=Code.CARD_BLOCKED)
    return {
        "05-declined": FULL.on(short),
        "05-declined-long": LONG.on(long_short),
        "05-declined-limit": replace(CUT, basket=FULL.basket).on(limit),
        "05-declined-stopped": FULL.on(stopped),
        "05-declined-by-node": FULL.on(refused),
        "05-declined-training": replace(FULL, training=True).on(short),
    }


def doubts() -> dict[str, Till]:
    """List the amber frames."""
    back = AwaitingSale()
    unknown = TroubleShown(trouble=Trouble.UNKNOWN, retry=back)
    blocked = TroubleShown(
        trouble=Trouble.BLOCKED,
        number=DIRECTORY.cards[LOST].number,
        blocked_at_ms=NOW - 48 * HOUR,
        retry=back,
    )
    unplugged = replace(FULL, reader=False).on(ReaderLostShown(back))
    return {
        "06-card-unknown": FULL.on(unknown),
        "06-card-blocked": FULL.on(blocked),
        "06-card-unusable": FULL.on(replace(unknown, trouble=Trouble.UNUSABLE)),
        "06-reload-pending": TILL.on(replace(unknown, trouble=Trouble.RELOAD_PENDING)),
        "14-reader-unplugged": unplugged,
        "17-out-of-order": FULL.on(OutOfOrder()),
    }


def before_selling() -> dict[str, Till]:
    """List pairing, lock and restart."""
    restart = LastShown(seq=7, at_ms=NOW - MINUTE, draft=draft("draught", "draught"), stands=True)
    long_restart = replace(restart, draft=LONG_SALE, stands=False)
    wrong = Locked(tries_left=3, wrong=Wrong.PIN)
    return {
        "01-locked": CLOSED.on(Locked(tries_left=4, digits="12")),
        "01-locked-wrong-code": CLOSED.on(wrong),
        "01-locked-deaf": CLOSED.on(replace(wrong, tries_left=0, deaf_until_ms=NOW + MINUTE)),
        "12-last-sale": replace(CLOSED, link=OFFLINE, unsent=WAITING).on(restart),
        "12-last-sale-long": replace(LONG, operator=None).on(long_restart),
        "13-pairing": NEW.on(Unpaired(digits="4071")),
        "13-pairing-refused": NEW.on(Unpaired(failed=True, code=Code.BAD_PIN)),
        "13-pairing-busy": NEW.on(Unpaired(digits="407152", busy=True)),
        "13-address": NEW.on(TypingAddress()),
    }


def desk() -> dict[str, Till]:
    """List card check, reload, refund, state page and menu."""
    rich = replace(DIRECTORY.cards[ALICE], balances={FED: 108_650, CHAMP: 800})
    moved = tuple(replace(entry(BEER), seq=n, at_ms=NOW - n * MINUTE) for n in range(1, 4))
    sold = Unsent(count=214, amount=108_650)
    return {
        "08-card-check": replace(CUT, outstanding=moved).on(CardShown(DIRECTORY.cards[ALICE])),
        "08-card-check-online": TILL.on(CardShown(rich)),
        "09-cash-reload": TILL.on(ReloadTyped(asset=FED, amount=2500)),
        "09-cash-reload-assets": LONG.on(ReloadTyped(asset=CHAMP, amount=108_650)),
        "10-refund": TILL.on(RefundAsked(entry(draft("draught", "draught", "lemonade")))),
        "10-refund-long": LONG.on(RefundAsked(entry(LONG_SALE))),
        "11-all-sent": replace(TILL, sales=sold).on(StateShown()),
        "11-not-yet": CUT.on(StateShown()),
        "18-menu": TILL.on(MenuShown()),
    }


STATES: Final[Mapping[str, Till]] = {
    **before_selling(),
    **sales(),
    **cards(),
    **refusals(),
    **doubts(),
    **desk(),
}


def samples(language: Language, columns: int, rows: int) -> dict[str, Screen]:
    """Draw every state for a panel with that many tiles."""
    layout = Layout(columns=columns, rows=rows)
    drawn = {name: draw(replace(till, language=language), layout) for name, till in STATES.items()}
    held = drawn["03-card-held"]
    assert isinstance(held, CardHeld)
    return {**drawn, "07-same-card-again": same_card_again(held, language)}


def same_card_again(held: CardHeld, language: Language) -> SameCardAgain:
    """Write the page for a torn write by hand: cards that are written to come later."""
    french = language == "fr"
    return SameCardAgain(
        status=held.status,
        title="Reposez la même carte" if french else "Hold the same card again",
        warning="La carte a bougé trop tôt. Le paiement n’est pas fini."
        if french
        else "The card moved too early. The payment is not finished.",
        text="Sans la carte, la vente s’annule dans 24\u00a0secondes\u00a0: ne servez pas."
        if french
        else "Without the card the sale is cancelled in 24\u00a0seconds: do not serve.",
        progress_permille=800,
        foot=f"24\u00a0s · {held.amount}",
    )
