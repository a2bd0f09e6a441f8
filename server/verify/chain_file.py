"""A whole chain as one stream of bytes: what `node export` writes and `verify chain` reads.

The form is in docs/chain-file.md.  Reading is lazy and never holds more than one block; every
length is bounded before it is read.  It proves the form only: the rest is for an audit to say.  A
stream that is cut off, goes on after its end or is not of this form raises ChainFileError.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from server.ledger.chain import Block
from shared.errors import Refused
from shared.ids import ChainId
from shared.signing import from_text, to_text
from shared.transaction import MAX_BATCH_BYTES

MAGIC: Final = "tirelire-chain-file/1"
MAX_LINE_BYTES: Final = 1 << 20
MAX_HEADER_BYTES: Final = 16 * 1024
_FIRST: Final = re.compile(rf"{re.escape(MAGIC)} ([0-9a-f]{{32}}) ([1-9][0-9]{{0,15}})")
_BLOCK: Final = re.compile(r"block ([A-Za-z0-9_-]{86}) ([1-9][0-9]{0,5})((?: [1-9][0-9]{0,6})*)")


class ChainFileError(Exception):
    """The bytes are not a chain file; the message says where."""


@dataclass(frozen=True, slots=True)
class ChainFile:
    """What the first line says, and the blocks, which can be read once."""

    chain: ChainId
    count: int
    blocks: Iterator[Block]


def write_chain(to: BinaryIO, chain: ChainId, count: int, blocks: Iterable[Block]) -> None:
    """Write `count` blocks, from genesis on."""
    to.write(f"{MAGIC} {chain} {count}\n".encode())
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
    return ChainFile(ChainId(first[1]), count, _blocks(stream, count))


def _blocks(stream: BinaryIO, count: int) -> Iterator[Block]:
    for height in range(count):
        yield _block(stream, f"block {height}")
    if stream.read(1):
        raise ChainFileError("it goes on after its last block")


def _block(stream: BinaryIO, where: str) -> Block:
    line = _BLOCK.fullmatch(_line(stream, where))
    if line is None:
        raise ChainFileError(f"{where} does not begin as a block does")
    header, batches = int(line[2]), [int(length) for length in line[3].split()]
    if header > MAX_HEADER_BYTES or max(batches, default=0) > MAX_BATCH_BYTES:
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
