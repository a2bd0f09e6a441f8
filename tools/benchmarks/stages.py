"""stages: where the time of a sale goes, in a batch of 500 and alone.

Takes the steps of `server.engine` one after the other and looks at the clock between them; what it
takes to be lent the writer counts as `commit`.  The limit of each is what raw sqlite3 needs for a
sale in all, so that ratios can be added.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from server.engine.own import Signer
from server.ledger.chain import build
from server.store import blocks, readers
from server.store.database import Database, open_database
from server.store.view import RecordCache, StoreView
from shared.host.clock import SystemClock
from shared.signing import public_key
from shared.transaction import Batch, parse_batch, signed_by
from tools.benchmarks import limit
from tools.benchmarks.result import Figures, curve, result
from tools.benchmarks.world import BOOT, NODE_SEED, Terminal, card, found_node, seed

SIZE: Final = 40
"""Batches of 500; as many sales as in two of them are made alone."""
SALES: Final = 500
CARDS: Final = 200
STAGES: Final = ("form", "signature", "records", "rules and hashes", "tables", "commit")
_MICRO: Final = 1e6


def run(folder: Path, size: int) -> Figures:
    """Measure with so many batches."""
    figures: list[Figures] = [
        _measure(folder, "in a batch", [SALES] * size),
        _measure(folder, "alone", [1] * (2 * SALES if size > 1 else 5)),
    ]
    return [item for part in figures for item in part]


def _measure(folder: Path, how: str, groups: Sequence[int]) -> Figures:
    database = open_database(folder / f"{how}.sqlite")
    terminal = Terminal(found_node(database, 1, CARDS))
    batches, payloads = [], []
    for sales in groups:
        batches.append(terminal.batch([card(number % CARDS) for number in range(sales)]))
        payloads.append(terminal.payloads)
    sales, spent = sum(groups), Steps(database).take(batches)
    database.close()
    least = _MICRO * sum(limit.commits(folder / f"{how}.limit.sqlite", payloads)) / sales
    each = [(stage, _MICRO * spent[stage] / sales) for stage in STAGES]
    return [
        *(result(f"{stage} {how}", micro, "µs a sale", least) for stage, micro in each),
        curve(how, [(0.0, micro) for _, micro in each], STAGES),
    ]


class Steps:
    """What the engine does with a batch, step by step."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache = RecordCache()
        self._signer = Signer(NODE_SEED, BOOT, SystemClock())
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._since = 0.0
        with database.read() as connection:
            self._tip = readers.tip(connection)

    def take(self, batches: Sequence[bytes]) -> Mapping[str, float]:
        """Make a block of each; give the seconds of each step."""
        for raw in batches:
            self._since = time.perf_counter()
            batch = parse_batch(raw)
            self._done("form")
            if not signed_by(batch, public_key(seed(0))):
                raise RuntimeError("the batch is not signed")
            self._done("signature")
            with self._database.write() as connection:
                self._done("commit")
                self._block(connection, batch)
            self._done("commit")
        return self._spent

    def _block(self, connection: Connection, batch: Batch) -> None:
        view, signer = StoreView(connection, self._cache), self._signer
        view.prefetch([batch])
        self._done("records")
        now = signer.clock.now_ms()
        built = build(view, self._tip, [batch], author=signer.author, time=now)
        seal = signer.seal(built.raw)
        self._done("rules and hashes")
        blocks.append(view, built, seal)
        view.take(built.result)
        self._tip = built.tip
        self._done("tables")

    def _done(self, stage: str) -> None:
        now = time.perf_counter()
        self._spent[stage] += now - self._since
        self._since = now
