"""What to send next, and when: pure.

A batch is a run of entries from the first that the node does not have: at most 500, 512 KiB.  After
failures the pauses double up to `LONGEST_S`, each drawn between half and whole so that a festival's
tills do not come back in step; an answer, a new entry or a change of the network ends them at once.
A batch that is refused for its size or its details is tried smaller, or without them: a till is not
blocked by what can be done without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.errors import Code
from shared.transaction import MAX_BATCH_BYTES, MAX_TRANSACTIONS
from terminal.offline_queue.records import Record

REGULAR_S: Final = 3.0  # between two rounds when all is well: a node is online for 10 s
FIRST_S: Final = 1.0
LONGEST_S: Final = 15.0
LOOK_S: Final = 1.0  # between two looks, while resting, whether anything changed
HEADER_BYTES: Final = 256  # more than any batch header

# The node is there and will be well again: nothing is wrong with what we said.
PASSING: Final = frozenset(
    {Code.NODE_BUSY, Code.NODE_BEHIND, Code.INTERNAL, Code.TOO_MANY_ATTEMPTS}
)
_ABOUT_DETAILS: Final = frozenset(
    {Code.BAD_FRAMING, Code.BAD_JSON, Code.BAD_SHAPE, Code.NOT_CANONICAL}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the conversation stands."""

    failures: int = 0  # in a row
    acquainted: bool = False  # the node's head of us was compared since the start
    most: int = MAX_TRANSACTIONS
    details: bool = True
    refused: Code | None = None  # why the node does not take our batches

    def taken(self) -> Plan:
        """Note that the node took a batch."""
        return Plan(acquainted=self.acquainted)

    def heard(self) -> Plan:
        """Note that the node answered a question; a batch that it refuses is still refused."""
        return self if self.refused else replace(self, failures=0)

    def failed(self) -> Plan:
        """Note that the node did not answer, or is not well."""
        return replace(self, failures=self.failures + 1)

    def refuse(self, code: Code) -> Plan:
        """Note that the node does not take a batch, and why."""
        return replace(self, refused=code).failed()

    def instead(self, code: Code) -> Plan | None:
        """Say what to try at once instead of a batch that was refused; None: nothing helps."""
        if code is Code.TOO_LARGE and self.most > 1:
            return replace(self, most=self.most // 2)
        if code in _ABOUT_DETAILS and self.details:
            return replace(self, details=False)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A pause after a failure, and what the world looked like when it began."""

    since_ms: int
    pause_ms: int
    head: int
    network: bytes

    def lasts(self, now_ms: int, head: int, network: bytes) -> bool:
        """Tell whether it is too early to try again, and nothing happened that would help."""
        passed_ms = now_ms - self.since_ms
        return 0 <= passed_ms < self.pause_ms and (head, network) == (self.head, self.network)


def pause_s(plan: Plan, *, more: bool, chance: float) -> float:
    """Give the seconds until the next round.  `more`: entries wait; `chance` is 0 to 1, random."""
    if plan.failures:
        longest = min(LONGEST_S, FIRST_S * 2.0 ** min(plan.failures - 1, 10))
        return longest * (0.5 + chance / 2)
    return 0.0 if more else REGULAR_S


def batch(records: Sequence[Record], most: int) -> Sequence[Record]:
    """Cut a run of entries to what one batch may hold; at least one stays."""
    size = HEADER_BYTES
    for count, record in enumerate(records[:most]):
        size += len(record.payload) + 1
        if count and size > MAX_BATCH_BYTES:
            return records[:count]
    return records[:most]
