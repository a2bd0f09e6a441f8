"""What bodies are made of: the base class and the small types of their fields."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from shared.amounts import Count
from shared.ids import AuthorId

Day = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
# Years that every calendar knows (1 to 9998), so that no month stops a rule that counts its days.
Month = Annotated[int, msgspec.Meta(ge=12, le=9_998 * 12 + 11)]
Sequence = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Tier = Literal["T0", "T1", "T2"]
Span = tuple[Count, Count]
"""What a card had spent before and after, in cents, ever: the interval [before, after)."""
Proof = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{86}(?![\s\S])")]
"""An Ed25519 signature, unpadded base64url."""


class Role(StrEnum):
    """Who signs: what an author is registered as."""

    NODE = "node"
    TERMINAL = "terminal"
    PLACE = "place"
    WALLET = "wallet"


class AssetClass(StrEnum):
    """What an asset is (DESIGN §4)."""

    FEDERATED = "federated"
    LOCAL = "local"
    GIFT = "gift"
    TIME = "time"
    POINTS = "points"
    MEAL = "meal"
    BADGE = "badge"
    MEMBERSHIP = "membership"
    LIBRE = "libre"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a transaction; each kind has its own."""


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last transaction of an author that somebody has heard of."""

    author: AuthorId
    seq: Count
