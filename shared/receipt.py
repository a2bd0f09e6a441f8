"""Receipts: what a transaction said and what became of it, provable without the node's word.

`check` takes a receipt and the public keys of the nodes that should have signed its checkpoint, and
gives what is proven, or the one flaw that it has.  It needs no database, no network and no clock.
What it does not prove: that the checkpoint is the one that everybody else sees; for that, compare
checkpoints.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from shared.block import write_leaf
from shared.checkpoint import Checkpoint, origin, read_cosigned
from shared.errors import Code, Refused
from shared.ids import ZERO_CHAIN
from shared.merkle import leaf_hash
from shared.merkle_proof import proves_inclusion
from shared.transaction import Transaction, open_payload
from shared.verdict import Verdict, parse_verdict
from shared.wire import Receipt

VERSION = 1


class Flaw(StrEnum):
    """Why a receipt proves nothing, in words."""

    VERSION = "it is of a version that this program does not know"
    CHECKPOINT = "its checkpoint cannot be read"
    SIGNATURE = "its checkpoint is not signed with this key, or by too few of these keys"
    PAYLOAD = "its transaction cannot be read"
    VERDICT = "its verdict is none"
    CHAIN = "its transaction belongs to another chain than its checkpoint"
    PROOF = "this transaction with this verdict is not in the log of its checkpoint"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a good receipt says; `signers` are the keys whose word it is."""

    transaction: Transaction
    verdict: Verdict
    index: int
    checkpoint: Checkpoint
    signers: frozenset[bytes]


def check(receipt: Receipt, *, keys: Collection[bytes], need: int = 1) -> Proven | Flaw:
    """Prove a receipt under the public keys (32 bytes each) of nodes, `need` of which must sign."""
    if receipt.v != VERSION:
        return Flaw.VERSION
    try:
        checkpoint, signers = read_cosigned(receipt.checkpoint, keys=keys, need=need)
    except Refused as refused:
        return Flaw.SIGNATURE if refused.code is Code.BAD_SIGNATURE else Flaw.CHECKPOINT
    try:
        transaction = open_payload(receipt.payload.encode())
    except Refused:
        return Flaw.PAYLOAD
    try:
        verdict = parse_verdict(receipt.verdict)
    except ValueError:
        return Flaw.VERDICT
    envelope = transaction.envelope
    # What founds a chain is written before the chain has its name.
    if envelope.chain != ZERO_CHAIN and origin(envelope.chain) != checkpoint.origin:
        return Flaw.CHAIN
    leaf = leaf_hash(write_leaf(envelope.author, envelope.seq, transaction.hash, verdict))
    proof = [bytes.fromhex(part) for part in receipt.proof]
    if not proves_inclusion(leaf, receipt.index, checkpoint.size, proof, checkpoint.root):
        return Flaw.PROOF
    return Proven(transaction, verdict, receipt.index, checkpoint, signers)
