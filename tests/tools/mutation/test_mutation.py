"""The tool that counts mutants: real mutmut on a small tree, and what is made of its answers."""

import json
from itertools import chain
from pathlib import Path

import pytest

from tools.bootstrap import ROOT
from tools.mutation import __main__ as command, score, workshop
from tools.mutation.parts import EXPLAINED, PARTS, Part
from tools.mutation.score import Fate, Mutant
from tools.mutation.workshop import Sample

CORE = """
class Refused(Exception):
    def __init__(self, code, hint):
        super().__init__(code)


class Code:
    BAD = "bad"


def double(number):
    return number * 2


def half(number):
    if number % 2:
        raise Refused(Code.BAD, "odd")
    return number // 2
"""
TESTS = """
from core.numbers import double, half

def test_double():
    assert double(3) == 6

def test_half():
    try:
        half(3)
    except Exception as error:
        assert str(error) == "bad"
    else:
        raise AssertionError
"""


def small_tree(folder: Path) -> None:
    """A core of two functions, of which one is tested by half."""
    for name, text in (("core/__init__.py", ""), ("core/numbers.py", CORE)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_numbers.py").write_text(TESTS, "utf-8")
    settings = workshop.settings(Part(sources="core", needs=(), tests=("tests",)))
    (folder / "pyproject.toml").write_text(settings, "utf-8")


@pytest.mark.alone
def test_a_real_run_finds_what_no_test_looks_at(tmp_path: Path) -> None:
    small_tree(tmp_path)

    assert workshop.make(tmp_path)
    names = (mutant.name for mutant in score.read(tmp_path / workshop.MUTANTS))
    assert workshop.attempt(tmp_path, names, workers=2) == 0

    fates = {mutant.name: mutant for mutant in score.read(tmp_path / workshop.MUTANTS)}
    by_fate = {
        fate: sorted(mutant.added for mutant in fates.values() if mutant.fate == fate)
        for fate in ("killed", "survived", "no test", "explained")
    }
    assert "return number / 2" in by_fate["killed"]  # of double
    assert by_fate["survived"] == ["if number / 2:"]
    assert by_fate["no test"] == ["return number / 2", "return number // 3"]
    assert 'raise Refused(Code.BAD, "ODD")' in by_fate["explained"]


def written(folder: Path, codes: dict[str, int | None]) -> Path:
    """What mutmut leaves: a file with the variants of a function, their lines, and exit codes."""
    text = "def x_f__mutmut_orig():\n    return 1\ndef x_f__mutmut_1():\n    return 2\n"
    spans = {"x_f__mutmut_orig": [1, 2], "x_f__mutmut_1": [3, 4]}
    (folder / "m.py").write_text(text, "utf-8")
    (folder / "m.py.spans").write_text(json.dumps({"version": 1, "spans": spans}), "utf-8")
    (folder / "m.py.meta").write_text(json.dumps({"exit_code_by_key": codes}), "utf-8")
    return folder


@pytest.mark.parametrize(
    "code, fate",
    [
        (1, "killed"),
        (0, "survived"),
        (None, "not tried"),
        (33, "no test"),
        (-24, "timeout"),
        (-11, "odd"),
    ],
)
def test_an_exit_code_is_a_fate(tmp_path: Path, code: int | None, fate: Fate) -> None:
    mutants = list(score.read(written(tmp_path, {"m.x_f__mutmut_1": code})))
    assert mutants == [Mutant("m.x_f__mutmut_1", fate, "return 1", "return 2")]


def test_the_table_adds_up() -> None:
    mutants = [
        Mutant("a.f", "killed", "", ""),
        Mutant("a.g", "survived", "", ""),
        Mutant("b.f", "timeout", "", ""),
    ]
    assert score.table(mutants).splitlines()[2:] == [
        "| `a` | 2 | 1 | 0 | 1 | 0 | 0 | 0 |",
        "| `b` | 1 | 0 | 0 | 0 | 1 | 0 | 0 |",
        "| **all** | 3 | 1 | 0 | 1 | 1 | 0 | 0 |",
    ]


LINE = 'raise Refused(Code.BAD_FRAMING, "size")'


@pytest.mark.parametrize(
    "removed, added, explained",
    [
        (LINE, 'raise Refused(Code.BAD_FRAMING, "SIZE")', True),
        (LINE, "raise Refused(Code.BAD_FRAMING, )", True),
        (LINE, 'raise Refused(None, "size")', False),
        (LINE, 'raise Refused("size")', False),
        ('cast("Head", row)', "cast(None, row)", True),
        ('cast("Head", row)', 'cast("Head", None)', False),
        ('digest(key, "sha256")', 'digest(key, "SHA256")', True),
        ('digest(key, "sha256")', "digest(key, None)", False),
        ("a = 1", "a = 2", False),
    ],
)
def test_only_what_cannot_matter_is_explained(removed: str, added: str, explained: bool) -> None:
    assert any(row.fits("shared.x.y", removed, added) for row in EXPLAINED) == explained


def test_samples_part_all_mutants() -> None:
    names = [f"m.{'fg'[number % 2]}.{number}" for number in range(100)]
    parts = [Sample(number, 3, seed=7).of_names(names) for number in range(3)]
    assert sorted(chain.from_iterable(parts)) == sorted(names)
    assert all(20 < len(part) < 50 for part in parts)
    assert Sample(0, 3, seed=8).of_names(names) != parts[0]
    assert Sample().of_names(names) == names
    assert Sample(only="*.f.*").of_names(names) == names[::2]


def test_the_copy_follows_the_tree(tmp_path: Path) -> None:
    source, target = tmp_path / "here", tmp_path / "there"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.py").write_text("1", "ascii")
    (source / "b.py").write_text("2", "ascii")
    workshop.follow(source, target)
    before = (target / "b.py").stat().st_mtime_ns
    (source / "deep" / "a.py").unlink()
    workshop.follow(source, target)
    assert [file.name for file in target.rglob("*.py")] == ["b.py"]
    assert (target / "b.py").stat().st_mtime_ns == before  # mutmut looks at it


def test_survivors_are_tried_again(tmp_path: Path) -> None:
    folder = written(tmp_path, {"m.x_f__mutmut_1": 0, "m.x_f__mutmut_2": 1})
    workshop.forget_survivors(folder)
    codes = json.loads((folder / "m.py.meta").read_text("utf-8"))["exit_code_by_key"]
    assert codes == {"m.x_f__mutmut_1": None, "m.x_f__mutmut_2": 1}


def test_an_unknown_core_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["terminal"])
    assert "there is no core terminal" in capsys.readouterr().err


def test_every_part_is_there() -> None:
    for part in PARTS.values():
        paths = [part.sources, *part.needs, *(test for test in part.tests if test[0] != "-")]
        assert all((ROOT / path).exists() for path in paths)
