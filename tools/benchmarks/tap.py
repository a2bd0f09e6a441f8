"""tap: from the UID that the simulated reader gives to the green page, offline.

The real reader loop, shell with its threads, flow, journal and pages; without a window.  The page
turns green only when the journal has committed, so the limit is raw sqlite3 committing the same
payloads one by one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools.benchmarks import limit
from tools.benchmarks.result import Result, memory, percentile, result
from tools.benchmarks.till import directory, open_till

SIZE: Final = 500
"""As many sales wait for the node at the end: an evening without network at one till."""


def run(folder: Path, size: int) -> list[Result]:
    """Measure so many taps."""
    uids = [bytes([0x04]) + number.to_bytes(6, "big") for number in range(size)]
    with open_till(folder, directory(uids)) as till:
        seconds = [till.tap(uid) for uid in uids]
        payloads = [[record.payload] for record in till.journal.records(1)]
    if len(payloads) != size:
        raise RuntimeError(f"{len(payloads)} entries of {size} sales")
    raw = limit.commits(folder / "limit.sqlite", payloads)
    return [
        *(
            result(f"p{share}", 1000 * percentile(seconds, at), "ms", 1000 * percentile(raw, at))
            for share, at in ((50, 0.5), (99, 0.99))
        ),
        memory(),
    ]
