"""The Debian packages that pip cannot bring: which command needs them and why.

They are installed when we may (root, or sudo without a password).  Else the one command to run is
printed and the work goes on: what does not need them runs all the same.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final, NamedTuple

from tools.bootstrap import PYTHON, say


class Package(NamedTuple):
    """A package, the commands that need it, and the reason."""

    name: str
    commands: frozenset[str]
    reason: str


_SCREEN: Final = frozenset({"demo", "test", "soak", "terminal"})
_TESTS: Final = frozenset({"demo", "test", "soak"})
_SERVER: Final = frozenset({"test", "soak", "bench"})
PACKAGES: Final = (
    Package("libgl1", _SCREEN, "Kivy draws with OpenGL"),
    Package("libegl1", _SCREEN, "Kivy opens its window or draws off screen through EGL"),
    Package("libgl1-mesa-dri", _SCREEN, "draws without a graphics card"),
    Package("libmtdev1", _SCREEN, "Kivy reads touch screens with it"),
    Package("fonts-b612", _SCREEN, "the till's letters, made for cockpits"),
    Package("chromium", _TESTS, "the pages are tested and pictured in a real browser"),
    Package("fonts-noto-core", _TESTS, "the letters of the pages in pictures"),
    Package("git", frozenset({"test", "soak", "check"}), "the tidy test reads what git keeps"),
    Package("postgresql", _SERVER, "the tests start a real server of their own"),
    Package("gcc", frozenset({"test", "soak"}), "the power-cut tests record each write"),
    Package("libc6-dev", frozenset({"test", "soak"}), "headers for the same"),
)
VENV_PACKAGE: Final = "python3-venv"
LOCK_S: Final = 300
# Debian's PostgreSQL makes a cluster and starts it for good; while apt runs for us, it does not.
_NO_CLUSTER: Final = "/etc/postgresql-common/createcluster.d/tirelire.conf"
HOOKS: Final = (
    *("-o", f"DPkg::Pre-Invoke::=install -D /dev/null {_NO_CLUSTER}"),
    *("-o", f"DPkg::Pre-Invoke::=echo create_main_cluster=false >{_NO_CLUSTER}"),
    *("-o", f"DPkg::Post-Invoke::=rm -f {_NO_CLUSTER}"),
)


def missing(command: str) -> list[str]:
    """Give the packages that a command needs and this machine lacks; none where dpkg is absent."""
    if not shutil.which("dpkg-query"):
        return []
    wanted = [package.name for package in PACKAGES if command in package.commands]
    lacking = _not_installed(wanted) if wanted else []
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        lacking.append(VENV_PACKAGE)
    return lacking


def install(names: Sequence[str]) -> None:
    """Install packages when we may; else print the one command to run, and go on."""
    plain = f"apt-get install -y --no-install-recommends {' '.join(names)}"
    prefix = _root_prefix()
    if prefix is None:
        say(f"some things will not work yet. Run:\n  sudo {plain}")
        return
    say(f"installing Debian packages: {' '.join(names)}")
    # env, as sudo does not hand our own environment on.
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*quiet, "apt-get", "-q", "-o", f"DPkg::Lock::Timeout={LOCK_S}", *HOOKS]
    wanted = ["install", "-y", "--no-install-recommends", *names]
    # The lists of packages are fetched only when the ones at hand do not do.
    if _apt([*apt, *wanted]) is None:
        return
    _apt([*apt, "update"])
    if (failure := _apt([*apt, *wanted])) is not None:
        say(f"apt could not install them: {failure}\nLater, run:\n  {' '.join([*prefix, plain])}")


def _not_installed(wanted: Sequence[str]) -> list[str]:
    query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\\n", *wanted]
    listing = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def _root_prefix() -> list[str] | None:
    """Give the words that make us root; None when we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return None if asked.returncode else [sudo, "-n"]


def _apt(command: Sequence[str]) -> str | None:
    """Run apt without questions; give its last words when it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    return (lines or ["apt failed"])[-1] if done.returncode else None
