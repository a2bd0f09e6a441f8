"""sale-http: single sales over HTTP, each with its detail, against a real `node serve` process.

One client, then more of them at once, each with its own terminal and a connection that stays open.
The limit is raw sqlite3 committing the same payloads one by one.  Any answer but a 200 with
`accepted` for the very sale that was sent ends the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.home import Home
from shared.codec import decode
from shared.detail import detail_hash
from shared.wire import BATCH_TYPE, BatchAnswer, write_details
from tools.benchmarks import limit
from tools.benchmarks.load import Run, drive, post
from tools.benchmarks.result import Figures, curve, memory_of, percentile, result
from tools.benchmarks.serving import found_home, free_port, serving, work_of
from tools.benchmarks.world import Terminal, bought, card

CLIENTS: Final = (1, 2, 4, 8, 16, 32)
SIZE: Final = 4_000
"""Sales of each number of clients, together."""
CARDS: Final = 200
SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
WORDS: Final = {1: "one", 16: "sixteen"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A sale as a whole request, its number, and its payload alone."""

    request: bytes
    seq: int
    payload: bytes


def run(folder: Path, size: int) -> Figures:
    """Measure with so many sales for each number of clients."""
    home, port = Home(folder / "node"), free_port()
    chain = found_home(home, port=port, terminals=max(CLIENTS), cards=CARDS)
    terminals = [Terminal(chain, number) for number in range(max(CLIENTS))]
    runs: dict[int, Run] = {}
    work: dict[int, float] = {}
    alone: list[Upload] = []
    with serving(home) as process:
        _sell(port, [_uploads(terminals[0], port, max(1, size // 10))])  # warm
        for clients in CLIENTS:
            most = max(1, size // clients)
            shares = [_uploads(till, port, most) for till in terminals[:clients]]
            alone, before = alone or shares[0], work_of(process)
            runs[clients] = _sell(port, shares)
            work[clients] = (work_of(process) - before) / len(runs[clients].seconds)
        used = memory_of(process)
    raw = limit.commits(folder / "limit.sqlite", [[upload.payload] for upload in alone])
    most_a_second = len(raw) / sum(raw)
    slowest = 1000 * percentile(raw, 0.99)
    return [
        *(
            result(f"{word} client{'s'[: n > 1]}", _rate(runs[n]), "sales/s", most_a_second)
            for n, word in WORDS.items()
        ),
        result("p99", 1000 * percentile(runs[16].seconds, 0.99), "ms", slowest),
        result("p99 of one client", 1000 * percentile(runs[1].seconds, 0.99), "ms", slowest),
        *(
            result(f"work a sale, {word}", 1000 * work[n], "ms", 1000 * sum(raw) / len(raw))
            for n, word in WORDS.items()
        ),
        used,
        curve("rate", [(n, _rate(one)) for n, one in runs.items()]),
        *(
            curve(f"p{share}", [(n, 1000 * percentile(r.seconds, at)) for n, r in runs.items()])
            for share, at in ((50, 0.5), (99, 0.99))
        ),
        *(
            curve(f"{word} waiting", [(s, 1000 * percentile(runs[n].seconds, s)) for s in SHARES])
            for n, word in WORDS.items()
        ),
    ]


def _rate(found: Run) -> float:
    return len(found.seconds) / found.took


def _uploads(terminal: Terminal, port: int, sales: int) -> list[Upload]:
    uploads = []
    for number in range(sales):
        detail = bought(terminal.seq + 1)
        batch = terminal.batch([card(number % CARDS)], [detail_hash(detail)])
        request = post(port, "/api/v1/batches", BATCH_TYPE, batch + write_details([detail]))
        uploads.append(Upload(request, terminal.seq, terminal.payloads[0]))
    return uploads


def _sell(port: int, shares: Sequence[Sequence[Upload]]) -> Run:
    """Hand in each share over a connection of its own and check all answers."""
    found = drive(port, [[upload.request for upload in share] for share in shares])
    for share, bodies in zip(shares, found.bodies, strict=True):
        for upload, body in zip(share, bodies, strict=True):
            if _verdicts(body) != [(upload.seq, "accepted")]:
                raise RuntimeError(f"sale {upload.seq}: {body[:200]!r}")
    return found


def _verdicts(raw: bytes) -> list[tuple[int, str]]:
    return [(line.seq, line.verdict) for line in decode(raw, BatchAnswer).verdicts]
