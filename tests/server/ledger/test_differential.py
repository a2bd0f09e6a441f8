"""The executor against the reference, operation by operation; and what must hold after each block.

Every operation is a signed transaction in a sealed block, so the whole path is under test.  At the
end the blocks are replayed and must give the same state.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings, strategies as st

from server.ledger.audit import audit
from server.ledger.records import Balance, Refunded
from shared.amounts import Amount
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    CardRef,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
    may_be_negative,
)
from shared.kinds import (
    AssetClass,
    Body,
    CardBlock,
    CardRegister,
    CashReload,
    Issue,
    PlaceCreate,
    Refund,
    Reload,
    Sale,
    TerminalEnrol,
    Transfer,
)
from shared.transaction import Batch
from tests.server.ledger.reference import ORDER, Reference
from tests.server.ledger.world import BAR, FED, Author, World, asset, card, founded, holder

PLACES = tuple(ORDER)
CARDS = (1, 2, 3, 4)  # card 4 is nobody's

amounts = st.one_of(st.integers(1, 12), st.sampled_from([50, 100]))
cards = st.sampled_from(CARDS)
holders = st.sampled_from(CARDS[:3])
places = st.sampled_from(PLACES)
assets = st.sampled_from(["FED", "GRAIN", "BEAN"])
evidences = st.sampled_from([f"e{number}" for number in range(40)])


@dataclass(frozen=True)
class Op:
    """One operation: who signs (a place's till, or the node), its kind and its fields."""

    signer: str
    kind: str
    fields: tuple[object, ...]
