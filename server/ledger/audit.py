"""Audit: read a chain from its bytes alone and prove every number in it.

Trusts nothing but what the caller holds from elsewhere: the chain's id, a checkpoint.  For each
block: form, height, parent and time of the header, the seal of the founder under its key of then,
the hash of the batches; for each batch its form, links and signature, under the key that the state
has just before it; then the executor runs again, and its effects, state and log must be those of
the header.  What the rules have done is proven once more without them (`second_opinion`): balances
from postings, floors, sums, evidence.

A finding names the height; the first bad block ends the reading, for all that follows hangs on it.
`watch` sees each block that was proven: whoever keeps tables compares them there, so that nothing
but the state has to stay in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from server.ledger.chain import NOTHING, Block, Built, Tip, build
from server.ledger.finding import Finding
from server.ledger.governance import handed_over
from server.ledger.memory import Memory
from server.ledger.records import Author
from server.ledger.second_opinion import sums, wrong_effects
from shared.block import Header, batches_hash, read_header
from shared.bodies import Genesis
from shared.checkpoint import Checkpoint, origin
from shared.errors import Code, Refused
from shared.ids import AuthorId, ChainId, author_id
from shared.signing import Purpose, verify
from shared.transaction import Batch, parse_batch, signed_by

Watch = Callable[[Built], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit has proven: up to `tip`, `transactions` of them; `finding`: the first wrong."""

    tip: Tip
    blocks: int
    transactions: int
    finding: Finding | None
    memory: Memory


class _Bad(Exception):  # noqa: N818 - carries a finding inside this module
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def audit(
    blocks: Iterable[Block],
    *,
    chain: ChainId | None = None,
    held: Checkpoint | None = None,
    watch: Watch | None = None,
) -> Report:
    """Read a chain from genesis on.

    `chain` is the id that it must have, `held` a checkpoint that must be in its history.
    """
    memory, tip, count = Memory(), NOTHING, 0
    founder: AuthorId | None = None
    for block in blocks:
        try:
            built = _check(memory, tip, block, founder)
            _known(tip, built, chain, held)
        except _Bad as bad:
            found = Finding(tip.height + 1, bad.what)
            return Report(tip, count, len(memory.past), found, memory)
        memory.take(built.result)
        tip, count, founder = built.tip, count + 1, built.header.author
        if watch is not None:
            watch(built)
    return Report(tip, count, len(memory.past), _at_the_end(memory, tip, held), memory)


def _at_the_end(memory: Memory, tip: Tip, held: Checkpoint | None) -> Finding | None:
    if tip is NOTHING:
        return Finding(0, "no genesis")
    if held and held.size > tip.log.size:
        what = f"the checkpoint has {held.size} transactions, this chain {tip.log.size}"
        return Finding(tip.height, what)
    wrong = sums(memory)
    return Finding(tip.height, wrong) if wrong else None


# ---------- one block ----------


def _check(memory: Memory, tip: Tip, block: Block, founder: AuthorId | None) -> Built:
    header = _header(tip, block)
    if founder not in {None, header.author}:
        raise _Bad("sealed by another node than the founder")
    batches = _batches(block, header)
    _seal(memory, block, header, batches)
    built = build(memory, tip, batches, author=header.author, time=header.time)
    for number, (batch, key) in enumerate(zip(batches, built.result.keys, strict=True)):
        _signature(number, batch, key or _founder(header, batch))
    for taken in built.result.taken:
        if taken.code not in {None, Code.FORK}:
            raise _Bad(f"a batch that does not fit its author's chain ({taken.code})")
    if built.raw != block.header:
        fields = header.__struct_fields__
        wrong = next(n for n in fields if getattr(header, n) != getattr(built.header, n))
        raise _Bad(f"{wrong} is not what the transactions give")
    if words := wrong_effects(memory, built.result):
        raise _Bad(words)
    return built


def _header(tip: Tip, block: Block) -> Header:
    try:
        header = read_header(block.header)
    except Refused as refused:
        raise _Bad(f"header cannot be read ({refused.code})") from None
    if header.height != tip.height + 1:
        raise _Bad(f"height {header.height} follows {tip.height}")
    if header.parent != tip.hash:
        raise _Bad("parent is another block")
    if header.time < tip.time:
        raise _Bad("time goes backwards")
    if header.batches != batches_hash(block.batches):
        raise _Bad("batches are not those of the header")
    return header


def _batches(block: Block, header: Header) -> tuple[Batch, ...]:
    try:
        batches = tuple(parse_batch(raw) for raw in block.batches)
    except Refused as refused:
        raise _Bad(f"a batch cannot be read ({refused.code})") from None
    for number, batch in enumerate(batches):
        if batch.chain != header.chain:
            raise _Bad(f"batch {number} belongs to another chain")
    return batches


def _seal(memory: Memory, block: Block, header: Header, batches: Iterable[Batch]) -> None:
    """Prove the seal under the key that its author, the founder, has before this block."""
    if handed_over(memory):
        raise _Bad("sealed by one node after another engine was handed the chain")
    record = memory.get(Author, (header.author,))
    key = record.key if record else next(_founders(header, batches), "")
    if not key or not verify(bytes.fromhex(key), Purpose.BLOCK, block.header, block.seal):
        raise _Bad("seal is not its author's")


def _signature(number: int, batch: Batch, key: str) -> None:
    if not key:
        raise _Bad(f"batch {number} has an unknown author")
    if not signed_by(batch, bytes.fromhex(key)):
        raise _Bad(f"signature of batch {number} is not its author's")


def _founders(header: Header, batches: Iterable[Batch]) -> Iterator[str]:
    """Give the keys by which the header's author founds a chain: at height 0, under its name."""
    for batch in batches:
        key = _founder(header, batch)
        if key and author_id(bytes.fromhex(key)) == header.author:
            yield key


def _founder(header: Header, batch: Batch) -> str:
    """Give the key of whoever founds a chain, which no state can know yet."""
    body = batch.transactions[0].body
    return body.founder if header.height == 0 and isinstance(body, Genesis) else ""


def _known(before: Tip, built: Built, chain: ChainId | None, held: Checkpoint | None) -> None:
    """Compare with what the caller holds from elsewhere."""
    tip = built.tip
    if before is NOTHING:
        if chain not in {None, tip.chain}:
            raise _Bad("another chain")
        if held and held.origin != origin(tip.chain):
            raise _Bad("the checkpoint is of another chain")
    if held is None or not before.log.size <= held.size <= tip.log.size:
        return
    leaves = (item.leaf for item in built.result.executed[: held.size - before.log.size])
    if before.log.extend(leaves).root() != held.root:
        raise _Bad("history up to here is not the one of the checkpoint: it was rewritten")
