"""What the office reads of the ledger: records, blocks and transactions with their verdicts.

A port: the store implements it over its tables, the tests over the executor itself.  Everything is
final state; reading never waits for the writer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from server.ledger.records import Key, Posting, Record
from shared.block import Header
from shared.bodies import Body
from shared.detail import Detail
from shared.ids import Account, AssetId, AuthorId, Hash
from shared.verdict import Verdict

R = TypeVar("R", bound=Record)
Place = tuple[int, int]
"""Height and index: where a transaction stands."""
NEWEST: Place = (2**62, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A transaction that has a verdict, where it stands, and what it moved.

    `at_ms` is what its author's clock said, never after `time_ms`, the time of its block.
    """

    author: AuthorId
    seq: int
    hash: Hash
    kind: str
    body: Body | None
    at_ms: int
    time_ms: int
    height: int
    index: int
    verdict: Verdict
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block's header and its hash, and how many transactions it executed."""

    header: Header
    hash: Hash
    operations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What places took since a time: sales less refunds, by hour since then and by asset.

    A sale counts in the hour of its own clock; `late` ones came long after they were made.
    """

    hours: Mapping[tuple[int, AssetId], int]
    sales: int
    late: int


class Books(Protocol):
    """The ledger, read-only."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""

    def rows(self, record: type[R]) -> Iterable[tuple[Key, R]]:
        """Give every record of a table."""

    def block(self, height: int) -> Sealed | None:
        """Give one block."""

    def blocks(self, count: int) -> Sequence[Sealed]:
        """Give the newest blocks, newest first; genesis is always there."""

    def entries(
        self,
        *,
        count: int,
        before: Place = NEWEST,
        kinds: Collection[str] = (),
        author: AuthorId | None = None,
        account: Account | None = None,
    ) -> Sequence[Entry]:
        """Give entries, newest first: of these kinds, this author, moving this account."""

    def takings(self, start_ms: int) -> Takings:
        """Add up what places took in blocks since a time."""

    def sold_since(self, time_ms: int) -> Mapping[AuthorId, int]:
        """Count the sales of each author in blocks since a time."""

    def in_block(self, height: int) -> Sequence[Entry]:
        """Give what a block executed, in order."""

    def detail(self, author: AuthorId, seq: int) -> Detail | None:
        """Give the detail of a transaction, if it came to this node."""
