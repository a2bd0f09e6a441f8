"""Proofs: a key is brought by whoever holds it, for one purpose, once; and it names the next."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import convert
from msgspec.structs import replace

from shared.bodies import PlaceJoin
from shared.errors import Code, Refused
from shared.ids import AuthorId, ChainId, PlaceId, PublicKey
from shared.proofs import (
    invitation,
    invitation_holds,
    next_key,
    open_sealed,
    rotation,
    rotation_holds,
)
from shared.signing import Purpose, public_key, sign, to_text
from shared.wire import KeyStep, SealedHeader

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


# ---------- whoever trusts one key of a node ----------

TOLD = VECTOR["key_step"]
STEP = convert(TOLD["step"], KeyStep)
OLD, NEXT = (bytes.fromhex(TOLD["seeds"][name]) for name in ("key", "next"))


def led_to(step: KeyStep, **changes: Any) -> PublicKey:
    return next_key(step, **{name: TOLD[name] for name in ("chain", "author", "key")} | changes)


def sealed(header: str, seed: bytes = OLD) -> SealedHeader:
    return SealedHeader(header=header, seal=to_text(sign(seed, Purpose.BLOCK, header.encode())))


def signed(payload: str, seed: bytes = OLD) -> KeyStep:
    signature = to_text(sign(seed, Purpose.TRANSACTION, payload.encode()))
    return replace(STEP, payload=payload, signature=signature)


def test_a_key_leads_to_the_next_by_the_vector() -> None:
    assert led_to(STEP) == TOLD["next"] == public_key(NEXT).hex()
    assert sha256(b"\0" + TOLD["leaf"].encode()).digest() != bytes.fromhex(STEP.proof[0])


@pytest.mark.parametrize(
    "step, code",
    [
        (replace(STEP, payload="{}"), Code.BAD_SHAPE),
        (replace(STEP, signature="!"), Code.BAD_FRAMING),
        (replace(STEP, signature="A" * 86), Code.BAD_SIGNATURE),
        (signed(STEP.payload, NEXT), Code.BAD_SIGNATURE),
        (signed(STEP.payload.replace("key.rotate", "key.rotary")), Code.BAD_PROOF),
        (replace(STEP, block=sealed(STEP.block.header, NEXT)), Code.BAD_SIGNATURE),
        (replace(STEP, block=sealed(STEP.block.header.replace("c" * 32, "d" * 32))), "other_chain"),
        (replace(STEP, block=sealed(STEP.block.header.replace("a" * 32, "b" * 32))), "other_chain"),
        (replace(STEP, index=0), Code.BAD_PROOF),
        (replace(STEP, index=2), Code.BAD_PROOF),
        (replace(STEP, proof=()), Code.BAD_PROOF),
        (signed(STEP.payload.replace('"mono":5', '"mono":6')), Code.BAD_PROOF),
    ],
)
def test_a_step_with_one_fault_leads_nowhere(step: KeyStep, code: str) -> None:
    with pytest.raises(Refused) as refused:
        led_to(step)
    assert refused.value.code == code


@pytest.mark.parametrize("change", [{"chain": "d" * 32}, {"author": "b" * 32}])
def test_a_step_is_of_one_author_of_one_chain(change: dict[str, str]) -> None:
    with pytest.raises(Refused, match="other_chain: rotation"):
        led_to(STEP, **change)


def on_chain(payload: str, verdict: str = "accepted") -> KeyStep:
    """Give a step that is good but for what the payload or the verdict says."""
    name = sha256(payload.encode()).hexdigest()
    leaf = f'{{"author":"{TOLD["author"]}","hash":"{name}","seq":9,"verdict":"{verdict}"}}'
    left = bytes.fromhex(STEP.proof[0])
    root = sha256(b"\1" + left + sha256(b"\0" + leaf.encode()).digest()).hexdigest()
    header = json.loads(STEP.block.header)
    old_root = header["log"]["root"]
    return replace(signed(payload), block=sealed(STEP.block.header.replace(old_root, root)))


def test_a_step_that_the_ledger_rejected_leads_nowhere() -> None:
    """Its leaf says so: the new key never became the author's."""
    assert led_to(on_chain(STEP.payload)) == TOLD["next"]
    with pytest.raises(Refused, match="has not accepted it"):
        led_to(on_chain(STEP.payload, "rejected(not_last)"))


def test_a_key_that_has_not_agreed_is_not_the_next() -> None:
    another = STEP.payload.replace(TOLD["next"], public_key(b"x" * 32).hex())
    with pytest.raises(Refused, match="has not agreed"):
        led_to(on_chain(another))


def test_the_key_after_leads_nowhere_from_the_one_before_it() -> None:
    with pytest.raises(Refused, match="bad_signature"):
        led_to(STEP, key=TOLD["next"])


def test_the_founding_block_names_the_chain_itself() -> None:
    raw = STEP.block.header.replace("c" * 32, "0" * 32).replace('"height":12', '"height":0')
    chain = ChainId(sha256(raw.encode()).hexdigest()[:32])
    who: dict[str, Any] = {"author": TOLD["author"], "key": TOLD["key"]}
    assert open_sealed(sealed(raw), chain=chain, **who).height == 0
    with pytest.raises(Refused, match="other_chain"):
        open_sealed(sealed(raw), chain=CHAIN, **who)
