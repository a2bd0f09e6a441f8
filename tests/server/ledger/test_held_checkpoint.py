"""An audit against a checkpoint from elsewhere: any size within any block, and every wrong one."""

from hashlib import sha256

import pytest

from server.ledger.audit import audit
from shared.checkpoint import Checkpoint, origin
from shared.ids import ChainId
from tests.server.ledger.world import World, founded, sale


@pytest.fixture(scope="module")
def world() -> World:
    """Blocks of 1, 7, 1, 3, 1 and 2 transactions."""
    world = founded()
    world.reload(1, 2000, "e1")
    world.do(world.till, sale(1, 100), sale(1, 200), sale(2, 300))
    world.reload(2, 500, "e2")
    world.do(world.till, sale(1, 1), sale(2, 2))
    return world


def leaves(world: World) -> list[list[bytes]]:
    """Give the log's leaves of each block."""
    found: list[list[bytes]] = []
    report = audit(
        world.blocks,
        watch=lambda built: found.append([item.leaf for item in built.result.executed]),
    )
    assert report.finding is None
    return found


def root(of: list[bytes]) -> bytes:
    """RFC 6962, as it is written there."""
    if len(of) < 2:
        return sha256(b"\0" + of[0]).digest() if of else sha256(b"").digest()
    split = 1
    while split * 2 < len(of):
        split *= 2
    return sha256(b"\1" + root(of[:split]) + root(of[split:])).digest()


def test_every_size_of_the_log_may_be_held(world: World) -> None:
    log = [leaf for block in leaves(world) for leaf in block]
    name = origin(world.tip.chain)
    for size in range(len(log) + 1):
        report = audit(world.blocks, held=Checkpoint(name, size, root(log[:size])))
        assert report.finding is None
        assert (report.blocks, report.transactions) == (len(world.blocks), len(log))


def test_a_rewritten_history_is_named_with_the_block_that_ends_it(world: World) -> None:
    blocks = leaves(world)
    log = [leaf for block in blocks for leaf in block]
    heights = [height for height, block in enumerate(blocks) for _ in block]
    name = origin(world.tip.chain)
    for size in range(1, len(log) + 1):
        other = [*log[: size - 1], b"another leaf"]
        report = audit(world.blocks, held=Checkpoint(name, size, root(other)))
        assert report.finding is not None
        assert report.finding.height == report.blocks == heights[size - 1]


def test_no_leaves_have_one_root(world: World) -> None:
    held = Checkpoint(origin(world.tip.chain), 0, sha256(b"another").digest())
    finding = audit(world.blocks, held=held).finding
    assert finding is not None
    assert finding.height == 0


def test_a_checkpoint_of_another_chain_is_found_at_the_beginning(world: World) -> None:
    log = [leaf for block in leaves(world) for leaf in block]
    held = Checkpoint(origin(ChainId("f" * 32)), 1, root(log[:1]))
    finding = audit(world.blocks, held=held).finding
    assert finding is not None
    assert finding.height == 0


def test_a_chain_that_is_shorter_than_the_checkpoint_was_cut(world: World) -> None:
    log = [leaf for block in leaves(world) for leaf in block]
    held = Checkpoint(origin(world.tip.chain), len(log), root(log))
    finding = audit(world.blocks[:-1], held=held).finding
    assert finding is not None
    assert finding.height == len(world.blocks) - 2
    assert finding.what == f"the checkpoint has {len(log)} transactions, this chain {len(log) - 2}"
