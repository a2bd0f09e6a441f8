"""Keys that change: each batch and each seal counts under the key that its author has just then."""

import pytest

from server.ledger.audit import audit
from server.ledger.chain import Block, build
from server.ledger.executor import Taken
from server.ledger.finding import Finding
from server.ledger.links import Keys, Recorded, Start, Term, join, read_range
from shared.bodies import EngineHandover, PolicySet
from shared.errors import Code
from shared.ids import Hash
from shared.policy import ProtocolPolicy
from shared.proofs import rotation
from shared.signing import Purpose, public_key, sign
from shared.transaction import Batch
from tests.server.ledger.world import Author, World, modern, sale

NEW = b"new key".ljust(32)
OTHER = b"another key".ljust(32)


@pytest.fixture
def world() -> World:
    world = modern()
    assert world.reload(1, 2000, "e1") == ["accepted"]
    return world


def renewed(author: Author, seed: bytes = NEW) -> Author:
    """Give an author that goes on with another key under its name."""
    return Author(seed, author.seq, author.prev, author.seed)


def verdicts(world: World, *batches: Batch) -> list[str]:
    return [str(item.verdict) for item in world.seal(*batches).executed]


def test_before_and_after_in_one_block(world: World) -> None:
    before = world.batch(world.till, sale(1, 100), rotation(NEW, world.tip.chain, world.till.id))
    after = world.batch(renewed(world.till), sale(1, 200))
    assert verdicts(world, before, after) == ["accepted"] * 3
    report = audit(world.blocks)
    assert (report.finding, report.tip) == (None, world.tip)


def test_the_old_key_ends_with_its_last_transaction(world: World) -> None:
    before = world.batch(world.till, rotation(NEW, world.tip.chain, world.till.id))
    after = world.batch(world.till, sale(1, 200))  # by whoever stole the old key
    result = build(
        world.memory, world.tip, [before, after], author=world.node.id, time=world.time
    ).result
    assert result.taken[1] == Taken(0, Code.BAD_SIGNATURE)
    assert len(result.executed) == 1
    world.seal(before, after)
    finding = audit(world.blocks).finding
    assert finding == Finding(world.tip.height, "signature of batch 1 is not its author's")


def test_the_old_key_makes_no_fork(world: World) -> None:
    world.do(world.till, sale(1, 100))
    thief = Author(world.till.seed)
    world.do(world.till, rotation(NEW, world.tip.chain, world.till.id))
    fork = world.batch(thief, sale(1, 1_999))
    taken = build(world.memory, world.tip, [fork], author=world.node.id, time=world.time)
    assert taken.result.taken == (Taken(0, Code.BAD_SIGNATURE),)


def test_what_is_known_is_known_whoever_signed_it(world: World) -> None:
    old = world.batch(world.till, sale(1, 100))
    world.seal(old)
    world.do(world.till, rotation(NEW, world.tip.chain, world.till.id))
    built = build(world.memory, world.tip, [old], author=world.node.id, time=world.time)
    assert built.result.taken == (Taken(1, None, 3),)
    assert not built.result.makes_block


def sealed_by(world: World, seed: bytes, batch: Batch) -> Block:
    built = build(world.memory, world.tip, [batch], author=world.node.id, time=world.time)
    return Block(built.raw, sign(seed, Purpose.BLOCK, built.raw), (batch.raw,))


def test_a_node_seals_with_the_key_that_it_had_before_the_block(world: World) -> None:
    old = world.node.seed
    assert world.do(world.node, rotation(NEW, world.tip.chain, world.node.id)) == ["accepted"]
    batch = world.batch(world.till, sale(1, 100))
    good = [*world.blocks, sealed_by(world, NEW, batch)]
    assert audit(good).finding is None
    bad = [*world.blocks, sealed_by(world, old, batch)]
    assert audit(bad).finding == Finding(world.tip.height + 1, "seal is not its author's")


def test_links_know_the_terms_of_keys(world: World) -> None:
    node, till = world.node, world.till
    before = world.batch(till, sale(1, 100), rotation(NEW, world.tip.chain, till.id))
    last, there = till.seq, world.tip.height + 1
    world.seal(before, world.batch(renewed(till), sale(1, 200)))
    world.do(node, rotation(OTHER, world.tip.chain, node.id))
    changed, seq = world.tip.height, node.seq
    world.node = renewed(node, OTHER)
    assert world.do(world.node, PolicySet("-", ProtocolPolicy(2))) == ["accepted"]
    keys: Keys = {
        till.id: [Term(1, -1, till.key), Term(last + 1, there, public_key(NEW))],
        node.id: [Term(1, -1, node.key), Term(seq + 1, changed, public_key(OTHER))],
    }
    assert audit(world.blocks).finding is None
    assert links(world, keys) is None
    one_key = {**keys, till.id: keys[till.id][:1]}
    assert links(world, one_key) == Finding(there, "signature of batch 1 is not its author's")
    one_key = {**keys, node.id: keys[node.id][:1]}
    assert links(world, one_key) == Finding(changed + 1, "seal is not its author's")


def links(world: World, keys: Keys) -> Finding | None:
    """Read the links of a chain of which every transaction was accepted."""
    found = []
    for block in world.blocks:
        counts = [raw.count(b"\n") - 1 for raw in block.batches]
        accepted = [(number, "accepted", count) for number, count in enumerate(counts)]
        found.append(Recorded(block, accepted))
    return join([read_range(found, keys, Start())]).finding


def test_one_node_seals_nothing_after_a_handover(world: World) -> None:
    handover = EngineHandover("cometbft", Hash("ab" * 32), 7, (world.node.id,))
    assert world.do(world.node, handover) == ["accepted"]
    assert audit(world.blocks).finding is None
    world.do(world.till, sale(1, 100))
    what = "sealed by one node after another engine was handed the chain"
    assert audit(world.blocks).finding == Finding(world.tip.height, what)
