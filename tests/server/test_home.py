"""A home: made once, closed to others."""

import stat
from pathlib import Path

import pytest

from server.home import Home, draw_keys, make_home, read_keys, write_settings
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
