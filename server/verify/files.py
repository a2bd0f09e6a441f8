"""Files that somebody was given, as values.  Raises UnreadableError with a sentence."""

from pathlib import Path
from typing import Final

from shared.codec import read
from shared.errors import Refused
from shared.wire import Receipt

MAX_RECEIPT_BYTES: Final = 256 * 1024


class UnreadableError(Exception):
    """The file is not what it should be; the message says how."""


def read_receipt(path: Path) -> Receipt:
    """Read a receipt's JSON."""
    try:
        return read(_bytes(path, MAX_RECEIPT_BYTES), Receipt)
    except Refused as refused:
        raise UnreadableError(f"{path} is not a receipt ({refused})") from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    if len(raw) > most:
        raise UnreadableError(f"{path} is too large")
    return raw
