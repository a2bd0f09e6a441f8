"""RFC 6962 trees against published roots and against the definition."""

import json
from hashlib import sha256
from pathlib import Path

from hypothesis import given, strategies as st

from shared.merkle import EMPTY, leaf_hash, node_hash, tree_hash

VECTOR = json.loads((Path(__file__).parent.parent / "vectors" / "merkle.json").read_text("utf-8"))
LEAVES = [bytes.fromhex(leaf) for leaf in VECTOR["leaves"]]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_published_roots() -> None:
    assert tree_hash([]).hex() == VECTOR["empty"]
    for size, root in enumerate(VECTOR["roots"], 1):
        assert tree_hash(LEAVES[:size]).hex() == root


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert tree_hash(leaves) == by_definition(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40), st.integers(0, 40))
def test_growing_in_two_steps_changes_nothing(leaves: list[bytes], cut: int) -> None:
    grown = EMPTY.extend(leaves[:cut]).extend(leaves[cut:])
    assert grown == EMPTY.extend(leaves)
    assert grown.size == len(leaves)
    assert len(grown.peaks) == len(leaves).bit_count()


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_many_leaves_at_once_are_as_many_one_after_the_other() -> None:
    for there in range(20):
        before = EMPTY.extend(b"%d" % number for number in range(there))
        for more in (0, 1, 2, 3, 7, 8, 9, 64, 130):
            leaves = [b"more %d" % number for number in range(more)]
            assert before.extend(leaves) == before.grow(leaves, least_level=60)[0]
