"""audit: a chain read from its blocks with links, hashes, signatures and rules.

The limit is SHA-256 over the same payloads, read from raw sqlite3: nobody can check less.
"""

from __future__ import annotations

import sqlite3
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

from server.ledger.audit import audit
from server.store import truth
from server.store.truth import stored_blocks
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
    payloads = []
    for _ in range(size):
        node.take(terminal.batch(cards))
        payloads.append(terminal.payloads)
    limit.commits(folder / "limit.sqlite", payloads)
    start = time.perf_counter()
    for (raw,) in sqlite3.connect(folder / "limit.sqlite").execute("SELECT bytes FROM payload"):
        sha256(raw).digest()
    floor = time.perf_counter() - start
    start, cpu = time.perf_counter(), time.process_time()
    with node.database.read() as connection:
        report = audit(stored_blocks(connection), chain=node.chain)
        took, worked = time.perf_counter() - start, time.process_time() - cpu
        differences = list(truth.differences(connection, report))
    whole = time.perf_counter() - start
    node.database.close()
    wrong = report.finding or next(iter(differences), None)
    if wrong:
        raise RuntimeError(f"height {wrong.height}: {wrong.what}")
    most, done = size * SALES / floor, report.transactions
    return [
        result("re-execution", done / took, "transactions/s", most),
        result("per second of work", done / worked, "transactions/s", most),
        result("with tables", done / whole, "transactions/s", most),
        memory(),
    ]
