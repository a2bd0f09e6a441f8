"""The messages of the machine interface `/api/v1`, used by both sides (PROTOCOL §4).

Structs are the source of the OpenAPI document.  Requests are read with `codec.read`; what is
signed is always the bytes.  A batch is posted as it is, followed by the details that belong to the
place's own node.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from shared.amounts import Count
from shared.bodies import AssetClass, Tier
from shared.codec import decode, encode
from shared.detail import Detail
from shared.errors import Code, Refused
from shared.ids import (
    AssetId,
    AuthorId,
    BootId,
    CardRef,
    ChainId,
    Hash,
    Name,
    PlaceId,
    PublicKey,
    Token,
    WalletId,
)
from shared.policy import OfflinePolicy
from shared.transaction import MAGIC, MAX_BATCH_BYTES, MAX_TRANSACTIONS

BATCH_TYPE: Final = "application/x-tirelire-batch"
SIGNATURE_HEADER: Final = "Tirelire-Signature"
DETAILS_MAGIC: Final = b"tirelire-details/1 "
MAX_DETAILS_BYTES: Final = 4 * 1024 * 1024
MAX_UPLOAD_BYTES: Final = MAX_BATCH_BYTES + MAX_DETAILS_BYTES

Pin = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}(?![\s\S])")]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the interface."""


class PairRequest(Message, frozen=True, forbid_unknown_fields=True):
    """A terminal asks to be enrolled.

    `proof` is its signature (base64url), purpose `pairing`, over `pairing_text(pin, key, box)`.
    """

    box: PublicKey
    key: PublicKey
    pin: Pin
    proof: str


def pairing_text(pin: str, key: str, box: str) -> bytes:
    """Give the bytes that a terminal signs to prove that it holds the key it asks to enrol."""
    return f"{pin}\n{key}\n{box}".encode()


class Secrets(Message, frozen=True, forbid_unknown_fields=True):
    """What is sealed to the terminal's X25519 key: the federation's card key (32 bytes, hex)."""

    card_key: PublicKey


class PairAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """What an enrolled terminal needs for life.

    `sealed` is a libsodium sealed box (base64url) of `Secrets`; `genesis` the genesis header as
    text; `short` the id to compare on both screens.
    """

    chain: ChainId
    genesis: str
    height: Count
    label: Name
    node: AuthorId
    node_key: PublicKey
    place: PlaceId
    place_name: Name
    sealed: str
    short: str
    terminal: AuthorId


class Head(Message, frozen=True, forbid_unknown_fields=True):
    """The last transaction of an author: number 0 and zeros when there is none."""

    hash: Hash
    seq: Count


class SealedHeader(Message, frozen=True, forbid_unknown_fields=True):
    """A block header as text, and the seal of the node over it (base64url, purpose `block`)."""

    header: str
    seal: str


class KeyStep(Message, frozen=True, forbid_unknown_fields=True):
    """How a node's key became the next one: everything in it is proven by the key before.

    `payload` is the `key.rotate` and `signature` (base64url) that of the key before over it.  It is
    on the chain: the key before has sealed `block`, in whose log `payload`, accepted, is number
    `index` (from 0); `proof` are the hashes from below up to the log's root.
    """

    block: SealedHeader
    index: Count
    payload: str
    proof: tuple[Hash, ...]
    signature: str


class KeysAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """How the node's key became others since the one that was named, the first change first.

    Empty when that is its key still; ask again from the last when there may be more.
    """

    steps: tuple[KeyStep, ...]


class VerdictLine(Message, frozen=True, forbid_unknown_fields=True):
    """The final answer to one transaction: where it stands and what became of it."""

    height: Count
    index: Count
    seq: Count
    verdict: str


class BatchAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """`stored` is ACK 1: durable at this node up to there.  `verdicts` are ACK 2: final.

    `provisional` says that the node keeps the batch but cannot make it final now.
    """

    cursor: str
    provisional: bool
    stored: Head
    verdicts: tuple[VerdictLine, ...]


class Problem(Message, frozen=True, forbid_unknown_fields=True):
    """RFC 9457 problem: `code` is one of ours, `detail` its words; `expected` goes with `gap`.

    `now` and `nonce` go with `stale_read`: sign the read once more with that time.
    """

    code: str
    detail: str
    expected: Count
    nonce: str
    now: Count
    status: int
    title: str
    type: str


class AssetLine(Message, frozen=True, forbid_unknown_fields=True):
    """An asset that the place accepts, in the order in which a sale spends them."""

    asset: AssetId
    asset_class: AssetClass = msgspec.field(name="class")
    cash: Literal["no", "online", "offline"]
    name: Name
    scale: Count
    symbol: str


class Money(Message, frozen=True, forbid_unknown_fields=True):
    """An amount of one asset; zero where nothing is left."""

    amount: Annotated[int, msgspec.Meta(ge=0)]
    asset: AssetId


