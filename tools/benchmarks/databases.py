"""The databases that a benchmark runs on: SQLite always, PostgreSQL where it is installed.

Each with its limit: the same payloads, raw, in one table with a number, durable at each commit.
PostgreSQL is a server of its own in a temporary folder, as it comes, so it waits for its disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tools.benchmarks import limit
from tools.postgres import Server, serving

_AS_IT_COMES: Final = (
    "listen_addresses=",
    "unix_socket_permissions=0777",
    "log_min_messages=fatal",
)
_TABLE: Final = "CREATE TABLE payload (id bigserial PRIMARY KEY, bytes bytea NOT NULL)"


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database: `where` is what opens it, `commits` makes and times its limit."""

    name: str
    where: Path | str
    commits: Callable[[Iterable[Sequence[bytes]]], list[float]]


def sqlite(folder: Path, name: str = "node") -> Place:
    """Give a file in a folder."""
    raw = partial(limit.commits, folder / f"{name}.limit.sqlite")
    return Place("sqlite", folder / f"{name}.sqlite", raw)


@contextmanager
def postgresql() -> Iterator[Place]:
    """Start a server and give a database in it.  Raises AssertionError when none is installed."""
    with serving(_AS_IT_COMES) as server:
        yield Place("postgresql", server.fresh(), partial(_copy, server))


def _copy(server: Server, groups: Iterable[Sequence[bytes]]) -> list[float]:
    """COPY groups of payloads, one commit a group; give the seconds that each took."""
    seconds = []
    with server.connect() as connection:
        connection.execute(_TABLE)
        for group in groups:
            start = time.perf_counter()
            with connection.cursor().copy("COPY payload (bytes) FROM STDIN") as copy:
                for raw in group:
                    copy.write_row((raw,))
            seconds.append(time.perf_counter() - start)
    return seconds
