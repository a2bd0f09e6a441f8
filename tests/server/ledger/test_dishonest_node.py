"""A node that lies with its own key: the seal is good, what it seals is not, and audit says so."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from server.ledger.audit import audit
from server.ledger.chain import Block, build
from server.ledger.finding import Finding
from server.ledger.records import Balance
from server.ledger.second_opinion import sums
from shared.amounts import Amount
from shared.block import batches_hash, read_header, write_header
from shared.bodies import Reload
from shared.ids import AuthorId, ChainId, Hash
from shared.signing import Purpose, sign
from shared.transaction import write_batch
from tests.server.ledger.federation import federated
from tests.server.ledger.world import FED, Author, World, card, founded, purse, sale

LAST = 3
HEX = "ab" * 32


@pytest.fixture
def world() -> World:
    world = founded()
    world.reload(1, 2000, "e1")
    world.sale(1, 700)
    return world


def resealed(world: World, **lies: object) -> Block:
    """Give the last block with other fields in its header, sealed by the node's own key."""
    block = world.blocks[LAST]
    raw = write_header(msgspec.structs.replace(read_header(block.header), **lies))
    return Block(raw, sign(world.node.seed, Purpose.BLOCK, raw), block.batches)


def with_batch(world: World, raw: bytes) -> Block:
    return replace(resealed(world, batches=batches_hash([raw])), batches=(raw,))


def found(world: World, block: Block) -> str:
    report = audit([*world.blocks[:LAST], block])
    assert report.finding is not None
    assert report.finding.height == LAST
    return report.finding.what


@pytest.mark.parametrize(
    "lies, words",
    [
        ({"height": 7}, "height 7 follows 2"),
        ({"parent": Hash(HEX)}, "parent is another block"),
        ({"time": 0}, "time goes backwards"),
        ({"batches": Hash(HEX)}, "batches are not those of the header"),
        ({"effects": Hash(HEX)}, "effects is not what the transactions give"),
        ({"state": Hash(HEX)}, "state is not what the transactions give"),
        ({"validators": Hash(HEX)}, "validators is not what the transactions give"),
        ({"author": AuthorId("ab" * 16)}, "sealed by another node than the founder"),
    ],
)
def test_a_false_header_is_found(world: World, lies: dict[str, object], words: str) -> None:
    assert found(world, resealed(world, **lies)) == words


def test_a_founder_founds_under_its_own_name_only(world: World) -> None:
    """Sealed by the key that the genesis names, but in the name of somebody else."""
    block = world.blocks[0]
    header = msgspec.structs.replace(read_header(block.header), author=world.till.id)
    raw = write_header(header)
    lie = Block(raw, sign(world.node.seed, Purpose.BLOCK, raw), block.batches)
    assert audit([lie]).finding == Finding(0, "seal is not its author's")


def test_a_chain_that_nobody_founds_is_none() -> None:
    world = World()
    batch = world.batch(world.node, Reload(Amount(100), FED, card(1), "e1"))
    built = build(world.memory, world.tip, [batch], author=world.node.id, time=world.time)
    lie = Block(built.raw, sign(world.node.seed, Purpose.BLOCK, built.raw), (batch.raw,))
    assert audit([lie]).finding == Finding(0, "seal is not its author's")


def test_a_block_of_another_chain_is_found(world: World) -> None:
    lie = resealed(world, chain=ChainId("ab" * 16))
    assert found(world, lie) == "batch 0 belongs to another chain"


def by_a_stranger(world: World) -> bytes:
    stranger = Author(b"x" * 32)
    return world.batch(stranger, Reload(Amount(100), FED, card(1), "e9")).raw


def twice(world: World) -> bytes:
    return world.blocks[LAST - 1].batches[0]


def with_a_gap(world: World) -> bytes:
    world.till.seq += 1
    return world.batch(world.till, sale(1, 100)).raw


def signed_by_another(world: World) -> bytes:
    batch = world.batch(world.till, Reload(Amount(100), FED, card(1), "e9"))
    forged = sign(world.node.seed, Purpose.TRANSACTION, batch.transactions[-1].raw)
    return write_batch(
        world.tip.chain, world.till.id, world.till.seq, [batch.transactions[-1].raw], forged
    )


def torn(world: World) -> bytes:
    return world.blocks[LAST].batches[0][:-10]


@pytest.mark.parametrize(
    "made, words",
    [
        (by_a_stranger, "batch 0 has an unknown author"),
        (signed_by_another, "signature of batch 0 is not its author's"),
        (twice, "effects is not what the transactions give"),
        (with_a_gap, "a batch that does not fit its author's chain (gap)"),
        (torn, "a batch cannot be read"),
    ],
)
def test_a_false_batch_is_found(world: World, made: Callable[[World], bytes], words: str) -> None:
    assert found(world, with_batch(world, made(world))).startswith(words)


def test_the_headers_form_is_checked(world: World) -> None:
    raw = write_header(read_header(world.blocks[LAST].header)).replace(b'"v":1', b'"v":2')
    block = Block(raw, sign(world.node.seed, Purpose.BLOCK, raw), world.blocks[LAST].batches)
    assert found(world, block) == "header cannot be read (wrong_version)"


def test_nobody_but_the_founder_seals() -> None:
    """A member's node and a till have good keys, and what they seal here is in order."""
    here = federated()
    world = here.world
    batch = world.batch(here.cafe_node, sale(1, 100))
    for stranger in (here.cafe_node, here.bar_till):
        built = build(world.memory, world.tip, [batch], author=stranger.id, time=world.time)
        seal = sign(stranger.seed, Purpose.BLOCK, built.raw)
        report = audit([*world.blocks, Block(built.raw, seal, (batch.raw,))])
        words = "sealed by another node than the founder"
        assert report.finding == Finding(world.tip.height + 1, words)


def test_sums_are_proven_apart_from_the_rules(world: World) -> None:
    memory = audit(world.blocks).memory
    assert sums(memory) is None
    memory.records[Balance][purse(1), FED] = Balance(Amount(9_999))
    assert sums(memory) == "FED does not add up to zero"
    memory.records[Balance][purse(1), FED] = Balance(Amount(-1))
    assert sums(memory) == f"{purse(1)} is below zero in FED"
