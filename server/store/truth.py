"""Whether every row beside the blocks says what follows from them.

`Tables` goes along with an audit of the blocks of the same snapshot: `watch` compares what each
block has written in the order of the heights, `finish` the state at the end.  What is expected are
the very rows that the store writes for a block, so every column of every table is compared; what
was changed, taken away, put in or moved is found with its height.  Only the state and the names are
held in memory, whatever the length of the chain.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Table, literal_column, select

from server.ledger.audit import Report, audit
from server.ledger.chain import KEPT_LEVEL, Built
from server.ledger.finding import Finding
from server.ledger.records import Author, Balance, Head, Key
from server.store import blocks, schema
from server.store.codec import SHELVES, Row, Shelf, statement
from server.store.history import BALANCE
from server.store.stored import STREAM, stored_blocks
from server.store.views import foreign_views
from shared.checkpoint import Checkpoint
from shared.ids import ChainId, may_be_negative

MOST_FINDINGS: Final = 20
NOBODY: Final = 0
"""The number of a name that has none: no row has it."""

_HEADER: Final = ("height", "parent")
_BATCH: Final = ("height", "position", "author", "first_seq", "count")


class Proof(NamedTuple):
    """What an audit of blocks and tables has found; `findings` by height, the blocks' own too."""

    report: Report
    findings: list[Finding]


def prove(
    connection: Connection, *, chain: ChainId | None = None, held: Checkpoint | None = None
) -> Proof:
    """Audit the blocks of a snapshot, and every table beside them."""
    tables = Tables(connection)
    report = audit(stored_blocks(connection), chain=chain, held=held, watch=tables.watch)
    found = [*tables.findings, report.finding] if report.finding else tables.finish(report)
    return Proof(report, sorted(found, key=lambda each: each.height))


class Tables:
    """The comparison of one snapshot."""

    def __init__(self, connection: Connection) -> None:
        self.findings: list[Finding] = []
        self._connection = connection
        self._numbers = _Numbers(connection)
        self._changed: dict[str, dict[Key, int]] = {name: {} for name in SHELVES}
        self._subtrees: dict[int, _Rows] = {}
        self._headers = _Rows(connection, schema.BLOCK_HEADER, _HEADER)
        self._batches = _Rows(connection, schema.BLOCK_BATCH, _BATCH)
        self._blocks = _Rows(connection, schema.CHAIN_BLOCK)
        self._transactions = _Rows(connection, schema.COMPACT_TRANSACTION)
        self._postings = _Rows(connection, schema.COMPACT_POSTING)
        self._steps = _Rows(connection, schema.CHAIN_STEP)

    def watch(self, built: Built) -> None:
        """Compare what stands beside a block that was proven, and what followed from it."""
        height, executed = built.tip.height, built.result.executed
        batches = [
            (height, place, batch.author, batch.first, len(batch.transactions))
            for place, batch in enumerate(built.batches)
        ]
        numbers = self._numbers
        wanted: tuple[tuple[_Rows, list[Row]], ...] = (
            (self._headers, [(height, bytes.fromhex(built.header.parent))]),
            (self._batches, batches),
            (self._blocks, [blocks.block_row(built)]),
            (self._transactions, blocks.transaction_rows(height, executed, numbers)),
            (self._postings, blocks.posting_rows(height, executed, numbers)),
            (self._steps, blocks.step_rows(height, self._before(built), numbers)),
        )
        for rows, expected in wanted:
            self._found(height, rows.compare(height, expected))
        for level, position, hashed in built.subtrees:
            rows = self._of_level(level)
            self._found(height, rows.compare(position, [(level, position, hashed)]))
        for name, key, _ in built.result.changes:
            self._changed[name][key] = height

    def finish(self, report: Report) -> list[Finding]:
        """Compare the state with what all blocks together give; give all findings."""
        top, cut_off = report.tip.height, False
        tables = (self._headers, self._batches, self._blocks)
        for rows in (*tables, self._transactions, self._postings, self._steps):
            for row in rows.rest():
                self._add(max(0, _number(row[0])), f"{rows.name} {row[0]} belongs to nothing")
                cut_off |= rows is self._batches and _number(row[0]) > top
        if cut_off:
            return self.findings  # a header is gone: the state is that of blocks nobody can read
        for name, shelf in SHELVES.items():
            self._records(name, shelf, report)
        tips = self._connection.execute(select(schema.CHAIN_TIP)).all()
        if [tuple(row) for row in tips] != [blocks.tip_row(report.tip)]:
            self._add(top, "the tip is not the last block")
        for level, position in _stream(self._connection, _LOG):
            full = report.tip.log.size >> level if _number(level) >= KEPT_LEVEL else 0
            if not 0 <= _number(position) < full:
                self._add(top, f"chain_log {level} {position} belongs to nothing")
        for words in self._numbers.wrong(report):
            self._add(top, words)
        for name in foreign_views(self._connection):
            self._add(top, f"the view {name} shows something else than it should")
        return self.findings

    def _before(self, built: Built) -> dict[Key, int | None]:
        """Give where the balances that a block changes had changed before."""
        changed = self._changed[BALANCE]
        return {key: changed.get(key) for name, key, _ in built.result.changes if name == BALANCE}

    def _records(self, name: str, shelf: Shelf, report: Report) -> None:
        """Compare a table of the state: each record once, as it is written, with its height."""
        records, changed = report.memory.records[shelf.record], self._changed[name]
        table = schema.STORED[name]
        seen: set[Key] = set()
        for row in _stream(self._connection, statement(select(table))):
            key = self._numbers.names(row[: shelf.keys]) if shelf.interned else row[: shelf.keys]
            record = records.get(key)
            height = changed.get(key, max(0, _number(row[-1])))
            if record is None or key in seen:
                self._add(height, f"{table.name} {_words(key)} belongs to nothing")
            elif row != shelf.row(row[: shelf.keys], record, height):
                self._add(height, f"{table.name} {_words(key)} is not what the blocks give")
            seen.add(key)
        if len(seen) < len(records):
            for key in records.keys() - seen:
                self._add(changed[key], f"{table.name} {_words(key)} is missing")

    def _of_level(self, level: int) -> "_Rows":
        if level not in self._subtrees:
            self._subtrees[level] = _Rows(self._connection, schema.CHAIN_LOG, level=level)
        return self._subtrees[level]

    def _found(self, height: int, words: Iterator[str]) -> None:
        for each in words:
            self._add(height, each)

    def _add(self, height: int, what: str) -> None:
        """Keep a finding; of very many the lowest."""
        self.findings.append(Finding(height, what))
        if len(self.findings) > MOST_FINDINGS:
            self.findings.remove(max(self.findings, key=lambda each: each.height))


