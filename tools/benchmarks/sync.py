"""sync: batches of 500 sales from request bytes to final verdicts, one client, on each database.

The limit is the database storing the same payloads raw, 500 a commit: INSERT in SQLite with
synchronous=FULL, COPY in PostgreSQL.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from server.store.database import open_database
from tools.benchmarks.databases import Place, postgresql, sqlite
from tools.benchmarks.result import Figures, memory, result
from tools.benchmarks.world import Terminal, card, open_in

SIZE: Final = 60
SALES: Final = 500
"""In a batch."""
CARDS: Final = 200


def run(folder: Path, size: int) -> Figures:
    """Measure with so many batches."""
    figures = [*_measure(sqlite(folder), size), memory()]
    with postgresql() as place:
        return [*figures, *_measure(place, size)]


def _measure(place: Place, size: int) -> Figures:
    node = open_in(open_database(place.where), cards=CARDS)
    terminal = Terminal(node.chain)
    cards = [card(number % CARDS) for number in range(SALES)]
    batches, payloads = [], []
    for _ in range(size):
        batches.append(terminal.batch(cards))
        payloads.append(terminal.payloads)
    raw = sum(place.commits(payloads))
    start, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        node.take(batch)
    took, worked = time.perf_counter() - start, time.process_time() - cpu
    node.database.close()
    sales = size * SALES
    return [
        result(place.name, sales / took, "transactions/s", sales / raw),
        result(f"{place.name} per second of work", sales / worked, "transactions/s", sales / raw),
    ]
