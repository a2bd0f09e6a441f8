"""The till's whole state as one frozen value: what page it is on, and what it knows.

`Till.page` is the state of the machine; everything else (basket, network, what is owed to the
node) survives a change of page, which is why no trouble can empty a basket.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeAlias

from shared.amounts import Language
from shared.errors import Code
from shared.ids import AssetId
from terminal.till.commands import Command
from terminal.till.directory import NOWHERE, Card, CategoryId, Directory, Operator, ProductId
from terminal.till.events import Unsent
from terminal.till.pricing import Basket, Removal
from terminal.till.receipts import CardDraft, Draft, Entry, SaleDraft

NONE_UNSENT = Unsent(count=0, amount=0)


@dataclass(frozen=True, slots=True)
class Page:
    """A state of the machine."""


@dataclass(frozen=True, slots=True)
class Starting(Page):
    """The journal is being opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaired(Page):
    """The till belongs to nobody yet. `failed` says that the last try did not work, and why."""

    digits: str = field(default="", repr=False)
    busy: bool = False
    failed: bool = False
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class TypingAddress(Page):
    """The node's address is being typed."""


class Wrong(Enum):
    """Why the till did not open."""

    PIN = auto()
    CARD = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked(Page):
    """Nobody is logged in. After too many wrong codes it is deaf until `deaf_until_ms`."""

    digits: str = field(default="", repr=False)
    checking: bool = False
    wrong: Wrong | None = None
    tries_left: int
    deaf_until_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastShown(Page):
    """After a restart: the newest entry. `stands`: it was not taken back."""

    seq: int
    at_ms: int
    draft: Draft
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selling(Page):
    """The page where people sell. `cleared` can be put back until `cleared_until_ms`."""

    touched: ProductId | None = None
    cleared: Basket = ()
    cleared_until_ms: int = 0


@dataclass(frozen=True, slots=True)
class AwaitingSale(Page):
    """The basket is to be paid: hold the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Page):
    """The journal is writing; nobody may leave this page before it has answered."""

    tap: int
    draft: Draft
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingVerdict(Page):
    """An online entry is durable and sent; the node decides, or the deadline does."""

    seq: int
    draft: CardDraft
    since_ms: int
    slow: bool = False  # it takes long enough to say so


class Why(Enum):
    """Why an online sale is taken back."""

    DEADLINE = auto()
    PROVISIONAL = auto()
    RESTART = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingBack(Page):
    """The refund of an unanswered online sale is being journalled, before anything else."""

    tap: int
    seq: int
    sale: SaleDraft
    why: Why
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidShown(Page):
    """The green page: `draft` is durable (or the till is in training)."""

    draft: Draft
    left: int | None


class Reason(Enum):
    """Why a card that is known and good did not pay."""

    SHORT = auto()  # the card does not hold enough
    LIMIT = auto()  # more than one may sell offline on this card now
    TOO_MANY = auto()  # this card had its offline sales
    ONLINE_ONLY = auto()  # overdrawn card, or offline for too long, or clock not trusted
    TILL_FULL = auto()  # this till's cap of offline sales
    NO_ANSWER = auto()  # the node did not answer in time; it was taken back
    TILL_STOPPED = auto()  # the node does not want this till
    NODE_REFUSED = auto()  # another verdict
    RELOAD_ONLINE = auto()  # this money can be topped up online only
    RELOAD_MAXIMUM = auto()  # more than a card may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedShown(Page):
    """The red page. `room` is what the card could pay now."""

    reason: Reason
    draft: CardDraft
    on_card: int
    room: int
    removal: Removal | None = None
    code: Code | None = None


class Trouble(Enum):
    """What is wrong with the card itself."""

    UNKNOWN = auto()
    BLOCKED = auto()
    UNUSABLE = auto()
    RELOAD_PENDING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleShown(Page):
    """A page in an amber frame about a card."""

    trouble: Trouble
    number: str = ""
    blocked_at_ms: int | None = None
    retry: Page  # where "another card" leads


@dataclass(frozen=True, slots=True)
class AwaitingCheck(Page):
    """Hold the card to see what is on it."""


@dataclass(frozen=True, slots=True)
class CardShown(Page):
    """What a card may spend here."""

    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadTyped(Page):
    """How much cash was received, and which money is sold for it."""

    asset: AssetId
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingReload(Page):
    """The money was counted: hold the card that gets it."""

    asset: AssetId
    amount: int


@dataclass(frozen=True, slots=True)
class RefundAsked(Page):
    """The question whether to refund this sale."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class StateShown(Page):
    """The answer to whether the till may be switched off; `lock` is the lock it was asked from."""

    lock: Locked | None = None


@dataclass(frozen=True, slots=True)
class MenuShown(Page):
    """Language, brightness, training, lock."""


@dataclass(frozen=True, slots=True)
class ReaderLostShown(Page):
    """The reader went away while a card was awaited; `then` comes back with it."""

    then: Page


@dataclass(frozen=True, slots=True)
class OutOfOrder(Page):
    """The journal failed: only a restart can tell what is durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is known about the node's reach."""

    last_answer_ms: int | None = None
    last_sync_ms: int | None = None
    lost: bool = False
    stranger: bool = False
    refused: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """Everything the till knows."""

    page: Page = field(default_factory=Starting)
    now_ms: int = 0
    language: Language = "fr"
    brightness: int = 70
    training: bool = False
    stopping: bool = False
    reader: bool = True
    serial: str = ""
    address: str = ""
    directory: Directory = NOWHERE
    operator: Operator | None = None
    category: CategoryId | None = None
    shelf: int = 0  # counts up; the view takes it modulo the number of pages
    basket: Basket = ()
    taps: int = 0
    last: Entry | None = None  # the sale that may be refunded
    link: Link = field(default_factory=Link)
    trusted_clock: bool = False
    blind_sales: int = 0  # offline sales since a restart without a trusted clock
    outstanding: tuple[Entry, ...] = ()  # what the directory's balances do not cover yet
    recent: tuple[Entry, ...] = ()  # what this till did lately, for the card check
    unsent: Unsent = NONE_UNSENT
    sales: Unsent = NONE_UNSENT

    @property
    def paired(self) -> bool:
        """Tell whether the till belongs to a place."""
        return self.directory is not NOWHERE

    def on(self, page: Page) -> Till:
        """Give the same till on another page."""
        return replace(self, page=page)


Step: TypeAlias = tuple[Till, tuple[Command, ...]]
