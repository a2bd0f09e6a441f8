"""Tagged signatures."""

import pytest
from hypothesis import given, strategies as st

from shared.errors import Refused
from shared.signing import Purpose, from_text, public_key, sign, to_text, verify

SEED = b"s" * 32


def test_a_signature_is_worth_nothing_for_another_purpose_message_or_key() -> None:
    key = public_key(SEED)
    signature = sign(SEED, Purpose.TRANSACTION, b"message")
    assert verify(key, Purpose.TRANSACTION, b"message", signature)
    assert not verify(key, Purpose.BLOCK, b"message", signature)
    assert not verify(key, Purpose.TRANSACTION, b"massage", signature)
    assert not verify(public_key(b"t" * 32), Purpose.TRANSACTION, b"message", signature)
    assert not verify(key, Purpose.TRANSACTION, b"message", signature[:-1])
    assert not verify(key, Purpose.TRANSACTION, b"message", b"")


@given(st.binary(max_size=70))
def test_text_form_and_back(raw: bytes) -> None:
    assert from_text(to_text(raw)) == raw


@pytest.mark.parametrize("text", ["A", "AB=", "A+", "A/", "AB", "é", "AA==", "AAA\n"])
def test_there_is_one_way_to_write_bytes(text: str) -> None:
    with pytest.raises(Refused):
        from_text(text)
