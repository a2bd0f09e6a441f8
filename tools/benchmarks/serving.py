"""A real `node serve` process to measure: founded with terminals and rich cards, run, ended.

Fails with RuntimeError when the node does not start.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Final

from server.home import Home, draw_keys, make_home, write_settings
from server.settings import write_template
from server.store.database import open_database
from shared.ids import ChainId
from tools.benchmarks.load import HOST
from tools.benchmarks.world import found_node

PATIENCE_S: Final = 60
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def found_home(home: Home, *, port: int, terminals: int, cards: int) -> ChainId:
    """Make a node's home whose terminals have the keys of `world.seed`."""
    make_home(home)
    database = open_database(home.database)
    chain = found_node(database, terminals, cards, node=draw_keys(home).node)
    database.close()
    settings = write_template(
        name="Bench",
        listen=f"{HOST}:{port}",
        time_zone="Europe/Paris",
        language="fr",
        federated="FED",
        simulated_clock=False,
    )
    write_settings(home, settings)
    return chain


def free_port() -> int:
    """Give a port that nobody listens on."""
    with create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(home: Home) -> Iterator[int]:
    """Run the node's real process from its first word to SIGTERM; give its process id."""
    command = [sys.executable, "-m", "server.cli", "serve", "--home", str(home.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if "serves at" not in process.stdout.readline():
                raise RuntimeError("the node did not start")
            yield process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def work_of(pid: int) -> float:
    """Give the seconds of processor time that a process has used, its kernel's included."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS
