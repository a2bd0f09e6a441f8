"""What can happen to a till. Touches come from the screen, the rest from the shell's adapters."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.amounts import Language
from shared.errors import Code
from shared.ids import AssetId, CardRef
from shared.verdict import Verdict
from terminal.till.directory import CategoryId, Directory, OperatorId, ProductId
from terminal.till.receipts import Entry


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that can happen."""


@dataclass(frozen=True, slots=True)
class Touch(Event):
    """Anything a finger can do. A state that has no row for it ignores it."""


# --- Touches ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddProduct(Touch):
    """A product tile."""

    product: ProductId


@dataclass(frozen=True, slots=True)
class RemoveProduct(Touch):
    """The minus of a basket line."""

    product: ProductId


@dataclass(frozen=True, slots=True)
class ChooseCategory(Touch):
    """`None` is the favourites."""

    category: CategoryId | None


@dataclass(frozen=True, slots=True)
class NextPage(Touch):
    """Cycles through the pages of the category; the drawing adapter says how many tiles fit."""


@dataclass(frozen=True, slots=True)
class ClearBasket(Touch):
    """Vider."""


@dataclass(frozen=True, slots=True)
class RestoreBasket(Touch):
    """Remettre le panier."""


@dataclass(frozen=True, slots=True)
class Charge(Touch):
    """VALIDER."""


@dataclass(frozen=True, slots=True)
class Back(Touch):
    """Retour, Annuler, Fermer: leave this page without doing anything."""


@dataclass(frozen=True, slots=True)
class Continue(Touch):
    """A touch on the green page."""


@dataclass(frozen=True, slots=True)
class RemoveToFit(Touch):
    """Take out of the basket what the refusal page proposed."""


@dataclass(frozen=True, slots=True)
class AnotherCard(Touch):
    """Wait for a card again; the basket stays."""


@dataclass(frozen=True, slots=True)
class CheckCard(Touch):
    """Lire une carte."""


@dataclass(frozen=True, slots=True)
class AskRefund(Touch):
    """Rembourser, on the sale page."""


@dataclass(frozen=True, slots=True)
class ConfirmRefund(Touch):
    """Rembourser 13,00 €."""


@dataclass(frozen=True, slots=True)
class Acknowledge(Touch):
    """Oui, c'est bon: the last sale before the restart was served."""


@dataclass(frozen=True, slots=True)
class AskReload(Touch):
    """Recharger."""


@dataclass(frozen=True, slots=True)
class AddMoney(Touch):
    """A banknote of the reload page, in minor units."""

    amount: int


@dataclass(frozen=True, slots=True)
class ChooseAsset(Touch):
    """Which money is sold for the cash."""

    asset: AssetId


@dataclass(frozen=True, slots=True)
class ConfirmReload(Touch):
    """VALIDER on the reload page: the money was counted."""


@dataclass(frozen=True, slots=True)
class Key(Touch):
    """A key of a keypad: "0" to "9" or "00"."""

    digits: str = field(repr=False)  # may be part of a PIN: never in a log


@dataclass(frozen=True, slots=True)
class Erase(Touch):
    """The erase key."""


@dataclass(frozen=True, slots=True)
class Enter(Touch):
    """OK on a keypad."""


@dataclass(frozen=True, slots=True)
class ChangeAddress(Touch):
    """Changer, on the pairing page."""


@dataclass(frozen=True, slots=True)
class AddressTyped(Touch):
    """The node's address, as typed."""

    address: str


@dataclass(frozen=True, slots=True)
class OpenMenu(Touch):
    """Menu."""


@dataclass(frozen=True, slots=True)
class OpenState(Touch):
    """A touch on the status bar."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage(Touch):
    """Français, English."""

    language: Language


@dataclass(frozen=True, slots=True)
class ChooseBrightness(Touch):
    """Nuit, Normal, Soleil."""

    percent: int


@dataclass(frozen=True, slots=True)
class ToggleTraining(Touch):
    """Mode école, on or off."""


@dataclass(frozen=True, slots=True)
class Lock(Touch):
    """Verrouiller."""


@dataclass(frozen=True, slots=True)
class SwitchOff(Touch):
    """Éteindre."""


# --- The world ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What the node has not acknowledged as stored (ACK 1): sales and their sum."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time passed, 4 times a second. `now_ms` is UTC and never goes back (PROTOCOL §4, Clock)."""

    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The first event: what the journal and the stored deltas know after a start."""

    now_ms: int
    trusted_clock: bool  # a clock chip, or time from a verified header since the start
    serial: str  # "7F3A-52", shown while pairing
    address: str  # of the node, as far as known
    directory: Directory | None  # None: not paired yet
    last_sync_ms: int | None
    last: Entry | None  # the newest sale, refund or reload in the journal
    unanswered: Entry | None  # an online sale without a verdict and without a refund
    outstanding: tuple[Entry, ...]  # not yet covered by the directory's balances
    unsent: Unsent
    sales: Unsent  # all sales of this business day, for the state page


@dataclass(frozen=True, slots=True)
class CardSeen(Event):
    """A card entered the field. Only its reference: UIDs stay in the reader's adapter."""

    card: CardRef


@dataclass(frozen=True, slots=True)
class CardUnusable(Event):
    """A card was seen that can never pay (a random UID)."""


@dataclass(frozen=True, slots=True)
class ReaderLost(Event):
    """The reader is unplugged or does not answer."""


@dataclass(frozen=True, slots=True)
class ReaderFound(Event):
    """The reader works (again)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled(Event):
    """The entry asked for is durable: only now may anything turn green."""

    tap: int  # the number of the command that asked
    entry: Entry
    unsent: Unsent


@dataclass(frozen=True, slots=True)
class JournalFailed(Event):
    """Whether the entry is durable is not known; only a restart can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The node's final verdict on one of our entries (ACK 2)."""

    seq: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed(Event):
    """The node answered a batch. `provisional`: stored, but there is no quorum to decide."""

    at_ms: int
    stored_seq: int
    verdicts: tuple[Settled, ...]
    provisional: bool
    unsent: Unsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled(Event):
    """Deltas were applied: `directory` covers our own entries up to `settled_seq`."""

    at_ms: int
    directory: Directory
    verdicts: tuple[Settled, ...]
    settled_seq: int
    unsent: Unsent


@dataclass(frozen=True, slots=True)
class NodeLost(Event):
    """The node did not answer in time; or a `stranger` did, who cannot prove to be our node."""

    stranger: bool = False


@dataclass(frozen=True, slots=True)
class NodeRefused(Event):
    """The node answered, and does not want this till: revoked, quarantined, other chain."""

    code: Code


@dataclass(frozen=True, slots=True)
class PinChecked(Event):
    """The typed code belongs to this operator, or to nobody."""

    operator: OperatorId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(Event):
    """The node enrolled this till."""

    at_ms: int
    directory: Directory


@dataclass(frozen=True, slots=True)
class PairingRefused(Event):
    """The node said no, or could not be reached (`None`)."""

    code: Code | None


@dataclass(frozen=True, slots=True)
class Stopping(Event):
    """SIGTERM, or the window was closed: end an open sale cleanly, then stop."""
