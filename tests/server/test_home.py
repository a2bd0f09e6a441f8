"""A home: made once, closed to others."""

import stat
from pathlib import Path

import pytest

from server.home import (
    Home,
    draw_keys,
    draw_next_key,
    make_home,
    read_keys,
    settle_key,
    write_settings,
)
from shared.host import HostError


def test_folders_and_keys_are_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    make_home(home)
    keys = draw_keys(home)
    assert read_keys(home) == keys
    assert len({keys.node, keys.card, keys.pages}) == 3
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in home.path.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_keys_are_never_printed(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    make_home(home)
    keys = draw_keys(home)
    assert keys.node.hex() not in repr(keys)


def test_a_home_is_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    make_home(home)
    with pytest.raises(HostError, match="not empty"):
        make_home(home)
    write_settings(home, "name = 'x'\n")
    with pytest.raises(HostError, match="there is a node in"):
        make_home(home)


def test_a_home_without_settings_is_none(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="tirelire node init"):
        Home(tmp_path).require()


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    make_home(home)
    draw_keys(home)
    (home.keys / "node.key").chmod(0o644)
    with pytest.raises(HostError, match="others may read"):
        read_keys(home)


# ---------- another key for the node ----------


@pytest.fixture
def made(tmp_path: Path) -> Home:
    home = Home(tmp_path / "node")
    make_home(home)
    draw_keys(home)
    return home


def files(home: Home) -> dict[str, bytes]:
    return {
        path.name: bytes.fromhex(path.read_text("ascii"))
        for path in home.keys.iterdir()
        if path.name.startswith("node.key")
    }


def test_the_next_key_waits_beside_the_one_in_use(made: Home) -> None:
    before = read_keys(made).node
    upcoming = draw_next_key(made)
    assert draw_next_key(made) == upcoming  # an attempt that was cut off goes on with its key
    assert files(made) == {"node.key": before, "node.key.next": upcoming}
    assert read_keys(made).spare == (upcoming,)


def test_the_file_follows_the_chain_and_nothing_is_lost(made: Home) -> None:
    before, upcoming = read_keys(made).node, draw_next_key(made)
    settle_key(made, before)  # the chain knows nothing of it yet
    assert files(made) == {"node.key": before, "node.key.next": upcoming}
    settle_key(made, upcoming)
    assert files(made) == {"node.key": upcoming, "node.key.previous": before}
    settle_key(made, upcoming)
    keys = read_keys(made)
    assert (keys.node, keys.spare) == (upcoming, (before,))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.keys.iterdir()} == {0o600}


def test_a_swap_that_was_cut_off_is_done_again(made: Home) -> None:
    """The copy of the old one was written, the new one not yet put in its place."""
    before, upcoming = read_keys(made).node, draw_next_key(made)
    (made.keys / "node.key.previous").write_text(before.hex() + "\n", "ascii")
    (made.keys / "node.key.previous").chmod(0o600)
    settle_key(made, upcoming)
    assert files(made) == {"node.key": upcoming, "node.key.previous": before}


def test_an_old_copy_of_the_chain_takes_the_old_key_back(made: Home) -> None:
    before, upcoming = read_keys(made).node, draw_next_key(made)
    settle_key(made, upcoming)
    settle_key(made, before)
    assert files(made) == {"node.key": before, "node.key.next": upcoming}
