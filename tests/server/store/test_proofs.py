"""The stored log against the whole list of leaves: every root, and proofs across the kept level."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from server.ledger.audit import audit
from server.ledger.chain import KEPT_LEVEL
from server.store.database import open_database
from server.store.proofs import LogReader
from server.store.stored import stored_blocks
from server.store.truth import prove
from shared.block import write_leaf
from shared.ids import AuthorId
from shared.merkle import leaf_hash, tree_hash
from shared.merkle_proof import (
    consistency_proof,
    inclusion_proof,
    proves_consistency,
    proves_inclusion,
)
from tests.server.engine.world import World, sale
from tests.server.store.editing import unlock


@pytest.fixture(scope="module")
def world(whole_module: Path | str) -> Iterator[World]:
    """Blocks of 1, 3, 200 and again 1 transactions: groups begin and end inside blocks."""
    world = World(whole_module)
    for count in (1, 3, 200, 1):
        world.solo.submit(world.till[0].next(*(sale(0, 1) for _ in range(count))))
    world.solo.submit(world.till[1].next(sale(1, 9_999_999), sale(99, 1)))
    yield world
    world.database.close()


@pytest.fixture(scope="module")
def leaves(world: World) -> list[bytes]:
    with world.database.read() as connection:
        past = audit(stored_blocks(connection)).memory.past
    return [write_leaf(author, seq, each.hash, each.verdict) for author, seq, each in past]


def test_every_root_the_log_ever_had(world: World, leaves: list[bytes]) -> None:
    assert len(leaves) > 3 << KEPT_LEVEL
    with world.database.read() as connection:
        log = LogReader(connection)
        assert log.size() == len(leaves)
        for size in range(len(leaves) + 1):
            assert log.root(size) == tree_hash(leaves[:size])


def test_what_is_proven_from_the_store_passes(world: World, leaves: list[bytes]) -> None:
    rng = Random(4)
    with world.database.read() as connection:
        for _ in range(200):
            size = rng.randrange(1, len(leaves) + 1)
            index, new = rng.randrange(size), rng.randrange(size, len(leaves) + 1)
            log, root = LogReader(connection), tree_hash(leaves[:size])
            proof = inclusion_proof(log.subtree, index, size)
            assert proves_inclusion(leaf_hash(leaves[index]), index, size, proof, root)
            proof = consistency_proof(log.subtree, size, new)
            assert proves_consistency(size, root, new, tree_hash(leaves[:new]), proof)


def test_a_transaction_knows_its_leaf(world: World, leaves: list[bytes]) -> None:
    with world.database.read() as connection:
        log = LogReader(connection)
        for till, seq in ((0, 1), (0, 4), (0, 137), (0, 205), (1, 1), (1, 2)):
            author = world.till[till].author
            found = log.entry(author, seq)
            assert found is not None
            assert found.transaction.envelope.seq == seq
            hashed, verdict = found.transaction.hash, found.verdict
            assert write_leaf(author, seq, hashed, verdict) == leaves[found.place]
        assert log.entry(world.till[0].author, 206) is None
        assert log.entry(AuthorId("0" * 32), 1) is None


def test_before_genesis_there_is_nothing(where: Path | str) -> None:
    database = open_database(where)
    with database.read() as connection:
        log = LogReader(connection)
        assert (log.size(), log.root(0)) == (0, tree_hash([]))
    database.close()


def test_a_verdict_is_part_of_its_leaf(world: World) -> None:
    with world.database.read() as connection:
        log = LogReader(connection)
        found = [log.entry(world.till[1].author, seq) for seq in (1, 2)]
    verdicts = [str(each.verdict) for each in found if each]
    assert verdicts == ["overdrawn", "rejected(unknown_card)"]


@pytest.mark.parametrize("level, position", [(0, 5_000), (3, 30), (KEPT_LEVEL, 90), (20, 0)])
def test_what_is_not_full_has_no_hash(world: World, level: int, position: int) -> None:
    with world.database.read() as connection, pytest.raises(ValueError, match="no full subtree"):
        LogReader(connection).subtree(level, position)


@pytest.mark.parametrize(
    "statement, height, what",
    [
        (
            "UPDATE chain_log SET hash = x'00' WHERE level = 6 AND position = 0",
            4,
            "6 0: hash is not",
        ),
        ("DELETE FROM chain_log WHERE level = 7", 4, "7 0 is missing"),
        ("INSERT INTO chain_log VALUES (-1, 7, x'00')", 6, "-1 7 belongs to nothing"),
    ],
)
def test_a_changed_subtree_is_found_with_its_height(
    tmp_path: Path, statement: str, height: int, what: str
) -> None:
    world = World(tmp_path / "node.db")
    for count in (1, 3, 130, 1, 1):
        world.solo.submit(world.till[0].next(*(sale(0, 1) for _ in range(count))))
    with world.database.write() as connection:
        unlock(connection)
        assert connection.exec_driver_sql(statement).rowcount == 1
    with world.database.read() as connection:
        (found,) = prove(connection).findings
    assert found.height == height
    assert found.what.startswith(f"chain_log {what}")
    world.database.close()
