"""The chain in one file: out of a node, proven by itself, into a home without a database."""

import gzip
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.control.acts import act
from server.control.archive import import_chain
from server.control.errors import NotPossibleError
from server.home import Home
from server.verify.__main__ import verify
from tests.server.api.world import World, reopened, sale, world as make_world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chain.gz"


@pytest.fixture
def home(tmp_path: Path, file: Path) -> Home:
    """Make a node with some history, export it, and lose its database."""
    with make_world(tmp_path) as world:
        world.cards(1_000, 500)
        world.terminal().send(sale(0, 100), sale(1, 900), sale(9, 1))
        tip = world.node.engine.tip
        made = export(world, file)
        assert (made["blocks"], made["state"]) == (tip.height + 1, tip.state)
        home = world.node.home
    shutil.move(home.data, tmp_path / "lost")
    return home


def export(world: World, file: Path) -> dict[str, object]:
    made: dict[str, object] = act(world.node, "export", {"file": str(file)})
    return made


def test_the_file_is_whole_closed_and_never_written_over(tmp_path: Path, file: Path) -> None:
    with make_world(tmp_path) as world:
        made = export(world, file)
        assert made["bytes"] == file.stat().st_size
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(NotPossibleError, match="there already"):
            export(world, file)
        with pytest.raises(NotPossibleError, match="was not written"):
            export(world, tmp_path / "nowhere" / "chain.gz")
    assert {path.name for path in tmp_path.iterdir()} == {"node", "chain.gz"}


def test_anybody_proves_it(home: Home, file: Path) -> None:
    said = CliRunner().invoke(verify, ["chain", str(file)])
    assert said.exit_code == 0, said.output
    assert said.output.startswith("Good: ")


def test_an_imported_node_ends_at_the_same_state_and_goes_on(
    tmp_path: Path, home: Home, file: Path
) -> None:
    found = import_chain(file, home)
    assert sorted(path.name for path in home.data.iterdir()) == ["node.db"]
    with reopened(home) as again:
        tip = again.node.engine.tip
        assert (found["chain"], found["height"], found["state"]) == (
            tip.chain,
            tip.height,
            tip.state,
        )
        assert again.node.audit().finding is None
        assert again.on_card(0) == 900
        twice = tmp_path / "twice.gz"
        export(again, twice)
        assert twice.read_bytes() == file.read_bytes()
        again.cards()
        again.terminal("Bar 2").send(sale(0, 100))
        assert again.on_card(0) == 800


def test_never_over_a_database(home: Home, file: Path) -> None:
    import_chain(file, home)
    with pytest.raises(NotPossibleError, match="move the folder away first"):
        import_chain(file, home)


def test_a_chain_that_does_not_audit_changes_nothing(home: Home, file: Path) -> None:
    raw = gzip.decompress(file.read_bytes())
    assert b'"total":100' in raw
    file.write_bytes(gzip.compress(raw.replace(b'"total":100', b'"total":101')))
    with pytest.raises(NotPossibleError, match=r"does not audit, height \d+: batches are not"):
        import_chain(file, home)
    file.write_bytes(gzip.compress(raw[:-5]))
    with pytest.raises(NotPossibleError, match="not a whole chain file"):
        import_chain(file, home)
    assert not home.data.exists()
    assert not (home.path / "imported.part").exists()


def test_a_key_that_seals_nothing_there_gets_no_chain(
    tmp_path: Path, home: Home, file: Path
) -> None:
    with make_world(tmp_path / "other") as other:
        stranger = other.node.home
    shutil.rmtree(stranger.data)
    with pytest.raises(NotPossibleError, match="seals no blocks of that chain"):
        import_chain(file, stranger)
