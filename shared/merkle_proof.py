"""Proofs over RFC 6962 trees: a leaf is in the list, and a list is the beginning of a longer one.

Proofs are made from the hashes of full subtrees, O(log n) of them, which the caller looks up; they
are checked with nothing but roots and sizes, after RFC 9162 §§2.1.3.2 and 2.1.4.2.  A check never
raises: whatever is wrong (also a size or an index that cannot be) is `False`.
"""

from collections.abc import Callable, Sequence

from shared.merkle import EMPTY_ROOT, node_hash

Lookup = Callable[[int, int], bytes]
"""Gives the hash of the full subtree of 2^level leaves at a position (level, position)."""


def inclusion_proof(lookup: Lookup, index: int, size: int) -> list[bytes]:
    """Prove that leaf number `index` is in the first `size` leaves (RFC 9162 §2.1.3.1).

    Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        message = f"no leaf {index} among {size}"
        raise ValueError(message)
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_hash(lookup, middle, end))
            end = middle
        else:
            path.append(_hash(lookup, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(lookup: Lookup, old: int, new: int) -> list[bytes]:
    """Prove that the first `old` leaves begin the first `new` (RFC 9162 §2.1.4.1).

    Raises ValueError unless 0 ≤ old ≤ new.  Of an empty beginning there is nothing to prove.
    """
    if not 0 <= old <= new:
        message = f"{old} leaves are not the beginning of {new}"
        raise ValueError(message)
    if old == 0:
        return []
    begin, end, path = 0, new, []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_hash(lookup, middle, end))
            end = middle
        else:
            path.append(_hash(lookup, begin, middle))
            begin = middle
    if begin:  # else the verifier holds this hash itself: it is the old root
        path.append(_hash(lookup, begin, end))
    return path[::-1]


def proves_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether a leaf's hash is number `index` of the `size` leaves under a root."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the `old` leaves under one root begin the `new` leaves under the other."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def root_of(lookup: Lookup, size: int) -> bytes:
    """Give the root of the first `size` leaves."""
    return _hash(lookup, 0, size) if size else EMPTY_ROOT


def _split(count: int) -> int:
    """Give the largest power of two below a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash(lookup: Lookup, begin: int, end: int) -> bytes:
    """Give the hash of a run of leaves that begins where a subtree of its size would."""
    found: bytes | None = None
    while end > begin:
        level = ((end - begin) & (begin - end)).bit_length() - 1
        end -= 1 << level
        part = lookup(level, end >> level)
        found = part if found is None else node_hash(part, found)
    assert found is not None
    return found
