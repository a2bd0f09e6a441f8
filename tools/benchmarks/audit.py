"""audit: a chain proven from its blocks, by links and hashes alone and by executing it again.

The limit is SHA-256 over the same payloads, read from raw sqlite3: nobody can check less.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from server.ledger.audit import audit
from server.ledger.finding import Finding
from server.store.linking import check_links
from server.store.stored import stored_blocks
from server.store.truth import prove
from tools.benchmarks import limit
from tools.benchmarks.result import Figures, memory, result
from tools.benchmarks.world import Node, Terminal, card, open_node

SIZE: Final = 800
SALES: Final = 500
"""In a batch."""
CARDS: Final = 200
UNIT: Final = "transactions/s"


def run(folder: Path, size: int) -> Figures:
    """Measure with so many batches."""
    node = open_node(folder / "node.sqlite", cards=CARDS)
    payloads = _fill(node, size)
    limit.commits(folder / "limit.sqlite", payloads)
    start = time.perf_counter()
    for (raw,) in sqlite3.connect(folder / "limit.sqlite").execute("SELECT bytes FROM payload"):
        sha256(raw).digest()
    most = size * SALES / (time.perf_counter() - start)
    with node.database.read() as connection:
        where, cores = node.database.where, os.cpu_count() or 1
        links = _timed(lambda: check_links(where, connection, processes=cores).finding)
        alone = _timed(lambda: check_links(where, connection, processes=1).finding)
        again = _timed(lambda: audit(stored_blocks(connection), chain=node.chain).finding)
        tables = _timed(lambda: next(iter(prove(connection, chain=node.chain).findings), None))
        done = connection.exec_driver_sql("SELECT sum(count) FROM block_batch").scalar_one()
    node.database.close()
    return [
        result("links and hashes", done / links.took, UNIT, most),
        result("links and hashes per second of work", done / alone.worked, UNIT, most),
        result("re-execution", done / again.took, UNIT, most),
        result("re-execution per second of work", done / again.worked, UNIT, most),
        result("with tables", done / tables.took, UNIT, most),
        memory(),
    ]


def _fill(node: Node, size: int) -> list[list[bytes]]:
    terminal = Terminal(node.chain)
    cards = [card(number % CARDS) for number in range(SALES)]
    payloads = []
    for _ in range(size):
        node.take(terminal.batch(cards))
        payloads.append(terminal.payloads)
    return payloads


class _Times(NamedTuple):
    """Seconds by the wall, and of this process's work."""

    took: float
    worked: float


def _timed(check: Callable[[], Finding | None]) -> _Times:
    start, cpu = time.perf_counter(), time.process_time()
    wrong = check()
    times = _Times(time.perf_counter() - start, time.process_time() - cpu)
    if wrong:
        raise RuntimeError(f"height {wrong.height}: {wrong.what}")
    return times
