"""The parts of ./tirelire soak: the long tests, each by name.

Every file with a test marked `soak` belongs to exactly one part; a test of this module sees to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What a long test has counted is worth reading.
LOUD: Final = ("-o", "log_cli=true", "--log-cli-level=INFO")


@dataclass(frozen=True)
class Part:
    """What it tries, about how long on two idle cores, and the words that run it.

    `tests` go to pytest; without them `module` is run by itself.
    """

    line: str
    minutes: int
    tests: tuple[str, ...] = ()
    module: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What Python's -m is told."""
        return ("pytest", "-m", "soak", *LOUD, *self.tests) if self.tests else (self.module,)


KILLS: Final = "tests/server/engine/kills"
PARTS: Final = {
    "kills-sqlite": Part("1,000 times kill -9 of a node on SQLite", 4, (KILLS, "-k", "sqlite")),
    "kills-postgresql": Part(
        "1,000 on PostgreSQL, and 100 with its server", 12, (KILLS, "-k", "postgresql")
    ),
    "kills-http": Part("100 of a serving node", 3, ("tests/e2e/test_node_killed.py",)),
    "kills-till": Part(
        "tills that are killed",
        10,
        (
            "tests/terminal/offline_queue/test_kill.py",
            "tests/terminal/test_process.py",
            "tests/e2e/test_till_killed.py",
        ),
    ),
    "writers": Part(
        "16 writers on one wallet, round after round", 3, ("tests/server/engine/test_writers.py",)
    ),
    "differential": Part(
        "100,000 operations against each reference, random stories of every kind",
        15,
        (
            "tests/server/ledger/test_differential.py",
            "tests/server/ledger/test_differential_two.py",
            "tests/server/ledger/test_machine.py",
            "tests/server/ledger/test_thieves.py",
        ),
    ),
    "rules": Part(
        "a wrong line for each rule, by hand", 8, ("tests/server/ledger/test_mutants.py",)
    ),
    "mutants": Part("every small wrong change of the pure cores", 60, module="tools.mutation"),
}


def listing() -> str:
    """Give the list of parts."""
    lines = [f"  {name:<17} {part.minutes:>3} min  {part.line}" for name, part in PARTS.items()]
    return "\n".join(["./tirelire soak [PART [WORDS]]: all parts, or one.", "", *lines])
