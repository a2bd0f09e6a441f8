"""Founding a chain."""

from pathlib import Path

import pytest

from server.engine.genesis import found
from server.engine.solo import Solo
from server.ledger.audit import audit
from server.ledger.records import Author, Place
from server.store import readers
from server.store.database import open_database
from server.store.stored import stored_blocks
from server.store.view import StoreView
from shared.bodies import Body, PlaceCreate, Role
from shared.ids import PlaceId, author_id
from shared.signing import public_key
from tests.server.engine.world import BOOT, NODE_SEED, START_MS, Clock

BAR = PlaceCreate(name="Bar", place=PlaceId("bar"))


def test_the_founder_is_the_first_author_and_the_rules_stand(where: Path | str) -> None:
    database = open_database(where)
    chain = found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=Clock(), bodies=[BAR])
    me = author_id(public_key(NODE_SEED))
    with database.read() as connection:
        view, tip = StoreView(connection), readers.tip(connection)
        author = view.get(Author, (me,))
        place = view.get(Place, ("bar",))
        report = audit(stored_blocks(connection), chain=chain)
    assert (tip.height, tip.chain, tip.time) == (0, chain, START_MS)
    assert chain == tip.hash[:32]
    assert author is not None
    assert (author.label, author.role, author.status) == ("Node", Role.NODE, "active")
    assert place == Place("Bar", me)
    assert report.finding is None
    assert report.transactions == 2
    engine = Solo(database, seed=NODE_SEED, boot=BOOT, clock=Clock())
    assert engine.author == me
    assert engine.tip == tip
    database.close()


def test_a_chain_is_founded_once(where: Path | str) -> None:
    database = open_database(where)
    found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=Clock())
    with pytest.raises(ValueError, match="already"):
        found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=Clock())
    database.close()


@pytest.mark.parametrize(
    "bodies, why",
    [
        ([BAR, BAR], r"place.create: already_exists \(This exists already.\)"),
        (
            [PlaceCreate(name="Bar", place=PlaceId("No Place"))],
            r"place.create: bad_field \(A field is badly written.\)",
        ),
    ],
)
def test_a_bad_start_leaves_nothing(where: Path | str, bodies: list[Body], why: str) -> None:
    database = open_database(where)
    with pytest.raises(ValueError, match=why):
        found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=Clock(), bodies=bodies)
    with database.read() as connection:
        assert readers.tip(connection).height == -1
        assert list(stored_blocks(connection)) == []
    found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=Clock())
    database.close()
