"""sale-http: single sales over HTTP, each with its detail, against a real `node serve` process.

First one client, then four at once; each keeps its connection open.  The limit is raw sqlite3
committing the same payloads one by one.  Any answer but a 200 with `accepted` ends the run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_server
from typing import Final

from server.home import Home, draw_keys, make_home, write_settings
from server.settings import write_template
from server.store.database import open_database
from shared.codec import decode
from shared.detail import detail_hash
from shared.ids import ChainId
from shared.wire import BATCH_TYPE, BatchAnswer, write_details
from tools.benchmarks import limit
from tools.benchmarks.result import Result, memory_of, percentile, result
from tools.benchmarks.world import Terminal, bought, card, found_node

CLIENTS: Final = 4
SIZE: Final = 2_000
CARDS: Final = 200
PATIENCE_S: Final = 60
HOST: Final = "127.0.0.1"
HEADERS: Final = {"Content-Type": BATCH_TYPE}


@dataclass(frozen=True, slots=True)
class Upload:
    """What is sent of a sale, and its payload alone."""

    body: bytes
    payload: bytes


def run(folder: Path, size: int) -> list[Result]:
    """Measure with so many sales of the single client, and of the four together."""
    home, port = Home(folder / "node"), _free_port()
    chain = _found(home, port)
    terminals = [Terminal(chain, number) for number in range(CLIENTS)]
    with _serving(home) as process:
        _send(port, _uploads(terminals[0], max(1, size // 10)))  # warm
        alone = _uploads(terminals[0], size)
        one, _ = _together(port, [alone])
        four, seconds = _together(port, [_uploads(till, size // CLIENTS) for till in terminals])
        used = memory_of(process.pid)
    raw = limit.commits(folder / "limit.sqlite", [[upload.payload] for upload in alone])
    most = len(raw) / sum(raw)
    return [
        result("one client", one, "sales/s", most),
        result("four clients", four, "sales/s", most),
        result("p99", percentile(seconds, 0.99) * 1000, "ms", percentile(raw, 0.99) * 1000),
        used,
    ]


def _uploads(terminal: Terminal, sales: int) -> list[Upload]:
    uploads = []
    for number in range(sales):
        detail = bought(terminal.seq + 1)
        batch = terminal.batch([card(number % CARDS)], detail_hash(detail))
        uploads.append(Upload(batch + write_details([detail]), terminal.payloads[0]))
    return uploads


def _together(port: int, shares: Sequence[Sequence[Upload]]) -> tuple[float, list[float]]:
    """Send each share over a connection of its own; give sales a second and what each took."""
    with ThreadPoolExecutor(len(shares)) as clients:
        start = time.perf_counter()
        seconds = [
            took for share in clients.map(lambda s: _send(port, s), shares) for took in share
        ]
        return len(seconds) / (time.perf_counter() - start), seconds


def _send(port: int, uploads: Sequence[Upload]) -> list[float]:
    """Hand sales in one after the other; give the seconds that each took."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    connection.connect()
    connection.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    seconds = []
    for upload in uploads:
        start = time.perf_counter()
        connection.request("POST", "/api/v1/batches", upload.body, HEADERS)
        answer = connection.getresponse()
        raw = answer.read()
        seconds.append(time.perf_counter() - start)
        if answer.status != HTTPStatus.OK or _verdicts(raw) != ["accepted"]:
            raise RuntimeError(f"{answer.status}: {raw[:200]!r}")
    connection.close()
    return seconds


def _verdicts(raw: bytes) -> list[str]:
    return [line.verdict for line in decode(raw, BatchAnswer).verdicts]


# ---------- the node ----------


def _free_port() -> int:
    with create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _found(home: Home, port: int) -> ChainId:
    make_home(home)
    database = open_database(home.database)
    chain = found_node(database, CLIENTS, CARDS, node=draw_keys(home).node)
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


@contextmanager
def _serving(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Run the node's real process from its first word to SIGTERM."""
    command = [sys.executable, "-m", "server.cli", "serve", "--home", str(home.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if "serves at" not in process.stdout.readline():
                raise RuntimeError("the node did not start")
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
