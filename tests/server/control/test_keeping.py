"""Backups: whole, proven, put back; a restored node notices what it has lost."""

import json
import stat
from pathlib import Path

import pytest

from server.control.acts import act
from server.control.desk import desk
from server.control.errors import NotPossibleError
from server.control.keeping import backup, read_manifest, restore
from server.control.looking import doctor
from server.home import Home
from shared.wire import BatchAnswer
from tests.server.api.world import World, good, reopened, sale, world as make_world


def test_a_copy_is_made_while_the_node_serves_and_is_closed_to_others(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        made = backup(world.node)
        folder = Path(made["path"])
        assert made["height"] == world.node.engine.tip.height
        assert sorted(path.name for path in folder.iterdir()) == [
            "card.key",
            "manifest.json",
            "node.db",
            "node.key",
            "node.toml",
            "pages.key",
            "payments-standin.db",
        ]
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert world.node.office.keeper.backup().at_ms is not None


def test_a_restored_node_has_the_same_state_and_audits(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        till = world.terminal()
        till.send(sale(0, 100))
        tip = world.node.engine.tip
        made = backup(world.node, str(tmp_path / "away"), elsewhere=True)
    other = Home(tmp_path / "restored")
    found = restore(Path(made["path"]), other)
    assert (found["height"], found["state"], found["aside"]) == (tip.height, tip.state, "")
    with reopened(other) as again:
        assert again.node.engine.tip == tip
        assert again.node.audit().finding is None
        assert again.node.office.keeper.backup().at_ms is None


def test_a_node_put_back_keeps_sales_and_seals_nothing_until_somebody_looks(
    tmp_path: Path,
) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        till = world.terminal()
        made = backup(world.node)
        till.send(sale(0, 100))
        till.seen = world.node.engine.tip.height
        home = world.node.home
    restore(Path(made["path"]), home, force=True)
    with reopened(home) as again:
        till.client = again.client
        till.write(sale(0, 50))
        answer = good(till.post(till.batch(1)), BatchAnswer)
        assert answer.provisional
        assert not again.node.api.chain.sealing()
        height = again.node.engine.tip.height + 2  # what is lost, then what waited
        assert act(again.node, "resume", {}) == {"height": height, "revoked": ""}
        assert again.node.api.chain.sealing()
        assert again.on_card(0) == 850
        with pytest.raises(NotPossibleError, match="nothing to resume"):
            act(again.node, "resume", {})
        assert again.node.audit().finding is None


def test_over_a_node_only_with_force_and_its_data_is_moved_aside(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        made = backup(world.node)
        home = world.node.home
        world.cards(10)
    with pytest.raises(NotPossibleError, match="--force"):
        restore(Path(made["path"]), home)
    found = restore(Path(made["path"]), home, force=True)
    assert (Path(found["aside"]) / "node.db").exists()
    with reopened(home) as again:
        assert again.node.engine.tip.height == 0


@pytest.mark.parametrize("name", ["node.db", "node.toml", "node.key"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(tmp_path: Path, name: str) -> None:
    with make_world(tmp_path) as world:
        made = backup(world.node)
    folder = Path(made["path"])
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(NotPossibleError, match=f"is damaged: {name}"):
        restore(folder, Home(tmp_path / "restored"))
    assert not (tmp_path / "restored").exists()


def test_a_backup_whose_chain_is_another_does_not_audit(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        made = backup(world.node)
    folder = Path(made["path"])
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["chain"] = "0" * 32
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NotPossibleError, match="does not audit, height 0: another chain"):
        restore(folder, Home(tmp_path / "restored"))


def test_without_keys_a_backup_needs_the_keys_of_the_home(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        made = backup(world.node, without_keys=True)
        home = world.node.home
    folder = Path(made["path"])
    assert not (folder / "node.key").exists()
    with pytest.raises(NotPossibleError, match="without keys"):
        restore(folder, Home(tmp_path / "restored"))
    restore(folder, home, force=True)
    with reopened(home) as again:
        assert again.node.engine.tip.height == 0


def test_only_so_many_copies_stay_in_the_home(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        paths = []
        for _ in range(16):
            world.forward(60_000)
            paths.append(Path(backup(world.node)["path"]))
        kept = sorted(world.node.home.backups.iterdir())
        assert kept == paths[2:]


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotPossibleError, match="is not a whole backup"):
        read_manifest(tmp_path)


def test_a_place_that_cannot_be_written_leaves_no_half_copy(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with desk(home) as ask, pytest.raises(NotPossibleError, match="no backup was made"):
        ask("backup", to=str(tmp_path / "file"))


def test_doctor_is_content_after_a_backup_elsewhere(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        assert _levels(world)["backup"] == "bad"
        backup(world.node)
        assert _levels(world)["backup"] == "warn"
        world.forward(1_000)
        backup(world.node, str(tmp_path / "away"), elsewhere=True)
        assert _levels(world)["backup"] == "ok"
        world.forward(25 * 3_600_000)
        assert _levels(world)["backup"] == "bad"


def test_doctor_wants_a_backup_with_the_key_of_now(tmp_path: Path) -> None:
    """Tills that have followed do not go back to the key in an older one."""
    with make_world(tmp_path) as world:
        backup(world.node, str(tmp_path / "away"), elsewhere=True)
        world.forward(1_000)
        act(world.node, "key.rotate", {})
        world.forward(1_000)
        backup(world.node)
        assert _levels(world)["backup"] == "bad"  # the one elsewhere has the key before
        world.forward(1_000)
        backup(world.node, str(tmp_path / "away"), elsewhere=True)
        assert _levels(world)["backup"] == "ok"


def _levels(world: World) -> dict[str, str]:
    return {line["check"]: line["level"] for line in doctor(world.node)}
