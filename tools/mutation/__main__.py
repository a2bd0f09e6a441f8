"""`./tirelire soak mutants`: mutate a core, run its tests on each mutant, print the score.

Goes on from where an earlier run was stopped.  Ends with 1 when a mutant survived that nothing
explains, or when the tests are no judges: they fail by themselves, or never.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.mutation import score, workshop
from tools.mutation.parts import PARTS
from tools.mutation.workshop import Sample


def main(arguments: Sequence[str]) -> int:
    """Do what was asked."""
    parser = argparse.ArgumentParser(prog="./tirelire soak mutants")
    words = "the cores to mutate (all, when none is named): " + ", ".join(PARTS)
    parser.add_argument("core", nargs="*", help=words)
    parser.add_argument("--part", default="0/1", help="K/N: try only the Kth of N equal samples")
    parser.add_argument("--seed", type=int, default=0, help="draws the samples")
    parser.add_argument("--only", default="*", help="a pattern of mutants' names: '*.money.*'")
    parser.add_argument("--workers", type=int, default=1, help="how many are tried at once")
    parser.add_argument("--show", action="store_true", help="only print the score so far")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.core) - set(PARTS):
        parser.error(f"there is no core {', '.join(sorted(unknown))}")
    number, of = map(int, asked.part.split("/"))
    ended = 0
    for name in asked.core or PARTS:
        folder = workshop.prepare(name, PARTS[name])
        if not asked.show:
            sample = Sample(number, of, asked.seed, asked.only)
            ended |= _try(folder, sample, asked.workers)
        ended |= _report(name, folder)
    return ended


def _try(folder: Path, sample: Sample, workers: int) -> int:
    """Try what is open of a sample."""
    ended = 1
    if workshop.make(folder):
        mutants = score.read(folder / workshop.MUTANTS)
        open_ends = (mutant.name for mutant in mutants if mutant.fate not in score.SETTLED)
        names = sample.of_names(open_ends)
        if not names:
            return 0
        ended = workshop.attempt(folder, names, workers)
    if ended:
        print(f"the last words of what went wrong are in {folder / workshop.LOG}")
    return 1 if ended else 0


def _report(name: str, folder: Path) -> int:
    mutants = list(score.read(folder / workshop.MUTANTS))
    print(f"\n## {name}\n\n{score.table(mutants)}\n")
    open_ends = [mutant for mutant in mutants if mutant.fate in {"survived", "no test", "odd"}]
    for mutant in open_ends:
        print(f"{mutant.name} ({mutant.fate})\n  - {mutant.removed}\n  + {mutant.added}")
    return 1 if open_ends else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
