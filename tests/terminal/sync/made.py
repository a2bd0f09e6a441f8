"""A terminal's sync over a given transport, with its own clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

from shared.amounts import Amount
from shared.bodies import Sale
from shared.codec import encode
from shared.detail import Detail, Line, detail_hash
from shared.ids import BootId
from shared.wire import PairAnswer
from terminal.sync.node_sync import NodeSync
from terminal.sync.transport import SignedReads, Transport
from terminal.till.events import Unsent
from tests.terminal.offline_queue.made import opened
from tests.terminal.sync.node_model import CARD, IDENTITY, PAIR, T0


@dataclass
class Time:
    now: int = T0

    def now_ms(self) -> int:
        return self.now


_COUNTER = itertools.count()  # over all terminals of a test run, as random ones would differ


def nonce() -> str:
    return f"{next(_COUNTER):032x}"


class Terminal:
    """A journal on disk and the sync over it; `restart` is a new process on the same disk."""

    def __init__(self, folder: Path, transport: Transport, time: Time | None = None) -> None:
        self.folder = folder
        self.transport = transport
        self.time = time or Time()
        self.network = b"wlan0 up"
        self.pair = PAIR  # as it is on the disk
        self.disk_full = False
        self._start()

    def _start(self) -> None:
        self.journal = opened(self.folder, IDENTITY, BootId("1" * 16))
        self.sync = NodeSync(
            self.journal,
            self.transport,
            SignedReads(self.transport, IDENTITY, now_ms=self.time.now_ms, nonce=nonce),
            self.pair,
            keep_pair=self.keep_pair,
            unsent=lambda: Unsent(count=self.journal.head.seq - self.journal.stored_seq, amount=0),
            now_ms=self.time.now_ms,
            chance=lambda: 1.0,
            network=lambda: self.network,
        )

    def keep_pair(self, pair: PairAnswer) -> None:
        if self.disk_full:
            raise OSError(ENOSPC, "No space left on device")
        self.pair = pair

    def restart(self) -> None:
        self.journal.close()
        self._start()

    def sell(self, total: int, count: int = 1) -> None:
        for _ in range(count):
            line = Line(item="beer", label="Bière", quantity=1, unit_price=total, vat=2000)
            detail = Detail(lines=(line,), operator="-", salt="0" * 32, total=Amount(total))
            body = Sale(
                basis="cached",
                card=CARD,
                detail=detail_hash(detail),
                inside=(),
                total=Amount(total),
            )
            self.journal.append(
                body, encode(detail), at_ms=self.time.now, mono_ms=0, seen=self.sync.seen()
            )

    def round(self) -> tuple[object, object]:
        """What the shell's sync thread does."""
        return self.sync.push(), self.sync.pull()
