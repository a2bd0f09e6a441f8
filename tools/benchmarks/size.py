"""size: the bytes that a sale takes on the disk, and which table they are in (SQLite).

Measured as the growth of the file over many sales: in batches of 500, the same with a detail each,
and alone, each sale a block of its own.  The limit is raw sqlite3 with one table that holds the
same payloads, committed in the same groups.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from shared.detail import detail_hash
from tools.benchmarks import limit
from tools.benchmarks.result import Figures, curve, result
from tools.benchmarks.world import Node, Terminal, bought, card, open_node

SIZE: Final = 100
"""Batches of 500; a tenth as many sales are made alone."""
SALES: Final = 500
CARDS: Final = 200
_TABLES: Final = """
SELECT coalesce(s.tbl_name, d.name), d.pgsize
FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE
"""


def run(folder: Path, size: int) -> Figures:
    """Measure with so many batches."""
    batches = [SALES] * size
    alone = [1] * (size * SALES // 10)
    return [
        *_measure(folder, "bytes a sale", batches, details=False),
        *_measure(folder, "bytes a sale with its detail", batches, details=True),
        *_measure(folder, "bytes a sale alone", alone, details=False),
    ]


def _measure(folder: Path, metric: str, groups: Sequence[int], *, details: bool) -> Figures:
    """Sell in groups; give the bytes of a sale: in all, and by table."""
    path, raw = folder / f"{metric}.sqlite", folder / f"{metric}.limit.sqlite"
    node = open_node(path, cards=CARDS)
    terminal = Terminal(node.chain)
    _sell(node, terminal, 1, details=details)
    before = _tables(path)
    payloads = [_sell(node, terminal, sales, details=details) for sales in groups]
    node.database.close()
    limit.commits(raw, payloads)
    sales = sum(groups)
    tables = sorted((_tables(path) - before).items(), key=lambda item: -item[1])
    total, least = sum(size for _, size in tables), sum(_tables(raw).values())
    points = [(0.0, size / sales) for _, size in tables]
    return [
        result(metric, total / sales, "bytes", least / sales),
        curve(metric, points, [name for name, _ in tables]),
    ]


def _sell(node: Node, terminal: Terminal, sales: int, *, details: bool) -> list[bytes]:
    cards = [card((terminal.seq + number) % CARDS) for number in range(sales)]
    wanted = [bought(terminal.seq + number) for number in range(sales)] if details else []
    node.take(terminal.batch(cards, [detail_hash(detail) for detail in wanted]), wanted)
    return terminal.payloads


def _tables(path: Path) -> Counter[str]:
    """Give the bytes of each table with its indexes, all of its pages counted."""
    found: Counter[str] = Counter()
    with closing(sqlite3.connect(path)) as database:
        for table, size in database.execute(_TABLES):
            found[table] += size
    return found
