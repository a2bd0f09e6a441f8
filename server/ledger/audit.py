"""Audit: read a chain from its bytes alone and prove every number in it.

Trusts nothing but, if given, the chain id that the caller expects.  For each block: form, height,
parent and time of the header, the seal under its author's key, the hash of the batches; for each
batch its form, links and signature; then the executor runs again, and its effects, state and log
must be those of the header.  A finding names the height; the first bad block ends the reading, for
all that follows hangs on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from server.ledger.chain import NOTHING, Block, Built, Tip, build
from server.ledger.memory import Memory
from server.ledger.records import Author, Balance
from shared.block import Header, batches_hash, read_header
from shared.errors import Code, Refused
from shared.ids import AssetId, AuthorId, ChainId, may_be_negative
from shared.kinds import Genesis, Role
from shared.signing import Purpose, verify
from shared.transaction import Batch, parse_batch, signed_by


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and at which height."""

    height: int
    what: str


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


def audit(blocks: Iterable[Block], *, chain: ChainId | None = None) -> Report:
    """Read a chain from genesis on.  `chain` is the id that it must have."""
    memory, tip, count, transactions = Memory(), NOTHING, 0, 0
    for block in blocks:
        try:
            built = _check(memory, tip, block)
            if tip is NOTHING and chain not in {None, built.tip.chain}:
                raise _Bad("another chain")
        except _Bad as bad:
            found = Finding(tip.height + 1, bad.what)
            return Report(tip, count, transactions, found, memory)
        memory.take(built.result)
        tip, count = built.tip, count + 1
        transactions += len(built.result.executed)
    finding = Finding(0, "no genesis") if tip is NOTHING else _sums(memory, tip.height)
    return Report(tip, count, transactions, finding, memory)


def _check(memory: Memory, tip: Tip, block: Block) -> Built:
    header = _header(tip, block)
    batches = tuple(_batches(memory, block, header))
    built = build(memory, tip, batches, author=header.author, time=header.time)
    for taken in built.result.taken:
        if taken.code not in {None, Code.FORK}:
            raise _Bad(f"a batch that does not fit its author's chain ({taken.code})")
    if built.raw != block.header:
        fields = header.__struct_fields__
        wrong = next(n for n in fields if getattr(header, n) != getattr(built.header, n))
        raise _Bad(f"{wrong} is not what the transactions give")
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


def _batches(memory: Memory, block: Block, header: Header) -> Iterable[Batch]:
    try:
        batches = [parse_batch(raw) for raw in block.batches]
    except Refused as refused:
        raise _Bad(f"a batch cannot be read ({refused.code})") from None
    keys = _Keys(memory, batches if header.height == 0 else [])
    seal_key = keys.of_sealer(header.author)
    if seal_key is None or not verify(seal_key, Purpose.BLOCK, block.header, block.seal):
        raise _Bad("seal is not its author's")
    for number, batch in enumerate(batches):
        key = keys.of(batch.author)
        if key is None:
            raise _Bad(f"batch {number} has an unknown author")
        if batch.chain != header.chain:
            raise _Bad(f"batch {number} belongs to another chain")
        if not signed_by(batch, key):
            raise _Bad(f"signature of batch {number} is not its author's")
    return batches


class _Keys:
    """Who signs with which key: from the state, and at genesis from what founds it."""

    def __init__(self, memory: Memory, founding: list[Batch]) -> None:
        self._memory = memory
        self._founders = {
            batch.author: bytes.fromhex(first.founder)
            for batch in founding
            if isinstance(first := batch.transactions[0].body, Genesis)
        }

    def of_sealer(self, author: AuthorId) -> bytes | None:
        """Give a node's public key: nobody else may seal a block."""
        record = self._memory.get(Author, (author,))
        return None if record and record.role is not Role.NODE else self.of(author)

    def of(self, author: AuthorId) -> bytes | None:
        """Give an author's public key."""
        record = self._memory.get(Author, (author,))
        return bytes.fromhex(record.key) if record else self._founders.get(author)


def _sums(memory: Memory, height: int) -> Finding | None:
    """Prove that every asset adds up to zero and that no account is below its floor."""
    sums: dict[AssetId, int] = {}
    for (account, asset), record in memory.records[Balance].items():
        amount = record.amount if isinstance(record, Balance) else 0
        if amount < 0 and not may_be_negative(str(account)):
            return Finding(height, f"{account} is below zero in {asset}")
        sums[AssetId(str(asset))] = sums.get(AssetId(str(asset)), 0) + amount
    wrong = sorted(asset for asset, total in sums.items() if total)
    return Finding(height, f"{wrong[0]} does not add up to zero") if wrong else None
