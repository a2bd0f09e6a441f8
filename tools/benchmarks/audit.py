"""audit: a chain read from its blocks with links, hashes, signatures and rules.

The limit is SHA-256 over the same payloads, read from raw sqlite3: nobody can check less.
"""

from __future__ import annotations

import sqlite3
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

from server.engine.port import Unplaced
from server.jobs.audit import check_database
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
    payloads = []
    for _ in range(BATCHES):
        answer = node.engine.submit(parse_batch(terminal.batch(cards)))
        if isinstance(answer, Unplaced):
            raise RuntimeError(f"the batch was not taken: {answer}")
        payloads.append(terminal.payloads)
    limit.commits(folder / "limit.sqlite", payloads)
    start = time.perf_counter()
    for (raw,) in sqlite3.connect(folder / "limit.sqlite").execute("SELECT bytes FROM payload"):
        sha256(raw).digest()
    floor = time.perf_counter() - start
    start = time.perf_counter()
    report = check_database(node.database, node.chain)
    took = time.perf_counter() - start
    node.database.close()
    if report.finding:
        raise RuntimeError(f"the audit found {report.finding}")
    count = report.transactions
    rate = result("re-execution", count / took, "transactions/s", BATCHES * SIZE / floor)
    return [rate, memory()]
