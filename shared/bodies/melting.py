"""Bodies of demurrage (PROTOCOL §8)."""

from shared.amounts import Amount
from shared.bodies.base import Body, Day, Month, Sequence
from shared.ids import AssetId, AuthorId, PlaceId, WalletId


class Notice(Body, frozen=True, forbid_unknown_fields=True):
    """Wallets not used since `idle_since` are told that `asset` melts on `melt_day` (UTC days)."""

    asset: AssetId
    idle_since: Day
    melt_day: Day


class Melt(Body, frozen=True, forbid_unknown_fields=True):
    """One step of demurrage on one wallet, due on `day`; `amount` must be what the rule gives."""

    amount: Amount
    asset: AssetId
    day: Day
    wallet: WalletId


class MeltReversal(Body, frozen=True, forbid_unknown_fields=True):
    """Part of the melt of `day` comes back: a sale made before it arrived after it.

    `author` and `seq` name the sale.
    """

    amount: Amount
    asset: AssetId
    author: AuthorId
    day: Day
    seq: Sequence
    wallet: WalletId


class Distribute(Body, frozen=True, forbid_unknown_fields=True):
    """What melted at a place in `month` (year × 12 + month − 1, UTC) is shared by the weights."""

    asset: AssetId
    month: Month
    place: PlaceId
