"""What the API needs of the node: a view of the final state, its own notes, who it is.

Two implementations: `sql.py` over the node's database, and the tests' own.  A `Snapshot` is one
consistent moment: what it says of cards, verdicts and the tip belongs together.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from server.ledger.records import Asset, Card, Head, Key, Place, Record
from server.store.rotations import Rotation
from shared.errors import Code
from shared.ids import AssetId, AuthorId, CardRef, ChainId, PlaceId, PublicKey
from shared.wire import Catalogue, SealedHeader, VerdictLine

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this node is.  `genesis` is the genesis header as text."""

    chain: ChainId
    genesis: str
    node: AuthorId
    name: str
    card_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest block."""

    height: int
    time: int
    sealed: SealedHeader


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card, its printed number and what its wallet holds."""

    ref: CardRef
    card: Card
    number: str
    money: Mapping[AssetId, int]


class Snapshot(Protocol):
    """The final state at one moment."""

    def tip(self) -> Tip:
        """Give the newest block."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""

    def assets(self) -> dict[AssetId, Asset]:
        """Give every asset."""

    def places(self) -> dict[PlaceId, Place]:
        """Give every place."""

    def head(self, author: AuthorId) -> Head:
        """Give the last transaction that this node holds of an author, final or not."""

    def cards(self, since: int, after: str, limit: int) -> Sequence[KnownCard]:
        """Give cards that changed (or their money) after a height; references above `after`."""

    def verdicts(
        self, author: AuthorId, since: int, after: int, limit: int
    ) -> Sequence[VerdictLine]:
        """Give an author's verdicts of blocks above a height with numbers above `after`."""

    def payloads(self, author: AuthorId, first: int) -> Sequence[bytes]:
        """Give an author's payloads from a number on, as many as one answer should hold."""

    def rotations(self, author: AuthorId, known: PublicKey) -> Sequence[Rotation] | None:
        """Give the first changes of an author's key since `known`; None: it never was that."""

    def revision(self) -> int:
        """Give the revision of the catalogue."""

    def catalogue(self, place: PlaceId, label: str) -> Catalogue:
        """Give what a terminal of a place shows and who may use it."""


class Chain(Protocol):
    """The final state."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open one consistent moment."""

    def sealing(self) -> bool:
        """Tell whether this node makes blocks (not when somebody knows a higher one)."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A pairing code that is in use by one terminal key."""

    pairing: str
    place: PlaceId
    label: str


class Notes(Protocol):
    """What the node keeps for itself about its terminals."""

    def take_code(self, pin: str, terminal: AuthorId) -> Invitation | None:
        """Bind a waiting code to the first key that has it; later only that key gets it again."""

    def joined(self, pairing: str, terminal: AuthorId) -> None:
        """Note that the terminal of a code is enrolled."""

    def heard(self, author: AuthorId, said: "Said") -> None:
        """Keep what a terminal says of itself."""

    def told(self, author: AuthorId, *, revision: int, height: int) -> None:
        """Keep up to where a terminal has the deltas."""

    def bury(self, source: str, code: Code, hint: str, raw: bytes) -> None:
        """Put what could not be taken among the dead letters, the newest few of each source."""

    def flag(self, kind: str, author: AuthorId, detail: str) -> None:
        """Show the admins that something about a terminal does not add up."""

    def known_details(self, author: AuthorId, seqs: Sequence[int]) -> set[int]:
        """Tell which numbers of an author have their detail here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A heartbeat in the node's words; `at_ms` is the terminal's own clock."""

    at_ms: int
    seq: int
    unsent_count: int
    unsent_amount: int
    version: str
