"""Proofs that somebody holds a key: for a key that changes, and for a node that joins.

Each is a signature by the new key over what it is for, so that nobody can bring a key that is not
theirs, nor use a proof twice for something else.
"""

from shared.bodies import KeyRotate, PlaceJoin
from shared.errors import Refused
from shared.ids import AuthorId, ChainId, PlaceId, PublicKey
from shared.signing import SIGNATURE_BYTES, Purpose, from_text, public_key, sign, to_text, verify


def rotation(seed: bytes, chain: ChainId, author: AuthorId) -> KeyRotate:
    """Give what lets an author go on with the key of `seed` (32 bytes)."""
    key = PublicKey(public_key(seed).hex())
    return KeyRotate(key, to_text(sign(seed, Purpose.PAIRING, _text(chain, author, key))))


def rotation_holds(body: KeyRotate, chain: ChainId, author: AuthorId) -> bool:
    """Tell whether the new key has agreed to be that author's."""
    return _holds(body.key, Purpose.PAIRING, _text(chain, author, body.key), body.proof)


def invitation(seed: bytes, chain: ChainId, place: PlaceId) -> str:
    """Give the proof (base64url) with which a node with the key of `seed` joins with a place."""
    key = public_key(seed).hex()
    return to_text(sign(seed, Purpose.INVITATION, _text(chain, place, key)))


def invitation_holds(body: PlaceJoin, chain: ChainId) -> bool:
    """Tell whether the new node has agreed to join with that place."""
    return _holds(body.key, Purpose.INVITATION, _text(chain, body.place, body.key), body.proof)


def _text(chain: ChainId, name: str, key: str) -> bytes:
    return f"{chain} {name} {key}".encode()


def _holds(key: str, purpose: Purpose, text: bytes, proof: str) -> bool:
    try:
        signature = from_text(proof)
    except Refused:  # 86 characters that are no one's way to write 64 bytes
        return False
    return len(signature) == SIGNATURE_BYTES and verify(
        bytes.fromhex(key), purpose, text, signature
    )
