"""Policies: the rules that can be changed on the chain, and their values at the start.

A `policy.set` names a subject (the whole chain, a place or an asset) and carries one of the Structs
below.  New values act from the block that holds them; earlier blocks keep what they had.
"""

from typing import Annotated, Final

import msgspec

from shared.amounts import Count

HOUR_MS: Final = 3_600_000

Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Weight = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
Units = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class ProtocolPolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="protocol"
):
    """The protocol version of the chain (subject: empty): which kinds are active."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class OfflinePolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="offline"
):
    """What the terminals of a place (the subject; empty: of all places) may do offline.

    `t0_limit` and `t0_sales` bound what one UID-only card spends since the last sync,
    `t0_terminal_cap` what one terminal takes from such cards.  After `soft_ms` without sync
    UID-only cards are refused, after `hard_ms` every offline sale is.
    """

    hard_ms: Count
    soft_ms: Count
    t0_limit: Count
    t0_sales: Count
    t0_terminal_cap: Count


class DemurragePolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="demurrage"
):
    """How an asset (the subject) melts (PROTOCOL §8): all integers.

    The first melt comes `grace_days` after the last use, then one every `step_days`: `rate_bp`
    basis points of the balance, or `fixed`, never below `floor`.  `notice_days` says how long
    before each melt a notice must stand on the chain.  `min_use_bp` is the part of the balance a
    sale must reach to count as a use.  The weights split what melted.
    """

    enabled: bool
    fixed: Count
    floor: Count
    grace_days: Days
    min_use_bp: BasisPoints
    notice_days: tuple[Days, ...]
    rate_bp: BasisPoints
    step_days: Days
    weight_commons: Weight
    weight_maintenance: Weight
    weight_nodes: Weight


class PursePolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="purse"
):
    """How much the purse of a card holds at most, in cents, by tier (subject: `-` or its home)."""

    t1_limit: Count
    t2_limit: Count


class ExchangePolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="exchange"
):
    """The rate of a pair (the subject: `GIVE-TAKE`): `give` smallest units for `take` ones.

    It holds in both directions; 0 and 0 close the pair.
    """

    give: Units
    take: Units


class DividendPolicy(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="policy", tag="dividend"
):
    """What each member of a free currency (the subject) gets every `period_days`.

    max(`floor`, `ppm` millionths of the mass / members); periods count from UTC day 0.
    """

    floor: Count
    period_days: Days
    ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


Policy = (
    ProtocolPolicy | OfflinePolicy | DemurragePolicy | PursePolicy | ExchangePolicy | DividendPolicy
)
POLICY_SINCE: Final[dict[type[Policy], int]] = {
    ProtocolPolicy: 1,
    OfflinePolicy: 1,
    DemurragePolicy: 1,
    PursePolicy: 2,
    ExchangePolicy: 2,
    DividendPolicy: 2,
}
"""The protocol with which each came."""

PROTOCOL: Final = ProtocolPolicy(version=1)
OFFLINE: Final = OfflinePolicy(
    hard_ms=12 * HOUR_MS,
    soft_ms=4 * HOUR_MS,
    t0_limit=1_000,
    t0_sales=2,
    t0_terminal_cap=50_000,
)
PURSE: Final = PursePolicy(t1_limit=3_000, t2_limit=10_000)
CLOSED: Final = ExchangePolicy(give=0, take=0)
NO_DIVIDEND: Final = DividendPolicy(floor=0, period_days=1, ppm=0)
NO_DEMURRAGE: Final = DemurragePolicy(
    enabled=False,
    fixed=0,
    floor=0,
    grace_days=180,
    min_use_bp=500,
    notice_days=(60, 30, 7),
    rate_bp=0,
    step_days=30,
    weight_commons=1,
    weight_maintenance=1,
    weight_nodes=1,
)
