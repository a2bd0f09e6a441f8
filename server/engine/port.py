"""The engine port: who orders the blocks.  Two engines answer alike (DESIGN §5).

Every call is safe from any thread and returns when the outcome is final, or when the engine cannot
say (`provisional`, EngineStoppedError).  Outcomes are values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.bodies import Body
from shared.detail import Detail
from shared.errors import Code
from shared.ids import AuthorId, Hash
from shared.transaction import Batch
from shared.verdict import Verdict
from shared.wire import SealedHeader


class EngineStoppedError(Exception):
    """The engine is stopping or its database is lost; nothing was acknowledged."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A final verdict and where it stands."""

    seq: int
    hash: Hash
    height: int
    index: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Stored:
    """The batch is durable here.  `placed` holds the final verdicts; none while `provisional`."""

    seq: int
    head: Hash
    placed: tuple[Placed, ...]
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The batch was not taken: `code`; `expected` is the next number for `gap`."""

    code: Code
    expected: int = 0


@dataclass(frozen=True, slots=True)
class NotProposed:
    """An atomic proposal was not made: the first body that would be rejected, and why."""

    position: int
    code: Code


class Missing(NamedTuple):
    """The highest block that is missing here, and who has spoken of it.

    `sealed_ms` is its time when this node has sealed it: then it is no lie.
    """

    height: int
    by: str
    sealed_ms: int | None


class Engine(Protocol):
    """Takes batches and this node's own transactions; orders, executes and makes them final."""

    @property
    def author(self) -> AuthorId:
        """The node's own author id."""

    def submit(self, batch: Batch, details: Sequence[Detail] = ()) -> Stored | Unplaced:
        """Take another author's batch (framing and links are checked already)."""

    def propose(
        self, bodies: Sequence[Body], *, atomic: bool = True
    ) -> tuple[Placed, ...] | NotProposed:
        """Sign and execute this node's own transactions, in one block.

        With `atomic` either none is rejected or nothing happens at all.
        """

    def saw_height(self, height: int, by: str = "") -> None:
        """Tell that somebody knows a block of this height: above ours, sealing stops."""

    def saw_header(self, sealed: SealedHeader, by: str = "") -> None:
        """Tell which header somebody shows: above ours it stops the sealing, and may prove a loss.

        Raises Refused when it is no header.
        """
