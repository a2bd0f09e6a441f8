"""./tirelire soak: each long test belongs to one part, which is listed and can be run by name."""

import re
import subprocess
from collections.abc import Sequence

import pytest

from tools.bootstrap import ROOT, commands, soak
from tools.bootstrap.__main__ import main

ELSEWHERE = {"tests/tools/bootstrap/test_soak.py", "tests/conftest.py"}


def long_tests() -> set[str]:
    """Name the files that hold a test marked as long."""
    found = subprocess.run(
        ["git", "grep", "--untracked", "-l", "mark[.]soak", "--", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(found.split()) - ELSEWHERE


def named(words: Sequence[str]) -> set[str]:
    """Name the files that a part runs."""
    paths = [ROOT / word for word in words if word.startswith("tests/")]
    assert all(path.exists() for path in paths)
    return {
        str(file.relative_to(ROOT))
        for path in paths
        for file in ([path] if path.is_file() else path.glob("test_*.py"))
    }


def test_every_long_test_belongs_to_a_part() -> None:
    parts = [named(part.tests) for part in soak.PARTS.values()]
    assert long_tests() == set().union(*parts)


def test_the_parts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["soak", "list"]) == 0
    words = capsys.readouterr().out
    for name, part in soak.PARTS.items():
        line = rf"^  {name} +{part.minutes} min  {re.escape(part.line)}$"
        assert re.search(line, words, re.MULTILINE)


def test_an_unknown_part_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["soak", "killls"]) == 2
    assert soak.listing() in capsys.readouterr().out


def test_a_part_says_what_it_has_counted() -> None:
    words = soak.PARTS["kills-sqlite"].words
    assert words[:3] == ("pytest", "-m", "soak")
    assert "--log-cli-level=INFO" in words
    assert soak.PARTS["mutants"].words == ("tools.mutation",)
    assert commands.COMMANDS["soak"].packages == "dev"
