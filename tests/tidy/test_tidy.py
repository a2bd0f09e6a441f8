"""The tree's manners: what STYLE asks for and a linter does not know.

Each rule looks at the files git knows (or would add), so that a clean clone and a work tree agree.
"""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_LINE, MAX_FUNCTION, MAX_FILE = 100, 50, 400
SOURCES = ("hardware", "server", "shared", "terminal", "tools")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(wo" + r"rk|ro" + r"ot)/")
REGISTRY = re.compile(
    r"(pypi|npmjs|crates|proxy\.golang|deb\.debian|repo\.maven)[\w.]*\.(org|io|com)"
)
BINARY = {".png", ".ico", ".otf", ".wav"}


@cache
def files() -> tuple[Path, ...]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for name in listing.splitlines() if (path := ROOT / name).is_file())


@cache
def text(path: Path) -> str:
    return "" if path.suffix in BINARY else path.read_text("utf-8")


def python() -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".py")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_migration(path: Path) -> bool:
    return "migrations/versions" in name(path)


def lines_that(pattern: re.Pattern[str], paths: tuple[Path, ...]) -> list[str]:
    return [
        f"{name(path)}:{number}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_lines_are_short() -> None:
    assert lines_that(re.compile(rf"^.{{{MAX_LINE + 1},}}"), python()) == []


def test_files_are_short() -> None:
    long = [name(path) for path in python() if len(text(path).splitlines()) > MAX_FILE]
    assert long == []


def test_functions_are_short() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python()
        if not is_migration(path)
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        name(path)
        for path in python()
        if ast.get_docstring(ast.parse(text(path))) is None and text(path).strip()
    ]
    assert silent == []


def test_nothing_is_left_to_do() -> None:
    assert lines_that(UNFINISHED, python()) == []


def test_money_is_never_a_float() -> None:
    money = tuple(path for path in python() if re.match(r"(shared|server/ledger)/", name(path)))
    floats = [
        f"{name(path)}:{node.lineno}"
        for path in money
        for node in ast.walk(ast.parse(text(path)))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def test_no_path_of_a_machine_and_no_registry() -> None:
    written = tuple(path for path in files() if path.name != "LICENSE")
    assert lines_that(MACHINE, written) == []
    assert lines_that(REGISTRY, written) == []


def test_no_large_file() -> None:
    assert [name(path) for path in files() if path.stat().st_size > 500_000] == []


def test_top_level_is_fixed() -> None:
    folders = {name(path).split("/")[0] for path in files() if "/" in name(path)}
    assert folders - {".ci", "docs", "requirements", "tests"} == set(SOURCES)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = [line for line in text(ROOT / ".ci" / "run").splitlines() if line.startswith("./")]
    assert commands == ["./tirelire test"]
    assert "./tirelire test" in text(ROOT / "README.md")


@pytest.mark.parametrize("package", SOURCES)
def test_tests_mirror_the_tree(package: str) -> None:
    """A folder with code has a folder of tests with the same name."""
    here = {
        path.parent.relative_to(ROOT)
        for path in python()
        if name(path).startswith(f"{package}/") and path.name != "__init__.py"
    }
    tested = {
        path.parent.relative_to(ROOT / "tests")
        for path in python()
        if name(path).startswith("tests/") and path.name.startswith("test_")
    }
    without = {
        folder
        for folder in here
        if not any(test == folder or folder in test.parents for test in tested)
        and not any("migrations" in part for part in folder.parts)
    }
    assert without == set()
