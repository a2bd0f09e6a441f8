"""Block headers: bytes, hash, and what they must hold."""

import hashlib
import json

import pytest

from shared import block
from shared.block import Header, Log, read_header, write_header
from shared.errors import Code, Refused
from shared.ids import ZERO_CHAIN, ZERO_HASH, AuthorId, ChainId, Hash

HEADER = Header(
    author=AuthorId("ab" * 16),
    batches=ZERO_HASH,
    chain=ChainId("cd" * 16),
    effects=ZERO_HASH,
    height=3,
    log=Log(root=ZERO_HASH, size=9),
    parent=Hash("ef" * 32),
    state=ZERO_HASH,
    time=1_790_000_000_000,
    v=1,
    validators=ZERO_HASH,
)


def text(**changes: object) -> bytes:
    fields = {**json.loads(write_header(HEADER)), **changes}
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def test_a_header_is_read_as_it_was_written() -> None:
    raw = write_header(HEADER)
    assert raw.startswith(b'{"author":"abab')
    assert read_header(raw) == HEADER
    assert block.header_hash(raw) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    "raw, code",
    [
        (text(v=2), Code.WRONG_VERSION),
        (text(height=0), Code.OTHER_CHAIN),
        (text(chain=ZERO_CHAIN), Code.OTHER_CHAIN),
        (text(height=-1), Code.BAD_SHAPE),
        (text(time=253_402_300_800_000), Code.BAD_SHAPE),
        (text(extra=1), Code.BAD_SHAPE),
        (text() + b"\n", Code.NOT_CANONICAL),
    ],
)
def test_a_wrong_header_is_refused(raw: bytes, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        read_header(raw)
    assert refused.value.code is code


def test_the_state_hash_chains() -> None:
    first, second = Hash("11" * 32), Hash("22" * 32)
    expected = hashlib.sha256(bytes.fromhex(first) + bytes.fromhex(second)).hexdigest()
    assert block.next_state(first, second) == expected


def test_the_hash_of_validators_does_not_depend_on_their_order() -> None:
    one, two = AuthorId("11" * 16), AuthorId("22" * 16)
    expected = hashlib.sha256(f'["{one}","{two}"]'.encode()).hexdigest()
    assert block.validators_hash([two, one]) == expected


def test_batches_are_hashed_as_a_tree() -> None:
    assert block.batches_hash([b"x"]) == hashlib.sha256(b"\x00x").hexdigest()
