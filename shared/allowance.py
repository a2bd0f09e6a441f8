"""An allowance: what a card may spend offline, as its home node states it (PROTOCOL §6).

It is a pure function of an accepted `purse.issue`, so whoever has executed the block knows the hash
of the only allowance that it permits: a sale that names another one was made on a statement that
the chain knows nothing of.  Its bytes on a card and its signature are the card layout's.
"""

from hashlib import sha256
from typing import Final

import msgspec

from shared.codec import encode
from shared.ids import CardRef, Hash

EPOCH_HOUR: Final = 490_896
"""2026-01-01 00:00 UTC in hours since 1970: cards count the hours of `issued` from here."""
MOST_CENTS: Final = 2**24 - 1
"""The most that a card can count in its life: three bytes of cents."""
_TAG: Final = b"tirelire-allowance/1\n"


class Allowance(msgspec.Struct, frozen=True):
    """What is written on the card: all counters are cents, ever.

    `credit` may be spent in all, of which `base` is spent as far as the chain knows; `group` says
    in which assets.  `issued` is in hours since 2026-01-01 UTC, `number` counts this card's
    allowances.
    """

    base: int
    card: CardRef
    credit: int
    group: int
    issued: int
    number: int
    valid_hours: int


def allowance_hash(allowance: Allowance) -> Hash:
    """Name an allowance: SHA-256 over a tag and its canonical JSON."""
    return Hash(sha256(_TAG + encode(allowance)).hexdigest())
