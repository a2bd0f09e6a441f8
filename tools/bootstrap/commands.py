"""The commands of ./tirelire: what each needs and what it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tools.bootstrap import PYTHON, ROOT

NO_TESTS_FOUND: Final = 5
FOLDERS: Final = ("hardware", "server", "shared", "terminal", "tools", "tests")


@dataclass(frozen=True)
class Command:
    """A command: the list of packages it needs, a line for people, and how it runs."""

    packages: str
    line: str
    run: Callable[[Sequence[str]], int]


def _module(name: str) -> Callable[[Sequence[str]], int]:
    def run(arguments: Sequence[str]) -> int:
        os.execv(PYTHON, [str(PYTHON), "-m", name, *arguments])  # noqa: S606 - signals reach it

    return run


def _call(*command: str) -> int:
    return subprocess.run([str(PYTHON), "-m", *command], cwd=ROOT, check=False).returncode


def _test(arguments: Sequence[str]) -> int:
    if arguments:
        return _call("pytest", *arguments)
    many = _call("pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not alone and not soak")
    alone = _call("pytest", "-q", "-m", "alone and not soak")
    return many or (0 if alone == NO_TESTS_FOUND else alone)


def _soak(arguments: Sequence[str]) -> int:
    return _call("pytest", "-m", "soak", *arguments)


CHECKS: Final = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy", *FOLDERS),
    ("importlinter.cli", "lint"),
    ("pytest", "-q", "tests/tidy"),
)


def _check(_: Sequence[str]) -> int:
    failed = []
    for check in CHECKS:
        print(f"== {' '.join(check)}", flush=True)
        if _call(*check):
            failed.append(check[0])
    print(f"tirelire: {'failed: ' + ', '.join(failed) if failed else 'all checks are clean'}")
    return 1 if failed else 0


def _pins(_: Sequence[str]) -> int:
    """Compile the lists of packages anew."""
    options = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-header")
    results = [
        subprocess.run(
            [
                *(str(PYTHON.with_name("uv")), "pip", "compile", "--quiet", "--no-annotate"),
                *(*options, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"),
            ],
            cwd=ROOT,
            check=False,
        ).returncode
        for name in ("build", "server", "terminal", "dev")
    ]
    return max(results)


COMMANDS: Final = {
    "demo": Command(
        "dev", "the whole system on this machine, with cards to tap", _module("tools.demo")
    ),
    "test": Command("dev", "all tests (what CI runs)", _test),
    "check": Command("dev", "format, lint, types, contracts, tidiness", _check),
    "bench": Command("dev", "a benchmark by name; --json FILE", _module("tools.benchmarks")),
    "soak": Command("dev", "the long tests", _soak),
    "node": Command(
        "server", "a node: init, serve, status, audit, backup …", _module("server.cli")
    ),
    "terminal": Command("terminal", "a till: run, pair, journal …", _module("terminal")),
    "pins": Command("dev", "compile the pinned lists of packages anew", _pins),
}


def usage() -> str:
    """Give the list of commands."""
    lines = [f"  ./tirelire {name:<9} {command.line}" for name, command in COMMANDS.items()]
    return "\n".join(["Tirelire: a cashless terminal and its federation server.", "", *lines])


def known(name: str) -> Command | None:
    """Give a command by name."""
    return COMMANDS.get(name)


def say(text: str) -> None:
    """Tell the person at the console."""
    print(text, file=sys.stderr)
