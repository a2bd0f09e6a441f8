"""What the lane of blocks is asked to do, and what it answers."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from server.engine.port import NotProposed, Placed, Stored, Unplaced
from shared.bodies import Body
from shared.transaction import Batch


@dataclass(frozen=True, slots=True)
class Arrival:
    """A batch with a good signature, and rows of `local_detail` that belong to it.

    If its author has changed its key since it was checked, the executor checks it again.
    """

    batch: Batch
    details: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Bodies that this node wants on the chain."""

    bodies: tuple[Body, ...]
    atomic: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody (`by`) knows a block of this height.

    `sealed_ms` is its time when its header was shown and this node has sealed it: that proves the
    block.  Without it there is only a word.
    """

    height: int
    by: str = ""
    sealed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Resumption:
    """Whoever runs the node says that missing blocks are dealt with, or never were (`lies`)."""

    lies: bool = False


@dataclass(frozen=True, slots=True)
class Rotation:
    """This node wants to go on with another key (32-byte seed)."""

    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Behind:
    """Nothing is proposed while no blocks are made here."""


Other: TypeAlias = Proposal | Sighting | Resumption | Rotation
Item: TypeAlias = Arrival | Other
Answer: TypeAlias = Stored | Unplaced | tuple[Placed, ...] | NotProposed | Behind | None