class CardLine(Message, frozen=True, forbid_unknown_fields=True):
    """What a terminal of the place may know of a card.

    `money` holds every asset that the place accepts and the wallet has.
    """

    card: CardRef
    money: tuple[Money, ...]
    number: str
    status: Literal["active", "blocked"]
    tier: Tier
    wallet: WalletId


class ProductLine(Message, frozen=True, forbid_unknown_fields=True):
    """A product of the catalogue; `price` may be negative (a returned deposit)."""

    category: Token
    favourite: bool
    item: Token
    label: Name
    price: int
    vat: Count


class CategoryLine(Message, frozen=True, forbid_unknown_fields=True):
    """A category of products; `colour` and `icon` are words of the till's design."""

    category: Token
    colour: Token
    icon: Token
    label: Name


class OperatorLine(Message, frozen=True, forbid_unknown_fields=True):
    """A person who may work at the till: `pin` is an Argon2id verifier or empty.

    `card` is the reference of the staff card or empty.
    """

    card: str
    left_handed: bool
    name: Name
    operator: Token
    pin: str
    role: Literal["seller", "manager"]


class Catalogue(Message, frozen=True, forbid_unknown_fields=True):
    """What the till shows and who may use it; sent whole when it changed."""

    assets: tuple[AssetLine, ...]
    categories: tuple[CategoryLine, ...]
    label: Name
    operators: tuple[OperatorLine, ...]
    place_name: Name
    products: tuple[ProductLine, ...]
    time_zone: str


class Deltas(Message, frozen=True, forbid_unknown_fields=True):
    """What is new for this terminal since its cursor.

    `head` is the terminal's own as the node knows it.  `catalogue` is null when unchanged.  `more`:
    ask again at once.  `node_key` is what the node seals with from now on; `header` may be older.
    """

    cards: tuple[CardLine, ...]
    catalogue: Catalogue | None
    cursor: str
    head: Head
    header: SealedHeader
    more: bool
    node_key: PublicKey
    policy: OfflinePolicy
    status: Literal["active", "revoked", "quarantined"]
    time: Count
    verdicts: tuple[VerdictLine, ...]


class JournalAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """A terminal's own payloads from a number on, as the node holds them, for a restored one."""

    head: Head
    payloads: tuple[str, ...]


class Unsent(Message, frozen=True, forbid_unknown_fields=True):
    """What a terminal still keeps for itself."""

    amount: Count
    count: Count


class Heartbeat(Message, frozen=True, forbid_unknown_fields=True):
    """A terminal says how it is.  Signed with purpose `heartbeat`, in the signature header.

    `header` is the newest that it has seen and proven: a node that was put back from an old copy
    learns from it what it has lost.
    """

    at: Count
    author: AuthorId
    boot: BootId
    head: Head
    header: SealedHeader
    unsent: Unsent
    version: Token


class Status(Message, frozen=True, forbid_unknown_fields=True):
    """What a node says of itself to anybody."""

    chain: ChainId
    height: Count
    name: Name
    node: AuthorId
    sealing: bool
    time: Count


class InclusionAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """Proof that a leaf is number `index` (from 0) of the first `size`; hashes from below."""

    index: Count
    proof: tuple[Hash, ...]
    root: Hash
    size: Count


class ConsistencyAnswer(Message, frozen=True, forbid_unknown_fields=True):
    """Proof that the first `old` leaves, under `old_root`, begin the first `new`."""

    new: Count
    new_root: Hash
    old: Count
    old_root: Hash
    proof: tuple[Hash, ...]


class Receipt(Message, frozen=True, forbid_unknown_fields=True):
    """A transaction with its verdict, and all it takes to prove both (PROTOCOL §5).

    `payload` as its author signed it, `index` the number of its leaf (from 0), `proof` the hashes
    from below up to the root of `checkpoint`.
    """

    checkpoint: str
    index: Count
    payload: str
    proof: tuple[Hash, ...]
    v: Annotated[int, msgspec.Meta(ge=1)]
    verdict: str


def write_details(details: Sequence[Detail]) -> bytes:
    """Write the details that follow a batch; nothing when there are none."""
    if not details:
        return b""
    lines = (DETAILS_MAGIC + str(len(details)).encode(), *map(encode, details), b"")
    return b"\n".join(lines)


def split_upload(raw: bytes) -> tuple[bytes, tuple[Detail, ...]]:
    """Part an upload into the batch's bytes and the details behind it.

    Raises Refused(too_large | bad_framing) and what `codec.decode` does for a detail.
    """
    if len(raw) > MAX_UPLOAD_BYTES:
        raise Refused(Code.TOO_LARGE, "upload")
    start = raw.find(b"\n" + DETAILS_MAGIC) + 1
    if not start:
        return raw, ()
    header, *lines = raw[start:].split(b"\n")
    if lines.pop() != b"" or header != DETAILS_MAGIC + str(len(lines)).encode():
        raise Refused(Code.BAD_FRAMING, "details")
    if len(lines) > MAX_TRANSACTIONS or not raw.startswith(MAGIC.encode()):
        raise Refused(Code.BAD_FRAMING, "details")
    return raw[:start], tuple(decode(line, Detail) for line in lines)
