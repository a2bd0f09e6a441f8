"""The virtual environment: made once, filled from pinned and hashed lists, mended when half done.

A stamp in it names the lists it holds (by hash), and is written last: an install that was
interrupted has no stamp and starts again where pip's cache lets it.  A lock on the project's folder
keeps two first runs from working on the same environment.
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

from tools.bootstrap import PYTHON, ROOT, VENV, Trouble

LISTS: Final = ROOT / "requirements"
STAMP: Final = VENV / "tirelire.stamp"
NEEDED_BYTES: Final = 1_500_000_000
EVERYTHING: Final = "dev"


def _hash(name: str) -> str:
    digest = hashlib.sha256()
    for part in ("build", name):
        digest.update((LISTS / f"{part}.txt").read_bytes())
    return f"{name} {digest.hexdigest()} {sys.version_info[0]}.{sys.version_info[1]}"


def is_ready(name: str, stamp: Path = STAMP) -> bool:
    """Tell whether the environment holds a list, by itself or as part of everything."""
    try:
        held = stamp.read_text("utf-8").splitlines()
    except OSError:
        return False
    return _hash(EVERYTHING) in held or _hash(name) in held


def prepare(name: str) -> None:
    """Make the environment hold a list.  Raises Trouble."""
    if is_ready(name):
        return
    with _alone():
        if is_ready(name):
            return
        free = shutil.disk_usage(ROOT).free
        if free < NEEDED_BYTES:
            raise Trouble(
                f"the disk has {free // 1_000_000} MB left, {NEEDED_BYTES // 1_000_000} are needed"
            )
        if not _works():
            _make()
        _say(f"installing the packages of requirements/{name}.txt (once; a minute or so)")
        _pip("build")
        _pip(name)
        STAMP.write_text(f"{_hash(name)}\n", "utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    descriptor = os.open(ROOT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another tirelire that is installing")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _works() -> bool:
    if not PYTHON.exists():
        return False
    check = [str(PYTHON), "-m", "pip", "--version"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def _make() -> None:
    _say("making the virtual environment .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Trouble(
            "the virtual environment could not be made. On Debian: sudo apt install python3-venv\n"
            + made.stderr.strip()
        )


def _pip(name: str) -> None:
    command = [
        *(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-input", "--no-deps", "--no-build-isolation", "--require-hashes"),
        *("-r", str(LISTS / f"{name}.txt")),
    ]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(_why(done.stderr))


def _why(output: str) -> str:
    """Say what went wrong with pip in the words of the person who ran us."""
    if "No space left" in output:
        return "the disk is full: make room and run the same command again"
    if any(word in output for word in ("NewConnectionError", "Failed to establish", "Temporary")):
        return "no network: the packages could not be fetched. Run the same command again later"
    if "DO NOT MATCH THE HASHES" in output:
        return "a package is not the one that was pinned; nothing of it was installed:\n" + output
    return "pip could not install the packages:\n" + output.strip()[-3000:]


def _say(text: str) -> None:
    print(f"tirelire: {text}", file=sys.stderr)
