"""The command line, without starting a till."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from shared.host.clock import SimulatedClock, SystemClock
from shared.host.lock import HomeLock
from terminal.__main__ import Pauses, _clock, _display, _instruments, main
from terminal.settings import Settings
from terminal.ui.console import Console


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


def test_a_till_that_is_not_paired_has_no_journal(tmp_path: Path) -> None:
    for command in ("status", "journal"):
        code, text = said(command, "--home", str(tmp_path))
        assert code == 1
        assert "is not paired yet" in text


def test_the_home_may_stand_before_the_command(tmp_path: Path) -> None:
    assert "is not paired yet" in said("--home", str(tmp_path / "new"), "status")[1]
    assert (tmp_path / "new" / "keys").is_dir()


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    said("status", "--home", str(tmp_path))
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_mistakes_in_the_settings_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "terminal.toml").write_text("colour = 1", "utf-8")
    code, text = said("status", "--home", str(tmp_path))
    assert code == 1
    assert "colour" in text
    assert "Traceback" not in text


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    where = tmp_path / "file" / "till"
    said = CliRunner().invoke(main, ["status", "--home", str(where)])
    assert (said.exit_code, said.output) == (1, f"Error: {where}: Not a directory\n")


def test_a_word_that_is_not_understood() -> None:
    said = CliRunner().invoke(main, ["pair", "--pin"], prog_name="tirelire terminal")
    assert said.exit_code == 2
    assert said.output.endswith("(see tirelire terminal pair --help)\n")
    assert len(said.output.splitlines()) == 1


def test_a_home_that_is_in_use(tmp_path: Path) -> None:
    with HomeLock(tmp_path):
        code, text = said("status", "--home", str(tmp_path))
    assert code == 1
    assert "is in use by process" in text


@pytest.mark.loopback
def test_pairing_with_nobody(tmp_path: Path) -> None:
    code, text = said("pair", "http://127.0.0.1:9", "123456", "--home", str(tmp_path))
    assert (code, "no answer from http://127.0.0.1:9" in text) == (1, True)
    code, text = said("pair", "http://127.0.0.1:9", "12", "--home", str(tmp_path))
    assert (code, "wrong, used or out of date" in text) == (1, True)


def test_drivers_follow_the_settings(tmp_path: Path) -> None:
    console = _display(tmp_path, Settings(display="console"), lambda _: None, None)
    assert isinstance(console, Console)
    (silent,) = _instruments(tmp_path, Settings(sound=False))
    silent.close()
    assert isinstance(_clock(Settings()), SystemClock)
    moved = _clock(Settings(simulated_clock=str(tmp_path / "clock")))
    assert isinstance(moved, SimulatedClock)
    Pauses().pause(0)
