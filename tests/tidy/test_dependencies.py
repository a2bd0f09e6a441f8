"""Each package is asked for by the program that imports it, used, and justified in the docs."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.tidy.test_tidy import ROOT, SOURCES, name, python, text

LISTS = ROOT / "requirements"
# Asked for although nothing imports it: a tool that is run, or a part that another one needs.
NOT_IMPORTED = {
    "import-linter": "run by check",
    "jinja2": "reached through Flask",
    "mutmut": "run by soak",
    "mypy": "run by check",
    "pytest-cov": "a plugin",
    "pytest-socket": "a plugin",
    "pytest-xdist": "a plugin",
    "ruff": "run by check",
    "setuptools": "builds",
    "types-requests": "types",
    "tzdata": "read by zoneinfo",
    "uv": "run by pins",
    "wheel": "builds",
}
# The folders that run with nothing but one program's list.
PROGRAMS = {"server": ("shared", "server"), "terminal": ("shared", "hardware", "terminal")}


def asked(listed: str) -> set[str]:
    lines = text(LISTS / f"{listed}.in").splitlines()
    inner = [asked(line.split()[1].removesuffix(".in")) for line in lines if line.startswith("-r")]
    return {line.split("[")[0] for line in lines if re.match(r"[a-z]", line)}.union(*inner)


def modules_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {*SOURCES, "tests"}


def imported(folders: tuple[str, ...]) -> set[str]:
    owners = packages_distributions()
    return {
        owner.lower()
        for path in python()
        if name(path).split("/")[0] in folders
        for module in modules_of(path)
        for owner in owners.get(module, [module])
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_asks_for_what_it_imports(program: str) -> None:
    assert imported(PROGRAMS[program]) - asked(program) == set()


def test_tests_and_tools_ask_for_what_they_import() -> None:
    assert imported((*SOURCES, "tests")) - asked("dev") == set()


def test_nothing_is_asked_for_in_vain() -> None:
    wanted = asked("dev") | asked("build")
    assert wanted - imported((*SOURCES, "tests")) - set(NOT_IMPORTED) == set()
    assert set(NOT_IMPORTED) <= wanted


def test_each_package_has_its_reason() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \|", text(ROOT / "docs" / "dependencies.md"), re.MULTILINE)
    assert sorted(rows) == sorted(asked("dev") | asked("build"))
