"""Receipts: a good one is proven, and each change of it has its own flaw."""

from typing import Final

import msgspec
import pytest

from shared.block import write_leaf
from shared.bodies import AssetClass, AssetCreate, Body
from shared.checkpoint import Checkpoint, sign_text, write_checkpoint
from shared.errors import Code
from shared.ids import ZERO_CHAIN, ZERO_HASH, AssetId, BootId, ChainId, Hash, PlaceId, author_id
from shared.merkle import leaf_hash, node_hash
from shared.receipt import Flaw, Proven, check
from shared.signing import public_key
from shared.transaction import open_payload, write_payload
from shared.verdict import ACCEPTED, rejected
from shared.wire import Receipt

SEED: Final = b"n" * 32
KEY: Final = public_key(SEED)
CHAIN: Final = ChainId("92f3d35fa3bb522dc2e2696e3a5e960e")
LOG: Final = "tirelire-chain/92f3d35fa3bb522dc2e2696e3a5e960e"
OTHER: Final = leaf_hash(b"the leaf before")
BODY: Final[Body] = AssetCreate(
    asset=AssetId("GRAIN"),
    asset_class=AssetClass.LOCAL,
    issuer=PlaceId("bar"),
    name="Grain",
    peg="-",
    priority=1,
    scale=2,
    symbol="G",
)


def payload(chain: ChainId = CHAIN) -> bytes:
    return write_payload(
        chain=chain,
        author=author_id(KEY),
        seq=7,
        prev=ZERO_HASH,
        body=BODY,
        at=1_790_000_000_000,
        boot=BootId("b" * 16),
        mono=5,
        seen=0,
    )


def note(root: bytes, *, log: str = LOG, seed: bytes = SEED) -> str:
    text = write_checkpoint(Checkpoint(log, 2, root))
    return sign_text(text, name=log, seed=seed, public=public_key(seed))


def receipt(chain: ChainId = CHAIN) -> Receipt:
    """Make the receipt of the second of two leaves."""
    raw = payload(chain)
    leaf = leaf_hash(write_leaf(author_id(KEY), 7, open_payload(raw).hash, ACCEPTED))
    return Receipt(
        checkpoint=note(node_hash(OTHER, leaf)),
        index=1,
        payload=raw.decode(),
        proof=(Hash(OTHER.hex()),),
        v=1,
        verdict="accepted",
    )


@pytest.mark.parametrize("chain", [CHAIN, ZERO_CHAIN])
def test_a_good_receipt(chain: ChainId) -> None:
    proven = check(receipt(chain), keys=(KEY,))
    assert isinstance(proven, Proven)
    assert proven.transaction.raw == payload(chain)
    assert (proven.verdict, proven.index) == (ACCEPTED, 1)
    assert (proven.checkpoint.origin, proven.checkpoint.size) == (LOG, 2)
    assert proven.signers == {KEY}


def changed(**fields: object) -> Flaw | Proven:
    return check(msgspec.structs.replace(receipt(), **fields), keys=(KEY,))


def test_each_change_has_its_flaw() -> None:
    assert changed(v=2) is Flaw.VERSION
    assert changed(checkpoint="") is Flaw.CHECKPOINT
    assert changed(checkpoint=note(OTHER, seed=b"x" * 32)) is Flaw.SIGNATURE
    assert changed(payload="{}") is Flaw.PAYLOAD
    assert changed(payload=payload().decode() + " ") is Flaw.PAYLOAD
    assert changed(verdict="paid") is Flaw.VERDICT
    assert changed(verdict=str(rejected(Code.CARD_BLOCKED))) is Flaw.PROOF
    assert changed(payload=payload().decode().replace("Grain", "Grail")) is Flaw.PROOF
    assert changed(index=0) is Flaw.PROOF
    assert changed(proof=()) is Flaw.PROOF
    assert changed(checkpoint=note(OTHER)) is Flaw.PROOF


def test_a_receipt_of_another_chain() -> None:
    assert changed(payload=payload(ChainId("f" * 32)).decode()) is Flaw.CHAIN
    strange = note(bytes.fromhex(receipt().proof[0]), log="tirelire-chain/" + "f" * 32)
    assert changed(checkpoint=strange) is Flaw.CHAIN


def test_another_node_proves_nothing() -> None:
    assert check(receipt(), keys=(public_key(b"x" * 32),)) is Flaw.SIGNATURE
    assert check(receipt(), keys=(b"short",)) is Flaw.SIGNATURE
