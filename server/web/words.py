"""The words of closed sets: one table a set, each row a message to translate.

A template never tests a member to find its word; it asks these tables.  A member without a row
fails at import.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from server.web.port import Refusal
from server.web.translations import N_
from server.web.views.cards import CardState
from server.web.views.common import Level, LineKind, LineResult, PartKind
from server.web.views.overview import CheckKind, StepKind, TodoKind
from server.web.views.public import ReceiptState
from server.web.views.terminals import PairingState, TerminalEventKind, TerminalState
from shared.amounts import Language
from shared.errors import MESSAGES, Code


class Look(NamedTuple):
    """How a state looks: colour, icon, word."""

    level: Level
    icon: str
    word: str


TERMINAL: Final = {
    TerminalState.SYNCED: Look(Level.OK, "ok", N_("All sent")),
    TerminalState.SENDING: Look(Level.INFO, "up", N_("Sending")),
    TerminalState.OFFLINE: Look(Level.WARN, "offline", N_("Offline")),
    TerminalState.PAUSED: Look(Level.DANGER, "wait", N_("Paused: offline too long")),
    TerminalState.CONFLICT: Look(Level.DANGER, "danger", N_("Journal in conflict")),
    TerminalState.REVOKED: Look(Level.NEUTRAL, "ban", N_("Revoked")),
    TerminalState.NEVER: Look(Level.NEUTRAL, "neutral", N_("Never seen")),
}

PAIRING: Final = {
    PairingState.WAITING: Look(Level.INFO, "wait", N_("Waiting for the terminal")),
    PairingState.JOINED: Look(Level.OK, "ok", N_("Paired")),
    PairingState.EXPIRED: Look(Level.WARN, "warn", N_("Code expired")),
    PairingState.CANCELLED: Look(Level.NEUTRAL, "ban", N_("Code cancelled")),
}

EVENT: Final = {
    TerminalEventKind.PAIRED: Look(Level.OK, "terminal", N_("Paired")),
    TerminalEventKind.CONTACT_LOST: Look(Level.WARN, "offline", N_("Contact lost")),
    TerminalEventKind.RECEIVED: Look(Level.OK, "ok", N_("Sales received")),
    TerminalEventKind.CONFLICT: Look(Level.DANGER, "danger", N_("Journal in conflict")),
    TerminalEventKind.REVOKED: Look(Level.NEUTRAL, "ban", N_("Revoked")),
}

CARD: Final = {
    CardState.ACTIVE: Look(Level.OK, "ok", N_("Active")),
    CardState.BLOCKED: Look(Level.DANGER, "lock", N_("Blocked")),
    CardState.NEW: Look(Level.NEUTRAL, "neutral", N_("Never used")),
}

RESULT: Final = {
    LineResult.ACCEPTED: Look(Level.OK, "ok", N_("Accepted")),
    LineResult.OVERDRAWN: Look(Level.WARN, "warn", N_("Accepted, with a loss")),
    LineResult.DISPUTED: Look(Level.WARN, "warn", N_("Disputed")),
    LineResult.REJECTED: Look(Level.DANGER, "danger", N_("Refused")),
    LineResult.WAITING: Look(Level.INFO, "wait", N_("Being recorded")),
}

RECEIPT: Final = {
    ReceiptState.WAITING: Look(Level.INFO, "wait", N_("Waiting for the payment")),
    ReceiptState.PAID: Look(Level.INFO, "wait", N_("Paid, being recorded")),
    ReceiptState.RECORDED: Look(Level.OK, "ok", N_("Recorded")),
    ReceiptState.HELD: Look(Level.WARN, "warn", N_("Set aside")),
    ReceiptState.CANCELLED: Look(Level.NEUTRAL, "ban", N_("Not paid")),
}

LINE: Final = {
    LineKind.SALE: N_("Sale"),
    LineKind.REFUND: N_("Refund"),
    LineKind.RELOAD: N_("Online top-up"),
    LineKind.ISSUE: N_("Money issued"),
    LineKind.RELOAD_HELD: N_("Online top-up, set aside"),
    LineKind.CASH_RELOAD: N_("Cash top-up"),
    LineKind.TRANSFER: N_("Transfer"),
    LineKind.NOTICE: N_("Melt notice"),
    LineKind.MELT: N_("Melt"),
    LineKind.MELT_REVERSAL: N_("Melt given back"),
    LineKind.BLOCK: N_("Card blocked"),
    LineKind.GIFT: N_("Gift"),
    LineKind.MERGE: N_("Wallets merged"),
    LineKind.EXCHANGE: N_("Exchange"),
    LineKind.PURSE_ISSUE: N_("Put on the card"),
    LineKind.PURSE_RELEASE: N_("Taken back from the card"),
    LineKind.CASH_OUT: N_("Paid out"),
    LineKind.CASH_OUT_FAILED: N_("Payout come back"),
    LineKind.DISPUTE: N_("Dispute settled"),
    LineKind.DIVIDEND: N_("Dividend"),
    LineKind.BADGE: N_("Stamp"),
    LineKind.MEMBERSHIP: N_("Membership"),
    LineKind.CORRECTION: N_("Correction"),
    LineKind.OTHER: N_("Other operation"),
}

PART: Final = {
    PartKind.WALLETS: N_("Wallets"),
    PartKind.PLACE: N_("Place"),
    PartKind.PLACES: N_("Places"),
    PartKind.HELD: N_("Set aside"),
    PartKind.MELTED: N_("Melt pending"),
    PartKind.FUNDS: N_("Funds"),
    PartKind.STRIPE_AVAILABLE: N_("Stripe, available"),
    PartKind.STRIPE_TRANSIT: N_("Stripe, in transit"),
    PartKind.LOSSES: N_("Declared losses"),
}

PART_HINT: Final = {
    PartKind.WALLETS: "",
    PartKind.PLACE: N_("to be paid out in euros"),
    PartKind.PLACES: N_("to be paid out in euros"),
    PartKind.HELD: N_("refunds and payouts under way"),
    PartKind.MELTED: N_("waits 45 days, then three shares"),
    PartKind.FUNDS: N_("commons, maintenance and guarantee"),
    PartKind.STRIPE_AVAILABLE: "",
    PartKind.STRIPE_TRANSIT: N_("paid, available within 3 days"),
    PartKind.LOSSES: N_("offline sales and disputes, repaid by later top-ups or the guarantee"),
}

PART_COLOUR: Final = {
    PartKind.WALLETS: 1,
    PartKind.PLACE: 3,
    PartKind.PLACES: 3,
    PartKind.HELD: 0,
    PartKind.MELTED: 0,
    PartKind.FUNDS: 4,
    PartKind.STRIPE_AVAILABLE: 1,
    PartKind.STRIPE_TRANSIT: 2,
    PartKind.LOSSES: 4,
}

CHECK: Final = {
    CheckKind.AUDIT: N_("Chain verified"),
    CheckKind.RESERVE: N_("Reserve"),
    CheckKind.BACKUP: N_("Backup"),
    CheckKind.COPY: N_("Copy elsewhere"),
    CheckKind.CLOCK: N_("Clock"),
    CheckKind.DISK: N_("Disk"),
    CheckKind.STRIPE: N_("Payments"),
}

TODO_LOOK: Final = {
    TodoKind.AUDIT_FAILED: ("danger", "danger"),
    TodoKind.TERMINAL_CONFLICT: ("danger", "danger"),
    TodoKind.TERMINAL_OFFLINE: ("warn", "offline"),
    TodoKind.NO_COPY: ("warn", "warn"),
    TodoKind.BACKUP_OLD: ("warn", "warn"),
    TodoKind.DISPUTED_SALES: ("warn", "warn"),
    TodoKind.RELOAD_HELD: ("", "info"),
    TodoKind.DEAD_LETTERS: ("", "info"),
}

STEP: Final = {
    StepKind.ACCOUNT: N_("Open your account"),
    StepKind.PLACE: N_("Create the first place"),
    StepKind.ASSET: N_("Create a currency"),
    StepKind.PRODUCTS: N_("Write the products"),
    StepKind.CARDS: N_("Import the cards"),
    StepKind.TERMINAL: N_("Pair a terminal"),
    StepKind.STRIPE: N_("Connect Stripe"),
    StepKind.COPY: N_("Keep a copy elsewhere"),
}

STEP_HINT: Final = {
    StepKind.ACCOUNT: N_("Done with the one-time link."),
    StepKind.PLACE: N_("A bar, a canteen, a shop: whoever gets paid."),
    StepKind.ASSET: N_("The federated euro (1 token = 1 €), or one of your own that may melt."),
    StepKind.PRODUCTS: N_("About ten are enough to try."),
    StepKind.CARDS: N_("The maker’s file: link, number, chip."),
    StepKind.TERMINAL: N_("A 6-digit code to type on its screen."),
    StepKind.STRIPE: N_("Until then payments are simulated, and every page says so."),
    StepKind.COPY: N_("A USB stick or another node. Without one, a broken disk loses the chain."),
}

STEP_COMMAND: Final = {
    StepKind.ACCOUNT: "",
    StepKind.PLACE: "./tirelire node place create",
    StepKind.ASSET: "./tirelire node asset create",
    StepKind.PRODUCTS: "./tirelire node products import",
    StepKind.CARDS: "./tirelire node cards import",
    StepKind.TERMINAL: "./tirelire node terminal pair",
    StepKind.STRIPE: "",
    StepKind.COPY: "./tirelire node backup",
}

REFUSALS: Final = {
    Refusal.GONE: N_("It does not exist any more. Nothing has changed."),
    Refusal.ALREADY: N_("It was already done. Nothing has changed."),
    Refusal.LEDGER: N_("The ledger refused. Nothing has changed."),
    Refusal.PAYMENT_DOWN: N_("The payment page does not answer. Try again in a minute."),
    Refusal.AMOUNT: N_("This amount is not possible."),
    Refusal.CARD_BLOCKED: N_("This card is blocked: it cannot be topped up."),
}

MISTAKES: Final = {
    "required": N_("Fill this in."),
    "too_long": N_("Shorten this to 64 characters."),
    "characters": N_("Use only letters, digits and common signs."),
    "email": N_("Write an address like claire@example.org."),
    "password_short": N_("Use at least 12 characters; a sentence is fine."),
    "password_same": N_("The two passwords differ."),
    "password_again": N_("Type your password again."),
    "password_wrong": N_("This is not your password."),
    "price": N_("Write a price like 3.50."),
    "amount": N_("Write an amount like 25 or 12.50."),
    "vat": N_("Choose a VAT rate."),
    "pin": N_("Write 4 to 8 digits."),
    "opens_with": N_("Give a PIN or a staff card."),
    "card": N_("No card has this number."),
    "date": N_("Write a day like 2026-06-21."),
    "place": N_("Choose a place."),
    "role": N_("Choose a role."),
    "taken": N_("This name is already used."),
    "file": N_("Choose a file."),
    "file_size": N_("This file is larger than 5 MB."),
    "file_text": N_("This file is not UTF-8 text."),
    "toml": N_("This file is not TOML of products and team."),
}

IMPORT_CAUSES: Final = {
    "columns": N_("Not three columns"),
    "link": N_("The link is not a QR link"),
    "number": N_("The printed number is not 8 characters"),
    "chip": N_("The chip number is not 4, 7 or 10 bytes"),
    "chip_random": N_("The chip number is random: it changes at each tap"),
    "twice": N_("Same card as an earlier line"),
    "number_taken": N_("The printed number belongs to another card"),
    "link_taken": N_("The link belongs to another card"),
    "chip_taken": N_("The chip belongs to another card"),
}

ROLES: Final = {
    "seller": N_("Sales"),
    "manager": N_("Manager"),
}

CLASSES: Final = {
    "federated": N_("Federated, backed by euros"),
    "local": N_("Local"),
    "gift": N_("Gift"),
    "time": N_("Time"),
    "points": N_("Points"),
    "meal": N_("Meal vouchers"),
    "badge": N_("Badge"),
    "membership": N_("Membership"),
    "libre": N_("Free currency"),
}


def code(name: str, language: Language) -> str:
    """Give the staff words of an error code of the protocol; an unknown one stays as it is."""
    try:
        return str(getattr(MESSAGES[Code(name)], language))
    except ValueError:
        return name


def _check(kind: type[StrEnum], *tables: Iterable[StrEnum]) -> None:
    for table in tables:
        missing = set(kind) - set(table)
        if missing:
            message = f"no words for {sorted(missing)}"
            raise LookupError(message)


_check(TerminalState, TERMINAL)
_check(PairingState, PAIRING)
_check(TerminalEventKind, EVENT)
_check(CardState, CARD)
_check(LineResult, RESULT)
_check(ReceiptState, RECEIPT)
_check(LineKind, LINE)
_check(PartKind, PART, PART_HINT, PART_COLOUR)
_check(CheckKind, CHECK)
_check(TodoKind, TODO_LOOK)
_check(StepKind, STEP, STEP_HINT, STEP_COMMAND)
_check(Refusal, REFUSALS)
