"""Blocks: a header that commits to batches as received and to their effects (PROTOCOL §5)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from shared.amounts import Count
from shared.codec import decode, encode
from shared.errors import Code, Refused
from shared.ids import ZERO_CHAIN, AuthorId, ChainId, Hash
from shared.merkle import tree_hash
from shared.verdict import Verdict

VERSION: Final = 1
LAST_MS: Final = 253_402_300_800_000
"""The first millisecond of the year 10000, which no calendar here can write."""


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size and root of the log after a block."""

    root: Hash
    size: Count


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a block commits to.  `time` is UTC milliseconds; `parent` the previous header's hash."""

    author: AuthorId
    batches: Hash
    chain: ChainId
    effects: Hash
    height: Count
    log: Log
    parent: Hash
    state: Hash
    time: Annotated[int, msgspec.Meta(ge=0, lt=LAST_MS)]
    v: Annotated[int, msgspec.Meta(ge=1)]
    validators: Hash


def write_header(header: Header) -> bytes:
    """Give the bytes that are hashed and sealed."""
    return encode(header)


def read_header(raw: bytes) -> Header:
    """Read a header.  Raises Refused when it is not one of this version, in canonical form."""
    header = decode(raw, Header)
    if header.v != VERSION:
        raise Refused(Code.WRONG_VERSION)
    if (header.height == 0) != (header.chain == ZERO_CHAIN):
        raise Refused(Code.OTHER_CHAIN)
    return header


def header_hash(raw: bytes) -> Hash:
    """Give the hash that names a block: SHA-256 of its header, hex."""
    return Hash(sha256(raw).hexdigest())


def batches_hash(batches: Iterable[bytes]) -> Hash:
    """Give the RFC 6962 tree hash of the batches as received, hex."""
    return Hash(tree_hash(batches).hex())


def next_state(previous: Hash, effects: Hash) -> Hash:
    """Chain the state hash: SHA-256(previous state ‖ effects), hex."""
    return Hash(sha256(bytes.fromhex(previous) + bytes.fromhex(effects)).hexdigest())


def validators_hash(validators: Iterable[AuthorId]) -> Hash:
    """Give the hash of the set of validators: SHA-256 of their sorted ids as canonical JSON."""
    return Hash(sha256(encode(sorted(validators))).hexdigest())


def write_leaf(author: AuthorId, seq: int, payload: Hash, verdict: Verdict) -> bytes:
    """Write the log's leaf of a transaction: canonical JSON by hand, as every field is plain."""
    return (
        f'{{"author":"{author}","hash":"{payload}","seq":{seq},"verdict":"{verdict}"}}'
    ).encode()
