"""Proofs that somebody holds a key: for a key that changes, and for a node that joins.

Each is a signature by the new key over what it is for, so that nobody can bring a key that is not
theirs, nor use a proof twice for something else.  `open_sealed` and `next_key` are for whoever
trusts one key of a node and nothing else: what it has sealed, and which key comes after it.
"""

from shared.block import Header, header_hash, read_header, write_leaf
from shared.bodies import KeyRotate, PlaceJoin
from shared.errors import Code, Refused
from shared.ids import AuthorId, ChainId, PlaceId, PublicKey, chain_id
from shared.merkle import leaf_hash
from shared.merkle_proof import proves_inclusion
from shared.signing import SIGNATURE_BYTES, Purpose, from_text, public_key, sign, to_text, verify
from shared.transaction import open_payload
from shared.verdict import ACCEPTED
from shared.wire import KeyStep, SealedHeader


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


def open_sealed(
    sealed: SealedHeader, *, chain: ChainId, author: AuthorId, key: PublicKey
) -> Header:
    """Read a header that a node has sealed with this key, on this chain.

    Raises Refused(bad_signature | other_chain | bad_framing) and what `read_header` does.
    """
    raw = sealed.header.encode()
    if not verify(bytes.fromhex(key), Purpose.BLOCK, raw, from_text(sealed.seal)):
        raise Refused(Code.BAD_SIGNATURE, "seal")
    header = read_header(raw)
    named = header.chain if header.height else chain_id(header_hash(raw))
    if (named, header.author) != (chain, author):
        raise Refused(Code.OTHER_CHAIN, "header")
    return header


def next_key(step: KeyStep, *, chain: ChainId, author: AuthorId, key: PublicKey) -> PublicKey:
    """Give the key with which a node goes on after `key`, proven by `key` alone.

    The key before has signed the rotation, the new one has agreed, and the ledger has accepted it
    in a block that the key before has sealed.  Raises Refused when any of it does not hold.
    """
    transaction = open_payload(step.payload.encode())
    envelope, body = transaction.envelope, transaction.body
    if not isinstance(body, KeyRotate):
        raise Refused(Code.BAD_PROOF, "no rotation")
    if (envelope.chain, envelope.author) != (chain, author):
        raise Refused(Code.OTHER_CHAIN, "rotation")
    signature = from_text(step.signature)
    if not verify(bytes.fromhex(key), Purpose.TRANSACTION, transaction.raw, signature):
        raise Refused(Code.BAD_SIGNATURE, "rotation")
    if not rotation_holds(body, chain, author):
        raise Refused(Code.BAD_PROOF, "the new key has not agreed")
    log = open_sealed(step.block, chain=chain, author=author, key=key).log
    leaf = leaf_hash(write_leaf(author, envelope.seq, transaction.hash, ACCEPTED))
    proof = [bytes.fromhex(part) for part in step.proof]
    if not proves_inclusion(leaf, step.index, log.size, proof, bytes.fromhex(log.root)):
        raise Refused(Code.BAD_PROOF, "the ledger has not accepted it there")
    return body.key


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
