"""Tries mutants: forks a warm pytest for each, and runs the tests that reach it until one fails.

A test reaches a mutant when it executes the statement that is another one there: until then it does
what it does without a mutant, so the others cannot tell.

Run by itself inside mutmut's folder, where a core is replaced by its mutants; so it knows nothing
of the rest of `tools`.  pytest collects once.  The order of the tests is only a matter of time:
what killed the function's last mutant comes first, then the quickest; slow tests are for what all
quick ones let live, at the end.  Each test has its own limit in seconds of CPU, so that a busy
machine looks like no endless loop.  Exit codes are mutmut's and are kept beside the mutants after
each trial: who stops it loses what was at work.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import resource
import signal
import sys
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage
from mutmut.mutation.trampoline import set_mutant_under_test

STATS: Final = Path("mutmut-stats.json")
LINES: Final = Path("lines.json")
SURVIVED, KILLED, BROKEN, TIMEOUT, NO_TEST = 0, 1, 3, 24, 33
LEAST_SECONDS: Final = 5.0
TIMES: Final = 20
"""A test may take so many times what it took once, and the seconds above."""
MOST_BYTES: Final = 6 << 30
SLOW_SECONDS: Final = 0.3
NOTHING, EVERYTHING = "", "fail"
"""What mutmut's trampolines take for no mutant, and for every function broken."""


class Codes:
    """What became of the mutants of each file, kept as mutmut does."""

    def __init__(self, folder: Path) -> None:
        """Read what is known."""
        files = sorted(folder.rglob("*.py.meta"))
        self._data = {file: json.loads(file.read_text("utf-8")) for file in files}
        self._files = {
            name: file for file, data in self._data.items() for name in data["exit_code_by_key"]
        }

    def open_ends(self) -> list[str]:
        """Give each mutant that has no code yet."""
        every = (data["exit_code_by_key"].items() for data in self._data.values())
        return [name for codes in every for name, code in codes if code is None]

    def of(self, name: str) -> int | None:
        """Give the code of a mutant."""
        code: int | None = self._data[self._files[name]]["exit_code_by_key"][name]
        return code

    def keep(self, name: str, code: int) -> None:
        """Keep one code; a file is whole at any moment."""
        file = self._files[name]
        self._data[file]["exit_code_by_key"][name] = code
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(self._data[file], indent=4), "utf-8")
        beside.replace(file)


class Changes:
    """Which lines of the mutated files each mutant changes."""

    def __init__(self, folder: Path) -> None:
        """Read the mutated files."""
        self._texts: dict[str, tuple[str, list[str], dict[str, list[int]]]] = {}
        for spans in sorted(folder.rglob("*.py.spans")):
            file = spans.with_suffix("")
            module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
            lines = file.read_text("utf-8").splitlines()
            self._texts[module] = str(file), lines, json.loads(spans.read_text("utf-8"))["spans"]

    def files(self) -> list[str]:
        """Give every file that has mutants."""
        return [file for file, _, _ in self._texts.values()]

    def of(self, mutant: str) -> tuple[str, set[int]]:
        """Give the file and the lines of the statements that differ; outside of them, all lines."""
        module, _, name = mutant.rpartition(".")
        file, lines, spans = self._texts[module]
        original = f"{_function(name)}__mutmut_orig"
        start, end = spans[original]
        before = [line.replace(original, "") for line in lines[start - 1 : end]]
        after = [line.replace(name, "") for line in lines[spans[name][0] - 1 : spans[name][1]]]
        statements = list(_statements("\n".join(lines[start - 1 : end])))
        found: set[int] = set()
        for tag, first, last, _, _ in SequenceMatcher(a=before, b=after).get_opcodes():
            for number in range(first, max(last, first + 1)) if tag != "equal" else ():
                within = [each for each in statements if number in each]
                if not within:
                    return file, set(range(start, end + 1))
                found |= {start + each for each in min(within, key=len)}
        return file, found


def _statements(text: str) -> Iterator[range]:
    """Give the lines of each statement of a function, from 0 on; of a compound one its head."""
    for node in ast.walk(ast.parse(textwrap.dedent(text))):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside: list[ast.stmt] = getattr(node, "body", [])
            end = inside[0].lineno - 1 if inside else node.end_lineno or node.lineno
            yield range(node.lineno - 1, max(end, node.lineno))


