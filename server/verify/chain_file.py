"""A chain as a stream of bytes: what `node export` writes, a node serves, `verify` reads.

The form is in docs/chain-file.md.  Reading is lazy and never holds more than one block; every
length is bounded before it is read.  It proves the form only: the rest is for an audit to say.  A
stream that is cut off, goes on after its end or is not of this form raises ChainFileError.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from server.ledger.chain import Block
from shared.errors import Refused
from shared.ids import ChainId
from shared.signing import from_text, to_text
from shared.transaction import MAX_BATCH_BYTES

MAGIC: Final = "tirelire-chain-file/1"
PART_MAGIC: Final = "tirelire-chain-part/1"
MAX_LINE_BYTES: Final = 1 << 20
MAX_HEADER_BYTES: Final = 16 * 1024
MAX_BLOCK_BYTES: Final = 64 << 20
"""All batches of a block together; a node seals at most 5,000 transactions at a time."""
_FIRST: Final = re.compile(rf"{re.escape(MAGIC)} ([0-9a-f]{{32}}) ([1-9][0-9]{{0,15}})")
_PART: Final = re.compile(
    rf"{re.escape(PART_MAGIC)} ([0-9a-f]{{32}}) (0|[1-9][0-9]{{0,15}}) ([1-9][0-9]{{0,5}})"
    r" ([1-9][0-9]{0,15})"
)
_BLOCK: Final = re.compile(r"block ([A-Za-z0-9_-]{86}) ([1-9][0-9]{0,5})((?: [1-9][0-9]{0,6})*)")


class ChainFileError(Exception):
    """The bytes are not a chain file; the message says where."""


@dataclass(frozen=True, slots=True)
class ChainFile:
    """What the first line says, and the blocks, which can be read once."""

    chain: ChainId
    count: int
    blocks: Iterator[Block]


@dataclass(frozen=True, slots=True)
class Part:
    """Some blocks from height `first` on, of a chain that has `whole` of them now."""

    chain: ChainId
    first: int
    whole: int
    blocks: Iterator[Block]


def write_chain(to: BinaryIO, chain: ChainId, count: int, blocks: Iterable[Block]) -> None:
    """Write `count` blocks, from genesis on."""
    to.write(f"{MAGIC} {chain} {count}\n".encode())
    _write_blocks(to, blocks)


def write_part(
    to: BinaryIO, chain: ChainId, first: int, whole: int, blocks: Sequence[Block]
) -> None:
    """Write some blocks, from height `first` on, of a chain that has `whole` of them now."""
    to.write(f"{PART_MAGIC} {chain} {first} {len(blocks)} {whole}\n".encode())
    _write_blocks(to, blocks)


def _write_blocks(to: BinaryIO, blocks: Iterable[Block]) -> None:
    for block in blocks:
        lengths = " ".join(str(len(part)) for part in (block.header, *block.batches))
        to.write(f"block {to_text(block.seal)} {lengths}\n".encode())
        to.write(block.header + b"\n")
        to.writelines(block.batches)


def read_chain(stream: BinaryIO) -> ChainFile:
    """Read the first line; the blocks are read as they are asked for."""
    first = _FIRST.fullmatch(_line(stream, "the first line"))
    if first is None:
        raise ChainFileError("the first line is not that of a chain file")
    count = int(first[2])
    return ChainFile(ChainId(first[1]), count, _blocks(stream, 0, count))


def read_part(stream: BinaryIO) -> Part:
    """Read the first line of a part; the blocks are read as they are asked for."""
    first = _PART.fullmatch(_line(stream, "the first line"))
    if first is None:
        raise ChainFileError("the first line is not that of a part of a chain")
    begin, count, whole = int(first[2]), int(first[3]), int(first[4])
    if begin + count > whole:
        raise ChainFileError("it has more blocks than the chain")
    return Part(ChainId(first[1]), begin, whole, _blocks(stream, begin, count))


def _blocks(stream: BinaryIO, first: int, count: int) -> Iterator[Block]:
    for height in range(first, first + count):
        yield _block(stream, f"block {height}")
    if stream.read(1):
        raise ChainFileError("it goes on after its last block")


def _block(stream: BinaryIO, where: str) -> Block:
    line = _BLOCK.fullmatch(_line(stream, where))
    if line is None:
        raise ChainFileError(f"{where} does not begin as a block does")
    header, batches = int(line[2]), [int(length) for length in line[3].split()]
    largest = max(batches, default=0)
    if header > MAX_HEADER_BYTES or largest > MAX_BATCH_BYTES or sum(batches) > MAX_BLOCK_BYTES:
        raise ChainFileError(f"{where} is too large")
    try:
        seal = from_text(line[1])
    except Refused:
        raise ChainFileError(f"{where} has no seal") from None
    raw = _exactly(stream, header + 1, where)
    if not raw.endswith(b"\n"):
        raise ChainFileError(f"{where} has a header of another length")
    return Block(raw[:-1], seal, tuple(_exactly(stream, length, where) for length in batches))


def _line(stream: BinaryIO, where: str) -> str:
    raw = stream.readline(MAX_LINE_BYTES)
    if not raw.endswith(b"\n"):
        raise ChainFileError(f"{where} is cut off")
    return raw[:-1].decode("ascii", "replace")


def _exactly(stream: BinaryIO, length: int, where: str) -> bytes:
    raw = stream.read(length)
    if len(raw) != length:
        raise ChainFileError(f"{where} is cut off")
    return raw
