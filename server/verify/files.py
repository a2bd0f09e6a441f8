"""Files that somebody was given, as values.  Raises UnreadableError with a sentence."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TypeVar, cast

from server.ledger.chain import Block
from server.verify.chain_file import ChainFile, ChainFileError, read_chain, write_chain
from shared.codec import read
from shared.errors import Refused
from shared.ids import ChainId
from shared.wire import ConsistencyAnswer, Message, Receipt

M = TypeVar("M", bound=Message)
MAX_RECEIPT_BYTES: Final = 256 * 1024
COMPRESSION: Final = 6


class UnreadableError(Exception):
    """The file is not what it should be; the message says how."""


def read_receipt(path: Path) -> Receipt:
    """Read a receipt's JSON."""
    return _read_json(path, Receipt, "a receipt")


def read_consistency(path: Path) -> ConsistencyAnswer:
    """Read the JSON of a proof that one size of a log begins another."""
    return _read_json(path, ConsistencyAnswer, "a consistency proof")


def _read_json(path: Path, shape: type[M], called: str) -> M:
    try:
        return read(_bytes(path, MAX_RECEIPT_BYTES), shape)
    except Refused as refused:
        raise UnreadableError(f"{path} is not {called} ({refused})") from None


@contextmanager
def open_chain(path: Path) -> Iterator[ChainFile]:
    """Open a compressed chain file; also what goes wrong while it is read is an UnreadableError."""
    try:
        with gzip.open(path, "rb") as stream:
            yield read_chain(cast("BinaryIO", stream))
    except ChainFileError as error:
        raise UnreadableError(f"{path} is not a whole chain file: {error}") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"{path} is damaged or not compressed: {error}") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None


def write_chain_file(path: Path, chain: ChainId, count: int, blocks: Iterable[Block]) -> None:
    """Write a compressed chain file, the same bytes for the same chain.  Raises OSError."""
    with (
        path.open("xb") as file,
        gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as stream,
    ):
        write_chain(cast("BinaryIO", stream), chain, count, blocks)


def read_note(path: Path) -> str:
    """Read a checkpoint's note."""
    try:
        return _bytes(path, MAX_RECEIPT_BYTES).decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"{path} is not a checkpoint") from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    if len(raw) > most:
        raise UnreadableError(f"{path} is too large")
    return raw
