"""The virtual environment: made once, filled from pinned and hashed lists, mended when half done.

A stamp in it names the lists it holds (by hash).  It is taken away before anything changes and
written last, so an install that was interrupted starts again, quickly, from pip's cache.  A lock on
the project's folder keeps two first runs from working on the same environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.bootstrap import PYTHON, ROOT, VENV, Trouble, say

LISTS: Final = ROOT / "requirements"
STAMP: Final = VENV / "tirelire.stamp"
EVERYTHING: Final = "dev"
# The lists and the room that each needs, twice what it holds: what is unpacked and pip's cache.
NEEDED_BYTES: Final = {EVERYTHING: 1_500_000_000, "server": 600_000_000, "terminal": 400_000_000}
# What pip says without a network; "from versions: none" when it was told not to try again.
NO_NETWORK: Final = (
    *("NewConnectionError", "Failed to establish", "NameResolutionError", "Network is unreachable"),
    *("Temporary failure in name resolution", "Read timed out", "(from versions: none)"),
)


def held(stamp: Path = STAMP) -> list[str]:
    """Name the lists that the environment holds as they are written today."""
    try:
        lines = stamp.read_text("utf-8").splitlines()
    except OSError:
        return []
    return [name for name in NEEDED_BYTES if _line(name) in lines]


def is_ready(name: str, stamp: Path = STAMP) -> bool:
    """Tell whether the environment holds a list, by itself or as part of everything."""
    return not {name, EVERYTHING}.isdisjoint(held(stamp))


def prepare(name: str) -> None:
    """Make the environment hold a list.  Raises Trouble."""
    if is_ready(name):
        return
    if not os.access(VENV if VENV.exists() else ROOT, os.W_OK):
        raise Trouble(
            f"you may not write to {VENV if VENV.exists() else ROOT}, which needs new packages: "
            f"run this command once as the owner of the folder"
        )
    with _alone():
        if is_ready(name):
            return
        _refuse_a_small_disk(NEEDED_BYTES[name])
        kept = held()
        STAMP.unlink(missing_ok=True)
        if not _works():
            _make()
            kept = []
        say(f"installing the packages of requirements/{name}.txt (once; a minute or so)")
        _pip("build")
        _pip(name)
        STAMP.write_text("".join(f"{_line(each)}\n" for each in (*kept, name)), "utf-8")


def _line(name: str) -> str:
    """Give what the stamp says of a list: its name, its content, and the Python it is for."""
    digest = hashlib.sha256()
    for part in ("build", name):
        digest.update((LISTS / f"{part}.txt").read_bytes())
    return f"{name} {digest.hexdigest()} {_version()}"


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _refuse_a_small_disk(needed: int) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise Trouble(
            f"the disk has {free // 1_000_000} MB left, {needed // 1_000_000} are needed: "
            "make room and run the same command again"
        )


@contextmanager
def _alone() -> Iterator[None]:
    descriptor = os.open(ROOT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another tirelire that is installing")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _works() -> bool:
    """Tell whether the environment has a pip that runs, for the Python that runs us."""
    check = [str(PYTHON), "-m", "pip", "--version"]
    try:
        done = subprocess.run(check, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.rstrip().endswith(f"(python {_version()})")


def _make() -> None:
    say("making the virtual environment .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Trouble(why_no_environment(made.stdout + made.stderr))


def _pip(name: str) -> None:
    command = [
        *(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-input", "--no-deps", "--no-build-isolation", "--require-hashes"),
        *("-r", str(LISTS / f"{name}.txt")),
    ]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(why_no_packages(done.stderr))


def why_no_environment(output: str) -> str:
    """Say why there is no environment, in the words of the person who ran us."""
    if "No space left" in output:
        return "the disk is full: make room and run the same command again"
    if "ensurepip" in output:
        return "Python lacks its venv part. Run:\n  sudo apt-get install -y python3-venv"
    return "the virtual environment could not be made:\n" + output.strip()[-3000:]


def why_no_packages(output: str) -> str:
    """Say what went wrong with pip in the words of the person who ran us."""
    if "No space left" in output:
        return "the disk is full: make room and run the same command again"
    if any(word in output for word in NO_NETWORK):
        return "no network: the packages could not be fetched. Run the same command again later"
    if "DO NOT MATCH THE HASHES" in output:
        return "a package is not the one that was pinned; nothing of it was installed:\n" + output
    return "pip could not install the packages:\n" + output.strip()[-3000:]
