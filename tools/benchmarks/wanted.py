"""What issue 4 and DESIGN want of each figure: one table for the charts and for the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tools.benchmarks.result import Result


@dataclass(frozen=True, slots=True)
class Wanted:
    """At least this, or at most; of a figure's value, or of its ratio to its limit."""

    bound: float
    at_least: bool = True
    of_ratio: bool = False
    unit: str = ""

    def holds(self, row: Result) -> bool:
        """Tell whether a figure is as wanted."""
        value = row.ratio if self.of_ratio else row.value
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        """Write it."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:,g}{self.unit}"


WANTED: Final[Mapping[tuple[str, str], Wanted]] = {
    ("sync", "sqlite"): Wanted(15_000, unit="/s"),
    ("sync", "postgresql"): Wanted(10_000, unit="/s"),
    ("sale-http", "one client"): Wanted(600, unit="/s"),
    ("sale-http", "sixteen clients"): Wanted(1_200, unit="/s"),
    ("sale-http", "p99"): Wanted(30, at_least=False, unit=" ms"),
    ("growth", "ratio"): Wanted(0.9),
    ("growth", "memory"): Wanted(1.1, at_least=False, of_ratio=True, unit=" of the small one's"),
    ("audit", "links and hashes"): Wanted(250_000, unit="/s"),
    ("audit", "re-execution"): Wanted(20_000, unit="/s"),
    ("size", "bytes a sale"): Wanted(600, at_least=False, unit=" bytes"),
    ("tap", "p99"): Wanted(2, at_least=False, unit=" ms"),
}
