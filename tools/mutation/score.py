"""The score of a mutation run, read from what mutmut wrote beside the mutated files.

Counts are honest: killed by a failing test, survived, timed out, never run by any test, and not
tried yet.  What is explained, no test should kill: it is not tried.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tools.mutation.parts import EXPLAINED

Fate = Literal["killed", "survived", "explained", "timeout", "no test", "not tried", "odd"]
FATES: Final[dict[int | None, Fate]] = {
    1: "killed",
    3: "killed",
    0: "survived",
    None: "not tried",
    5: "no test",
    33: "no test",
    36: "timeout",
    24: "timeout",
    -24: "timeout",
    152: "timeout",
    255: "timeout",
}
"""mutmut's exit codes (stats.py of 3.8): pytest's own, and those of a limit that was hit."""


SETTLED: Final[tuple[Fate, ...]] = ("killed", "timeout", "explained")


@dataclass(frozen=True)
class Mutant:
    """One mutant: its name, what became of it, and its lines before and after."""

    name: str
    fate: Fate
    removed: str
    added: str
    why: str = ""

    @property
    def module(self) -> str:
        """The module that it is in."""
        return self.name.rpartition(".")[0]


def read(mutants: Path) -> Iterator[Mutant]:
    """Give every mutant under a folder of mutated files."""
    for meta in sorted(mutants.rglob("*.py.meta")):
        source = meta.with_suffix("")
        lines = source.read_text("utf-8").splitlines()
        index = json.loads(source.with_suffix(".py.spans").read_text("utf-8"))["spans"]
        codes: dict[str, int | None] = json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
        for name, code in codes.items():
            yield _mutant(name, FATES.get(code, "odd"), lines, index)


def _mutant(name: str, fate: Fate, lines: list[str], index: dict[str, list[int]]) -> Mutant:
    removed, added = _change(name.rpartition(".")[2], lines, index)
    if fate in {"survived", "no test", "not tried"}:
        for row in EXPLAINED:
            if row.fits(name, removed, added):
                return Mutant(name, "explained", removed, added, row.why)
    return Mutant(name, fate, removed, added)


def _change(function: str, lines: list[str], index: dict[str, list[int]]) -> tuple[str, str]:
    """Give what stood in a function and what a mutant made of it."""
    base, _, _ = function.rpartition("__mutmut_")
    before, after = (
        [line.replace(each, base) for line in lines[index[each][0] - 1 : index[each][1]]]
        for each in (f"{base}__mutmut_orig", function)
    )
    removed, added = [], []
    for line in difflib.ndiff(before, after):
        if line.startswith("- "):
            removed.append(line[2:].strip())
        elif line.startswith("+ "):
            added.append(line[2:].strip())
    return "\n".join(removed), "\n".join(added)


def table(mutants: Iterable[Mutant]) -> str:
    """Give the score of each module and of all as a table in Markdown."""
    by_module: dict[str, Counter[Fate]] = {}
    for mutant in mutants:
        by_module.setdefault(mutant.module, Counter())[mutant.fate] += 1
    total = sum(by_module.values(), Counter[Fate]())
    rows = [_row(f"`{name}`", counts) for name, counts in sorted(by_module.items())]
    head = "| Module | Mutants | Killed | Explained | Survived | Timeout | No test | Not tried |"
    return "\n".join([head, "|---" * 8 + "|", *rows, _row("**all**", total)])


def _row(name: str, counts: Counter[Fate]) -> str:
    fates: tuple[Fate, ...] = (
        "killed",
        "explained",
        "survived",
        "timeout",
        "no test",
        "not tried",
    )
    numbers = (sum(counts.values()), *(counts[fate] for fate in fates))
    return f"| {name} | " + " | ".join(map(str, numbers)) + " |"
