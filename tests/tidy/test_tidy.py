"""The tree's manners: what STYLE asks for and a linter does not know.

Each rule looks at the files git knows (or would add), so that a clean clone and a work tree agree.
"""

import ast
import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve()
MAX_FUNCTION, MAX_FILE, MAX_BYTES = 50, 400, 500_000
SOURCES = ("hardware", "server", "shared", "terminal", "tools")
UNFINISHED = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(wo" + r"rk|ro" + r"ot)/")
REGISTRY = re.compile(
    r"(pypi|npmjs|crates|proxy\.golang|deb\.debian|repo\.maven)[\w.]*\.(org|io|com)"
)
SILENCED = re.compile(
    r"# (type: ignore(\[[\w\-, ]+\])?|noqa(: [A-Z0-9, ]+)?|pragma: no \w+)\s*$"
)  # nothing after it
PATCHED = re.compile(r"\b(MagicMock|mock\.patch|monkeypatch\.setattr|mark\.skip|mark\.xfail)\b")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")  # a relative one in Markdown
BINARY = {".png", ".ico", ".otf", ".wav", ".mo", ".woff2"}
# A ratchet: raise it when the tests have grown, towards one line of test for each line of code.
MIN_TESTS_PER_CODE = 0.5
# Folders without a test folder of the same name.  The list only shrinks: a stale line fails.
TESTED_ELSEWHERE = {
    "server/web/views": "through the application, by tests/server/web",
    "terminal/ui/kivy/screens": "drawn and touched by tests/terminal/ui/kivy",
}


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


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


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


def none(found: Iterable[str]) -> None:
    """Fail with the whole list, one a line, so that one run is enough to mend it."""
    listed = sorted(found)
    assert not listed, "\n" + "\n".join(listed)


def test_files_are_short() -> None:
    none(name(path) for path in python() if len(text(path).splitlines()) > MAX_FILE)


def test_functions_are_short() -> None:
    none(
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python()
        if not is_migration(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION
    )


def test_every_module_says_what_it_is() -> None:
    none(
        name(path)
        for path in python()
        if ast.get_docstring(tree(path)) is None and text(path).strip()
    )


def test_nothing_is_left_to_do() -> None:
    none(lines_that(UNFINISHED, python()))


def test_a_silenced_warning_says_why() -> None:
    none(lines_that(SILENCED, python()))


def test_nothing_is_patched_and_nothing_is_skipped_for_ever() -> None:
    none(lines_that(PATCHED, tuple(path for path in python() if name(path) != name(HERE))))


def test_money_is_never_a_float() -> None:
    none(
        f"{name(path)}:{node.lineno}"
        for path in python()
        if re.match(r"(shared|server/ledger)/", name(path))
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    )


def test_no_path_of_a_machine_and_no_registry() -> None:
    written = tuple(path for path in files() if path.name != "LICENSE")
    none([*lines_that(MACHINE, written), *lines_that(REGISTRY, written)])


def test_no_large_file() -> None:
    none(name(path) for path in files() if path.stat().st_size > MAX_BYTES)


def test_top_level_is_fixed() -> None:
    folders = {name(path).split("/")[0] for path in files() if "/" in name(path)}
    assert folders - {".ci", "docs", "requirements", "tests"} == set(SOURCES)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = [line for line in text(ROOT / ".ci" / "run").splitlines() if line.startswith("./")]
    assert commands == ["./tirelire test"]
    assert "./tirelire test" in text(ROOT / "README.md")


def test_links_in_documents_lead_somewhere() -> None:
    none(
        f"{name(path)}: {target}"
        for path in files()
        if path.suffix == ".md"
        for target in LINK.findall(text(path))
        if not (path.parent / target).exists()
    )


def test_tests_mirror_the_tree() -> None:
    """A folder with code has a folder of tests with the same name."""
    here = {
        path.parent.relative_to(ROOT)
        for path in python()
        if name(path).startswith(SOURCES)
        and path.name != "__init__.py"
        and "migrations" not in path.parts
    }
    tested = {
        path.parent.relative_to(ROOT / "tests")
        for path in python()
        if name(path).startswith("tests/") and path.name.startswith("test_")
    }
    alone = {
        str(folder)
        for folder in here
        if not any(test == folder or folder in test.parents for test in tested)
    }
    none(alone - set(TESTED_ELSEWHERE))
    none(set(TESTED_ELSEWHERE) - alone)


def test_there_is_as_much_test_as_code() -> None:
    code = sum(len(text(path).splitlines()) for path in python() if name(path).startswith(SOURCES))
    tests = sum(len(text(path).splitlines()) for path in python() if name(path).startswith("tests"))
    assert tests >= MIN_TESTS_PER_CODE * code
