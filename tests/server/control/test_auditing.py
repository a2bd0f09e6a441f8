"""Proving a node and making its index anew: open, stopped, damaged, and while it serves."""

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection

from server.control.acts import act
from server.control.auditing import audit_home, rebuild_home
from server.control.errors import NotPossibleError
from server.home import Home
from server.jobs.audit import check_database
from server.store.packing import pack, unpack
from server.store.truth import prove
from tests.server.api.world import World, reopened, sale, world as make_world
from tests.server.store.editing import unlock


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Make a node with some history, and stop it."""
    with make_world(tmp_path) as world:
        world.cards(1_000, 500)
        till = world.terminal()
        for total in (100, 200, 300):
            till.send(sale(0, total), sale(1, total))
        return world.node.home


def damage(world: World, *statements: str) -> None:
    with world.node.database.write() as connection:
        unlock(connection)
        for words in statements:
            assert connection.exec_driver_sql(words).rowcount > 0, words


def bad(world: World, name: str = "audit", **arguments: Any) -> tuple[int | None, str]:
    found = act(world.node, name, arguments)
    return found["bad_height"], found["cause"]


RICH = "UPDATE chain_compact_balance SET amount = amount + 1 WHERE amount > 0"
OTHER_TIP = "UPDATE chain_tip SET log = '{}', height = 1, state = 'x'"


def test_the_audit_of_an_open_node(home: Home) -> None:
    with reopened(home) as world:
        height = world.node.engine.tip.height
        found = act(world.node, "audit", {})
        assert (found["bad_height"], found["height"]) == (None, height)
        assert found["state"] == world.node.engine.tip.state
        assert world.node.office.keeper.audits()[0].to_height == height
        fast = act(world.node, "audit.links", {})
        assert (fast["bad_height"], fast["height"]) == (None, height)
        assert fast["transactions"] == found["transactions"]
        assert len(world.node.office.keeper.audits()) == 1  # links alone prove no audit
        damage(world, RICH)
        assert bad(world)[1].startswith("chain_compact_balance")
        assert bad(world, "audit.links") == (None, "")


def test_a_checkpoint_that_was_kept(home: Home) -> None:
    with reopened(home) as world:
        key = world.node.engine.key
        note = world.client.get("/api/v1/checkpoint").text
        assert bad(world, note=note, keys=[key]) == (None, "")
        other = note.replace(note.split("\n")[1], "3", 1)
        foreign = "not a checkpoint of these keys"
        for wrong, words in (
            ({"note": note, "keys": ["00" * 32]}, foreign),
            ({"note": note, "keys": ["x"]}, "has 64 hex digits: x"),
            ({"note": note, "keys": [key, key], "need": 2}, "only 1 keys were given"),
            ({"note": other, "keys": [key]}, foreign),
        ):
            with pytest.raises(NotPossibleError, match=words):
                act(world.node, "audit", wrong)


def test_a_long_chain_is_audited_in_a_process_of_its_own(home: Home) -> None:
    with reopened(home) as world:
        near = check_database(world.node.database, world.node.chain)
        away = check_database(world.node.database, world.node.chain, long=0)
        assert near == away
        assert near.finding is None
        damage(world, RICH)
        away = check_database(world.node.database, world.node.chain, long=0)
        assert away.finding is not None


def test_an_audit_sees_one_moment_and_the_writer_never_waits(home: Home) -> None:
    with reopened(home) as world:
        before = world.node.engine.tip
        till = world.terminal("Bar 2")
        started = world.node.engine.tip.height
        with world.node.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM chain_tip").scalar_one() == 1
            ended = Event()

            def sell() -> None:
                for total in range(1, 30):
                    till.send(sale(0, total))
                ended.set()

            seller = Thread(target=sell)
            seller.start()
            assert ended.wait(60), "the writer waited for the reader"
            seller.join()
            report, findings = prove(connection)
        assert findings == []
        assert report.tip.height == started
        assert world.node.engine.tip.height == started + 29
        assert before.height < started
        assert bad(world) == (None, "")


# ---------- rebuilding ----------


def told(seen: list[tuple[int, int]]) -> Any:
    return lambda height, top: seen.append((height, top))


def test_a_stopped_node_is_rebuilt_however_damaged_its_index_is(home: Home) -> None:
    with reopened(home) as world:
        tip = world.node.engine.tip
        damage(world, RICH, OTHER_TIP, "DELETE FROM chain_compact_posting")
    seen: list[tuple[int, int]] = []
    done = rebuild_home(home, told(seen))
    assert (done["height"], done["state"]) == (tip.height, tip.state)
    assert seen[-1] == (tip.height, tip.height)
    with reopened(home) as world:
        assert world.node.engine.tip == tip
        assert bad(world) == (None, "")


def test_an_open_node_is_rebuilt_and_goes_on(home: Home) -> None:
    with reopened(home) as world:
        till = world.terminal("Bar 2")
        till.send(sale(0, 1))
        damage(world, RICH)
        done = act(world.node, "rebuild", {})
        assert done["height"] == world.node.engine.tip.height
        assert bad(world) == (None, "")
        assert [str(line.verdict) for line in till.send(sale(0, 1)).verdicts] == ["accepted"]
        assert bad(world) == (None, "")


def forge(connection: Connection) -> None:
    """Change a sale in a block, as somebody would who owns the file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER block_batch_no_update")
    rows = connection.exec_driver_sql("SELECT height, position, packed FROM block_batch").all()
    for height, position, packed in rows:
        raw = unpack(packed)
        if b'"total":300' in raw:
            connection.exec_driver_sql(
                "UPDATE block_batch SET packed = ? WHERE height = ? AND position = ?",
                (pack(raw.replace(b'"total":300', b'"total":301')), height, position),
            )


def test_damaged_blocks_are_no_base_and_the_old_index_stays(home: Home) -> None:
    with reopened(home) as world:
        height = world.node.engine.tip.height
        before = rows(world)
        with world.node.database.write() as connection:
            forge(connection)
        with pytest.raises(NotPossibleError, match=f"damaged, height {height}: batches are not"):
            act(world.node, "rebuild", {})
        assert rows(world) == before
    with pytest.raises(NotPossibleError, match=f"damaged, height {height}: batches are not"):
        rebuild_home(home, told([]))
    with reopened(home) as world:
        assert rows(world) == before


def rows(world: World) -> list[Any]:
    with world.node.database.read() as connection:
        words = "SELECT * FROM chain_balance ORDER BY account, asset"
        return [tuple(row) for row in connection.exec_driver_sql(words)]


# ---------- a node that cannot be opened ----------


def test_a_stopped_node_is_audited_even_if_it_cannot_be_opened(home: Home) -> None:
    asked: dict[str, Any] = {"note": "", "keys": [], "need": 0}
    with reopened(home) as world:
        height = world.node.engine.tip.height
    assert audit_home(home, "audit", **asked)["bad_height"] is None
    assert audit_home(home, "audit.links")["bad_height"] is None
    with reopened(home) as world:
        assert world.node.office.keeper.audits()[0].bad_height is None
        damage(world, OTHER_TIP)
    found = audit_home(home, "audit", **asked)
    assert (found["bad_height"], found["cause"]) == (height, "the tip is not the last block")
    found = audit_home(home, "audit.links")
    assert (found["bad_height"], found["cause"]) == (height, "the tip is not the last block")
