"""The composition root: a node opens on its home, and on nothing less."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.founding import found_node
from server.home import Home
from server.node import open_node
from server.store.database import open_database
from shared.host import HostError
from shared.host.lock import HomeLock
from shared.wire import Status
from tests.server.api.world import PLAN, World, card, code, good, sale, world as make_world
from tests.server.store.editing import edited


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "node")
    found_node(made, PLAN)
    return made


def test_pages_and_api_answer_from_one_application(home: Home) -> None:
    with HomeLock(home.path), open_node(home) as node:
        client = node.app().test_client()
        assert good(client.get("/api/v1/status"), Status).height == 0
        assert client.get("/").status_code == 303
        assert client.get("/public").status_code == 200
        assert client.get("/nothing").status_code == 404
        assert code(client.get("/api/nothing")) == (404, "not_found")


def test_without_its_database_a_node_does_not_begin(home: Home) -> None:
    home.database.unlink()
    with pytest.raises(HostError, match=r"node\.db is missing"), open_node(home):
        pass
    assert not home.database.exists()
    open_database(home.database).close()
    with pytest.raises(HostError, match="no chain"), open_node(home):
        pass


def test_without_a_key_a_node_does_not_begin(home: Home) -> None:
    (home.keys / "node.key").unlink()
    with pytest.raises(HostError, match="cannot be read"), open_node(home):
        pass


def test_two_cannot_hold_one_home(home: Home) -> None:
    with HomeLock(home.path), pytest.raises(HostError, match="in use by process"):
        HomeLock(home.path)


def test_a_node_goes_on_where_it_was(home: Home) -> None:
    with make_world(home.path.parent / "other") as world:
        world.cards(1000)
        till = world.terminal()
        till.send(sale(0, 100))
        before = world.node.engine.tip
        where = world.node.home
    with HomeLock(where.path), open_node(where) as again:
        assert again.engine.tip == before


def flip(path: Path, table: str, column: str, key: str, value: str) -> None:
    """Change one value behind the node's back."""
    with closing(sqlite3.connect(path)) as database:
        database.create_function("edited", 3, edited)
        for verb in ("update", "delete"):
            database.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        changed = database.execute(f"UPDATE {table} SET {column} = {value} WHERE {key}")  # noqa: S608 - our own words
        assert changed.rowcount == 1
        database.commit()


SALE = 6
"""The height of the first sale below: genesis, two cards, two gifts and one enrolment before it."""


@pytest.mark.parametrize(
    "table, column, value",
    [
        ("block_header", "seal", "zeroblob(64)"),
        ("block_header", "packed", "zeroblob(64)"),
        ("block_header", "packed", "edited(packed, '\"v\":1', '\"v\":2')"),
        ("block_batch", "packed", "zeroblob(64)"),
        ("block_batch", "packed", "edited(packed, ':100}', ':101}')"),
        ("chain_compact_transaction", "verdict", "'overdrawn'"),
        ("chain_compact_transaction", "seen", "77"),
        ("chain_compact_posting", "amount", "99"),
    ],
)
def test_one_changed_value_is_found_with_its_height(
    tmp_path: Path, table: str, column: str, value: str
) -> None:
    with make_world(tmp_path) as world:
        _story(world)
        flip(world.node.home.database, table, column, f"height = {SALE}", value)
        found = world.node.audit().finding
        assert found is not None
        assert found.height == SALE


def test_a_changed_balance_is_found_with_the_height_that_set_it(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        _story(world)
        key = "account > 0 AND amount = 900"
        flip(world.node.home.database, "chain_compact_balance", "amount", key, "901")
        found = world.node.audit().finding
        assert found is not None
        assert found.height == SALE
        assert "balance" in found.what


def test_a_card_that_vanished_is_found(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        _story(world)
        with closing(sqlite3.connect(world.node.home.database)) as database:
            database.execute("DELETE FROM chain_card WHERE card = ?", (card(1),))
            database.commit()
        found = world.node.audit().finding
        assert found is not None
        assert card(1) in found.what


def _story(world: World) -> None:
    world.cards(1000, 500)
    till = world.terminal()
    till.send(sale(0, 100))
    assert world.node.engine.tip.height == SALE
    till.send(sale(1, 50))
    assert world.node.audit().finding is None
