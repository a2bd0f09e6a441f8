"""Links and hashes: that nothing of a chain was changed since it was sealed, without executing it.

Proven for each block: its height, parent, time and chain, the seal, the hash of the batches as they
are stored; for each batch its frame, links, author's signature, and that it goes on where its
author's chain ended; and that the log with the recorded verdicts has the root that was sealed.  Not
proven: that the verdicts are those that the rules give, nor what follows from them (balances); that
is what `server.ledger.audit` is for.

A chain can be read in ranges, by several processes at once.  Each begins with a `Start` that it
cannot prove by itself: what it took for granted is in its `Linked`, and `join` proves that the
ranges fit.  Because a root that was sealed can only be that of one frontier, a false start is found
where it is used or where the range before it ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from server.ledger.chain import Block
from server.ledger.finding import Finding
from shared.block import Header, batches_hash, header_hash, read_header
from shared.errors import Refused
from shared.ids import ZERO_HASH, AuthorId, Hash, chain_id
from shared.merkle import EMPTY, Frontier
from shared.signing import Purpose, verify
from shared.transaction import parse_frame


class Term(NamedTuple):
    """A public key (32 bytes), the first number it signs, the height after which it seals."""

    seq: int
    height: int
    key: bytes


Keys = Mapping[AuthorId, Sequence[Term]]
"""Each author's keys, one after the other."""


class Recorded(NamedTuple):
    """A block and the verdicts of what it executed, in order: runs of one batch and one verdict."""

    block: Block
    verdicts: Sequence[tuple[int, str, int]]


class Head(NamedTuple):
    """Up to where an author's chain goes."""

    seq: int
    hash: Hash


class Opening(NamedTuple):
    """How an author's first transaction in a range says that its chain goes before."""

    height: int
    before: Head


@dataclass(frozen=True, slots=True)
class Start:
    """What a range takes for granted: its first height, the header before it, and the log then."""

    height: int = 0
    header: bytes = b""
    log: Frontier = EMPTY


@dataclass(slots=True)
class Linked:
    """What a range has proven, and what it has taken for granted."""

    start: Start
    header: bytes = b""
    blocks: int = 0
    transactions: int = 0
    heads: dict[AuthorId, Head] = field(default_factory=dict)
    openings: dict[AuthorId, Opening] = field(default_factory=dict)
    finding: Finding | None = None


class _Link(msgspec.Struct):
    """What links a payload: the rest of it was read when it was executed."""

    author: str
    chain: str
    prev: str
    seq: int


_LINKS: Final = msgspec.json.Decoder(_Link)
_FIRST: Final = Head(0, ZERO_HASH)


class _Bad(Exception):  # noqa: N818 - carries a finding inside this module
    """What is wrong with a block, in words."""


def read_range(blocks: Iterable[Recorded], keys: Keys, start: Start) -> Linked:
    """Read blocks that follow one another; the first thing that is wrong ends the reading."""
    linked = Linked(start, start.header)
    try:
        reader = _Reader(linked, keys)
    except Refused as refused:
        what = f"header cannot be read ({refused.code})"
        linked.finding = Finding(start.height - 1, what)
        return linked
    for recorded in blocks:
        height = reader.height
        try:
            reader.block(recorded)
        except _Bad as bad:
            linked.finding = Finding(height, str(bad))
            break
        linked.blocks += 1
    return linked


def join(ranges: Sequence[Linked]) -> Linked:
    """Prove that ranges fit together, in their order; give them as one."""
    whole = Linked(Start())
    for part in ranges:
        wrong = list(_misfits(whole, part))
        whole.heads.update(part.heads)
        whole.header = part.header
        whole.blocks += part.blocks
        whole.transactions += part.transactions
        if wrong:
            whole.finding = min(wrong, key=lambda each: each.height)
            return whole
    if not whole.blocks:
        whole.finding = Finding(0, "no genesis")
    return whole


def _misfits(before: Linked, part: Linked) -> Iterator[Finding]:
    if part.finding:
        yield part.finding
    if part.start.header != before.header:
        yield Finding(before.blocks, "a range does not begin where the one before ends")
    for author, opening in part.openings.items():
        if opening.before != before.heads.get(author, _FIRST):
            yield Finding(opening.height, f"{author} does not go on where its chain ended")


