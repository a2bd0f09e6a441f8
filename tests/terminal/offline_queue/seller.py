"""A process that sells as fast as it can, and says each sale only once it is durable."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal.offline_queue.made import opened, sell


def main(folder: Path) -> None:
    journal = opened(folder)
    print("open", journal.head.seq, flush=True)  # noqa: T201 - its parent reads
    while True:
        record = sell(journal, 100)
        print(record.seq, record.hash, flush=True)  # noqa: T201 - its parent reads
        if record.seq % 37 == 0:
            journal.checkpoint()
        if record.seq % 11 == 0:
            journal.mark_stored(record.seq)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
