"""Who this terminal is, on its disk: two key seeds, and what the node said at the pairing.

Files are 0600, complete or absent (written beside, synced, renamed), and never overwritten by a
second key: a terminal that loses its key is another terminal.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from nacl.utils import random

from shared.codec import decode, encode
from shared.wire import PairAnswer
from terminal.sync.pairing import Enrolment, Keys

SEED_BYTES: Final = 32
_SIGN: Final = "terminal.seed"
_BOX: Final = "box.seed"
_CARD: Final = "card.key"
_ANSWER: Final = "pairing.json"


def keys(folder: Path) -> Keys:
    """Give this terminal's keys, made at the first call.  Raises OSError, ValueError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Keys(sign=_seed(folder / _SIGN), box=_seed(folder / _BOX))


def load(folder: Path) -> Enrolment | None:
    """Give the enrolment; None before the pairing.  Raises Refused when the file is damaged."""
    if not (folder / _ANSWER).exists():
        return None
    answer = decode((folder / _ANSWER).read_bytes(), PairAnswer)
    return Enrolment(answer=answer, card_key=_seed_of(folder / _CARD))


def store(folder: Path, enrolment: Enrolment) -> None:
    """Keep the enrolment.  The answer comes last: with it, everything is there."""
    _write(folder / _CARD, enrolment.card_key.hex().encode() + b"\n")
    _write(folder / _ANSWER, encode(enrolment.answer))


def _seed(path: Path) -> bytes:
    if not path.exists():
        _write(path, random(SEED_BYTES).hex().encode() + b"\n")
    return _seed_of(path)


def _seed_of(path: Path) -> bytes:
    seed = bytes.fromhex(path.read_text(encoding="ascii"))
    if len(seed) != SEED_BYTES:
        message = f"{path} does not hold {SEED_BYTES} bytes"
        raise ValueError(message)
    return seed


def _write(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
