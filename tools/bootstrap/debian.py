"""The Debian packages that pip cannot bring: which command needs them and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final, NamedTuple


class Package(NamedTuple):
    """A package, the commands that need it, and the reason."""

    name: str
    commands: frozenset[str]
    reason: str


_SCREEN: Final = frozenset({"demo", "test", "soak", "terminal"})
_TESTS: Final = frozenset({"demo", "test", "soak"})
PACKAGES: Final = (
    Package("libgl1", _SCREEN, "Kivy draws with OpenGL"),
    Package("libegl1", _SCREEN, "Kivy opens its window or draws off screen through EGL"),
    Package("libgl1-mesa-dri", _SCREEN, "draws without a graphics card"),
    Package("libmtdev1", _SCREEN, "Kivy reads touch screens with it"),
    Package("fonts-b612", _SCREEN, "the till's letters, made for cockpits"),
    Package("chromium", _TESTS, "the pages are tested and pictured in a real browser"),
    Package("fonts-noto-core", _TESTS, "the letters of the pages in pictures"),
    Package("gcc", frozenset({"test", "soak"}), "the power-cut tests record each write"),
    Package("libc6-dev", frozenset({"test", "soak"}), "headers for the same"),
)


def missing(command: str) -> list[str]:
    """Give the packages that a command needs and this machine lacks; none where dpkg is absent."""
    wanted = [package.name for package in PACKAGES if command in package.commands]
    if not wanted or not shutil.which("dpkg-query"):
        return []
    query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\\n", *wanted]
    listing = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def install(names: list[str]) -> None:
    """Install packages when we may; else print the one command to run, and go on."""
    may = _root_prefix()
    if may is None:
        _say(f"some things will not work yet. Run:\n  sudo apt-get install -y {' '.join(names)}")
        return
    _say(f"installing Debian packages: {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = [*may, "apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    if _quietly(command, environment):
        return
    _quietly([*may, "apt-get", "update", "-q"], environment)
    if not _quietly(command, environment):
        _say(f"apt could not install them (no network?). Later, run:\n  {' '.join(command)}")


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n"]
    return None


def _quietly(command: list[str], environment: dict[str, str]) -> bool:
    return (
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
        == 0
    )


def _say(text: str) -> None:
    print(f"tirelire: {text}", file=sys.stderr)
