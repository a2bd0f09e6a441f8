"""Checkpoints: the size and root of a chain's log, signed as a C2SP note (PROTOCOL §5).

The formats are those of C2SP `signed-note` and `tlog-checkpoint`, so that the witnesses and tools
of others can read and cosign them.  A note is text that ends with a newline, an empty line, and a
line for each signature: `— name base64(key id ‖ signature)`.  Whatever is not such a note raises
Refused(bad_framing); one without enough good signatures of the keys that were asked for, or with a
bad one of any of them, Refused(bad_signature).  Signatures of other keys are passed over.

The node of a log signs under the log's name; whoever else has executed the same transactions may
add a line under a name of its own (a cosignature).  All sign the same text, so a name tells nothing
but whose line it is.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Collection
from hashlib import sha256
from typing import Final, NamedTuple

from shared.amounts import LIMIT
from shared.errors import Code, Refused
from shared.ids import ChainId
from shared.signing import SIGNATURE_BYTES, sign_note, verify_note

ORIGIN: Final = "tirelire-chain/"
MAX_NOTE_CHARACTERS: Final = 64 * 1024
KEY_ID_BYTES: Final = 4
ROOT_BYTES: Final = 32
_ED25519: Final = b"\x01"
_SIGNATURE: Final = re.compile("— ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_SIZE: Final = re.compile("0|[1-9][0-9]{0,15}")


class Checkpoint(NamedTuple):
    """How long a log was, and its root (32 bytes) then; `origin` names the log."""

    origin: str
    size: int
    root: bytes


def origin(chain: ChainId) -> str:
    """Name the log of a chain; its node signs under the same name."""
    return f"{ORIGIN}{chain}"


def key_id(name: str, public: bytes) -> bytes:
    """Give the four bytes that say which key signed (C2SP signed-note, Ed25519)."""
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:KEY_ID_BYTES]


def write_checkpoint(checkpoint: Checkpoint) -> str:
    """Write the text that is signed."""
    root = b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def sign_text(text: str, *, name: str, seed: bytes, public: bytes) -> str:
    """Make a note of a text with the signature of one key."""
    signature = b64encode(key_id(name, public) + sign_note(seed, text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def cosign(note: str, *, name: str, seed: bytes, public: bytes) -> str:
    """Add the signature of another key to a note."""
    text, _ = _parts(note)
    return note + sign_text(text, name=name, seed=seed, public=public)[len(text) + 1 :]


def open_note(note: str, *, name: str, public: bytes) -> str:
    """Give a note's text, once the signature over it of a key of that name is proven."""
    text, signers = _signers(note, (public,), name)
    if not signers:
        raise Refused(Code.BAD_SIGNATURE, "no signature of this key")
    return text


def read_checkpoint(note: str, *, public: bytes) -> Checkpoint:
    """Read a checkpoint that its log's own key has signed; lines of extensions are passed over."""
    return _read(open_note(note, name=note.partition("\n")[0], public=public))


def read_cosigned(
    note: str, *, keys: Collection[bytes], need: int
) -> tuple[Checkpoint, frozenset[bytes]]:
    """Read a checkpoint that at least `need` (≥ 1) of these keys have signed; give it and them.

    Under which name a key signs is its own affair.  A key counts once, however often it signs.
    """
    text, signers = _signers(note, keys)
    if len(signers) < max(1, need):
        raise Refused(Code.BAD_SIGNATURE, f"{len(signers)} of {max(1, need)} signatures")
    return _read(text), signers


def _signers(
    note: str, keys: Collection[bytes], name: str | None = None
) -> tuple[str, frozenset[bytes]]:
    """Give a note's text and which of these keys have signed it, each under `name` if given."""
    text, lines = _parts(note)
    signers: set[bytes] = set()
    for line in lines:
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise Refused(Code.BAD_FRAMING, "signature line")
        raw = _base64(found[2])
        number, signature = raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]
        if name not in {None, found[1]}:
            continue
        for public in keys:
            if number != key_id(found[1], public):
                continue
            right_size = len(signature) == SIGNATURE_BYTES
            if not right_size or not verify_note(public, text.encode(), signature):
                raise Refused(Code.BAD_SIGNATURE, "note")
            signers.add(public)
    return text, frozenset(signers)


def _read(text: str) -> Checkpoint:
    name, size, root, *_ = (*text.split("\n"), "", "")
    if not _SIZE.fullmatch(size) or int(size) >= LIMIT:
        raise Refused(Code.BAD_FRAMING, "size")
    hashed = _base64(root)
    if len(hashed) != ROOT_BYTES:
        raise Refused(Code.BAD_FRAMING, "root")
    return Checkpoint(name, int(size), hashed)


def _parts(note: str) -> tuple[str, list[str]]:
    """Part a note at its last empty line."""
    text, empty, signatures = note.rpartition("\n\n")
    if len(note) > MAX_NOTE_CHARACTERS or not empty or not text or not signatures.endswith("\n"):
        raise Refused(Code.BAD_FRAMING, "note")
    if _CONTROL.search(note):
        raise Refused(Code.BAD_FRAMING, "control character")
    return f"{text}\n", signatures.removesuffix("\n").split("\n")


def _base64(text: str) -> bytes:
    """Read standard base64, written the one way it can be."""
    try:
        raw = b64decode(text, validate=True)
    except (Error, ValueError):
        raise Refused(Code.BAD_FRAMING, "base64") from None
    if b64encode(raw).decode() != text:
        raise Refused(Code.BAD_FRAMING, "base64")
    return raw