class _Rows:
    """The rows of a table in the order of their keys, read as far as they are asked for."""

    def __init__(
        self, connection: Connection, table: Table, names: Sequence[str] = (), level: int = -1
    ) -> None:
        columns = [table.c[name] for name in names] or list(table.columns)
        clause = select(*columns).order_by(*table.primary_key)
        self.name = table.name
        self._columns = [column.name for column in columns]
        self._keys = len(table.primary_key)
        self._place = 0
        if level >= 0:
            clause = clause.where(table.c.level == literal_column(str(level)))
            self._place = 1
        self._rows = _stream(connection, statement(clause))
        self._next = next(self._rows, None)

    def compare(self, upto: int, wanted: Sequence[Row]) -> Iterator[str]:
        """Say how the rows up to a height (or position), which nobody has read, are not these."""
        found: list[Row] = []
        while self._next is not None and _number(self._next[self._place]) <= upto:
            found.append(self._next)
            self._next = next(self._rows, None)
        if found != wanted:
            yield from self._differences(found, wanted)

    def rest(self) -> Iterator[Row]:
        """Give the rows that nobody has asked for."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)

    def _differences(self, found: Sequence[Row], wanted: Sequence[Row]) -> Iterator[str]:
        missing = {row[: self._keys]: row for row in wanted}
        for row in found:
            key = row[: self._keys]
            expected = missing.pop(key, None)
            if expected is None:
                yield f"{self.name} {_words(key)} belongs to nothing"
            elif row != expected:
                pairs = zip(self._columns, row, expected, strict=True)
                wrong = ", ".join(name for name, one, other in pairs if one != other)
                yield f"{self.name} {_words(key)}: {wrong} is not what the blocks give"
        for key in missing:
            yield f"{self.name} {_words(key)} is missing"


class _Numbers(dict[str, int]):
    """The number of each name, as the table says; `NOBODY` for a name that has none."""

    def __init__(self, connection: Connection) -> None:
        self._texts: dict[int, str] = {}
        self._wrong: list[str] = []
        for number, text in _stream(connection, _NAMES):
            if (
                not isinstance(number, int)
                or not isinstance(text, str)
                or text in self
                or number in self._texts
                or (number < 0) != may_be_negative(text)
            ):
                self._wrong.append(f"chain_name {number} is not what the blocks give")
            self[text] = number
            self._texts[number] = text

    def __missing__(self, name: str) -> int:
        return NOBODY

    def names(self, numbers: Sequence[int]) -> Key:
        """Give the names of numbers; what has none is called by its number."""
        return tuple(self._texts.get(number, f"#{number}") for number in numbers)

    def wrong(self, report: Report) -> Iterator[str]:
        """Say which names are wrong in themselves, or are nobody's."""
        yield from self._wrong
        records = report.memory.records
        used = {str(part) for key in records[Balance] for part in key}
        used.update(str(key[0]) for key in records[Head])
        used.update(
            record.place for record in records[Author].values() if isinstance(record, Author)
        )
        used.add("")
        for name in self.keys() - used:
            yield f"chain_name {self[name]} belongs to nothing"


_LOG: Final = "SELECT level, position FROM chain_log"
_NAMES: Final = "SELECT id, text FROM chain_name"


def _stream(connection: Connection, words: str) -> Iterator[Row]:
    with connection.exec_driver_sql(words, execution_options=STREAM) as rows:
        for row in rows:
            yield tuple(row)


def _number(value: object) -> int:
    """Give a height for comparing; what is no number at all comes before every block."""
    return value if isinstance(value, int) else -1


def _words(key: Sequence[object]) -> str:
    return " ".join(map(str, key))
