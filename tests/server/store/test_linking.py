"""Links and hashes of a stored chain: in one process or several, on each database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.ledger.finding import Finding
from server.ledger.links import Linked
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.linking import check_links, key_terms
from server.store.packing import pack, unpack
from shared.bodies import PolicySet
from shared.policy import ProtocolPolicy
from shared.proofs import rotation
from shared.signing import public_key
from tests.server.ledger.story import tell
from tests.server.ledger.world import World, sale
from tests.server.store.editing import unlock

NEW = b"new key".ljust(32)


@pytest.fixture(scope="module")
def world() -> World:
    """Give every kind of protocol 1, subtrees of the log, and a till with its second key."""
    world = tell()
    for _ in range(2):
        world.do(world.till, *(sale(1, 1) for _ in range(50)))
    assert world.do(world.node, PolicySet("-", ProtocolPolicy(2))) == ["accepted"]
    turn = rotation(NEW, world.tip.chain, world.till.id)
    assert world.do(world.till, sale(1, 1), turn)[-1] == "accepted"
    return world


@pytest.fixture
def database(world: World, where: Path | str) -> Iterator[Database]:
    database = open_database(where)
    with database.write() as connection:
        assert append_chain(connection, world.blocks) == world.tip
    yield database
    database.close()


def linked(database: Database, *, size: int = 50_000, processes: int = 1) -> Linked:
    with database.read() as connection:
        return check_links(database.where, connection, size=size, processes=processes)


def change(database: Database, words: str, values: tuple[Any, ...] = ()) -> None:
    with database.write() as connection:
        unlock(connection)
        assert connection.exec_driver_sql(words, values).rowcount > 0


@pytest.mark.parametrize("size", [1, 7, 60, 50_000])
def test_in_ranges_of_any_size(database: Database, world: World, size: int) -> None:
    whole = linked(database, size=size)
    assert whole.finding is None
    assert (whole.blocks, whole.transactions) == (world.tip.height + 1, world.tip.log.size)


def test_in_two_processes(database: Database, world: World) -> None:
    assert linked(database, size=60, processes=2) == linked(database)


def test_a_key_has_its_terms(database: Database, world: World) -> None:
    with database.read() as connection:
        terms = key_terms(connection)
    first, second = terms[world.till.id]
    assert first == (1, -1, world.till.key)
    assert second == (world.till.seq + 1, world.tip.height, public_key(NEW))


@pytest.mark.parametrize("size", [20, 50_000])
@pytest.mark.parametrize(
    "words, height, what",
    [
        ("UPDATE block_header SET seal = ? WHERE height = 9", 9, "seal is not its author's"),
        ("UPDATE block_header SET packed = ? WHERE height = 9", 9, "header cannot be read"),
        ("UPDATE block_batch SET packed = ? WHERE height = 9", 9, "batches are not those"),
        ("UPDATE chain_log SET hash = ? WHERE level = 6 AND position = 0", 23, "kept subtrees"),
    ],
)
def test_damage_is_found(database: Database, words: str, height: int, what: str, size: int) -> None:
    change(database, words, (bytes(64),))
    finding = linked(database, size=size).finding
    if "chain_log" in words and size > 20:
        assert finding is None  # nothing was taken for granted
        return
    assert finding is not None
    assert (finding.height, finding.what[: len(what)]) == (height, what)


@pytest.mark.parametrize(
    "words, what",
    [
        ("UPDATE chain_compact_transaction SET verdict = 'disputed' WHERE height = 7", "log is"),
        ("DELETE FROM chain_compact_transaction WHERE height = 7", "log is not"),
    ],
)
def test_other_verdicts_are_not_what_was_sealed(database: Database, words: str, what: str) -> None:
    if "DELETE" in words:
        change(database, "DELETE FROM chain_compact_posting WHERE height = 7")
    change(database, words)
    finding = linked(database).finding
    assert finding is not None
    assert finding.height == 7
    assert finding.what.startswith(what)


def test_a_chain_that_was_cut_does_not_reach_its_tip(database: Database, world: World) -> None:
    change(database, "UPDATE chain_tip SET height = height + 1")
    assert linked(database).finding == Finding(world.tip.height, "the tip is not the last block")


def test_a_forged_enrolment_gives_nobody_a_key(database: Database, world: World) -> None:
    """Its batch is edited to hold another key: the author of that key is another one."""
    with database.read() as connection:
        packed = connection.exec_driver_sql(
            "SELECT packed FROM block_batch WHERE height = 1"
        ).scalar_one()
    raw = unpack(packed).replace(world.till.key.hex().encode(), public_key(NEW).hex().encode())
    change(database, "UPDATE block_batch SET packed = ? WHERE height = 1", (pack(raw),))
    finding = linked(database).finding
    assert finding is not None
    assert finding.height == 1
