"""Canonical JSON against hand-written vectors and against RFC 8785's own Python package."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, strategies as st

from shared import codec
from shared.codec import decode, encode, plain, prepare, read
from shared.errors import Code, Refused

VECTORS = Path(__file__).parent.parent / "vectors"


def vectors(name: str) -> list[Any]:
    found: list[Any] = json.loads((VECTORS / name).read_text("utf-8"))
    return found


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    a: int
    b: str


@pytest.mark.parametrize("vector", vectors("canonical.json"), ids=lambda v: v["why"])
def test_canonical_text_is_read_and_written_alike(vector: dict[str, str]) -> None:
    raw = vector["text"].encode()
    assert encode(plain(raw)) == raw


@pytest.mark.parametrize("vector", vectors("canonical.failed.json"), ids=lambda v: v["why"])
def test_anything_else_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        plain(vector["text"].encode())
    assert refused.value.code == vector["code"]


numbers = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
words = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=12)
keys = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_the_fast_encoder_writes_what_rfc8785_asks_for(value: Any) -> None:
    raw = encode(value)
    assert raw == rfc8785.dumps(value)
    assert plain(raw) == value


def test_a_struct_is_read_only_in_its_canonical_form() -> None:
    assert decode(b'{"a":1,"b":"x"}', Pair) == Pair(1, "x")
    with pytest.raises(Refused) as refused:
        decode(b'{"b":"x","a":1}', Pair)
    assert refused.value.code is Code.NOT_CANONICAL
    assert read(b'{"b":"x","a":1}', Pair) == Pair(1, "x")


@pytest.mark.parametrize(
    "raw, code",
    [
        (b'{"a":1}', Code.BAD_SHAPE),
        (b'{"a":1,"b":"x","c":0}', Code.BAD_SHAPE),
        (b'{"a":"1","b":"x"}', Code.BAD_SHAPE),
        (b'{"a":1,"b":"\xff"}', Code.BAD_JSON),
        (b"[" * 100_000, Code.BAD_JSON),
    ],
)
def test_a_wrong_shape_is_told_from_wrong_json(raw: bytes, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        read(raw, Pair if raw[:1] == b"{" else list)
    assert refused.value.code is code


@pytest.mark.parametrize("depth", [33, 300])
@pytest.mark.parametrize("shape", ["[]", '{"a":}'])
def test_what_is_nested_too_deeply_is_refused_and_never_raises(shape: str, depth: int) -> None:
    around, end = shape[:-1], shape[-1]
    raw = (around * depth + "1" + end * depth).encode()
    with pytest.raises(Refused) as refused:
        plain(raw)
    assert refused.value.code is Code.NOT_CANONICAL


@pytest.mark.parametrize("shape", ["[]", '{"a":}'])
def test_thirty_two_levels_are_read(shape: str) -> None:
    around, end = shape[:-1], shape[-1]
    raw = (around * 32 + "1" + end * 32).encode()
    assert encode(plain(raw)) == raw


def test_every_struct_is_known_before_threads_start() -> None:
    """Two threads that meet a Struct together crash msgspec: a drill of kills found it."""

    class Met(msgspec.Struct):
        a: int

    class Nested(Met):
        b: "tuple[Pair, ...]"

    class Unreadable(msgspec.Struct):
        c: Pair | Met  # no JSON tells which

    prepare()

    assert {Pair, Met, Nested} <= set(codec._DECODERS)
    assert Unreadable not in codec._DECODERS
