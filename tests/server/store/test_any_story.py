"""Random stories of all kinds, in memory and on tables: the same chain comes of both.

`filling.again` compares each header.  A view that starts every block with nothing in its cache, and
one whose cache always overflows, must answer as the dictionaries do; so must one that has not
written what it knows.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import pytest

from server.ledger.chain import NOTHING
from server.store import blocks
from server.store.database import open_database
from server.store.filling import Filling, again
from server.store.truth import prove
from server.store.view import RecordCache, StoreView
from shared.bodies import Body, KeyRotate, Role
from shared.kinds import KINDS, NAMES
from tests.server.ledger.drawing import OFTEN, Past, body_of
from tests.server.ledger.federation import federated
from tests.server.ledger.test_machine import DRAWN, SEEDS
from tests.server.ledger.world import DAY, Author, World

STEPS, LONGEST, SMALL = 150, 4, 40


def told(seed: int) -> World:
    """Tell a story: blocks of up to three batches of up to four transactions of any kind."""
    here, chance = federated(), Random(seed)
    past, world = Past(here), here.world
    nodes = [here.bar_node, here.cafe_node, here.third_node]
    tills = [here.bar_till, here.cafe_till, here.revoked_till]
    for _ in range(STEPS):
        world.time += chance.choice([0, 0, DAY // 24, DAY])
        batches = []
        for author in chance.sample(nodes + tills, chance.randint(1, 3)):
            role = Role.NODE if author in nodes else Role.TERMINAL
            bodies = drawn(chance, past, author, role)
            if bodies:
                batches.append(world.batch(author, *bodies, seen=world.tip.height))
        for item in world.seal(*batches).executed if batches else ():
            envelope, body = item.transaction.envelope, item.transaction.body
            if item.verdict.took_effect and isinstance(body, Body):
                past.said.append((body, envelope.author, envelope.seq, item.transaction.hash))
            if item.verdict.took_effect and isinstance(body, KeyRotate):
                author = next(one for one in nodes + tills if one.id == envelope.author)
                author.first = author.first or author.seed
                author.seed = SEEDS[bytes.fromhex(body.key)]
    return world


def drawn(chance: Random, past: Past, author: Author, role: Role) -> list[Body]:
    """Draw what an author says at once: mostly what it may sign."""
    bodies: list[Body] = []
    for _ in range(chance.randint(1, LONGEST)):
        shape = chance.choice(DRAWN)
        if role not in KINDS[NAMES[shape]].signers and chance.random() < OFTEN:
            continue
        try:
            bodies.append(body_of(chance, shape, past, author.id))
        except msgspec.ValidationError:
            continue
    return bodies


def cold(_: RecordCache) -> RecordCache:
    return RecordCache()


def overflowing(cache: RecordCache) -> RecordCache:
    return cache


@pytest.mark.parametrize("between", [cold, overflowing])
@pytest.mark.parametrize("seed", range(3))
def test_tables_and_memory_say_the_same(
    tmp_path: Path, seed: int, between: Callable[[RecordCache], RecordCache]
) -> None:
    world, database = told(seed), open_database(tmp_path / "node.db")
    with database.write() as connection:
        cache, tip = RecordCache(SMALL), NOTHING
        for block in world.blocks:
            cache = between(cache)
            view = StoreView(connection, cache)
            built = again(view, tip, block.header, block.batches)
            blocks.append(view, built, block.seal)
            view.take(built.result)
            tip = built.tip
    assert tip == world.tip
    with database.read() as connection:
        assert prove(connection).findings == []
    database.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_late_is_the_same(tmp_path: Path, seed: int) -> None:
    world, database = told(seed), open_database(tmp_path / "node.db")
    with database.write() as connection:
        filling = Filling(connection, unwritten=SMALL, kept=SMALL)
        for block in world.blocks:
            filling.add(block.header, block.batches, block.seal)
        assert filling.end() == world.tip
    with database.read() as connection:
        assert prove(connection).findings == []
    database.close()
