"""Acts that change what a node is: its key, and what it says it has lost."""

import shutil
from pathlib import Path

import pytest

from server.control.acts import act
from server.control.errors import NotPossibleError
from server.control.keeping import backup, restore
from server.control.looking import doctor
from server.home import draw_next_key
from server.ledger.records import Author, Lost
from server.node import Node, open_node
from server.store.view import StoreView
from shared.bodies import EngineHandover
from shared.host import HostError
from shared.host.lock import HomeLock
from shared.ids import Hash
from shared.signing import public_key
from shared.wire import BatchAnswer
from tests.server.api.world import good, reopened, sale, world as make_world
from tests.server.engine.world import sealed


def key_file(node: Node, name: str = "node.key") -> str:
    seed = bytes.fromhex((node.home.keys / name).read_text("ascii"))
    return public_key(seed).hex()


def test_a_node_goes_on_under_a_new_key_and_keeps_its_name(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        author, before = world.node.engine.author, world.node.engine.key
        answer = act(world.node, "key.rotate", {})
        after = world.node.engine.key
        assert answer == {"key": after, "height": world.node.engine.tip.height}
        assert (key_file(world.node), key_file(world.node, "node.key.previous")) == (after, before)
        world.cards(1000)
        till = world.terminal()  # it is paired with the key of now
        till.send(sale(0, 100))
        home = world.node.home
    with reopened(home) as again:
        assert (again.node.engine.author, again.node.engine.key) == (author, after)
        assert again.node.audit().finding is None


def test_an_attempt_that_never_reached_the_chain_is_made_again_with_its_key(
    tmp_path: Path,
) -> None:
    with make_world(tmp_path) as world:
        home, before = world.node.home, world.node.engine.key
        upcoming = public_key(draw_next_key(home)).hex()
    with reopened(home) as again:
        assert (again.node.engine.key, key_file(again.node)) == (before, before)
        assert act(again.node, "key.rotate", {})["key"] == upcoming


def test_a_rotation_that_was_cut_off_before_the_swap_is_ended_at_the_next_start(
    tmp_path: Path,
) -> None:
    with make_world(tmp_path) as world:
        home, before = world.node.home, (world.node.home.keys / "node.key").read_bytes()
        after = act(world.node, "key.rotate", {})["key"]
    shutil.move(home.keys / "node.key", home.keys / "node.key.next")
    (home.keys / "node.key").write_bytes(before)
    (home.keys / "node.key").chmod(0o600)
    (home.keys / "node.key.previous").unlink()
    with reopened(home) as again:
        assert (again.node.engine.key, key_file(again.node)) == (after, after)
        assert not (home.keys / "node.key.next").exists()


def test_a_copy_from_before_the_rotation_goes_on_with_the_key_before(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        made, before, home = backup(world.node), world.node.engine.key, world.node.home
        act(world.node, "key.rotate", {})
    restore(Path(made["path"]), home, force=True)
    with reopened(home) as again:
        assert (again.node.engine.key, key_file(again.node)) == (before, before)
        assert again.node.audit().finding is None


def test_a_stranger_key_opens_nothing(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        home = world.node.home
    (home.keys / "node.key").write_text("ab" * 32 + "\n", "ascii")
    with (
        HomeLock(home.path),
        pytest.raises(HostError, match="no node of this chain"),
        open_node(home),
    ):
        pass


# ---------- what was lost, what was handed over ----------


def test_resuming_without_blocks_names_them_on_the_chain(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        till = world.terminal()
        made = backup(world.node)
        tip = world.node.engine.tip.height
        till.send(sale(0, 100))
        till.send(sale(0, 50))
        till.seen = world.node.engine.tip.height
        home = world.node.home
    restore(Path(made["path"]), home, force=True)
    with reopened(home) as again:
        till.client = again.client
        till.write(sale(0, 10))
        assert good(till.post(till.batch(1)), BatchAnswer).provisional
        act(again.node, "resume", {})
        with again.node.database.read() as connection:
            view = StoreView(connection)
            assert view.get(Lost, (tip + 1,)) == Lost(tip + 1, tip + 2)
            assert view.get(Author, (again.node.engine.author,)) is not None
        assert again.on_card(0) == 840
        # It speaks of the lost blocks for a long time: that stops nobody any more.
        till.seen = tip + 2
        assert not till.send(sale(0, 1)).provisional
        assert again.node.audit().finding is None


def test_after_a_handover_this_node_seals_nothing_and_keeps_everything(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        till = world.terminal()
        over = EngineHandover("cometbft", Hash("ab" * 32), 1, (world.node.engine.author,))
        assert isinstance(world.node.engine.propose([over]), tuple)
        height, home = world.node.engine.tip.height, world.node.home
        assert till.send(sale(0, 100)).provisional
        with pytest.raises(NotPossibleError, match="handed over"):
            act(world.node, "place.create", {"name": "Late"})
        with pytest.raises(NotPossibleError, match="handed over"):
            act(world.node, "resume", {})
        [line] = [line for line in doctor(world.node) if line["check"] == "blocks"]
        assert (line["level"], "handed over" in line["text"]) == ("bad", True)
    with reopened(home) as again:
        till.client = again.client
        assert good(till.post(till.batch(1)), BatchAnswer).provisional
        assert (again.node.engine.tip.height, again.node.engine.sealing) == (height, False)
        assert again.node.audit().finding is None


def test_a_till_that_lies_is_named_and_revoked_by_one_command(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.cards(1000)
        till, other = world.terminal("Bar 1"), world.terminal("Bar 2")
        till.seen = 2**40
        assert till.send(sale(0, 100)).provisional
        assert other.send(sale(0, 10)).provisional
        [line] = [line for line in doctor(world.node) if line["check"] == "blocks"]
        assert line["text"].startswith(
            "the terminal Bar 1 says that it knows block 1,099,511,627,7"
        )
        assert "resume --till-lies" in line["fix"]
        with pytest.raises(NotPossibleError, match="no blocks now"):  # so one command must do both
            act(world.node, "place.create", {"name": "Late"})
        answer = act(world.node, "resume", {"till_lies": True})
        assert answer["revoked"] == till.author
        with world.node.database.read() as connection:
            view = StoreView(connection)
            assert view.rows(Lost) == {}
            record = view.get(Author, (till.author,))
            assert record is not None
            assert (record.status, record.after) == ("revoked", 1)
        assert (world.on_card(0), world.node.engine.missing) == (890, None)
        assert not till.send(sale(0, 1)).provisional  # whatever it says from now on
        assert world.node.audit().finding is None


def test_who_shows_what_this_node_has_sealed_does_not_lie(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        till = world.terminal("Bar 1")
        engine = world.node.engine
        shown = sealed(engine.seed, engine, height=70, time=1_800_000_000_000)
        engine.saw_header(shown, till.author)
        [line] = [line for line in doctor(world.node) if line["check"] == "blocks"]
        assert line["text"] == (
            "the terminal Bar 1 shows block 70, which this node sealed"
            " on 2027-01-15 at 08:00:00 UTC and has lost: it seals nothing"
        )
        assert "lies" not in line["fix"]
        with pytest.raises(NotPossibleError, match="has sealed block 70"):
            act(world.node, "resume", {"till_lies": True})
        assert act(world.node, "resume", {})["revoked"] == ""
        assert engine.sealing
        engine.saw_header(shown, till.author)
        assert engine.sealing


def test_what_nobody_said_is_somebodys(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        world.node.engine.saw_height(70)
        assert world.node.engine.missing == (70, "", None)
        [line] = [line for line in doctor(world.node) if line["check"] == "blocks"]
        assert line["text"].startswith("somebody says that it knows block 70")
        with pytest.raises(NotPossibleError, match="nobody knows which"):
            act(world.node, "resume", {"till_lies": True})
