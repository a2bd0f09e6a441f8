"""Proofs of possession: a key is brought by whoever holds it, for one purpose, once."""

import json
from pathlib import Path

import msgspec
import pytest

from shared.bodies import PlaceJoin
from shared.ids import AuthorId, ChainId, PlaceId, PublicKey
from shared.proofs import invitation, invitation_holds, rotation, rotation_holds
from shared.signing import Purpose, public_key, sign, to_text

SEED = b"k" * 32
VECTOR = json.loads((Path(__file__).parent.parent / "vectors" / "proofs.json").read_text("utf-8"))
CHAIN, OTHER_CHAIN = ChainId("c" * 32), ChainId("d" * 32)
AUTHOR, OTHER = AuthorId("a" * 32), AuthorId("b" * 32)
BAR = PlaceId("bar")


def joining(proof: str, place: str = "bar") -> PlaceJoin:
    key = PublicKey(public_key(SEED).hex())
    return PlaceJoin(key=key, label="Node", name="Le Bar", place=PlaceId(place), proof=proof)


def test_the_vectors() -> None:
    """Another implementation's proofs: the bytes that are signed stand beside them."""
    told = VECTOR["rotation"]
    made = rotation(bytes.fromhex(told["seed"]), told["chain"], told["author"])
    assert (made.key, made.proof) == (told["key"], told["proof"])
    assert told["signed"] == f"tirelire/pairing/1\n{told['chain']} {told['author']} {told['key']}"
    told = VECTOR["invitation"]
    proof = invitation(bytes.fromhex(told["seed"]), told["chain"], told["place"])
    assert proof == told["proof"]
    assert told["signed"] == f"tirelire/invitation/1\n{told['chain']} bar {told['key']}"


def test_the_new_key_signs_chain_author_and_key() -> None:
    body = rotation(SEED, CHAIN, AUTHOR)
    key = public_key(SEED).hex()
    text = f"{'c' * 32} {'a' * 32} {key}".encode()
    assert (body.key, body.proof) == (key, to_text(sign(SEED, Purpose.PAIRING, text)))
    assert rotation_holds(body, CHAIN, AUTHOR)


@pytest.mark.parametrize("chain, author", [(OTHER_CHAIN, AUTHOR), (CHAIN, OTHER)])
def test_a_rotation_is_for_one_author_of_one_chain(chain: ChainId, author: AuthorId) -> None:
    assert not rotation_holds(rotation(SEED, CHAIN, AUTHOR), chain, author)


def test_nobody_brings_a_key_that_is_not_theirs() -> None:
    body = rotation(SEED, CHAIN, AUTHOR)
    stolen = msgspec.structs.replace(body, key=PublicKey(public_key(b"x" * 32).hex()))
    assert not rotation_holds(stolen, CHAIN, AUTHOR)


def test_a_node_joins_with_the_place_that_it_signed_for() -> None:
    proof = invitation(SEED, CHAIN, BAR)
    text = f"{'c' * 32} bar {public_key(SEED).hex()}".encode()
    assert proof == to_text(sign(SEED, Purpose.INVITATION, text))
    assert invitation_holds(joining(proof), CHAIN)
    assert not invitation_holds(joining(proof, "cafe"), CHAIN)
    assert not invitation_holds(joining(proof), OTHER_CHAIN)


def test_a_proof_for_one_purpose_is_none_for_another() -> None:
    text = f"{CHAIN} {BAR} {public_key(SEED).hex()}".encode()
    assert not invitation_holds(joining(to_text(sign(SEED, Purpose.PAIRING, text))), CHAIN)


@pytest.mark.parametrize("proof", ["", "A" * 85 + "B", "A" * 86, "!" * 86])
def test_what_is_no_signature_proves_nothing(proof: str) -> None:
    assert not invitation_holds(joining(proof), CHAIN)
