"""Transactions and batches: their bytes, their links and their one signature (PROTOCOL §3).

A payload is one line of canonical JSON; a batch is a run of one author's linked payloads with the
signature of the last one.  Whatever is wrong with framing, links or form raises `Refused` and says
why; whatever is wrong *inside* kind or body becomes a `Code` in place of the body, so that it can
be recorded as a rejection without blocking its author for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final, NamedTuple

import msgspec

from shared.amounts import LIMIT, Count
from shared.bodies import Body
from shared.codec import decode, encode, plain
from shared.errors import Code, Refused
from shared.ids import AuthorId, BootId, ChainId, Hash, Token
from shared.kinds import KINDS, NAMES
from shared.signing import SIGNATURE_BYTES, Purpose, from_text, to_text, verify

VERSION: Final = 1
MAX_TRANSACTIONS: Final = 500
MAX_BATCH_BYTES: Final = 512 * 1024
MAX_PAYLOAD_BYTES: Final = 8192
MAGIC: Final = "tirelire-batch/1"
_LARGE: Final = frozenset(name for name, kind in KINDS.items() if kind.large)
"""Kinds that carry other payloads, or name many tills: as large as a batch can be."""
_HEADER_FIELDS: Final = 6
_AMOUNT_FIELDS: Final = frozenset({"amount", "total"})


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payload with its body still as bytes."""

    at: Count
    author: AuthorId
    body: msgspec.Raw
    boot: BootId
    chain: ChainId
    kind: Token
    mono: Count
    prev: Hash
    seen: Count
    seq: Annotated[int, msgspec.Meta(ge=1, lt=LIMIT)]
    v: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """A payload that was read: its bytes, its hash (hex) and its body, or why there is none."""

    raw: bytes
    hash: Hash
    envelope: Envelope
    body: Body | Code


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of one author's linked transactions as received, and the last one's signature."""

    raw: bytes
    chain: ChainId
    author: AuthorId
    first: int
    signature: bytes
    transactions: tuple[Transaction, ...]

    @property
    def last(self) -> Transaction:
        """The transaction that the signature is over."""
        return self.transactions[-1]


def payload_hash(raw: bytes) -> Hash:
    """Give the hash that names a payload and links the next one to it."""
    return Hash(sha256(raw).hexdigest())


def write_payload(
    *,
    chain: ChainId,
    author: AuthorId,
    seq: int,
    prev: Hash,
    body: Body,
    at: int,
    boot: BootId,
    mono: int,
    seen: int,
) -> bytes:
    """Write a payload.  Raises Refused when the reader of the other side would not take it."""
    raw = encode(
        {
            "at": at,
            "author": author,
            "body": body,
            "boot": boot,
            "chain": chain,
            "kind": NAMES[type(body)],
            "mono": mono,
            "prev": prev,
            "seen": seen,
            "seq": seq,
            "v": VERSION,
        }
    )
    if isinstance(code := open_payload(raw).body, Code):
        raise Refused(code)
    return raw


def open_payload(raw: bytes) -> Transaction:
    """Read a payload.

    Raises Refused(too_large | bad_json | bad_shape | not_canonical | wrong_version).
    """
    if len(raw) > MAX_BATCH_BYTES:
        raise Refused(Code.TOO_LARGE, "payload")
    envelope = decode(raw, Envelope)
    if len(raw) > MAX_PAYLOAD_BYTES and envelope.kind not in _LARGE:
        raise Refused(Code.TOO_LARGE, "payload")
    if envelope.v != VERSION:
        raise Refused(Code.WRONG_VERSION)
    return Transaction(raw, payload_hash(raw), envelope, _open_body(envelope))


def _open_body(envelope: Envelope) -> Body | Code:
    kind = KINDS.get(envelope.kind)
    if kind is None:
        plain(envelope.body)
        return Code.UNKNOWN_KIND
    for shape in kind.bodies:
        try:
            return decode(envelope.body, shape)
        except Refused:  # quicker than `suppress`, and every transaction comes here
            continue
    return why_not(envelope.body, kind.body)


def why_not(raw: msgspec.Raw, shape: type[Body]) -> Code:
    """Name what is wrong in a body that is not of a shape.

    Raises Refused(bad_json | not_canonical) when it is not even canonical.
    """
    value = plain(raw)
    if not isinstance(value, dict):
        return Code.BAD_FIELD
    wanted = {field.encode_name for field in msgspec.structs.fields(shape)}
    if value.keys() - wanted:
        return Code.UNKNOWN_FIELD
    if wanted - value.keys():
        return Code.MISSING_FIELD
    if any(type(value[name]) is int and value[name] <= 0 for name in wanted & _AMOUNT_FIELDS):
        return Code.BAD_AMOUNT
    return Code.BAD_FIELD


def write_batch(
    chain: ChainId, author: AuthorId, first: int, payloads: Sequence[bytes], signature: bytes
) -> bytes:
    """Frame linked payloads of one author with the signature of the last one."""
    header = f"{MAGIC} {chain} {author} {first} {len(payloads)} {to_text(signature)}"
    return b"\n".join((header.encode(), *payloads, b""))


class Frame(NamedTuple):
    """A batch whose payloads are lines that nobody has read yet."""

    chain: ChainId
    author: AuthorId
    first: int
    signature: bytes
    lines: list[bytes]


def parse_frame(raw: bytes) -> Frame:
    """Read the frame of a batch only.  Raises Refused(too_large | bad_framing)."""
    if len(raw) > MAX_BATCH_BYTES:
        raise Refused(Code.TOO_LARGE, "batch")
    header, *lines = raw.split(b"\n")
    if not lines or lines.pop() != b"":
        raise Refused(Code.BAD_FRAMING, "the last line does not end")
    return Frame(*_header(header, len(lines)), lines)


def parse_batch(raw: bytes) -> Batch:
    """Read a batch: framing, form and links; not who the author is, nor the signature.

    Raises Refused(too_large | bad_framing | broken_link | other_chain) and that of `open_payload`.
    """
    chain, author, first, signature, lines = parse_frame(raw)
    transactions = tuple(map(open_payload, lines))
    previous: Hash | None = None
    for seq, transaction in enumerate(transactions, first):
        envelope = transaction.envelope
        if envelope.author != author or envelope.seq != seq:
            raise Refused(Code.BROKEN_LINK, f"number {seq}")
        if envelope.chain != chain:
            raise Refused(Code.OTHER_CHAIN, f"number {seq}")
        if previous is not None and envelope.prev != previous:
            raise Refused(Code.BROKEN_LINK, f"before number {seq}")
        previous = transaction.hash
    return Batch(raw, chain, author, first, signature, transactions)


def _header(line: bytes, lines: int) -> tuple[ChainId, AuthorId, int, bytes]:
    try:
        fields = line.decode("ascii").split(" ")
    except UnicodeDecodeError:
        raise Refused(Code.BAD_FRAMING, "header") from None
    if len(fields) != _HEADER_FIELDS or fields[0] != MAGIC:
        raise Refused(Code.BAD_FRAMING, "header")
    _, chain, author, first, count, signature = fields
    if count != str(lines) or not 1 <= lines <= MAX_TRANSACTIONS:
        raise Refused(Code.BAD_FRAMING, "count")
    if not first.isdecimal() or len(first) > len(str(LIMIT)) or str(int(first)) != first:
        raise Refused(Code.BAD_FRAMING, "first")
    raw = from_text(signature)
    if len(raw) != SIGNATURE_BYTES:
        raise Refused(Code.BAD_FRAMING, "signature")
    return ChainId(chain), AuthorId(author), int(first), raw


def signed_by(batch: Batch, key: bytes) -> bool:
    """Tell whether the batch's signature is that key's (32 bytes) over its last payload."""
    return verify(key, Purpose.TRANSACTION, batch.last.raw, batch.signature)
