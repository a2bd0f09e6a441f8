"""Bodies, identities and journals for these tests."""

from __future__ import annotations

from pathlib import Path

from shared.amounts import Amount
from shared.bodies import Sale
from shared.ids import BootId, CardRef, ChainId, Hash
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import Identity, Record

IDENTITY = Identity(seed=bytes(range(32)), chain=ChainId("c" * 32))
BOOT = BootId("b" * 16)
CARD = CardRef("a" * 32)
AT = 1_790_000_000_000


def sale(total: int) -> Sale:
    return Sale(basis="cached", card=CARD, detail=Hash("d" * 64), inside=(), total=Amount(total))


OPENED: list[Journal] = []  # of this test; conftest closes them


def opened(
    folder: Path, identity: Identity = IDENTITY, boot: BootId = BOOT, *, name: str = "journal.db"
) -> Journal:
    journal = Journal.open(folder / name, identity, boot)
    OPENED.append(journal)
    return journal


def close_all() -> None:
    while OPENED:
        OPENED.pop().close()


def sell(journal: Journal, total: int, *, at_ms: int = AT) -> Record:
    return journal.append(sale(total), b'{"lines":[]}', at_ms=at_ms, mono_ms=5, seen=3)
