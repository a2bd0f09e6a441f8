"""Acts that prove this node: the audit, its fast half, and the index made anew from the blocks.

Every one of them reads one snapshot beside a serving node; only the rebuilding stops the writer
while it lasts.  What cannot be done raises NotPossibleError; then nothing is changed.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from server.control.errors import NotPossibleError
from server.control.looking import audit_line
from server.home import Home
from server.jobs.audit import check_blocks, timed_audit
from server.ledger.finding import Finding
from server.node import Node, make_clock, open_ledger
from server.office.watch import SqlWatch
from server.settings import read_settings
from server.store.database import Database
from server.store.linking import check_links
from server.store.rebuild import rebuild
from server.store.writer import StoreError
from shared.checkpoint import Checkpoint, read_cosigned
from shared.errors import Refused
from shared.host.clock import Clock, SystemClock
from shared.host.lock import HomeLock
from shared.ids import ChainId

LOG: Final = logging.getLogger(__name__)
KEY_BYTES: Final = 32
LINKS: Final = "audit.links"
SAID_EVERY_MS: Final = 1_000
Told = Callable[[int, int], None]
"""Is told how far a rebuilding is: the height, and the last one."""


def audit(node: Node, *, note: str = "", keys: Sequence[str] = (), need: int = 0) -> dict[str, Any]:
    """Execute everything again from the blocks, compare every table, and keep the result.

    `note` is a checkpoint that somebody kept, `keys` (hex) whose word it is, `need` of them.
    """
    held = _held(note, keys, need)
    return _whole(node.database, node.chain, node.clock, node.office.keeper, held)


def links(node: Node) -> dict[str, Any]:
    """Prove only that nothing was changed since it was sealed."""
    return _links(node.database, node.clock)


def audit_home(home: Home, act: str, **asked: Any) -> dict[str, Any]:
    """Do the same for a stopped node, which a damaged index may not allow to be opened."""
    with _opened(home) as (database, clock):
        if act == LINKS:
            return _links(database, clock)
        keeper = SqlWatch(database.write, database.read, clock.now_ms)
        return _whole(database, None, clock, keeper, _held(**asked))


def _whole(
    database: Database,
    chain: ChainId | None,
    clock: Clock,
    keeper: SqlWatch,
    held: Checkpoint | None,
) -> dict[str, Any]:
    outcome, found = timed_audit(database, chain, clock.now_ms, held)
    keeper.audited(found)
    return {**audit_line(found), "duration_ms": found.duration_ms, "state": outcome.state}


def _links(database: Database, clock: Clock) -> dict[str, Any]:
    watch = SystemClock()
    start = watch.mono_ms()
    with database.read() as connection:
        whole = check_links(database.where, connection, processes=os.cpu_count() or 1)
    finding = whole.finding
    return {
        "at_ms": clock.now_ms(),
        "height": whole.blocks - 1,
        "transactions": whole.transactions,
        "bad_height": finding.height if finding else None,
        "cause": finding.what if finding else "",
        "duration_ms": watch.mono_ms() - start,
    }


def _held(note: str = "", keys: Sequence[str] = (), need: int = 0) -> Checkpoint | None:
    if not note:
        return None
    known = {_key(key) for key in keys}
    if need > len(known):
        raise NotPossibleError(f"--need {need}, but only {len(known)} keys were given")
    try:
        return read_cosigned(note, keys=known, need=need or len(known))[0]
    except Refused as refused:
        raise NotPossibleError(f"that is not a checkpoint of these keys ({refused})") from None


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotPossibleError(f"a node's public key has 64 hex digits: {text}")
    return key


# ---------- the index made anew ----------


def rebuild_serving(node: Node) -> dict[str, Any]:
    """Make the index of an open node anew; nothing is sealed meanwhile, and pages still answer."""
    _prove(node.database, node.chain)
    try:
        tip = node.engine.rebuild(_every_second(_log))
    except (StoreError, ValueError, Refused) as error:
        raise NotPossibleError(f"the index was left as it is: {error}") from None
    return {"height": tip.height, "transactions": tip.log.size, "state": tip.state}


def rebuild_home(home: Home, told: Told) -> dict[str, Any]:
    """Make the index of a stopped node anew, however damaged it is."""
    with _opened(home) as (database, _):
        _prove(database, None)
        try:
            with database.write() as connection:
                tip = rebuild(connection, _every_second(told))
        except (StoreError, ValueError, Refused) as error:
            raise NotPossibleError(f"the index was left as it is: {error}") from None
    return {"height": tip.height, "transactions": tip.log.size, "state": tip.state}


@contextmanager
def _opened(home: Home) -> Iterator[tuple[Database, Clock]]:
    """Open the database of a stopped node, and nothing else of it."""
    home.require()
    settings = read_settings(home.settings, os.environ)
    with HomeLock(home.path):
        database = open_ledger(home, settings)
        try:
            yield database, make_clock(home, settings)
        finally:
            database.close()


def _prove(database: Database, chain: ChainId | None) -> None:
    """Refuse to build on blocks that do not audit."""
    finding: Finding | None = check_blocks(database, chain).finding
    if finding is not None:
        where = f"height {finding.height}: {finding.what}"
        raise NotPossibleError(f"the blocks are damaged, {where}; the index was left as it is")


def _every_second(told: Told) -> Told:
    watch = SystemClock()
    last = watch.mono_ms()

    def seldom(height: int, top: int) -> None:
        nonlocal last
        now = watch.mono_ms()
        if now - last >= SAID_EVERY_MS or height == top:
            last = now
            told(height, top)

    return seldom


def _log(height: int, top: int) -> None:
    LOG.info("rebuilding: height %d of %d", height, top)
