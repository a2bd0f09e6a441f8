"""The limit: what raw sqlite3 does with the same bytes, durable at each commit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path


def commits(path: Path, groups: Iterable[Sequence[bytes]]) -> list[float]:
    """Insert groups of payloads, one commit a group; give the seconds that each took."""
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE payload (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        seconds = []
        for group in groups:
            start = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "INSERT INTO payload (bytes) VALUES (?)", [(raw,) for raw in group]
            )
            database.execute("COMMIT")
            seconds.append(time.perf_counter() - start)
        return seconds
    finally:
        database.close()
