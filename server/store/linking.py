"""Links and hashes of a stored chain, in ranges that several processes read at once.

What a range takes for granted comes from the index (the kept subtrees of the log, the recorded
verdicts) and is proven by what was sealed.  Keys are believed only as far as they prove themselves:
an author is named by its first key, and each later one by the rotation that the one before signed.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from server.ledger.finding import Finding
from server.ledger.links import Keys, Linked, Recorded, Start, Term, join, read_range
from server.store import readers
from server.store.beside import reading
from server.store.packing import salvage
from server.store.proofs import LogReader
from server.store.stored import STREAM, stored_blocks
from shared.block import header_hash, read_header
from shared.bodies import Genesis, KeyRotate, PlaceJoin, TerminalEnrol
from shared.errors import Refused
from shared.ids import AuthorId, author_id
from shared.merkle import EMPTY, Frontier

RANGE: Final = 10_000
"""Transactions: small, as the other processes join when they have begun, half a second later."""
AHEAD: Final = 2
"""Ranges that each other process has in hand, so that it never waits for this one to look up."""
_RUNS: Final = """
SELECT batch, min(verdict), max(verdict), count(*) FROM chain_compact_transaction
WHERE height = ? GROUP BY batch ORDER BY min(idx)
"""
_VERDICTS: Final = """
SELECT batch, verdict, 1 FROM chain_compact_transaction WHERE height = ? ORDER BY idx
"""
_COUNTS: Final = "SELECT height, count FROM block_batch ORDER BY height"
_TOP: Final = "SELECT max(height) FROM block_header"
_TIP: Final = "SELECT height, hash FROM chain_tip"
_HEADER: Final = "SELECT packed FROM block_header WHERE height = ?"
# `<> 'sale'` lets SQLite use the index of what is rare.
_KEYS: Final = """
SELECT t.height, t.seq, t.author, t.verdict, b.first_seq, b.packed
FROM chain_transaction t
JOIN block_batch b ON b.height = t.height AND b.position = t.batch
WHERE t.kind IN ('genesis', 'place.join', 'terminal.enrol', 'key.rotate') AND t.kind <> 'sale'
ORDER BY t.height, t.idx
"""
_NO_HASH: Final = bytes(32)


def check_links(
    where: Path | str, connection: Connection, *, processes: int = 2, size: int = RANGE
) -> Linked:
    """Prove the links and hashes of all blocks of a snapshot, in ranges of `size` transactions.

    `where` is the database that the other processes open; the chain only grows, so that what they
    see of the blocks below this snapshot's end is the same.
    """
    keys = key_terms(connection)
    ranges = list(pairwise(_ends(connection, size)))
    whole = join(list(_ranges(where, connection, ranges, keys, processes)))
    tips = [tuple(row) for row in connection.exec_driver_sql(_TIP)]
    if whole.finding is None and tips != [(whole.blocks - 1, header_hash(whole.header))]:
        whole.finding = Finding(whole.blocks - 1, "the tip is not the last block")
    return whole


def _ranges(
    where: Path | str,
    connection: Connection,
    ranges: Sequence[tuple[int, int]],
    keys: Keys,
    processes: int,
) -> Iterator[Linked]:
    """Read ranges from the first on, while other processes read them from the last on."""
    others = min(processes, len(ranges)) - 1
    if not others:
        yield from (_read(connection, *each, keys) for each in ranges)
        return
    left, found = deque(ranges), dict[tuple[int, int], Linked]()
    running: dict[Future[Linked], tuple[int, int]] = {}
    with ProcessPoolExecutor(others, get_context("spawn")) as pool:
        while left or running:
            while left and len(running) < AHEAD * others:
                each = left.pop()
                running[pool.submit(link_range, where, *each, keys)] = each
            if left:
                each = left.popleft()
                found[each] = _read(connection, *each, keys)
            for ended in wait(running, timeout=0 if left else None, return_when=FIRST_COMPLETED)[0]:
                found[running.pop(ended)] = ended.result()
    yield from (found[each] for each in ranges)


def link_range(where: Path | str, first: int, end: int, keys: Keys) -> Linked:
    """Read the blocks from one height to before another, in a process of its own."""
    with reading(where) as connection:
        return _read(connection, first, end, keys)


def key_terms(connection: Connection) -> Keys:
    """Give the keys of all authors with their terms, as far as each proves itself."""
    terms: dict[AuthorId, list[Term]] = {}
    for height, seq, author, verdict, first, packed in connection.exec_driver_sql(_KEYS):
        if verdict != "accepted":
            continue
        try:
            transaction = readers.payload(salvage(packed), first, seq)
        except (Refused, IndexError):
            continue  # whoever reads the block finds it damaged
        if (transaction.envelope.author, transaction.envelope.seq) != (author, seq):
            continue
        body = transaction.body
        if isinstance(body, KeyRotate):
            terms.setdefault(author, []).append(Term(seq + 1, height, bytes.fromhex(body.key)))
        elif isinstance(body, Genesis):
            _begin(terms, bytes.fromhex(body.founder))
        elif isinstance(body, PlaceJoin | TerminalEnrol):
            _begin(terms, bytes.fromhex(body.key))
    return terms


def _begin(terms: dict[AuthorId, list[Term]], key: bytes) -> None:
    terms.setdefault(author_id(key), [Term(1, -1, key)])


def _ends(connection: Connection, size: int) -> list[int]:
    """Cut the heights into ranges of about so many transactions, by what stands beside batches."""
    cuts, inside = [0], 0
    with connection.exec_driver_sql(_COUNTS, execution_options=STREAM) as rows:
        for height, count in rows:
            if inside >= size and height > cuts[-1]:
                cuts.append(height)
                inside = 0
            inside += count
    top: int | None = connection.exec_driver_sql(_TOP).scalar_one()
    end = 0 if top is None else top + 1
    return [*(cut for cut in cuts if cut < end), end]


def _read(connection: Connection, first: int, end: int, keys: Keys) -> Linked:
    blocks = _recorded(connection, first, end)
    return read_range(blocks, keys, _start(connection, first) if first else Start())


def _recorded(connection: Connection, first: int, end: int) -> Iterator[Recorded]:
    for height, block in enumerate(stored_blocks(connection, first, end), first):
        yield Recorded(block, _verdicts(connection, height))


def _verdicts(connection: Connection, height: int) -> list[tuple[int, str, int]]:
    """Give a block's verdicts: nearly always all of a batch are the same, and fetched as one."""
    rows = connection.exec_driver_sql(_RUNS, (height,)).all()
    if all(least == most for _, least, most, _ in rows):
        return [(batch, verdict, count) for batch, verdict, _, count in rows]
    return [tuple(row) for row in connection.exec_driver_sql(_VERDICTS, (height,))]


def _start(connection: Connection, height: int) -> Start:
    """Say what a range takes for granted; what is damaged becomes what proves nothing."""
    packed = connection.exec_driver_sql(_HEADER, (height - 1,)).scalar_one_or_none()
    header = salvage(packed) if packed else b""
    try:
        size = read_header(header).log.size
    except Refused:
        return Start(height, header or b"-", EMPTY)
    log = LogReader(connection)
    peaks: list[bytes] = []
    done = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            try:
                peaks.append(log.subtree(level, done >> level))
            except ValueError:
                peaks.append(_NO_HASH)
            done += 1 << level
    return Start(height, header, Frontier(size, tuple(peaks)))
