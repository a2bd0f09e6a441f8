"""What the pages ask of the node: queries that give a view, acts that give an outcome.

Two implementations behave alike: `server.office` over the store and the engine, and the small
in-memory one of the tests.  A query for something that does not exist gives None.  An act's
expected refusals are values; only a broken environment raises.  Every act is final when it returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from server.web.views.cards import CardPage, CardsPage, ImportPreview
from server.web.views.catalogue import Operator, Product, TeamPage
from server.web.views.chain import BlockPage, ChainPage
from server.web.views.common import Asset, Person, Place, Shell
from server.web.views.money import AssetPage, MeltPage, ReservePage, SalesPage
from server.web.views.overview import Health, Overview, Setup
from server.web.views.public import HolderPage, PublicPage, Receipt
from server.web.views.terminals import Pairing, RevokePage, TerminalPage, TerminalsPage

# ---------- outcomes ----------


@dataclass(frozen=True, slots=True)
class Done:
    """The act took effect; `count` is its figure, `id` what it made or changed."""

    id: str = ""
    count: int = 0
    of: int = 0


class Refusal(StrEnum):
    """Why an act was not done; the words are in `words.REFUSALS`."""

    GONE = "gone"
    ALREADY = "already"
    LEDGER = "ledger"
    PAYMENT_DOWN = "payment_down"
    AMOUNT = "amount"
    CARD_BLOCKED = "card_blocked"


@dataclass(frozen=True, slots=True)
class NotDone:
    """The act had no effect.

    `detail` is the ledger's code when it was the ledger that refused.
    """

    why: Refusal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """A form that cannot be taken: field name → key of `words.MISTAKES`."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session: `token` goes into the cookie and is stored nowhere else."""

    token: str


@dataclass(frozen=True, slots=True)
class WrongLogin:
    """Address or password wrong; which of the two is never said."""

    attempts_left: int


@dataclass(frozen=True, slots=True)
class LoginPaused:
    """Too many attempts: nothing is looked at before `until_ms`."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where to send the browser to pay."""

    url: str


# ---------- the port, one family a Protocol ----------


class Accounts(Protocol):
    """The people who may log in, and their sessions."""

    def invitation_is_open(self, token: str) -> bool:
        """Tell whether a one-time link still works."""

    def accept_invitation(self, token: str, form: Mapping[str, str]) -> LoggedIn | Mistakes | None:
        """Make the account of a one-time link and log it in; None when the link is spent."""

    def login(self, email: str, password: str, address: str) -> LoggedIn | WrongLogin | LoginPaused:
        """Check a password; `address` is the caller's, counted beside the e-mail."""

    def person(self, token: str) -> Person | None:
        """Give who holds a session, and keep it alive; None when it is over."""

    def logout(self, token: str) -> None:
        """End a session."""

    def password_is_right(self, person: Person, password: str) -> bool:
        """Check a password again before an act that cannot be undone."""


class Overviews(Protocol):
    """The node as a whole."""

    def shell(self) -> Shell:
        """Give what the frame of every page shows."""

    def overview(self) -> Overview | Setup:
        """Give the first page: the day, or what is missing before the first sale."""

    def health(self) -> Health:
        """Give what the node watches, each with the time of its last check."""

    def places(self) -> tuple[Place, ...]:
        """Give the places this node serves."""


class Terminals(Protocol):
    """Tills: list, pair, revoke."""

    def terminals(self) -> TerminalsPage:
        """Give every terminal, the ones that need care first."""

    def terminal(self, terminal: str) -> TerminalPage | None:
        """Give one terminal."""

    def start_pairing(self, place: str, name: str) -> str | Mistakes:
        """Make a six-digit code for one new terminal and give the pairing's id."""

    def pairing(self, pairing: str) -> Pairing | None:
        """Give a pairing and how far it is."""

    def cancel_pairing(self, pairing: str) -> None:
        """Make a code worthless."""

    def revocation(self, terminal: str) -> RevokePage | None:
        """Give what revoking would do; None when the terminal is unknown or revoked."""

    def revoke(self, terminal: str, reason: str) -> Done | NotDone:
        """Revoke on chain, from the last sale received."""


class Cards(Protocol):
    """Cards: find, look at, block, import."""

    def cards(self, query: str) -> CardsPage:
        """Find cards by printed number; with an empty query, the figures alone."""

    def card(self, number: str) -> CardPage | None:
        """Give one card by its printed number."""

    def block_card(self, number: str) -> Done | NotDone:
        """Block on chain; `Done.count` of `Done.of` terminals know it already."""

    def preview_import(self, file_name: str, content: bytes) -> ImportPreview | Mistakes:
        """Read a card file and keep it for `import_cards`; nothing is registered yet."""

    def import_preview(self, preview: str) -> ImportPreview | None:
        """Give a preview again, compared with the cards known now."""

    def import_cards(self, preview: str) -> Done | NotDone:
        """Register all new cards of a faultless preview, or none."""


class Catalogue(Protocol):
    """Products and team: what goes to the terminals with the next sync."""

    def product_asset(self) -> Asset | None:
        """Give the asset that prices are written in."""

    def products(self) -> tuple[Product, ...]:
        """Give every product, by category, then in the order of the till."""

    def save_product(self, product: str, form: Mapping[str, str]) -> Done | Mistakes:
        """Write a product; an empty id makes a new one."""

    def withdraw_product(self, product: str, *, on_sale: bool) -> Done | NotDone:
        """Take a product off sale, or put it back."""

    def import_catalogue(self, content: bytes) -> Done | Mistakes:
        """Take products and team from a TOML file: all of it or nothing."""

    def team(self) -> TeamPage:
        """Give everybody who can open a terminal."""

    def save_operator(self, operator: str, form: Mapping[str, str]) -> Done | Mistakes:
        """Write an operator; an empty id makes a new one; an empty PIN keeps the old one."""

    def operator(self, operator: str) -> Operator | None:
        """Give one operator."""

    def end_access(self, operator: str) -> Done | NotDone:
        """End an operator's access at once."""


class Finance(Protocol):
    """Where the money is and what it does."""

    def sales(self, before: str) -> SalesPage:
        """Give a page of sales older than a cursor; an empty one starts at the newest."""

    def assets(self) -> tuple[AssetPage, ...]:
        """Give every asset and where it is."""

    def melting(self) -> tuple[MeltPage, ...]:
        """Give every asset that melts, its rule and what it has done."""

    def reserve(self) -> ReservePage | None:
        """Give the backing of the federated euro; None when there is none."""


class Chain(Protocol):
    """The blocks and their checks."""

    def chain(self) -> ChainPage:
        """Give the newest blocks and the audits."""

    def block(self, height: int) -> BlockPage | None:
        """Give one block."""

    def audit(self) -> Done | NotDone:
        """Rebuild everything from the blocks and compare; the result is on the chain page."""


class Holders(Protocol):
    """People without an account."""

    def holder(self, token: str) -> HolderPage | None:
        """Give the page behind a card's QR link."""

    def start_reload(self, token: str, amount: int, language: str) -> Redirect | NotDone:
        """Open a payment for a card and say where to pay."""

    def receipt(self, token: str, session: str) -> Receipt | None:
        """Give how far a payment is, asking the payment service if need be."""

    def public(self) -> PublicPage:
        """Give the figures that anyone may see."""

    def find_token(self, number: str) -> str:
        """Give the QR token of a printed number, or an empty string."""


class Office(Accounts, Overviews, Terminals, Cards, Catalogue, Finance, Chain, Holders, Protocol):
    """Everything that the pages need."""
