"""Who this terminal is, on its disk: its own keys, what the node said, and the key it has now.

Files are 0600, whole or absent, and a key is never overwritten: a terminal that loses its key is
another terminal.  Raises HostError for what is missing, damaged or readable by others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from shared.codec import decode, encode
from shared.errors import Refused
from shared.host import HostError
from shared.host.files import make_private_folder, write_atomically
from shared.host.keyfiles import open_key, read_key
from shared.wire import PairAnswer
from terminal.offline_queue.records import Identity
from terminal.sync.pairing import Enrolment, Keys

_SIGN: Final = "terminal.key"
_BOX: Final = "box.key"
_CARD: Final = "card.key"
_ANSWER: Final = "pairing.json"


def terminal_keys(folder: Path) -> Keys:
    """Give this terminal's keys, drawn at the first call."""
    return Keys(sign=open_key(folder / _SIGN), box=open_key(folder / _BOX))


def load(folder: Path) -> Enrolment | None:
    """Give the enrolment; None before the pairing."""
    path = folder / _ANSWER
    if not path.exists():
        return None
    try:
        answer = decode(path.read_bytes(), PairAnswer)
    except (OSError, Refused) as error:
        raise HostError(f"{path} is damaged: restore it, or pair again: {error}") from None
    return Enrolment(answer=answer, card_key=read_key(folder / _CARD))


def store(folder: Path, enrolment: Enrolment) -> None:
    """Keep the enrolment.  The answer comes last: with it, everything is there."""
    make_private_folder(folder)
    write_atomically(folder / _CARD, enrolment.card_key.hex().encode() + b"\n")
    keep_answer(folder, enrolment.answer)


def keep_answer(folder: Path, answer: PairAnswer) -> None:
    """Replace what the node said, whole.  Raises OSError; then it is as before."""
    write_atomically(folder / _ANSWER, encode(answer))


def journal_identity(keys: Keys, enrolment: Enrolment) -> Identity:
    """Give whose entries the journal signs, and for which chain."""
    return Identity(seed=keys.sign, chain=enrolment.answer.chain)
