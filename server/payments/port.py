"""The ports of payments: what the provider, the ledger, the table and the admins must offer.

Each has two real implementations: Stripe and the stand-in behind `Gateway`, the engine and the
tests' book behind `Ledger`.  Outcomes are values; the few errors here mean "ask again later" or
"this installation is wrong".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from server.payments.reload import Intent, Progress, Session
from shared.ids import AssetId, CardRef, Hash, WalletId


class GatewayUnavailableError(Exception):
    """No answer, or one that says "later".  Whether a request had its effect is not known."""


class GatewayRefusedError(Exception):
    """The provider understood and said no: a wrong key, a wrong request."""


class BadSignatureError(Exception):
    """A webhook that the provider did not sign, or signed too long ago."""


class LedgerUnavailableError(Exception):
    """The ledger gave no final verdict (no quorum, stopping); ask again."""


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook whose signature is good; only a hint to go and look."""

    id: str
    type: str
    session: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where the provider's page sends people back to, and in which language it speaks."""

    success_url: str
    cancel_url: str
    language: str
    label: str


class Gateway(Protocol):
    """The payment provider.  Methods raise GatewayUnavailableError or GatewayRefusedError."""

    def create_checkout(self, intent: Intent, pages: Pages) -> Session:
        """Open the payment page of a reload; the same intent gives the same session."""

    def fetch_session(self, session: str) -> Session | None:
        """Read a session as it is now; None when the provider does not know it."""

    def sessions_since(self, created_ms: int) -> Iterator[Session]:
        """Read every session created since, newest first."""

    def parse_webhook(self, body: bytes, signature: str) -> Event:
        """Check the signature over the raw body; raise BadSignatureError."""


class Booked(StrEnum):
    """What the ledger did with a credit."""

    CREDITED = "credited"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Booking:
    """The ledger's final answer, the same however often it is asked; `code` when refused."""

    status: Booked
    transaction: Hash | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """EUR from outside into the reserve and the token to the person, in one transaction."""

    card: CardRef
    asset: AssetId
    amount: int
    evidence: str


class Ledger(Protocol):
    """What payments need of the chain.  Raises LedgerUnavailableError."""

    def credit(self, order: Credit) -> Booking:
        """Credit once for ever per evidence; a second call answers what the first one did."""

    def balance(self, wallet_id: WalletId, asset: AssetId) -> int:
        """Give what the wallet holds."""

    def outstanding(self, asset: AssetId) -> int:
        """Give how much of the asset exists."""

    def fees_reserve(self) -> int:
        """Give the euros left to pay the provider's fees with."""


class Intents(Protocol):
    """The durable table of reloads."""

    def add(self, intent: Intent, now_ms: int) -> bool:
        """Store a new reload; False when its id is there already."""

    def get(self, intent_id: str) -> Intent | None:
        """Find a reload by its id."""

    def by_session(self, session: str) -> Intent | None:
        """Find a reload by the provider's session."""

    def advance(self, intent_id: str, progress: Progress, now_ms: int) -> bool:
        """Apply a fact; False when the table of transitions has no row for it."""

    def unfinished(self) -> Sequence[Intent]:
        """List what is created, open or paid, oldest first."""

    def total_since(self, wallet: WalletId, opened_ms: int) -> int:
        """Sum what was asked for or paid by a wallet since then; expired ones do not count."""

    def volume_since(self, opened_ms: int) -> int:
        """Sum what was paid by everybody since then."""

    def pending(self, wallet: WalletId) -> int:
        """Sum what may still arrive on a wallet: created, open and paid."""


class Tasks(Protocol):
    """What a person has to look at."""

    def raise_once(self, key: str, kind: str, subject: str, detail: str, now_ms: int) -> None:
        """Show a task to the admins; the same key is shown once."""
