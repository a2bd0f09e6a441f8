"""The audit: a good chain is proven, and any change to it is found at its height."""

import random
from dataclasses import replace

import pytest

from server.ledger.audit import audit
from server.ledger.chain import Block, Built
from server.ledger.finding import Finding
from shared.merkle import Subtree
from tests.server.ledger.test_held_checkpoint import root
from tests.server.ledger.world import World, founded, sale


@pytest.fixture(scope="module")
def world() -> World:
    world = founded()
    world.reload(1, 2000, "e1")
    world.sale(1, 700)
    world.sale(2, 300)
    world.reload(2, 500, "e2")
    return world


def test_a_good_chain_is_proven_to_its_end(world: World) -> None:
    report = audit(world.blocks)
    assert report.finding is None
    assert report.tip == world.tip
    assert report.memory.records == world.memory.records
    assert (report.blocks, report.transactions) == (6, 12)


def test_another_chain_is_refused(world: World) -> None:
    other = audit(world.blocks, chain=founded().tip.chain)
    assert other.finding is None  # same seeds, same time: the same genesis
    strange = audit(world.blocks, chain=type(world.tip.chain)("f" * 32))
    assert strange.finding is not None
    assert strange.finding.height == 0


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_is_found_at_its_height(world: World, seed: int) -> None:
    rng = random.Random(seed)
    height = rng.randrange(len(world.blocks))
    block = world.blocks[height]
    part = rng.choice(["header", "seal", "batch"])

    def flip(raw: bytes) -> bytes:
        at = rng.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]

    if part == "batch":
        bad = replace(block, batches=(flip(block.batches[0]), *block.batches[1:]))
    else:
        sealed = part == "seal"
        header = block.header if sealed else flip(block.header)
        bad = Block(header, flip(block.seal) if sealed else block.seal, block.batches)
    report = audit([*world.blocks[:height], bad, *world.blocks[height + 1 :]])
    assert report.finding is not None
    assert report.finding.height == height


def test_a_missing_block_and_a_swapped_order_are_found(world: World) -> None:
    missing = audit([*world.blocks[:3], *world.blocks[4:]])
    assert missing.finding is not None
    assert missing.finding.height == 3
    swapped = list(world.blocks)
    swapped[3], swapped[4] = swapped[4], swapped[3]
    assert (found := audit(swapped).finding) is not None
    assert found.height == 3


def test_what_lies_before_the_first_bad_block_is_proven(world: World) -> None:
    good, bad = audit(world.blocks[:3]), audit([*world.blocks[:3], *world.blocks[4:]])
    assert bad.tip == good.tip
    assert (bad.tip.height, bad.blocks, bad.transactions) == (2, 3, 9)
    assert bad.memory.records == good.memory.records


def test_whoever_watches_sees_each_block_as_it_was_proven() -> None:
    """With the subtrees that it fills: 73 leaves have one of 64."""
    world, seen = founded(), list[Built]()
    world.reload(1, 2000, "e1")
    world.do(world.till, *(sale(1, 1) for _ in range(64)))
    report = audit(world.blocks, watch=seen.append)
    assert [tuple(batch.raw for batch in built.batches) for built in seen] == [
        block.batches for block in world.blocks
    ]
    assert report.transactions == 73
    leaves = [item.leaf for built in seen for item in built.result.executed]
    assert [built.subtrees for built in seen] == [(), (), (), (Subtree(6, 0, root(leaves[:64])),)]


def test_no_block_at_all_is_no_chain() -> None:
    assert audit([]).finding == Finding(0, "no genesis")


def test_a_block_without_its_batch_is_found(world: World) -> None:
    bad: list[Block] = [*world.blocks[:2], replace(world.blocks[2], batches=())]
    assert (found := audit(bad).finding) is not None
    assert found.height == 2
