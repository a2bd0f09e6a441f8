r"""Ed25519 signatures over tagged bytes (PROTOCOL §2).

What is signed is `b"tirelire/" + purpose + b"/1\n" + message`, so that a signature made for one
purpose is worthless for another.  Keys are 32-byte seeds and 32-byte public keys.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from functools import lru_cache
from typing import Final

from nacl.bindings import crypto_sign_BYTES
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from shared.errors import Code, Refused

SIGNATURE_BYTES: Final = crypto_sign_BYTES


class Purpose(StrEnum):
    """What a signature is for."""

    TRANSACTION = "transaction"
    BLOCK = "block"
    POLICY = "policy"
    ALLOWANCE = "allowance"
    PAIRING = "pairing"
    HEARTBEAT = "heartbeat"
    INVITATION = "invitation"
    RECEIPT = "receipt"


_PREFIX: Final = {purpose: f"tirelire/{purpose}/1\n".encode() for purpose in Purpose}
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


@lru_cache(maxsize=256)
def _signing_key(seed: bytes) -> SigningKey:
    return SigningKey(seed)


@lru_cache(maxsize=4096)
def _verify_key(public: bytes) -> VerifyKey:
    return VerifyKey(public)


def public_key(seed: bytes) -> bytes:
    """Give the public key (32 bytes) of a seed (32 bytes)."""
    return bytes(_signing_key(seed).verify_key)


def sign(seed: bytes, purpose: Purpose, message: bytes) -> bytes:
    """Sign a message for one purpose: 64 bytes."""
    return _signing_key(seed).sign(_PREFIX[purpose] + message).signature


def verify(public: bytes, purpose: Purpose, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature (64 bytes) is that key's, over that message, for that purpose."""
    return _verifies(public, _PREFIX[purpose] + message, signature)


def _verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        _verify_key(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def sign_note(seed: bytes, text: bytes) -> bytes:
    """Sign bytes without a purpose: only for C2SP notes, whose first line names what they are.

    A note never begins with `tirelire/`, so no signature of ours can be taken for a note's.
    """
    return _signing_key(seed).sign(text).signature


def verify_note(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a signature (64 bytes) is that key's over a C2SP note."""
    return _verifies(public, text, signature)


def to_text(raw: bytes) -> str:
    """Write bytes as unpadded base64url, the form that signatures have on the wire."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Read unpadded base64url; raises Refused(bad_framing) unless it is the one way to write it."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise Refused(Code.BAD_FRAMING, "base64url")
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(raw) != text:
        raise Refused(Code.BAD_FRAMING, "base64url")
    return raw
