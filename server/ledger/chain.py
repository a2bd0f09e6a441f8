"""The chain: from batches to a block that is ready to be sealed.

`build` is what an engine does, and what audit does again with nothing but bytes.  The tip carries
all that the next block needs.

A block also names the subtrees of the log that it filled, from `KEPT_LEVEL` on, so that a store can
keep them and prove what is in the log in O(log n).  They cost nothing to find: the frontier makes
them anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.ledger.executor import BlockResult, execute
from server.ledger.state import View
from shared.block import (
    VERSION,
    Header,
    Log,
    batches_hash,
    header_hash,
    next_state,
    validators_hash,
    write_header,
)
from shared.ids import ZERO_CHAIN, ZERO_HASH, AuthorId, ChainId, Hash, chain_id
from shared.merkle import EMPTY, Frontier, Subtree
from shared.transaction import Batch

KEPT_LEVEL: Final = 6
"""Subtrees of 64 leaves and more are kept: a row for 32 transactions.  What is below is hashed
again from the transactions when somebody asks for a proof: 64 leaves for the one that is proven,
and fewer than that at the growing end."""


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a chain; before genesis `height` is -1."""

    chain: ChainId
    height: int
    hash: Hash
    state: Hash
    time: int
    log: Frontier


NOTHING = Tip(ZERO_CHAIN, -1, ZERO_HASH, ZERO_HASH, 0, EMPTY)


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it is stored: header bytes, seal (signature over them) and batches as received."""

    header: bytes
    seal: bytes
    batches: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A block that is ready to be sealed, what it does, what it filled, and the tip it makes."""

    header: Header
    raw: bytes
    batches: tuple[Batch, ...]
    result: BlockResult
    subtrees: tuple[Subtree, ...]
    tip: Tip


def build(view: View, tip: Tip, batches: Sequence[Batch], *, author: AuthorId, time: int) -> Built:
    """Execute batches on top of a tip and write the header.

    All of them are in it: whoever calls leaves out those that have no effect (`result.taken`).
    `time` never goes backwards.  Whether there is anything to seal, `result.makes_block` says.
    """
    height, time = tip.height + 1, max(time, tip.time)
    result = execute(view, batches, height=height, time=time, sealer=author)
    log, full = tip.log.grow((item.leaf for item in result.executed), least_level=KEPT_LEVEL)
    state = next_state(tip.state, result.effects)
    header = Header(
        author=author,
        batches=batches_hash(batch.raw for batch in batches),
        chain=tip.chain,
        effects=result.effects,
        height=height,
        log=Log(root=Hash(log.root().hex()), size=log.size),
        parent=tip.hash,
        state=state,
        time=time,
        v=VERSION,
        validators=validators_hash([author]),
    )
    raw = write_header(header)
    hashed = header_hash(raw)
    chain = chain_id(hashed) if height == 0 else tip.chain
    after = Tip(chain, height, hashed, state, time, log)
    return Built(header, raw, tuple(batches), result, tuple(full), after)
