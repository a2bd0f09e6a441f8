"""The gate for rules that guard money: the ledger's tests notice every mutant of the table."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.server.ledger.mutants import MUTANTS, Mutant
from tests.server.ledger.mutants_of_assets import OF_ASSETS
from tests.server.ledger.mutants_of_audit import OF_AUDIT
from tests.server.ledger.mutants_of_cards import OF_CARDS
from tests.server.ledger.mutants_of_federation import OF_FEDERATION

ALL = (*MUTANTS, *OF_CARDS, *OF_ASSETS, *OF_FEDERATION, *OF_AUDIT)
ROOT = Path(__file__).parents[3]
NEEDED = (
    "pyproject.toml",
    "server",
    "shared",
    "tests/shared",
    "tests/server/ledger",
    "tests/vectors",
)
LONE = (
    "tests/__init__.py",
    "tests/server/__init__.py",
    "tests/server/verify/__init__.py",
    "tests/server/verify/chains.py",
)
A_TEST_FAILED = 1
PATIENCE_S = 300
CONFTEST = """
from hypothesis import Phase, settings
settings.register_profile("mutant", deadline=None, derandomize=True, database=None,
                          phases=(Phase.explicit, Phase.generate))
settings.load_profile("mutant")
"""  # one wrong example is enough: no time for a short one


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.rule)
def test_the_line_that_keeps_a_rule_stands_once(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text("utf-8").count(mutant.before) == 1


def test_each_mutant_has_its_own_name() -> None:
    assert Counter(mutant.rule for mutant in ALL).most_common(1)[0][1] == 1


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the ledger's tests need, in which lines may be wrong."""
    folder = tmp_path_factory.mktemp("mutants")
    for name in (*NEEDED, *LONE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / "tests" / "conftest.py").write_text(CONFTEST, "ascii")
    return folder


@pytest.mark.soak
def test_without_a_mutant_all_is_well(copy: Path) -> None:
    assert [_tests(copy, Path(core) / "all.py") for core in ("shared", "server/ledger")] == [0, 0]


@pytest.mark.soak
@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.rule)
def test_a_mutant_is_noticed(copy: Path, mutant: Mutant) -> None:
    file = copy / mutant.file
    right = file.read_text("utf-8")
    file.write_text(right.replace(mutant.before, mutant.after), "utf-8")
    try:
        assert _tests(copy, Path(mutant.file)) == A_TEST_FAILED
    finally:
        file.write_text(right, "utf-8")


def _tests(root: Path, wrong: Path) -> int:
    """Run the tests of a file's core up to the first that fails; give how pytest ended.

    The order is only a matter of time: the file's own tests first, the slow ones last.
    """
    folder = root / "tests" / wrong.parent
    others = sorted(folder.glob("test_*.py"), key=lambda file: "differential" in file.name)
    every = [file for file in others if file.name != Path(__file__).name]
    own = [file for file in every if file.name == f"test_{wrong.name}"]
    return (own and _pytest(root, own)) or _pytest(root, every)


def _pytest(root: Path, files: list[Path]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not soak", *map(str, files)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, check=False, timeout=PATIENCE_S
    )
    return done.returncode
