"""The chain: from batches to a block that is ready to be sealed.

`build` is what an engine does, and what audit does again with nothing but bytes.  The tip carries
all that the next block needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
from shared.merkle import EMPTY, Frontier
from shared.transaction import Batch


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
    """A block that is ready to be sealed, what it does, and the tip that it makes."""

    header: Header
    raw: bytes
    batches: tuple[Batch, ...]
    result: BlockResult
    tip: Tip


def build(view: View, tip: Tip, batches: Sequence[Batch], *, author: AuthorId, time: int) -> Built:
    """Execute batches on top of a tip and write the header.

    All of them are in it: whoever calls leaves out those that have no effect (`result.taken`).
    `time` never goes backwards.  Whether there is anything to seal, `result.makes_block` says.
    """
    height, time = tip.height + 1, max(time, tip.time)
    result = execute(view, batches, height=height, time=time)
    header, after = _header(tip, batches, result, author=author, time=time)
    raw = write_header(header)
    hashed = header_hash(raw)
    chain = chain_id(hashed) if height == 0 else tip.chain
    after = Tip(chain, height, hashed, after.state, time, after.log)
    return Built(header, raw, tuple(batches), result, after)


def _header(
    tip: Tip, batches: Sequence[Batch], result: BlockResult, *, author: AuthorId, time: int
) -> tuple[Header, Tip]:
    log = tip.log.extend(item.leaf for item in result.executed)
    state = next_state(tip.state, result.effects)
    header = Header(
        author=author,
        batches=batches_hash(batch.raw for batch in batches),
        chain=tip.chain,
        effects=result.effects,
        height=tip.height + 1,
        log=Log(root=Hash(log.root().hex()), size=log.size),
        parent=tip.hash,
        state=state,
        time=time,
        v=VERSION,
        validators=validators_hash([author]),
    )
    return header, Tip(tip.chain, tip.height + 1, tip.hash, state, time, log)
