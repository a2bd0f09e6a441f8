"""./tirelire: what a newcomer meets, from any folder and on a machine that lacks something."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.bootstrap import ROOT, commands, debian, environment
from tools.bootstrap.__main__ import main


def tirelire(*arguments: str, folder: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "tirelire"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/tmp", **more},
    )


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    words = capsys.readouterr().err
    assert all(f"./tirelire {name}" in words for name in commands.COMMANDS)


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmeo"]) == 2
    assert "no command 'dmeo'" in capsys.readouterr().err


def test_it_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "t").symlink_to(ROOT / "tirelire")
    done = subprocess.run(
        [str(tmp_path / "t"), "help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "TIRELIRE_PYTHON": sys.executable},
    )
    assert done.returncode == 0
    assert "./tirelire demo" in done.stderr


def test_an_old_python_is_named(tmp_path: Path) -> None:
    for tool in ("readlink", "dirname", "sh"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = tirelire("help", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr


def test_a_stamp_of_everything_serves_every_command(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not environment.is_ready("server", stamp)
    stamp.write_text(environment._hash("server") + "\n", "utf-8")
    assert environment.is_ready("server", stamp)
    assert not environment.is_ready("terminal", stamp)
    stamp.write_text(environment._hash("dev") + "\n", "utf-8")
    assert environment.is_ready("terminal", stamp)


@pytest.mark.parametrize(
    "output, words",
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError: Failed to establish a new connection", "no network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was pinned"),
        ("something else", "pip could not install"),
    ],
)
def test_what_went_wrong_is_said_in_plain_words(output: str, words: str) -> None:
    assert words in environment._why(output)


def test_each_debian_package_has_its_reason_and_a_command() -> None:
    for package in debian.PACKAGES:
        assert package.reason
        assert package.commands <= set(commands.COMMANDS)


def test_commands_that_need_nothing_look_for_nothing() -> None:
    assert debian.missing("check") == []


def test_every_list_is_hashed_and_names_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        assert not [line for line in lines if "://" in line or "index" in line]
        pins = [line for line in lines if "==" in line]
        assert pins
        assert all(line.endswith("\\") for line in pins)
