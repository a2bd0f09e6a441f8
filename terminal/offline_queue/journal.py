"""The journal: this terminal's linked, signed transactions, and what the node said about them.

`append` returns only when the entry is durable.  Entries are gapless, each names the one before,
none is ever altered, and none leaves before the node's final verdict on it and 30 days.  When a
write fails with an unknown outcome, the journal refuses everything until it is opened anew and has
read what the disk really holds.  Any thread may call: a lock makes each call whole, and none of
them waits for a network.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shared.bodies import Body
from shared.ids import ZERO_HASH, AuthorId, BootId
from shared.signing import Purpose, sign
from shared.transaction import open_payload, payload_hash, write_payload
from shared.verdict import Verdict, parse_verdict
from terminal.offline_queue.database import (
    JournalBrokenError,
    JournalDamagedError,
    JournalFullError,
    connect,
    named_errors,
    transaction,
)
from terminal.offline_queue.records import Head, Identity, News, Record, from_row, to_row

KEEP_MS: Final = 30 * 24 * 3_600_000
TIDY_AFTER: Final = 200  # entries
QUIET_MS: Final = 2_000

_INSERT: Final = (
    "INSERT INTO entry (seq, payload, hash, signature, detail, at) VALUES (?, ?, ?, ?, ?, ?)"
)
_KEEP_STATE: Final = "REPLACE INTO state (key, value) VALUES (?, ?)"
_KEEP_CARD: Final = "REPLACE INTO card (ref, value) VALUES (?, ?)"
_FROM: Final = (
    "SELECT seq, payload, hash, signature, detail, at FROM entry"
    " WHERE seq >= ? ORDER BY seq LIMIT ?"
)
_UNANSWERED: Final = (
    "SELECT seq FROM entry LEFT JOIN verdict USING (seq)"
    " WHERE seq > ? AND verdict IS NULL ORDER BY seq"
)
_BACKWARDS: Final = (
    "SELECT seq, payload, hash, signature, detail, at FROM entry"
    " WHERE seq <= ? ORDER BY seq DESC LIMIT 100"
)
_STORED: Final = "stored_seq"
_SETTLED: Final = "settled_seq"
_FLOOR: Final = "time_floor_ms"
_BOOTS: Final = "boots"


class Journal:
    """One terminal's journal.  Raises JournalError (its kinds are in `database`) from any call."""

    def __init__(self, connection: sqlite3.Connection, identity: Identity, boot: BootId) -> None:
        self._db = connection
        self._identity = identity
        self._author = identity.author
        self._boot = boot
        self._lock = threading.Lock()
        self._broken = False
        with named_errors():
            self._head, self._last_at_ms = self._check()
            self._stored_seq = self._number(_STORED)
            self._floor_ms = self._number(_FLOOR)
            self._tidied = self._head.seq
            with transaction(connection):
                self._keep(_BOOTS, self._number(_BOOTS) + 1)

    @classmethod
    def open(cls, path: Path, identity: Identity, boot: BootId) -> Journal:
        """Open or make the journal at `path`; `boot` is drawn anew for each start."""
        connection = connect(path)
        try:
            return cls(connection, identity, boot)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()
            self._broken = True

    # --- What is known ----------------------------------------------------------------------------

    @property
    def author(self) -> AuthorId:
        """Whose journal it is."""
        return self._author

    @property
    def identity(self) -> Identity:
        """Give the key that signs, and the chain."""
        return self._identity

    @property
    def boot(self) -> BootId:
        """Name this start."""
        return self._boot

    @property
    def head(self) -> Head:
        """The newest entry; seq 0 and zeros when there is none."""
        return self._head

    @property
    def stored_seq(self) -> int:
        """The node said that it has everything up to here (ACK 1)."""
        return self._stored_seq

    @property
    def time_floor_ms(self) -> int:
        """No entry may be older: time of the last entry, and what the node vouched for."""
        return max(self._last_at_ms, self._floor_ms)

    @property
    def boots(self) -> int:
        """How often this journal was opened, this time included."""
        with self._reading():
            return self._number(_BOOTS)

    @property
    def settled_seq(self) -> int:
        """The balances we hold cover our own entries up to here."""
        with self._reading():
            return self._number(_SETTLED)

    def answered_up_to(self, new: Collection[int] = ()) -> int:
        """Give the last entry before the first without a verdict; `new` are about to get theirs."""
        with self._reading():
            rows = self._db.execute(_UNANSWERED, (self._number(_SETTLED),))
            first = next((seq for (seq,) in rows if seq not in new), None)
        return self._head.seq if first is None else first - 1

    def records(self, first: int, limit: int = -1) -> list[Record]:
        """Give entries in order from `first` on."""
        with self._reading():
            rows = self._db.execute(_FROM, (first, limit))
            return [from_row(row) for row in rows]

    def has(self, seq: int) -> bool:
        """Tell whether an entry is here: neither pruned nor to come."""
        found = self.records(seq, 1)
        return bool(found) and found[0].seq == seq

    def newest_first(self) -> Iterator[Record]:
        """Give entries from the newest backwards, reading as far as the caller goes."""
        seq = self._head.seq
        while seq > 0:
            with self._reading():
                rows = self._db.execute(_BACKWARDS, (seq,)).fetchall()
            yield from map(from_row, rows)
            seq = rows[-1][0] - 1 if rows else 0

    def verdict(self, seq: int) -> Verdict | None:
        """Give the node's final verdict on an entry (ACK 2), None if there is none yet."""
        with self._reading():
            row = self._db.execute("SELECT verdict FROM verdict WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else parse_verdict(row[0])

    def state(self, key: str) -> bytes | None:
        """Give what was kept under a key."""
        with self._reading():
            row = self._db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def cards(self) -> dict[str, bytes]:
        """Give what is kept of each card, by reference."""
        with self._reading():
            return dict(self._db.execute("SELECT ref, value FROM card").fetchall())

    # --- What is written --------------------------------------------------------------------------

    def append(
        self, body: Body, detail: bytes | None, *, at_ms: int, mono_ms: int, seen: int
    ) -> Record:
        """Link, sign and fsync one transaction; on return it is durable.

        Its time is never before the last entry's.  Raises Refused for a body that the shared
        decoder would not take, or a payload over 8 KiB: nothing is signed then.
        """
        with self._writing():
            at_ms = max(at_ms, self.time_floor_ms)
            seq = self._head.seq + 1
            payload = write_payload(
                chain=self._identity.chain,
                author=self._author,
                seq=seq,
                prev=self._head.hash,
                body=body,
                at=at_ms,
                boot=self._boot,
                mono=mono_ms,
                seen=seen,
            )
            record = self._sign(payload, Head(seq, payload_hash(payload)), detail, at_ms)
            self._add([record])
            return record

    def adopt(self, payloads: Sequence[bytes]) -> int:
        """Take back own entries that the node kept and this disk lost (a restored image).

        Gives how many were new.  Raises JournalDamagedError unless they are this terminal's and
        continue its journal: then this is a fork, and nothing was taken.  Raises Refused for bytes
        that are no payload.
        """
        with self._writing():
            new: list[Record] = []
            head = self._head
            for payload in payloads:
                opened = open_payload(payload)
                envelope = opened.envelope
                if (envelope.author, envelope.chain) != (self._author, self._identity.chain):
                    raise JournalDamagedError("the node's copy is not this terminal's")
                if envelope.seq <= self._head.seq:
                    self._same(envelope.seq, payload)
                    continue
                if (envelope.seq, envelope.prev) != (head.seq + 1, head.hash):
                    raise JournalDamagedError("the node's copy does not continue this journal")
                head = Head(envelope.seq, opened.hash)
                new.append(self._sign(payload, head, None, envelope.at))
            if new:
                self._add(new)
            self._store_up_to(max(self._stored_seq, head.seq))
            return len(new)

    def mark_stored(self, seq: int) -> None:
        """Note that the node has everything up to `seq` (ACK 1), and no more.

        A node put back from a backup has less than it once said: it gets the rest again.
        """
        with self._writing():
            self._store_up_to(min(seq, self._head.seq))

    def keep(self, news: News) -> None:
        """Make durable, together, what the node said: verdicts (ACK 2), balances, rules."""
        with self._writing():
            with transaction(self._db):
                self._db.executemany(
                    "INSERT INTO verdict (seq, verdict) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(seq, str(verdict)) for seq, verdict in news.verdicts],
                )
                self._db.executemany(_KEEP_CARD, news.cards.items())
                self._db.executemany(_KEEP_STATE, news.state.items())
                if news.settled_seq is not None:
                    self._keep(_SETTLED, news.settled_seq)
                if news.time_floor_ms > self._floor_ms:
                    self._keep(_FLOOR, news.time_floor_ms)
            self._floor_ms = max(self._floor_ms, news.time_floor_ms)

    def prune(self, now_ms: int) -> int:
        """Drop the oldest entries that have a verdict and are 30 days old; give how many.

        The newest entry always stays: the next one links to it.
        """
        with self._writing(), transaction(self._db):
            kept = self._db.execute(
                "SELECT min(seq) FROM entry LEFT JOIN verdict USING (seq)"
                " WHERE verdict IS NULL OR at > ? OR seq = ?",
                (now_ms - KEEP_MS, self._head.seq),
            ).fetchone()[0]
            if kept is None:
                return 0
            gone = self._db.execute("DELETE FROM entry WHERE seq < ?", (kept,)).rowcount
            self._db.execute("DELETE FROM verdict WHERE seq < ?", (kept,))
            return gone

    def checkpoint(self) -> None:
        """Move the log into the file: slow on an SD card, so do it while nobody pays."""
        with self._writing(), named_errors():
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._tidied = self._head.seq

    def tidy(self, now_ms: int) -> None:
        """Prune and checkpoint, but only when there is much to do and nobody paid just now."""
        if self._head.seq - self._tidied >= TIDY_AFTER and now_ms - self._last_at_ms >= QUIET_MS:
            self.prune(now_ms)
            self.checkpoint()

    # --- Inside -----------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, named_errors():
            self._refuse_if_broken()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._refuse_if_broken()
            try:
                yield
            except JournalFullError:
                raise  # SQLite took it back whole: what is durable is known
            except JournalBrokenError:
                self._broken = True
                raise

    def _refuse_if_broken(self) -> None:
        if self._broken:
            raise JournalBrokenError("the journal must be opened anew")

    def _check(self) -> tuple[Head, int]:
        """Prove the links of what the node has not settled, and that the journal is ours."""
        row = self._db.execute("SELECT min(seq), max(seq) FROM entry").fetchone()
        if row[0] is None:
            return Head(0, ZERO_HASH), 0
        first = max(row[0], min(self._number(_SETTLED), row[1]))
        head: Head | None = None
        at_ms = 0
        for raw in self._db.execute(_FROM, (first, -1)):
            record = from_row(raw)
            envelope = open_payload(record.payload).envelope
            if payload_hash(record.payload) != record.hash or envelope.seq != record.seq:
                raise JournalDamagedError(f"entry {record.seq} is not what was written")
            if (envelope.author, envelope.chain) != (self._author, self._identity.chain):
                raise JournalDamagedError("the journal belongs to another terminal or chain")
            if head is not None and (envelope.seq, envelope.prev) != (head.seq + 1, head.hash):
                raise JournalDamagedError(f"entry {record.seq} does not follow the one before")
            head, at_ms = Head(record.seq, record.hash), record.at_ms
        assert head is not None
        return head, at_ms

    def _sign(self, payload: bytes, head: Head, detail: bytes | None, at_ms: int) -> Record:
        signature = sign(self._identity.seed, Purpose.TRANSACTION, payload)
        return Record(
            seq=head.seq,
            payload=payload,
            hash=head.hash,
            signature=signature,
            detail=detail,
            at_ms=at_ms,
        )

    def _add(self, records: Sequence[Record]) -> None:
        with transaction(self._db):
            self._db.executemany(_INSERT, map(to_row, records))
        last = records[-1]
        self._head = Head(last.seq, last.hash)
        self._last_at_ms = max(self._last_at_ms, last.at_ms)

    def _store_up_to(self, seq: int) -> None:
        if seq == self._stored_seq:
            return
        with transaction(self._db):
            self._keep(_STORED, seq)
            self._db.execute("DELETE FROM verdict WHERE seq > ?", (seq,))
        self._stored_seq = seq

    def _same(self, seq: int, payload: bytes) -> None:
        row = self._db.execute("SELECT payload FROM entry WHERE seq = ?", (seq,)).fetchone()
        if row is not None and row[0] != payload:
            raise JournalDamagedError(f"the node has another entry {seq}")

    def _number(self, key: str) -> int:
        row = self._db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return 0 if row is None else int(row[0])

    def _keep(self, key: str, value: int) -> None:
        self._db.execute(_KEEP_STATE, (key, str(value).encode()))
