"""The copy of the tree in which lines may be wrong: mutmut makes them so, `trial` tries them.

The copy keeps what was tried before: only files that differ are written again.  Survivors are tried
anew, since a test that is new may kill them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tools.bootstrap import ROOT
from tools.mutation.parts import Part

FOLDER: Final = ROOT / "out" / "mutation"
MUTANTS: Final = "mutants"
"""mutmut's own folder."""
STATS: Final = "mutmut-stats.json"
"""How long each test takes, as mutmut remembers it."""
LOG: Final = "log"
NOT_KILLED: Final = frozenset({0, 5, 33})
"""mutmut's exit codes of what survived, and of what no test reached."""
NONE: Final = "no.such.mutant"
"""A name that makes mutmut write all mutants and try none."""
TRIAL: Final = str(Path(__file__).with_name("trial.py"))
ALONE: Final = {**os.environ, "PYTHONPATH": "."}
BESIDE: Final = (
    "tests/__init__.py",
    "tests/server/__init__.py",
    "tests/server/verify/__init__.py",
    "tests/server/verify/chains.py",
    "tests/vectors",
)
CONFTEST: Final = '''"""Made by tools/mutation."""
from hypothesis import Phase, settings

settings.register_profile(
    "mutant",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples={examples},
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutant")
'''  # one wrong example is enough: no time for a short one
EXAMPLES: Final = 25
PYPROJECT: Final = """
[tool.pytest]
pythonpath = ["."]
addopts = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "--import-mode=importlib"]
markers = ["soak: long", "alone: by itself", "loopback: may open sockets to this machine"]
filterwarnings = ["error"]

[tool.mutmut]
source_paths = ["{sources}/"]
do_not_mutate = {leave_out}
also_copy = {needs}
pytest_add_cli_args_test_selection = {tests}
on_dependency_change = "warn"
use_git_change_detection = false
"""


def prepare(name: str, part: Part) -> Path:
    """Bring the copy up to date; give its folder."""
    folder = FOLDER / name
    tests = tuple(word for word in part.tests if not word.startswith("-"))
    for each in (part.sources, *part.needs, *tests, *BESIDE):
        follow(ROOT / each, folder / each)
    _write(folder / "tests" / "conftest.py", CONFTEST.format(examples=EXAMPLES))
    _write(folder / "pyproject.toml", settings(part))
    return folder


def settings(part: Part) -> str:
    """Give the settings of pytest and mutmut in a copy."""
    return PYPROJECT.format(
        sources=part.sources,
        leave_out=json.dumps(part.leave_out),
        needs=json.dumps(part.needs),
        tests=json.dumps([*part.tests, "-m", "not soak"]),
    )


def make(folder: Path) -> bool:
    """Make all mutants and find out how long new tests take; tell whether that went well."""
    shutil.rmtree(folder / MUTANTS / "tests", ignore_errors=True)  # mutmut adds and never removes
    forget_survivors(folder / MUTANTS)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", NONE]
    with (folder / LOG).open("wb") as log:  # to try none of them is an error to mutmut
        subprocess.run(
            command, cwd=folder, env=ALONE, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    return (folder / MUTANTS / STATS).is_file()


def attempt(folder: Path, names: Iterable[str], workers: int) -> int:
    """Try those of the mutants that were not tried; give the exit code of `trial`."""
    config = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    words = config["pytest_add_cli_args_test_selection"]
    command = [sys.executable, "-P", TRIAL, "--workers", str(workers), "--", *words]
    with (folder / LOG).open("ab") as log:
        return subprocess.run(
            command,
            cwd=folder / MUTANTS,
            env=ALONE,
            input="\n".join(names).encode(),
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


@dataclass(frozen=True)
class Sample:
    """One of `of` equal parts of the mutants whose names fit a pattern, the same for one seed."""

    number: int = 0
    of: int = 1
    seed: int = 0
    only: str = "*"

    def of_names(self, names: Iterable[str]) -> list[str]:
        """Give the names that belong to it."""
        return [name for name in names if fnmatch(name, self.only) and self._draws(name)]

    def _draws(self, name: str) -> bool:
        digest = hashlib.sha256(f"{self.seed} {name}".encode()).digest()
        return int.from_bytes(digest) % self.of == self.number


def follow(source: Path, target: Path) -> None:
    """Copy a file or a folder where it differs; what is gone here goes there."""
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    wanted = {file for file in files if file.is_file() and "__pycache__" not in file.parts}
    if target.is_dir():
        for old in target.rglob("*.py"):
            if source / old.relative_to(target) not in wanted:
                old.unlink()
    for file in wanted:
        there = target if source.is_file() else target / file.relative_to(source)
        if not there.exists() or there.read_bytes() != file.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text("utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def forget_survivors(mutants: Path) -> None:
    """Make mutmut try again what survived."""
    for meta in mutants.rglob("*.py.meta"):
        data = json.loads(meta.read_text("utf-8"))
        codes = data["exit_code_by_key"]
        for name, code in codes.items():
            if code in NOT_KILLED:
                codes[name] = None
        meta.write_text(json.dumps(data, indent=4), "utf-8")
