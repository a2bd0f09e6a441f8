"""A node in a process of its own that tills send to without pause, until somebody kills it.

Usage: child.py DATABASE FIRST_SEQ.  Prints `till seq height index` for each verdict, after it was
answered.
"""

import resource
import signal
import sys
from pathlib import Path
from threading import Lock, Thread

from server.engine.port import EngineStoppedError, Stored
from server.engine.solo import Solo
from server.store.database import open_database
from shared.transaction import Batch
from tests.server.engine.world import BOOT, NODE_SEED, Clock, Till, World, sale

TILLS = 4
PER_BATCH = 3
_PRINTING = Lock()


def journal(till: Till, batches: int) -> list[Batch]:
    """Write what this till has to say: always the same."""
    return [till.next(*[sale(0, 1)] * PER_BATCH) for _ in range(batches)]


def send(engine: Solo, number: int, batches: list[Batch]) -> None:
    """Send all batches and say what was answered; stop at the first failure."""
    for batch in batches:
        try:
            answer = engine.submit(batch)
        except EngineStoppedError:
            return
        assert isinstance(answer, Stored), answer
        with _PRINTING:
            for placed in answer.placed:
                print(number, placed.seq, placed.height, placed.index)  # noqa: T201 - for the parent
            sys.stdout.flush()


def main(path: Path, batches: int, most_bytes: int) -> None:
    """Open the node and let the tills send."""
    if most_bytes:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    database = open_database(path)
    engine = Solo(database, seed=NODE_SEED, boot=BOOT, clock=Clock())
    chain = engine.tip.chain
    work = [
        Thread(target=send, args=(engine, n, journal(Till(World.till_seed(n), chain), batches)))
        for n in range(TILLS)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
