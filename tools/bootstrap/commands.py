"""The commands of ./tirelire: what each needs and what it runs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tools.bootstrap import PYTHON, ROOT, soak

NO_TESTS_FOUND: Final = 5
FOLDERS: Final = ("hardware", "server", "shared", "terminal", "tools", "tests")
CHECKS: Final = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy", *FOLDERS),
    ("importlinter.cli", "lint"),
    ("pytest", "-q", "tests/tidy"),
)
# The parts that guard money.  A ratchet, in percent of branches: it only goes up, to 100.
CORES: Final = ("shared", "server/ledger", "terminal/till")
MIN_COVERAGE: Final = 98
PIN_OPTIONS: Final = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"),
)


@dataclass(frozen=True)
class Command:
    """A command: the list of packages it needs, a line for people, and how it runs."""

    packages: str
    line: str
    run: Callable[[Sequence[str]], int]


def _module(*words: str) -> Callable[[Sequence[str]], int]:
    """Become a Python module: its signals and its exit code are ours."""

    def run(arguments: Sequence[str]) -> int:
        os.execv(PYTHON, [str(PYTHON), "-m", *words, *arguments])  # noqa: S606 - no shell is meant

    return run


def _pytest(arguments: Sequence[str]) -> int:
    os.chdir(ROOT)
    return _module("pytest")(arguments)


def _call(*words: str) -> int:
    """Run a Python module to its end; who terminates us terminates it."""
    with subprocess.Popen([str(PYTHON), "-m", *words], cwd=ROOT) as child:
        before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            return child.wait()
        finally:
            signal.signal(signal.SIGTERM, before)


def _test(arguments: Sequence[str]) -> int:
    """Run all tests: most on two processes, then those that want the machine for themselves."""
    if arguments:
        return _pytest(arguments)
    alone = _call("pytest", "-q", "-m", "alone and not soak")
    many = _call("pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not alone and not soak")
    return many or (0 if alone == NO_TESTS_FOUND else alone)


def _coverage(arguments: Sequence[str]) -> int:
    """Cover the pure cores by their own tests alone; what they miss is printed."""
    parts = [word for core in CORES for word in (f"--cov={core}", f"tests/{core}")]
    limit = f"--cov-fail-under={MIN_COVERAGE}"
    return _pytest(["-q", "--cov-branch", limit, "--cov-report=term-missing", *parts, *arguments])


def _soak(arguments: Sequence[str]) -> int:
    """Run every part of the long tests, or the one that is named with the words after it."""
    name, words = (arguments[0], arguments[1:]) if arguments else ("", ())
    if name in soak.PARTS:
        os.chdir(ROOT)
        return _module(*soak.PARTS[name].words)(words)
    if name:
        print(soak.listing())
        return 0 if name in {"list", "help", "-h", "--help"} else 2
    failed = [part for part, made in soak.PARTS.items() if _call(*made.words)]
    print(f"tirelire: {'failed: ' + ', '.join(failed) if failed else 'all parts passed'}")
    return 1 if failed else 0


def _check(_: Sequence[str]) -> int:
    failed = []
    for check in CHECKS:
        print(f"== {' '.join(check)}", flush=True)
        if _call(*check):
            failed.append(" ".join(check[:2]))
    print(f"tirelire: {'failed: ' + ', '.join(failed) if failed else 'all checks are clean'}")
    return 1 if failed else 0


def _pins(arguments: Sequence[str]) -> int:
    """Compile the lists anew: everything first, then each program's as a part of it.

    Versions stay as they are where the .in files allow; --upgrade moves them.
    """
    for name in ("dev", "server", "terminal", "build"):
        part = () if name == "dev" else ("--constraint", "requirements/dev.txt")
        words = ("uv", "pip", "compile", *PIN_OPTIONS, *part, *arguments)
        if code := _call(*words, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"):
            return code
    return 0


COMMANDS: Final = {
    "demo": Command(
        "dev", "the whole system on this machine, with cards to tap", _module("tools.demo")
    ),
    "test": Command("dev", "all tests (what CI runs); words after it go to pytest", _test),
    "check": Command("dev", "format, lint, types, contracts, tidiness", _check),
    "coverage": Command("dev", "what the tests of the pure cores leave out", _coverage),
    "bench": Command("dev", "a benchmark by name; --json FILE", _module("tools.benchmarks")),
    "docs": Command("dev", "write the tables of docs/ from the code", _module("tools.documents")),
    "soak": Command("dev", "the long tests: all, or a part by name; list", _soak),
    "node": Command(
        "server", "a node: init, serve, status, audit, backup …", _module("server.cli")
    ),
    "verify": Command(
        "server", "prove a receipt or a chain without the node", _module("server.verify")
    ),
    "terminal": Command("terminal", "a till: run, pair, journal …", _module("terminal")),
    "pins": Command("dev", "compile the pinned lists anew; --upgrade for newer versions", _pins),
}


def usage() -> str:
    """Give the list of commands."""
    lines = [f"  ./tirelire {name:<9} {command.line}" for name, command in COMMANDS.items()]
    return "\n".join(["Tirelire: a cashless terminal and its federation server.", "", *lines])
