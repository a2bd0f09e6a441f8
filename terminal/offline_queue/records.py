"""The values that the journal takes and gives: plain and frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from shared.ids import AuthorId, ChainId, Hash, author_id
from shared.signing import public_key
from shared.verdict import Verdict

Row: TypeAlias = tuple[int, bytes, bytes, bytes, bytes | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs, and for which chain."""

    seed: bytes = field(repr=False)
    chain: ChainId

    @property
    def author(self) -> AuthorId:
        """The name of the key."""
        return author_id(public_key(self.seed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One durable entry, as it will be sent."""

    seq: int
    payload: bytes
    hash: Hash
    signature: bytes
    detail: bytes | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: where the next one links."""

    seq: int
    hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the node said, to be kept in one commit."""

    verdicts: Sequence[tuple[int, Verdict]] = ()
    settled_seq: int | None = None  # the balances kept with it cover our entries up to here
    state: Mapping[str, bytes] = field(default_factory=dict)
    cards: Mapping[str, bytes] = field(default_factory=dict)  # by reference
    time_floor_ms: int = 0  # a time that the node vouches for


def from_row(row: Row) -> Record:
    """Read a row of the table."""
    seq, payload, digest, signature, detail, at_ms = row
    return Record(
        seq=seq,
        payload=payload,
        hash=Hash(digest.hex()),
        signature=signature,
        detail=detail,
        at_ms=at_ms,
    )


def to_row(record: Record) -> Row:
    """Write a row of the table."""
    return (
        record.seq,
        record.payload,
        bytes.fromhex(record.hash),
        record.signature,
        record.detail,
        record.at_ms,
    )
