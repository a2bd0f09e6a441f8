"""sync: batches of 500 sales from request bytes to final verdicts, one client, SQLite FULL.

The limit is raw sqlite3 storing the same payloads, 500 a commit.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from tools.benchmarks import limit
from tools.benchmarks.result import Result, memory, result
from tools.benchmarks.world import Terminal, card, open_node

SIZE: Final = 60
SALES: Final = 500
"""In a batch."""
CARDS: Final = 200


def run(folder: Path, size: int) -> list[Result]:
    """Measure with so many batches."""
    node = open_node(folder / "node.sqlite", cards=CARDS)
    terminal = Terminal(node.chain)
    cards = [card(number % CARDS) for number in range(SALES)]
    batches, payloads = [], []
    for _ in range(size):
        batches.append(terminal.batch(cards))
        payloads.append(terminal.payloads)
    raw = sum(limit.commits(folder / "limit.sqlite", payloads))
    start, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        node.take(batch)
    took, worked = time.perf_counter() - start, time.process_time() - cpu
    node.database.close()
    sales = size * SALES
    return [
        result("sqlite", sales / took, "transactions/s", sales / raw),
        result("per second of work", sales / worked, "transactions/s", sales / raw),
        memory(),
    ]
