"""A process that has imported everything and forks one life after the other: 10 ms instead of 400.

Usage: zygote.py ANSWERS PHASE, a descriptor to write answers to and the file of the phase.  Each
line of stdin is an `Order`; it prints the life's process id, and how it ended once it has.
"""

import faulthandler
import gc
import mmap
import os
import sys
from pathlib import Path

import msgspec

from tests.server.engine.kills.life import Order, live


def main(answers: int, file: Path) -> None:
    """Fork a life for each order and wait for its end."""
    with file.open("r+b") as opened:
        phase = mmap.mmap(opened.fileno(), 1)
    faulthandler.enable()
    gc.freeze()
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        pid = os.fork()
        if pid == 0:
            os.close(0)
            live(order, answers, phase)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 - for the drill
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - same


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
