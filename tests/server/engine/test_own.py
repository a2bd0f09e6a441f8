"""How a node's own bodies become batches."""

from server.engine.own import Signer
from server.engine.port import NotProposed
from server.ledger.records import Head
from shared.amounts import Amount
from shared.bodies import ForkAdopt, Issue
from shared.errors import Code
from shared.ids import AssetId, ChainId, Hash, WalletId
from shared.signing import public_key
from shared.transaction import MAX_BATCH_BYTES, signed_by
from tests.server.engine.world import BOOT, NODE_SEED, START_MS, Clock

CHAIN = ChainId("c" * 32)
HEAD = Head(Hash("a" * 64), 41)


def issue(number: int, evidence: str = "e") -> Issue:
    return Issue(
        amount=Amount(number),
        asset=AssetId("GRAIN"),
        evidence=evidence,
        wallet=WalletId("1" * 32),
    )


def test_payloads_go_on_from_the_head_and_are_signed() -> None:
    signer = Signer(NODE_SEED, BOOT, Clock(START_MS + 5))
    batches = signer.batches([issue(1), issue(2)], chain=CHAIN, head=HEAD, seen=7)
    assert not isinstance(batches, NotProposed)
    [batch] = batches
    first, second = (transaction.envelope for transaction in batch.transactions)
    assert (batch.author, batch.chain, batch.first) == (signer.author, CHAIN, 42)
    assert (first.seq, first.prev, first.kind) == (42, "a" * 64, "issue")
    assert (first.at, first.mono, first.boot, first.seen) == (START_MS + 5, 5, BOOT, 7)
    assert (second.seq, second.prev) == (43, batch.transactions[0].hash)
    assert signed_by(batch, public_key(NODE_SEED))


def test_a_batch_holds_500_and_stays_below_its_size() -> None:
    signer = Signer(NODE_SEED, BOOT, Clock())
    many = signer.batches([issue(1)] * 501, chain=CHAIN, head=HEAD, seen=0)
    assert not isinstance(many, NotProposed)
    assert [(batch.first, len(batch.transactions)) for batch in many] == [(42, 500), (542, 1)]


def test_long_payloads_are_parted_by_size() -> None:
    signer = Signer(NODE_SEED, BOOT, Clock())
    # 1,500 bodies of about 580 bytes each: about 870 kB
    long = signer.batches([issue(1, "e" * 200)] * 1_500, chain=CHAIN, head=HEAD, seen=0)
    assert not isinstance(long, NotProposed)
    assert all(len(batch.raw) <= MAX_BATCH_BYTES for batch in long)
    assert sum(len(batch.transactions) for batch in long) == 1_500
    assert [batch.first for batch in long] == [
        42 + sum(len(earlier.transactions) for earlier in long[:n]) for n in range(len(long))
    ]


def test_a_body_that_nobody_could_read_is_not_signed() -> None:
    signer = Signer(NODE_SEED, BOOT, Clock())
    assert signer.batches(
        [issue(1), issue(0), issue(-1)], chain=CHAIN, head=HEAD, seen=0
    ) == NotProposed(1, Code.BAD_AMOUNT)
    assert signer.batches([], chain=CHAIN, head=HEAD, seen=0) == []


def test_a_payload_that_fits_no_batch_is_not_signed() -> None:
    """A branch of 500 full payloads is adopted in more than one run."""
    signer = Signer(NODE_SEED, BOOT, Clock())
    till, proof = signer.author, "A" * 86
    fits = ForkAdopt(till, ("x" * 8_000,) * 65, proof)  # 520,000 of 524,288 bytes
    over = ForkAdopt(till, ("x" * 8_000,) * 65 + ("y" * 3_600,), proof)
    batches = signer.batches([fits], chain=CHAIN, head=HEAD, seen=0)
    assert not isinstance(batches, NotProposed)
    assert len(batches) == 1
    refused = NotProposed(1, Code.TOO_LARGE)
    assert signer.batches([fits, over], chain=CHAIN, head=HEAD, seen=0) == refused
