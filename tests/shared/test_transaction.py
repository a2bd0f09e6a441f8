"""Payloads and batches: hand-written vectors, round trips, and every way to be wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st

from shared.amounts import Amount
from shared.bodies import Body, Chargeback, PolicySet, Refund, Sale, SlotSale, SplitSale
from shared.codec import encode
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH, AuthorId, BootId, CardRef, ChainId, Hash, author_id
from shared.kinds import KINDS
from shared.policy import POLICY_SINCE
from shared.signing import Purpose, public_key, sign, to_text
from shared.transaction import (
    MAX_BATCH_BYTES,
    open_payload,
    parse_batch,
    parse_frame,
    payload_hash,
    signed_by,
    write_batch,
    write_payload,
)

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "payload.failed.json").read_text("utf-8")
)
SEED = bytes(range(32))
AUTHOR = author_id(public_key(SEED))
CHAIN = ChainId("ab" * 16)
SALE = Sale("cached", CardRef("00" * 16), ZERO_HASH, (), Amount(500))


SPLIT: dict[str, object] = {
    "basis": "online",
    "card": "00" * 16,
    "detail": ZERO_HASH,
    "in": [{"amount": 1, "asset": "TIME"}],
    "total": 5,
}
SLOT = SPLIT | {"allowance": "0" * 64, "basis": "slot", "in": [], "spent": [0, 5]}


def text(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()


def payload(
    seq: int, prev: Hash = ZERO_HASH, body: Body = SALE, author: AuthorId = AUTHOR
) -> bytes:
    return write_payload(
        chain=CHAIN,
        author=author,
        seq=seq,
        prev=prev,
        body=body,
        at=1_790_000_000_123,
        boot=BootId("01" * 8),
        mono=7,
        seen=0,
    )


def run(count: int, first: int = 1) -> list[bytes]:
    payloads: list[bytes] = []
    prev = ZERO_HASH
    for seq in range(first, first + count):
        payloads.append(payload(seq, prev))
        prev = payload_hash(payloads[-1])
    return payloads


def batch(payloads: list[bytes], first: int = 1) -> bytes:
    return write_batch(
        CHAIN, AUTHOR, first, payloads, sign(SEED, Purpose.TRANSACTION, payloads[-1])
    )


# ---------- payloads ----------


def test_the_payload_of_the_protocol_is_read() -> None:
    raw = text(VECTOR["good"])
    transaction = open_payload(raw)
    assert transaction.raw == raw
    assert transaction.hash == VECTOR["hash"]
    assert transaction.envelope.seq == 42
    assert transaction.body == Sale(
        "cached", CardRef("000102030405060708090a0b0c0d0e0f"), Hash("11" * 32), (), Amount(500)
    )


@pytest.mark.parametrize("vector", VECTOR["refused"], ids=lambda v: v["why"])
def test_bytes_that_are_no_payload_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        open_payload(text({**VECTOR["good"], **vector["set"]}))
    assert refused.value.code == vector["code"]


@pytest.mark.parametrize("vector", VECTOR["rejected"], ids=lambda v: v["why"])
def test_what_is_wrong_inside_is_recorded_and_does_not_block(vector: dict[str, Any]) -> None:
    changed = {**VECTOR["good"], **vector.get("set", {})}
    if isinstance(changed["body"], dict):
        changed["body"] = {**changed["body"], **vector.get("body", {})}
        changed["body"].pop(vector.get("drop"), None)
    assert open_payload(text(changed)).body == vector["code"]


def test_a_payload_that_the_other_side_would_not_take_is_not_written() -> None:
    with pytest.raises(Refused) as refused:
        payload(1, body=Refund(Amount(0), AUTHOR, ZERO_HASH, 1))
    assert refused.value.code is Code.BAD_AMOUNT


def of_size(size: int, kind: str) -> bytes:
    """Write a payload of so many bytes."""
    empty = text({**VECTOR["good"], "kind": kind, "body": {"x": ""}})
    return text({**VECTOR["good"], "kind": kind, "body": {"x": "y" * (size - len(empty))}})


@pytest.mark.parametrize("kind, most", [("steal", 8192), ("fork.adopt", 524_288)])
def test_a_payload_has_at_most_8_kib_and_that_of_a_large_kind_half_a_mebibyte(
    kind: str, most: int
) -> None:
    assert isinstance(open_payload(of_size(most, kind)).body, Code)
    with pytest.raises(Refused) as refused:
        open_payload(of_size(most + 1, kind))
    assert refused.value.code is Code.TOO_LARGE


@pytest.mark.parametrize(
    "kind, body, shape",
    [
        ("sale", SPLIT, SplitSale),
        (
            "sale",
            SPLIT | {"allowance": "0" * 64, "basis": "slot", "in": [], "spent": [0, 5]},
            SlotSale,
        ),
        (
            "dispute",
            {"amount": 5, "author": "0" * 32, "evidence": "stripe:dp_1:lost", "seq": 1},
            Chargeback,
        ),
    ],
)
def test_a_kind_may_have_several_forms(
    kind: str, body: dict[str, object], shape: type[Body]
) -> None:
    opened = open_payload(text({**VECTOR["good"], "kind": kind, "body": body})).body
    assert type(opened) is shape


# ---------- batches ----------


@given(count=st.integers(1, 12), first=st.integers(1, 10**9))
def test_a_batch_is_read_as_it_was_written(count: int, first: int) -> None:
    payloads = run(count, first)
    raw = batch(payloads, first)
    read = parse_batch(raw)
    assert read.raw == raw
    assert (read.chain, read.author, read.first) == (CHAIN, AUTHOR, first)
    assert [item.raw for item in read.transactions] == payloads
    assert signed_by(read, public_key(SEED))


def test_the_signature_is_plain_ed25519_over_the_tagged_payload() -> None:
    read = parse_batch(batch(run(2)))
    key = Ed25519PublicKey.from_public_bytes(public_key(SEED))
    key.verify(read.signature, b"tirelire/transaction/1\n" + read.last.raw)


def test_another_key_did_not_sign() -> None:
    assert not signed_by(parse_batch(batch(run(2))), public_key(b"x" * 32))


GOOD = batch(run(3))
HEADER, _, REST = GOOD.partition(b"\n")
FIELDS = HEADER.split(b" ")


def header(position: int, value: bytes) -> bytes:
    fields = [*FIELDS[:position], value, *FIELDS[position + 1 :]]
    return b" ".join(fields) + b"\n" + REST


@pytest.mark.parametrize(
    "raw, code",
    [
        (b"", Code.BAD_FRAMING),
        (GOOD[:-1], Code.BAD_FRAMING),
        (GOOD + b"\n", Code.BAD_FRAMING),
        (HEADER + b"\n", Code.BAD_FRAMING),
        (b"\xff" + GOOD, Code.BAD_FRAMING),
        (header(0, b"tirelire-batch/2"), Code.BAD_FRAMING),
        (header(1, b"cd" * 16), Code.OTHER_CHAIN),
        (header(2, b"cd" * 16), Code.BROKEN_LINK),
        (header(3, b"2"), Code.BROKEN_LINK),
        (header(3, b"01"), Code.BAD_FRAMING),
        (header(3, b"-1"), Code.BAD_FRAMING),
        (header(3, b"9" * 40), Code.BAD_FRAMING),
        (HEADER.replace(b" ", b"  ", 1) + GOOD[len(HEADER) :], Code.BAD_FRAMING),
        (header(4, b"2"), Code.BAD_FRAMING),
        (header(4, b"+3"), Code.BAD_FRAMING),
        (header(5, FIELDS[5] + b"="), Code.BAD_FRAMING),
        (header(5, FIELDS[5][:-2]), Code.BAD_FRAMING),
        (header(5, FIELDS[5][:-1] + b"_"), Code.BAD_FRAMING),
        (header(5, FIELDS[5][:-3]), Code.BAD_FRAMING),
        (batch([run(3)[0], run(3)[2]]), Code.BROKEN_LINK),
        (batch([run(3)[0], payload(2, Hash("cd" * 32))]), Code.BROKEN_LINK),
        (batch([payload(1, author=AuthorId("cd" * 16))]), Code.BROKEN_LINK),
        (b" " * (MAX_BATCH_BYTES + 1), Code.TOO_LARGE),
    ],
)
def test_a_batch_with_one_thing_wrong_is_refused(raw: bytes, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        parse_batch(raw)
    assert refused.value.code is code


def test_a_batch_has_at_most_500_transactions() -> None:
    assert len(parse_batch(batch(run(500))).transactions) == 500
    with pytest.raises(Refused) as refused:
        parse_batch(batch(run(501)))
    assert refused.value.code is Code.BAD_FRAMING


def test_an_empty_batch_is_none() -> None:
    raw = f"tirelire-batch/1 {CHAIN} {AUTHOR} 1 0 {to_text(b'0' * 64)}\n".encode()
    with pytest.raises(Refused):
        parse_batch(raw)


# ---------- bodies ----------


def vectors(name: str) -> list[Any]:
    path = Path(__file__).parent.parent / "vectors" / name
    found: list[Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("vector", vectors("bodies.json"), ids=lambda v: v["kind"])
def test_each_body_is_read_and_written_alike(vector: dict[str, Any]) -> None:
    written = {**VECTOR["good"], "kind": vector["kind"], "body": vector["body"]}
    body = open_payload(canonical(written)).body
    assert isinstance(body, Body)
    assert json.loads(encode(body)) == vector["body"]


def test_each_body_and_each_policy_has_a_vector() -> None:
    payloads = [{**VECTOR["good"], **vector} for vector in vectors("bodies.json")]
    bodies = [open_payload(canonical(each)).body for each in payloads]
    assert {type(body) for body in bodies} == {
        body for kind in KINDS.values() for body in kind.bodies
    }
    policies = {type(body.value) for body in bodies if isinstance(body, PolicySet)}
    assert policies == set(POLICY_SINCE)


def test_each_kind_of_protocol_2_has_a_wrong_vector() -> None:
    wrong = {vector["kind"] for vector in vectors("bodies.failed.json")}
    assert wrong >= {name for name, kind in KINDS.items() if kind.since > 1}


@pytest.mark.parametrize("vector", vectors("bodies.failed.json"), ids=lambda v: v["why"])
def test_each_wrong_body_has_its_code(vector: dict[str, Any]) -> None:
    written = {**VECTOR["good"], "kind": vector["kind"], "body": vector["body"]}
    assert open_payload(canonical(written)).body == vector["code"]


def canonical(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_frame_may_be_as_large_and_its_number_as_long_as_the_limits() -> None:
    """The frame says nothing of what is in it: the payload is not looked at yet."""
    largest = str(2**53 - 1).encode()
    head = b" ".join((*FIELDS[:3], largest, b"1", FIELDS[5])) + b"\n"
    raw = head.ljust(MAX_BATCH_BYTES - 1, b"x") + b"\n"
    frame = parse_frame(raw)
    assert frame.first == 2**53 - 1
    assert len(frame.lines[0]) == MAX_BATCH_BYTES - len(head) - 1
    with pytest.raises(Refused) as refused:
        parse_frame(raw + b"\n")
    assert refused.value.code is Code.TOO_LARGE
