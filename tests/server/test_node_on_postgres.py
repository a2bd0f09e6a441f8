"""A whole node with its ledger in PostgreSQL: founded, sold on, audited, copied, put back."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.control.acts import act
from server.control.archive import import_chain
from server.control.errors import NotPossibleError
from server.control.keeping import backup, restore
from server.control.looking import doctor
from server.founding import found_node
from server.home import Home
from server.store.dump import DumpError, undump
from shared.host import HostError
from shared.wire import JournalAnswer, Status
from tests.server.api.world import PLAN, World, code, good, reopened, sale, world as make_world
from tools.postgres import Server


@pytest.fixture
def world(tmp_path: Path, address: str) -> Iterator[World]:
    with make_world(tmp_path, database=address) as world:
        world.cards(1_000, 500)
        yield world


@pytest.fixture
def another(postgres: Server) -> Iterator[str]:
    """Give the address of a second database, with nothing at all in it."""
    with postgres.lent("template0") as address:
        yield address


def lines(world: World) -> dict[str, tuple[str, str]]:
    return {line["check"]: (line["level"], line["text"]) for line in doctor(world.node)}


def move(home: Home, address: str, another: str) -> None:
    """Write another address into a home's settings."""
    home.settings.write_text(home.settings.read_text().replace(address, another))


def test_it_sells_and_audits_and_goes_on_after_a_restart(world: World) -> None:
    till = world.terminal()
    till.send(sale(0, 100), sale(1, 200))
    assert good(world.client.get("/api/v1/status"), Status).height == world.node.engine.tip.height
    journal = good(till.get("/api/v1/journal", "from=1"), JournalAnswer)
    assert [text.encode() for text in journal.payloads] == till.payloads
    assert world.client.get("/public").status_code == 200
    assert world.node.audit().finding is None
    assert not world.node.home.database.exists()


def test_the_doctor_says_how_it_is(world: World) -> None:
    """The tests' server does not wait for its disk, which real money must not accept."""
    assert lines(world)["database"] == (
        "bad",
        "fsync and full_page_writes off: a power cut would lose money",
    )


def test_without_its_server_the_api_asks_to_try_again(
    postgres: Server, tmp_path: Path, address: str
) -> None:
    with make_world(tmp_path, database=address) as world:
        world.cards(1_000)
        till = world.terminal()
        till.send(sale(0, 100))
        till.write(sale(0, 200))
        postgres.stop()
        try:
            assert code(world.client.get("/api/v1/status")) == (503, "node_busy")
            page = world.client.get("/public")
            assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
            assert "base de données" in page.text
            assert "database" in page.text
            for _ in range(2):
                assert code(till.post(till.batch(2))) == (503, "node_busy")
        finally:
            postgres.start()
        assert world.client.get("/api/v1/status").status_code == 200
        for _ in range(2):
            assert till.post(till.batch(2)).status_code == 200
        assert world.on_card(0) == 700


def test_without_its_server_every_command_says_so_in_one_line(
    postgres: Server, world: World
) -> None:
    before = world.node.engine.tip.height
    shop = {"kind": "place.create", "fields": {"name": "Bar", "place": "bar"}}
    postgres.stop()
    try:
        for name, asked, words in (
            ("status", {}, "the database is lost: cannot be reached: "),
            ("audit", {}, "the database is lost: cannot be reached: "),
            ("backup", {}, "the database is lost: cannot be reached: "),
            ("transact", shop, "the node makes no blocks now: not written: "),
        ):
            with pytest.raises(NotPossibleError, match=f"^{words}[^\n]+$"):
                act(world.node, name, asked)
    finally:
        postgres.start()
    assert act(world.node, "transact", shop)["height"] == before + 1
    assert not list(world.node.home.backups.iterdir())


def test_two_homes_cannot_have_one_database(tmp_path: Path, address: str, world: World) -> None:
    with pytest.raises(HostError, match=r"another node .* un autre nœud"):
        found_node(Home(tmp_path / "second"), replace(PLAN, database=address))
    assert world.node.audit().finding is None


def test_a_database_that_is_not_there_is_named(tmp_path: Path, postgres: Server) -> None:
    nowhere = postgres.address("nothing_here")
    with pytest.raises(HostError, match=r"nothing_here.* does not exist"):
        found_node(Home(tmp_path / "second"), replace(PLAN, database=nowhere))


def test_a_copy_is_put_back_into_an_empty_database_only(
    tmp_path: Path, address: str, another: str
) -> None:
    with make_world(tmp_path, database=address) as world:
        world.cards(1_000)
        world.terminal().send(sale(0, 100))
        made = Path(backup(world.node, str(tmp_path / "away"))["path"])
        home, tip = world.node.home, world.node.engine.tip
        with pytest.raises(NotPossibleError, match=r"another node .* un autre nœud"):
            restore(made, Home(tmp_path / "second"))  # its settings lead to where the node is
    assert stat.S_IMODE((made / "node.dump").stat().st_mode) == 0o600
    assert not (made / "node.db").exists()
    with pytest.raises(NotPossibleError, match="not empty: make a new database"):
        restore(made, Home(tmp_path / "third"))
    move(home, address, another)
    found = restore(made, home, force=True)
    assert (found["height"], found["state"]) == (tip.height, tip.state)
    with reopened(home) as again:
        assert again.node.engine.tip == tip
        assert again.on_card(0) == 900
        again.cards()
        again.terminal("Bar 2").send(sale(0, 50))
        assert again.on_card(0) == 850


def test_a_copy_is_put_back_by_what_made_it(tmp_path: Path, world: World) -> None:
    made = Path(backup(world.node, str(tmp_path / "away"))["path"])
    plain = Home(tmp_path / "plain")
    found_node(plain, PLAN)
    with pytest.raises(NotPossibleError, match="backup of PostgreSQL: set `database`"):
        restore(made, plain, force=True)


def test_a_damaged_copy_leaves_nothing(tmp_path: Path, another: str) -> None:
    copy = tmp_path / "node.dump"
    copy.write_bytes(b"PGDMP and then nothing")
    with pytest.raises(DumpError, match="pg_restore"):
        undump(copy, another)


def test_a_chain_is_imported_into_an_empty_database(
    tmp_path: Path, address: str, another: str
) -> None:
    file = tmp_path / "chain.gz"
    with make_world(tmp_path, database=address) as world:
        world.cards(1_000)
        world.terminal().send(sale(0, 100))
        act(world.node, "export", {"file": str(file)})
        home, tip = world.node.home, world.node.engine.tip
    with pytest.raises(NotPossibleError, match="there is a chain in this database already"):
        import_chain(file, home)
    move(home, address, another)
    assert import_chain(file, home)["state"] == tip.state
    with reopened(home) as again:
        assert again.node.audit().finding is None
        assert again.on_card(0) == 900
