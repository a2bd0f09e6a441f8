"""RFC 6962 Merkle trees: root of a list, and a growing root that keeps O(log n) hashes.

SHA-256 with the leaf and node prefixes of RFC 6962 §2.1, so that leaf bytes can never be passed
off as a node.  A `Frontier` holds the roots of the full subtrees of a list, largest first: all
that is needed to append and to give the root.  What was appended, and that nothing was taken back,
is proven with `shared.merkle_proof`.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf (RFC 6962 §2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node over its two children (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


class Subtree(NamedTuple):
    """A full subtree: that of the 2^level leaves from number position · 2^level on, and its hash.

    It never changes again, however long the list grows.
    """

    level: int
    position: int
    hash: bytes


class Frontier(NamedTuple):
    """The full subtrees of a list of `size` leaves, largest first."""

    size: int
    peaks: tuple[bytes, ...]

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """Give the frontier after appending these leaves; level by level, which is faster."""
        row = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
        size, peaks, left = self.size + len(row), list(self.peaks), list[bytes]()
        position = self.size
        while row:
            if position & 1:
                row.insert(0, peaks.pop())
            if len(row) & 1:
                left.append(row.pop())
            row = [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
            position >>= 1
        return Frontier(size, (*peaks, *reversed(left)))

    def grow(
        self, leaves: Iterable[bytes], *, least_level: int
    ) -> tuple["Frontier", list[Subtree]]:
        """Append leaves; give the frontier and what they made full, from `least_level` (≥ 1) on."""
        size, peaks = self.size, list(self.peaks)
        full: list[Subtree] = []
        for leaf in leaves:
            peak, below, level = sha256(b"\x00" + leaf).digest(), size, 0
            while below & 1:
                peak = sha256(b"\x01" + peaks.pop() + peak).digest()
                below >>= 1
                level += 1
                if level >= least_level:
                    full.append(Subtree(level, below, peak))
            peaks.append(peak)
            size += 1
        return Frontier(size, tuple(peaks)), full

    def root(self) -> bytes:
        """Give the tree hash of the whole list."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


EMPTY: Final = Frontier(0, ())


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """Give the RFC 6962 tree hash of a list."""
    return EMPTY.extend(leaves).root()
