"""Proofs: published ones, every size up to 130 against the definition, and what must not pass."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from shared.merkle import EMPTY, EMPTY_ROOT, leaf_hash, tree_hash
from shared.merkle_proof import (
    consistency_proof,
    inclusion_proof,
    proves_consistency,
    proves_inclusion,
    root_of,
)

VECTOR = json.loads((Path(__file__).parent.parent / "vectors" / "merkle.json").read_text("utf-8"))
PUBLISHED = tuple(bytes.fromhex(leaf) for leaf in VECTOR["leaves"])
MOST = 130
LEAVES = tuple(b"leaf %d" % number for number in range(MOST))


@cache
def run(begin: int, end: int) -> bytes:
    """Give the hash of a run of our leaves (`tree_hash` has its own tests)."""
    return tree_hash(LEAVES[begin:end])


def ours(level: int, position: int) -> bytes:
    return run(position << level, (position + 1) << level)


def published(level: int, position: int) -> bytes:
    return tree_hash(PUBLISHED[position << level : (position + 1) << level])


def path(index: int, begin: int, end: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 9162 §2.1.3.1."""
    if end - begin == 1:
        return []
    k = power_below(end - begin)
    if index < begin + k:
        return [*path(index, begin, begin + k), run(begin + k, end)]
    return [*path(index, begin + k, end), run(begin, begin + k)]


def subproof(old: int, begin: int, end: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 9162 §2.1.4.1, `old` counted from the very first leaf."""
    if old == end:
        return [] if whole else [run(begin, end)]
    k = power_below(end - begin)
    if old <= begin + k:
        return [*subproof(old, begin, begin + k, whole=whole), run(begin + k, end)]
    return [*subproof(old, begin + k, end, whole=False), run(begin, begin + k)]


def power_below(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


@pytest.mark.parametrize("index, size, proof", VECTOR["inclusion"])
def test_published_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    wanted = [bytes.fromhex(part) for part in proof]
    assert inclusion_proof(published, index, size) == wanted
    root = bytes.fromhex(VECTOR["roots"][size - 1])
    assert proves_inclusion(leaf_hash(PUBLISHED[index]), index, size, wanted, root)


@pytest.mark.parametrize("old, new, proof", VECTOR["consistency"])
def test_published_consistency_proofs(old: int, new: int, proof: list[str]) -> None:
    wanted = [bytes.fromhex(part) for part in proof]
    assert consistency_proof(published, old, new) == wanted
    roots = [bytes.fromhex(VECTOR["roots"][size - 1]) for size in (old, new)]
    assert proves_consistency(old, roots[0], new, roots[1], wanted)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_of_every_size(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(ours, index, size)
        assert proof == path(index, 0, size)
        assert proves_inclusion(leaf_hash(LEAVES[index]), index, size, proof, run(0, size))


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_beginning_of_every_size(new: int) -> None:
    for old in range(1, new + 1):
        proof = consistency_proof(ours, old, new)
        assert proof == subproof(old, 0, new, whole=True)
        assert proves_consistency(old, run(0, old), new, run(0, new), proof)


def test_the_root_of_every_size() -> None:
    assert root_of(ours, 0) == EMPTY_ROOT
    for size in range(1, MOST + 1):
        assert root_of(ours, size) == run(0, size)


def test_an_empty_list_begins_every_list() -> None:
    assert consistency_proof(ours, 0, 7) == []
    assert proves_consistency(0, EMPTY_ROOT, 7, run(0, 7), [])
    assert not proves_consistency(0, run(0, 1), 7, run(0, 7), [])
    assert not proves_consistency(0, EMPTY_ROOT, 7, run(0, 7), [run(0, 7)])


def test_no_leaf_stands_behind_the_last() -> None:
    for size in range(1, MOST + 1):
        proof, leaf = inclusion_proof(ours, size - 1, size), leaf_hash(LEAVES[size - 1])
        assert proves_inclusion(leaf, size - 1, size, proof, run(0, size))
        assert not proves_inclusion(leaf, size, size, proof, run(0, size))


sizes = st.integers(1, MOST)


@given(sizes, st.data())
def test_no_other_leaf_index_size_or_root_passes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, leaf = inclusion_proof(ours, index, size), leaf_hash(LEAVES[index])
    root = run(0, size)
    other = data.draw(st.integers(-1, size + 1).filter(lambda number: number != index))
    assert not proves_inclusion(leaf, other, size, proof, root)
    assert not proves_inclusion(leaf_hash(b"another"), index, size, proof, root)
    assert not proves_inclusion(leaf, index, size, proof, leaf_hash(b"another"))
    assert not proves_inclusion(leaf, index, size, [*proof, root], root)
    if proof:
        assert not proves_inclusion(leaf, index, size, proof[:-1], root)
        changed = data.draw(st.integers(0, len(proof) - 1))
        wrong = [*proof[:changed], leaf, *proof[changed + 1 :]]
        assert proves_inclusion(leaf, index, size, wrong, root) == (wrong == proof)


@given(sizes, st.data())
def test_no_rewritten_history_passes(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof, roots = consistency_proof(ours, old, new), (run(0, old), run(0, new))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = tree_hash([*LEAVES[:changed], b"another", *LEAVES[changed + 1 : old]])
    assert not proves_consistency(old, rewritten, new, roots[1], proof)
    assert not proves_consistency(old, roots[0], new, rewritten, proof)
    assert not proves_consistency(old, roots[0], new, roots[1], [*proof, roots[0]])
    assert not proves_consistency(new + 1, roots[0], new, roots[1], proof)
    if proof:
        assert not proves_consistency(old, roots[0], new, roots[1], proof[:-1])
        assert not proves_consistency(old, roots[0], new, roots[1], [])


@pytest.mark.parametrize("index, size", [(-1, 3), (3, 3), (0, 0)])
def test_of_a_leaf_that_is_not_there_no_proof_is_made(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(ours, index, size)
    assert not proves_inclusion(run(0, 1), index, size, [], run(0, 1))


@pytest.mark.parametrize("old, new", [(-1, 3), (4, 3)])
def test_a_longer_list_is_no_beginning(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="not the beginning"):
        consistency_proof(ours, old, new)


@given(st.integers(0, MOST), st.integers(0, MOST), st.integers(1, 7))
def test_growing_gives_every_subtree_that_became_full(begin: int, end: int, least: int) -> None:
    begin, end = min(begin, end), max(begin, end)
    before = EMPTY.extend(LEAVES[:begin])
    after, full = before.grow(LEAVES[begin:end], least_level=least)
    assert after == EMPTY.extend(LEAVES[:end])
    assert {(level, position) for level, position, _ in full} == {
        (level, position)
        for level in range(least, 8)
        for position in range(begin >> level, end >> level)
    }
    assert all(found == ours(level, position) for level, position, found in full)