class Tests:
    """The tests that were collected: which reach a mutant, and in which order they are tried."""

    def __init__(self, items: list[pytest.Item]) -> None:
        """Read how long they took."""
        stats = json.loads(STATS.read_text("utf-8"))
        self._seconds: dict[str, float] = stats["duration_by_test"]
        self._items = {item.nodeid: item for item in items}
        self._changes = Changes(Path())
        self._lines: dict[str, dict[str, set[str]]] = {}
        self._killers: dict[str, list[str]] = defaultdict(list)

    def limit_s(self, test: str) -> float:
        """Give the most seconds of CPU that a test may take."""
        return LEAST_SECONDS + TIMES * self._took(test)

    def _took(self, test: str) -> float:
        return self._seconds.get(test, 0.0)

    def measure(self, run: Callable[[list[pytest.Item]], None]) -> None:
        """Run all of them and write down which of them executes what."""
        files = [str(Path(file).resolve()) for file in self._changes.files()]
        coverage = Coverage(data_file=None, config_file=False, include=files)
        coverage.start()
        for item in self._items.values():
            coverage.switch_context(item.nodeid)
            run([item])
        coverage.stop()
        data = coverage.get_data()
        lines = {
            str(Path(file).relative_to(Path.cwd())): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }
        LINES.write_text(json.dumps(lines), "utf-8")

    def read(self) -> None:
        """Read what was written down."""
        for file, lines in json.loads(LINES.read_text("utf-8")).items():
            self._lines[file] = dict(_shared(lines, list(self._items.values())))

    def of(self, mutant: str, *, slow: bool) -> list[pytest.Item]:
        """Give the quick or the slow tests that reach a mutant, the likeliest killers first."""
        reach = self._reach(mutant)
        killers = [each for each in self._killers[_function(mutant)] if each in reach]
        rest = sorted(reach.difference(killers), key=lambda name: (self._took(name), name))
        names = (name for name in [*killers, *rest] if slow == (self._took(name) > SLOW_SECONDS))
        return [self._items[name] for name in names]

    def _reach(self, mutant: str) -> set[str]:
        file, numbers = self._changes.of(mutant)
        lines = self._lines.get(file, {})
        return set[str]().union(*(lines.get(str(number), set()) for number in numbers))

    def all(self) -> list[pytest.Item]:
        """Give every test."""
        return list(self._items.values())

    def killed(self, mutant: str, test: str) -> None:
        """Remember who killed a mutant of a function."""
        killers = self._killers[_function(mutant)]
        if test in killers:
            killers.remove(test)
        killers.insert(0, test)


def _function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def _shared(seen: dict[str, list[str]], items: list[pytest.Item]) -> Iterator[tuple[str, set[str]]]:
    """Give what was seen; what the first user of a module's fixture reaches, all users reach."""
    users: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if _shares(item):
            users[item.nodeid.partition("::")[0]].add(item.nodeid)
    known = {item.nodeid for item in items}
    for what, tests in seen.items():
        reach = known.intersection(tests)
        shared = (each for each in users.values() if each & reach)
        yield what, reach.union(*shared)


def _shares(item: pytest.Item) -> bool:
    info = getattr(item, "_fixtureinfo", None)
    fixtures = info.name2fixturedefs.values() if info else ()
    return any(each.scope != "function" for definitions in fixtures for each in definitions)


class Trials:
    """A plugin of pytest that tries mutants where pytest would run the tests."""

    def __init__(self, workers: int, names: set[str]) -> None:
        """Try those of these mutants that are open."""
        self._workers, self._names = workers, names
        self._codes = Codes(Path())
        self._running: dict[int, tuple[str, int]] = {}
        self._killing = -1

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all of them, when the tests pass without a mutant and fail without a function."""
        tests = Tests(session.items)
        gc.freeze()
        self._start(NOTHING, lambda: tests.measure(self._run))
        if self._wait(tests)[1] != SURVIVED:
            raise pytest.UsageError("the tests fail by themselves")
        self._start(EVERYTHING, lambda: self._run(tests.all()))
        if self._wait(tests)[1] != KILLED:
            raise pytest.UsageError("the tests never fail")
        tests.read()
        mutants = [name for name in self._codes.open_ends() if name in self._names]
        lived = self._try(mutants, tests, slow=False)
        self._try(lived, tests, slow=True)
        return True

    def _try(self, mutants: list[str], tests: Tests, *, slow: bool) -> list[str]:
        """Try some mutants on the quick or the slow tests; give those that live."""
        for mutant in mutants:
            if items := tests.of(mutant, slow=slow):
                if len(self._running) == self._workers:
                    self._codes.keep(*self._wait(tests))
                self._start(mutant, partial(self._limited, items, tests))
            elif not slow:
                self._codes.keep(mutant, NO_TEST)
        while self._running:
            self._codes.keep(*self._wait(tests))
        return [mutant for mutant in mutants if self._codes.of(mutant) in {SURVIVED, NO_TEST}]

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """End at once when a test fails: nobody reads why."""
        if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
            os.write(self._killing, item.nodeid.encode())
            os._exit(KILLED)

    def _start(self, mutant: str, work: Callable[[], None]) -> None:
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            self._running[pid] = mutant, read
            return
        self._killing = write
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        set_mutant_under_test(mutant)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        code = BROKEN
        try:
            work()
            code = SURVIVED
        finally:
            os._exit(code)

    def _limited(self, items: list[pytest.Item], tests: Tests) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_PROF, tests.limit_s(item.nodeid))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _run(self, items: list[pytest.Item]) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _wait(self, tests: Tests) -> tuple[str, int]:
        pid, status = os.wait()
        mutant, read = self._running.pop(pid)
        with os.fdopen(read, "rb") as pipe:
            killer = pipe.read().decode()
        code = os.waitstatus_to_exitcode(status)
        code = TIMEOUT if code == -signal.SIGPROF else code
        if killer:
            tests.killed(mutant, killer)
        print(code, mutant, killer, flush=True)
        return mutant, code


def main() -> int:
    """Try what was asked; names of mutants come on the standard input, one a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("words", nargs="*", help="for pytest")
    asked = parser.parse_args()
    trials = Trials(asked.workers, set(sys.stdin.read().split()))
    words = ["-q", "-s", "--rootdir=.", *asked.words]
    return int(pytest.main(words, plugins=[trials]))


if __name__ == "__main__":
    sys.exit(main())