class _Reader:
    def __init__(self, linked: Linked, keys: Keys) -> None:
        self._linked = linked
        self._keys = keys
        self._log = linked.start.log
        self._before: Header | None = None
        self._proven = not linked.start.header
        if linked.start.header:
            self._before = read_header(linked.start.header)

    @property
    def height(self) -> int:
        """The height of the block that comes next."""
        return self._before.height + 1 if self._before else 0

    def block(self, recorded: Recorded) -> None:
        """Prove one block."""
        block = recorded.block
        header = self._header(block)
        self._seal(header, block)
        leaves: list[bytes] = []
        verdicts: list[list[str]] = [[] for _ in block.batches]
        last = 0
        for number, verdict, times in recorded.verdicts:
            if not last <= number < len(block.batches):
                raise _Bad("verdicts are not in the order of the batches")
            verdicts[number] += [verdict] * times
            last = number
        for number, (raw, given) in enumerate(zip(block.batches, verdicts, strict=True)):
            self._batch(header, number, raw, given, leaves)
        self._log = self._log.extend(leaves)
        if (header.log.size, header.log.root) != (self._log.size, self._log.root().hex()):
            raise _Bad("log is not what the recorded verdicts give")
        self._before, self._linked.header = header, block.header
        self._linked.transactions += len(leaves)

    def _header(self, block: Block) -> Header:
        before = self._before
        try:
            header = read_header(block.header)
        except Refused as refused:
            raise _Bad(f"header cannot be read ({refused.code})") from None
        if header.height != self.height:
            raise _Bad(f"height {header.height} follows {self.height - 1}")
        if header.parent != (header_hash(self._linked.header) if before else ZERO_HASH):
            raise _Bad("parent is another block")
        if before and header.time < before.time:
            raise _Bad("time goes backwards")
        if before and header.author != before.author:
            raise _Bad("sealed by another node than the founder")
        if before and header.chain != self._chain_after(before):
            raise _Bad("chain is another one")
        if header.batches != batches_hash(block.batches):
            raise _Bad("batches are not those of the header")
        if before and not self._proven:
            self._start(before)
        return header

    def _chain_after(self, before: Header) -> str:
        return before.chain if before.height else chain_id(header_hash(self._linked.header))

    def _start(self, before: Header) -> None:
        """Prove the log that the range began with by the root that was sealed before it."""
        if (before.log.size, before.log.root) != (self._log.size, self._log.root().hex()):
            raise _Bad("kept subtrees of the log are not those that were sealed")
        self._proven = True

    def _seal(self, header: Header, block: Block) -> None:
        terms = [t for t in self._keys.get(header.author, ()) if t.height < header.height]
        if not terms or not verify(terms[-1].key, Purpose.BLOCK, block.header, block.seal):
            raise _Bad("seal is not its author's")

    def _batch(
        self, header: Header, number: int, raw: bytes, verdicts: list[str], leaves: list[bytes]
    ) -> None:
        """Prove one batch and give the leaves of what it executed: its last transactions."""
        try:
            frame = parse_frame(raw)
        except Refused as refused:
            raise _Bad(f"a batch cannot be read ({refused.code})") from None
        if frame.chain != header.chain:
            raise _Bad(f"batch {number} belongs to another chain")
        author = frame.author
        hashes, prevs = self._links(number, frame.chain, author, frame.first, frame.lines)
        known = len(hashes) - len(verdicts)
        if known < 0:
            raise _Bad(f"batch {number} has fewer transactions than verdicts")
        first = frame.first + known
        if not self._signed(author, first if verdicts else 0, frame.lines[-1], frame.signature):
            raise _Bad(f"signature of batch {number} is not its author's")
        if not verdicts:
            return
        self._goes_on(header.height, number, author, Head(first - 1, Hash(prevs[known])))
        self._linked.heads[author] = Head(first + len(verdicts) - 1, Hash(hashes[-1]))
        begin = f'{{"author":"{author}","hash":"'
        for seq, (hashed, verdict) in enumerate(zip(hashes[known:], verdicts, strict=True), first):
            leaves.append(f'{begin}{hashed}","seq":{seq},"verdict":"{verdict}"}}'.encode())

    @staticmethod
    def _links(
        number: int, chain: str, author: str, first: int, lines: Sequence[bytes]
    ) -> tuple[list[str], list[str]]:
        """Prove the links inside a batch; give each payload's hash and the one it links to."""
        decode = _LINKS.decode
        hashes: list[str] = []
        prevs: list[str] = []
        previous = ""
        try:
            for seq, line in enumerate(lines, first):
                link = decode(line)
                if (
                    link.seq != seq
                    or link.author != author
                    or link.chain != chain
                    or (previous and link.prev != previous)
                ):
                    raise _Bad(f"batch {number} is not linked before number {seq}")
                previous = sha256(line).hexdigest()
                hashes.append(previous)
                prevs.append(link.prev)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _Bad(f"batch {number} holds what is no payload") from None
        return hashes, prevs

    def _signed(self, author: AuthorId, first: int, payload: bytes, signature: bytes) -> bool:
        """Tell whether a batch is signed: with the key of its first new number, if it has one.

        What executed nothing (evidence of a fork) may be signed with any key that its author had.
        """
        terms = self._keys.get(author, ())
        if first:
            terms = [term for term in terms if term.seq <= first][-1:]
        return any(verify(term.key, Purpose.TRANSACTION, payload, signature) for term in terms)

    def _goes_on(self, height: int, number: int, author: AuthorId, before: Head) -> None:
        head = self._linked.heads.get(author)
        if head is None:
            self._linked.openings.setdefault(author, Opening(height, before))
        elif head != before:
            raise _Bad(f"batch {number} does not go on where its author's chain ended")
