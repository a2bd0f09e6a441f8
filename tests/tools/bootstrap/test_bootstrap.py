"""./tirelire: what a newcomer meets, from any folder and on a machine that lacks something."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.bootstrap import ROOT, Trouble, commands, debian, environment
from tools.bootstrap.__main__ import main

VERSIONS = "3.11, 3.12 or 3.13"


def clone(folder: Path) -> Path:
    """Lay the script and its Python out in a folder, as in a fresh clone."""
    shutil.copy(ROOT / "tirelire", folder)
    for name in ("requirements", "tools/bootstrap"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "tools" / "__init__.py").touch()
    return folder / "tirelire"


def run(script: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *arguments],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "TIRELIRE_PYTHON": sys.executable, **more},
    )


def path_with(folder: Path, **programs: str) -> str:
    """Make a PATH that has the shell's few tools and these programs, nothing else."""
    folder.mkdir()
    for tool in ("readlink", "dirname", "sh"):
        (folder / tool).symlink_to(f"/usr/bin/{tool}")
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    words = capsys.readouterr().out
    assert all(f"./tirelire {name}" in words for name in commands.COMMANDS)


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmeo"]) == 2
    words = capsys.readouterr().err
    assert "there is no command 'dmeo'" in words
    assert "./tirelire demo" in words


def test_it_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "t").symlink_to(ROOT / "tirelire")
    done = run(tmp_path / "t", "help")
    assert done.returncode == 0
    assert "./tirelire demo" in done.stdout


def test_an_old_python_is_named(tmp_path: Path) -> None:
    script = clone(tmp_path)
    path = path_with(tmp_path / "bin", python3="exit 1", id="echo 1000")
    done = run(script, "help", PATH=path, TIRELIRE_PYTHON="")
    assert done.returncode == 1
    assert f"Python {VERSIONS} is needed" in done.stderr


def test_root_installs_a_missing_python(tmp_path: Path) -> None:
    script = clone(tmp_path)
    log = tmp_path / "asked"
    path = path_with(tmp_path / "bin", **{"id": "echo 0", "apt-get": f'echo "$@" >>{log}'})
    done = run(script, "help", PATH=path, TIRELIRE_PYTHON="")
    assert done.returncode == 1  # our apt-get installs nothing
    assert log.read_text("utf-8").splitlines() == [
        "update -q",
        "install -y -q --no-install-recommends python3 python3-venv",
    ]


def test_an_install_cut_short_says_why_and_the_next_run_mends_it(tmp_path: Path) -> None:
    script = clone(tmp_path)
    broken = tmp_path / ".venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": "/dev/null",
    }

    first = run(script, "node", **nowhere)
    assert first.returncode == 1
    assert "making the virtual environment" in first.stderr
    assert "no network" in first.stderr
    assert not (tmp_path / ".venv" / "tirelire.stamp").exists()

    (tmp_path / "requirements" / "build.txt").write_text("", "utf-8")
    (tmp_path / "requirements" / "server.txt").write_text("", "utf-8")
    second = run(script, "node", **nowhere)
    assert "making the virtual environment" not in second.stderr
    assert "No module named 'server'" in second.stderr  # this clone has no server: the command ran
    assert (tmp_path / ".venv" / "tirelire.stamp").exists()


def test_two_first_runs_share_one_install_and_the_command_is_the_module(tmp_path: Path) -> None:
    script = clone(tmp_path)
    for name in ("build", "server"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("", "utf-8")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "cli.py").write_text(
        "import sys\nprint(sys.argv[1:])\nsys.exit(7)\n", "utf-8"
    )
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run(script, "node", "asset", "Blé noir"), range(2)))
    assert [done.stdout for done in both] == ["['asset', 'Blé noir']\n"] * 2
    assert [done.returncode for done in both] == [7, 7]
    assert sum(done.stderr.count("making the virtual environment") for done in both) == 1


def test_a_stamp_of_everything_serves_every_command(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not environment.is_ready("server", stamp)
    stamp.write_text(environment._line("server") + "\n", "utf-8")
    assert environment.is_ready("server", stamp)
    assert not environment.is_ready("terminal", stamp)
    stamp.write_text(environment._line("dev") + "\n", "utf-8")
    assert environment.is_ready("terminal", stamp)


def test_a_stamp_of_other_lists_is_no_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    stamp.write_text(f"server {'0' * 64} 3.11\n", "utf-8")
    assert environment.held(stamp) == []


@pytest.mark.parametrize(
    "output, words",
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError: Failed to establish a new connection", "no network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was pinned"),
        ("something else", "pip could not install"),
    ],
)
def test_what_went_wrong_with_packages_is_said_in_plain_words(output: str, words: str) -> None:
    assert words in environment.why_no_packages(output)


@pytest.mark.parametrize(
    "output, words",
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ensurepip is not available", "sudo apt-get install -y python3-venv"),
        ("something else", "could not be made"),
    ],
)
def test_what_went_wrong_with_the_environment_too(output: str, words: str) -> None:
    assert words in environment.why_no_environment(output)


def test_a_small_disk_is_refused_before_anything_is_made() -> None:
    environment._refuse_a_small_disk(needed=1)
    with pytest.raises(Trouble, match="MB left, 1000000000 are needed: make room"):
        environment._refuse_a_small_disk(needed=10**15)


def test_postgresql_is_for_the_tests_and_starts_nothing() -> None:
    """A node on SQLite does not need it; while it is installed, no cluster is made for good."""
    (needed,) = [package for package in debian.PACKAGES if package.name == "postgresql"]
    assert needed.commands == {"test", "soak", "bench"}
    said = [word for word in debian.HOOKS if word != "-o"]
    assert [word.split("=")[0].rstrip(":") for word in said] == [
        "DPkg::Pre-Invoke",
        "DPkg::Pre-Invoke",
        "DPkg::Post-Invoke",
    ]
    assert "echo create_main_cluster=false >" in said[1]
    assert all(word.endswith("/createcluster.d/tirelire.conf") for word in said)


def test_each_debian_package_has_its_reason_and_a_command() -> None:
    for package in debian.PACKAGES:
        assert package.reason
        assert package.commands <= set(commands.COMMANDS)
    names = [package.name for package in debian.PACKAGES]
    assert len(names) == len(set(names))


def test_what_is_not_installed_is_found() -> None:
    assert debian._not_installed(["dpkg", "no-such-package-anywhere"]) == [
        "no-such-package-anywhere"
    ]


def test_every_list_is_hashed_and_names_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        assert not [line for line in lines if "://" in line or "index" in line]
        pins = [line for line in lines if "==" in line]
        assert pins
        assert all(line.endswith("\\") for line in pins)


def test_a_package_has_one_version_in_every_list() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
        return {line.removesuffix(" \\") for line in lines if "==" in line}

    assert pins("server") <= pins("dev")
    assert pins("terminal") <= pins("dev")
