"""sync: batches of 500 sales from request bytes to final verdicts, one client, SQLite FULL.

The limit is raw sqlite3 storing the same payloads, 500 a commit.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from server.engine.port import Stored
from shared.transaction import parse_batch
from tools.benchmarks import limit
from tools.benchmarks.result import Result, memory, result
from tools.benchmarks.world import Terminal, card, open_node

BATCHES: Final = 60
SIZE: Final = 500
CARDS: Final = 200


def run(folder: Path) -> list[Result]:
    """Measure."""
    node = open_node(folder / "node.sqlite", cards=CARDS)
    terminal = Terminal(node.chain)
    cards = [card(number % CARDS) for number in range(SIZE)]
    batches, payloads = [], []
    for _ in range(BATCHES):
        batches.append(terminal.batch(cards))
        payloads.append(terminal.payloads)
    raw = sum(limit.commits(folder / "limit.sqlite", payloads))
    start = time.perf_counter()
    for batch in batches:
        answer = node.engine.submit(parse_batch(batch))
        if not isinstance(answer, Stored) or len(answer.placed) != SIZE:
            raise RuntimeError(f"the batch was not taken: {answer}")
    took = time.perf_counter() - start
    node.database.close()
    count = BATCHES * SIZE
    return [result("sqlite", count / took, "transactions/s", count / raw), memory()]
