"""Bodies about cards, their purses and their wallets (PROTOCOL §6)."""

from typing import Annotated, Final, Literal

import msgspec

from shared.amounts import Count
from shared.bodies.base import Body, Known, Span, Tier
from shared.ids import CardRef, PlaceId, WalletId

MOST_TILLS: Final = 5_000
"""More than this many last transactions do not fit into a batch."""


class CardRegister(Body, frozen=True, forbid_unknown_fields=True):
    """A node registers a card for one of its places, with a fresh wallet."""

    card: CardRef
    home: PlaceId
    tier: Tier
    wallet: WalletId


class CardBlock(Body, frozen=True, forbid_unknown_fields=True):
    """A card may no longer be spent."""

    card: CardRef
    reason: Literal["lost", "stolen", "admin"]


class CardUnblock(Body, frozen=True, forbid_unknown_fields=True):
    """A card may be spent again."""

    card: CardRef


class CardLose(Body, frozen=True, forbid_unknown_fields=True):
    """The holder of a card says that it is lost."""

    card: CardRef


class CardLink(Body, frozen=True, forbid_unknown_fields=True):
    """A card points to another wallet, a fresh one if nobody knows it, from now on."""

    card: CardRef
    wallet: WalletId


class CardHome(Body, frozen=True, forbid_unknown_fields=True):
    """A card moves to another place, whose node issues its allowances from now on."""

    card: CardRef
    home: PlaceId


class Merge(Body, frozen=True, forbid_unknown_fields=True):
    """All that an anonymous card's wallet holds and owes joins a user's; its cards follow."""

    source: WalletId
    target: WalletId


class PurseIssue(Body, frozen=True, forbid_unknown_fields=True):
    """A wallet funds what its card may spend offline, up to the limit or what a sale needs.

    `need` is 0, or the cents of a sale that is larger than the limit (PROTOCOL §6 c).
    """

    card: CardRef
    group: Annotated[int, msgspec.Meta(ge=1, le=255)]
    need: Count
    valid_hours: Annotated[int, msgspec.Meta(ge=1, le=255)]


class PurseRelease(Body, frozen=True, forbid_unknown_fields=True):
    """What a purse still holds goes back to the wallet, once no terminal can claim it any more.

    `heads` are the last transactions of all terminals that the card could have paid at, as the node
    has heard of them after the newest allowance had expired (PROTOCOL §6 g).
    """

    card: CardRef
    heads: Annotated[tuple[Known, ...], msgspec.Meta(max_length=MOST_TILLS)]


class SaleVoid(Body, frozen=True, forbid_unknown_fields=True):
    """A card payment that was interrupted claims its interval for nothing (PROTOCOL §6 f)."""

    card: CardRef
    spent: Span
