"""growth: what a million transactions in a node cost the next one.

A chain grows by batches of 500 to its full size.  For its last part a second node, a hundredth as
large, is fed in turns with it, batch by batch, so that both meet the same moods of the machine: the
`ratio` is the median of all turns, and 1 means that size costs nothing.  For `memory` a fresh
`node serve` process over each of the two does the same work.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from server.home import Home, read_keys
from server.store.database import open_database
from shared.wire import BATCH_TYPE
from tools.benchmarks.load import drive, post
from tools.benchmarks.result import Curve, Figures, Result, curve, memory_of, result
from tools.benchmarks.serving import found_home, free_port, serving
from tools.benchmarks.world import Node, Terminal, card, open_again

SIZE: Final = 1_000_000
SALES: Final = 500
"""In a batch."""
CARDS: Final = 2_000
SMALLER: Final = 100
"""So many times smaller is the node that the large one is compared with."""
COMPARED: Final = 25
"""One part in so many of the large one's batches is fed in turns."""
WARM: Final = 3
"""So many turns come before those that count: both have just been opened."""
POINTS: Final = 50
ALONE: Final = 500
TOGETHER: Final = 10


@dataclass(slots=True)
class Grown:
    """A node's home with the terminal that feeds it, and the seconds that each batch took."""

    home: Home
    port: int
    terminal: Terminal
    at: int = 0
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def batch(self, sales: int = SALES) -> bytes:
        """Give the next batch; its cards are spread as in a busy evening."""
        cards = [card((self.at + 7 * number) % CARDS) for number in range(sales)]
        self.at += sales
        return self.terminal.batch(cards)

    def feed(self, node: Node) -> None:
        """Hand one batch in."""
        batch = self.batch()
        start, cpu = time.perf_counter(), time.process_time()
        node.take(batch)
        self.seconds.append(time.perf_counter() - start)
        self.work.append(time.process_time() - cpu)

    def open(self) -> Node:
        """Open the node in this process."""
        database = open_database(self.home.database)
        return open_again(database, self.terminal.chain, seed=read_keys(self.home).node)


def run(folder: Path, size: int) -> Figures:
    """Measure with so many transactions in the large node."""
    batches = max(2, size // SALES)
    turns = max(1, batches // COMPARED)
    small, large = _found(folder / "small"), _found(folder / "large")
    _grow(small, max(1, batches // SMALLER))
    _grow(large, batches - turns)
    alone, together = min(ALONE, size), min(TOGETHER, batches)
    used = tuple(_memory(grown, alone, together) for grown in (small, large))
    few, many = small.open(), large.open()
    for _ in range(WARM + turns):
        small.feed(few)
        large.feed(many)
    few.database.close()
    many.database.close()
    return [
        *_compare(small, large, turns),
        result("memory", used[1], "MiB", used[0]),
        _curve(large),
    ]


def _compare(small: Grown, large: Grown, turns: int) -> list[Result]:
    unit = "of the small one's rate"
    return [
        result("ratio", _paired(small.seconds[-turns:], large.seconds[-turns:]), unit, 1),
        result("ratio of work", _paired(small.work[-turns:], large.work[-turns:]), unit, 1),
        result(
            "rate", _rate(large.seconds[-turns:]), "transactions/s", _rate(small.seconds[-turns:])
        ),
    ]


def _paired(small: Sequence[float], large: Sequence[float]) -> float:
    """Give the median of all turns: what hits one batch by chance says nothing of its node."""
    return median(one / other for one, other in zip(small, large, strict=True))


def _rate(seconds: Sequence[float]) -> float:
    return SALES * len(seconds) / sum(seconds)


def _curve(large: Grown) -> Curve:
    step = max(1, len(large.seconds) // POINTS)
    return curve(
        "rate",
        [
            (SALES * (start + step), _rate(large.seconds[start : start + step]))
            for start in range(0, len(large.seconds) - step + 1, step)
        ],
    )


def _found(folder: Path) -> Grown:
    home, port = Home(folder), free_port()
    chain = found_home(home, port=port, terminals=1, cards=CARDS)
    return Grown(home, port, Terminal(chain))


def _grow(grown: Grown, batches: int) -> None:
    node = grown.open()
    for _ in range(batches):
        grown.feed(node)
    node.database.close()


def _memory(grown: Grown, alone: int, together: int) -> float:
    """Give the largest resident set, in MiB, of a fresh process after a little of everything."""
    singles = [grown.batch(1) for _ in range(alone)]
    wholes = [grown.batch() for _ in range(together)]
    requests = [post(grown.port, "/api/v1/batches", BATCH_TYPE, raw) for raw in singles + wholes]
    with serving(grown.home) as process:
        drive(grown.port, [requests])
        return memory_of(process).value
