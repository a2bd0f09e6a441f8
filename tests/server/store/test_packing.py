"""Packed bytes come back exactly, or not at all."""

import zlib
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from server.store import packing
from server.store.packing import MOST_BYTES, pack, salvage, unpack

SALE = (
    b"tirelire-batch/1 05e74c7265f88446c77da6b22ca89d25 fd8d0f81537bab32d13f1f83c9972c7c 111 1 "
    b"URNvN7egJlK8SiMw0QJQXa6hbh91_uhcAuYT28MqjzxZLZQP6NP377jYS0XS94_d4GZDS8IFHvnKoupBahpaDw\n"
    b'{"at":1790000000111,"author":"fd8d0f81537bab32d13f1f83c9972c7c","body":{"basis":"cached",'
    b'"card":"1f6e2c0d9ba84715a3d2e4f5061728a1","detail":"ddddddddddddddddddddddddddddddddddddddd'
    b'ddddddddddddddddddddddddd","in":[],"total":500},"boot":"0b0b0b0b0b0b0b0b","chain":"05e74c72'
    b'65f88446c77da6b22ca89d25","kind":"sale","mono":111,"prev":"d04896d94b0761baf9e12e0bed8801d7'
    b'7637d168eb2948db3d2e7cb62863a516","seen":0,"seq":111,"v":1}\n'
)


def packed_by_hand(rest: bytes, form: bytes = b"\x01") -> bytes:
    return form + zlib.crc32(form + rest).to_bytes(4, "big") + rest


@given(st.binary(max_size=2_000))
def test_what_is_packed_comes_back(raw: bytes) -> None:
    assert unpack(pack(raw)) == raw


def test_a_sale_by_itself_shrinks_to_half() -> None:
    assert unpack(pack(SALE)) == SALE
    assert len(SALE) == 598
    assert len(pack(SALE)) < 300


def test_what_cannot_shrink_is_kept_as_it_is() -> None:
    noise = bytes(range(256))
    assert pack(noise) == packed_by_hand(noise, b"\x00")
    assert pack(b"") == b"\x00\xd2\x02\xef\x8d"


def test_the_dictionary_of_the_first_form_is_for_ever() -> None:
    digest = sha256(packing._DICTIONARY).hexdigest()
    assert digest == "7a62f410eacb7b3d2245f1a6d70ddbee974380e3dcacc13acd9447aa2dc5a1e6"


@pytest.mark.parametrize("raw", [SALE, bytes(range(256)), b""])
def test_every_flipped_bit_is_seen(raw: bytes) -> None:
    packed = pack(raw)
    for place in range(len(packed)):
        for bit in range(8):
            wrong = bytearray(packed)
            wrong[place] ^= 1 << bit
            with pytest.raises(ValueError, match="damaged"):
                unpack(bytes(wrong))
            assert salvage(bytes(wrong)) == b""
    assert salvage(packed) == raw


@pytest.mark.parametrize("length", [0, 1, 4, 5, 20])
def test_a_cut_is_seen(length: int) -> None:
    with pytest.raises(ValueError, match="damaged"):
        unpack(pack(SALE)[:length])


def test_another_form_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="not known here"):
        unpack(packed_by_hand(b"x", b"\x02"))


def deflated(raw: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(raw) + deflate.flush()


@pytest.mark.parametrize(
    "rest, why",
    [
        (b"\xff\xff", "cannot be inflated"),
        (b"", "do not end"),
        (deflated(SALE)[:-1], "do not end"),
        (deflated(SALE) + b"x", "do not end"),
        (deflated(bytes(MOST_BYTES + 1)), "do not end"),
        (deflated(bytes(1 << 28)), "do not end"),
    ],
)
def test_what_no_store_has_packed_is_refused(rest: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpack(packed_by_hand(rest))


def test_the_largest_batch_fits() -> None:
    raw = bytes(MOST_BYTES)
    assert unpack(pack(raw)) == raw
