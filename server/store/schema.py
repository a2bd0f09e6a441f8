"""The tables of the chain: blocks as they came, and the index that is derived from them.

`block_*` is the truth, packed (`packing.py`).  `chain_*` follows from it: one table for each of
`server.ledger.records.TABLES` (with `changed`, the height of its last change), and the
transactions, postings, tip and full subtrees of the log (`proofs.py`).  What tells of the past only
grows: triggers refuse every UPDATE and DELETE (`guards.py`).

What grows with every sale is kept with numbers in the place of names (`chain_compact_*`, `NAME`);
views of the usual names (`chain_transaction`, `chain_posting`, `chain_balance`) show the names, and
everybody but the writer reads those.  CHECKs stand at table level, where tools can see them.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    FromClause,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    select,
    text as sql_text,
)
from sqlalchemy.sql.ddl import CreateView

from server.ledger.records import TABLES, Record
from server.store.columns import INT, ORDERED, STRICT, blob, number, text
from server.store.guards import follows_at_once, only_grows

METADATA: Final = MetaData()

BLOCK_HEADER: Final = Table(
    "block_header",
    METADATA,
    number("height", primary_key=True, autoincrement=False),
    blob("parent"),
    blob("packed"),
    blob("seal"),
    UniqueConstraint("parent"),
    CheckConstraint("height >= 0", name="block_header_height"),
    **STRICT,
)
BLOCK_BATCH: Final = Table(
    "block_batch",
    METADATA,
    number("height"),
    number("position"),
    text("author"),
    number("first_seq"),
    number("count"),
    blob("packed"),
    PrimaryKeyConstraint("height", "position"),
    ForeignKeyConstraint(["height"], ["block_header.height"]),
    CheckConstraint("count > 0", name="block_batch_count"),
    **STRICT,
)

NAME: Final = Table(
    "chain_name",
    METADATA,
    number("id", primary_key=True, autoincrement=False),
    text("text"),
    UniqueConstraint("text"),
    CheckConstraint(
        "(id < 0) = (text = 'external' OR substr(text, 1, 7) = 'issuer:'"
        " OR substr(text, 1, 5) = 'loss:')",
        name="chain_name_floor",
    ),
    **STRICT,
)
"""Accounts, assets, authors and places; a number below zero is an account without a floor."""

CHAIN_BLOCK: Final = Table(
    "chain_block",
    METADATA,
    number("height", primary_key=True, autoincrement=False),
    blob("hash"),
    number("time"),
    number("transactions"),
    number("log_size"),
    ForeignKeyConstraint(["height"], ["block_header.height"]),
    **STRICT,
)
"""`time` and `log_size` never fall from block to block: `readers.first_block` needs no index."""

COMPACT_TRANSACTION: Final = Table(
    "chain_compact_transaction",
    METADATA,
    number("height"),
    number("idx"),
    number("batch"),
    number("author"),
    number("seq"),
    blob("hash"),
    text("kind"),
    number("at"),
    number("seen"),
    number("place"),
    text("verdict"),
    PrimaryKeyConstraint("height", "idx"),
    UniqueConstraint("author", "seq"),
    ForeignKeyConstraint(["height", "batch"], ["block_batch.height", "block_batch.position"]),
    Index(
        "chain_compact_transaction_kind",
        "kind",
        "height",
        "idx",
        sqlite_where=sql_text("kind <> 'sale'"),
        postgresql_where=sql_text("kind <> 'sale'"),
    ),
    **ORDERED,
)
"""What is rare is found by its kind; sales, which are nearly all, are not in that index."""
COMPACT_POSTING: Final = Table(
    "chain_compact_posting",
    METADATA,
    number("height"),
    number("idx"),
    number("n"),
    number("source"),
    number("target"),
    number("asset"),
    number("amount"),
    PrimaryKeyConstraint("height", "idx", "n"),
    ForeignKeyConstraint(
        ["height", "idx"], [COMPACT_TRANSACTION.c.height, COMPACT_TRANSACTION.c.idx]
    ),
    CheckConstraint("amount > 0", name="chain_posting_amount"),
    CheckConstraint("source <> target", name="chain_posting_ends"),
    **ORDERED,
)
CHAIN_STEP: Final = Table(
    "chain_step",
    METADATA,
    number("height"),
    number("account"),
    number("asset"),
    number("before", nullable=True),
    PrimaryKeyConstraint("height", "account", "asset"),
    ForeignKeyConstraint(["height"], ["block_header.height"]),
    CheckConstraint("before < height", name="chain_step_back"),
    **ORDERED,
)
"""Each balance that a block changed, and the height at which it had changed before, if ever."""

CHAIN_LOG: Final = Table(
    "chain_log",
    METADATA,
    number("level"),
    number("position"),
    blob("hash"),
    PrimaryKeyConstraint("level", "position"),
    **ORDERED,
)
CHAIN_TIP: Final = Table(
    "chain_tip",
    METADATA,
    number("id", primary_key=True, autoincrement=False),
    text("chain"),
    number("height"),
    text("hash"),
    text("state"),
    number("time"),
    text("log"),
    CheckConstraint("id = 1", name="chain_tip_one"),
    **STRICT,
)

INTERNED: Final = frozenset({"balance"})
"""Records whose keys are kept as numbers of names: those that every sale changes."""
_EXTRA: Final = {
    "balance": (
        CheckConstraint("amount >= 0 OR account < 0", name="chain_balance_floor"),
        ForeignKeyConstraint(["account"], ["chain_name.id"]),
        ForeignKeyConstraint(["asset"], ["chain_name.id"]),
    ),
    "card": (Index("chain_card_wallet", "wallet"), Index("chain_card_changed", "changed")),
}


def is_whole_number(kind: msgspec.inspect.Type) -> bool:
    """Tell whether a field is kept as an INTEGER; everything else is text."""
    return isinstance(kind, msgspec.inspect.IntType)


def _record_table(name: str, record: type[Record], key: tuple[tuple[str, type], ...]) -> Table:
    info = msgspec.inspect.type_info(record)
    assert isinstance(info, msgspec.inspect.StructType)
    interned = name in INTERNED
    keys: list[Column[object]] = [
        number(part) if interned or kind is int else text(part) for part, kind in key
    ]
    fields = [
        number(field.name) if is_whole_number(field.type) else text(field.name)
        for field in info.fields
    ]
    return Table(
        f"chain_compact_{name}" if interned else f"chain_{name}",
        METADATA,
        *keys,
        *fields,
        Column("changed", INT, nullable=False),
        PrimaryKeyConstraint(*(part for part, _ in key)),
        *_EXTRA.get(name, ()),
        **ORDERED,
    )


STORED: Final = {name: _record_table(name, record, key) for name, (record, key) in TABLES.items()}
"""The tables of the records, as they are written."""
INDEX: Final = tuple(table for table in METADATA.sorted_tables if table.name.startswith("chain_"))
"""What can be dropped and rebuilt from the blocks, parents first."""


# ---------- views ----------

VIEWS: Final = MetaData()


def _view(name: str, table: Table, *named: str, outer: bool = True) -> Table:
    """Describe `chain_<name>`: a table's rows with names in the place of numbers.

    Outer joins: a number without a name shows as null instead of hiding its row, and a name that
    nobody asks for costs little.  Inner ones where the names of many rows are asked for at once:
    SQLite begins with the names only then.
    """
    rows: FromClause = table
    columns: list[ColumnElement[Any]] = []
    for column in table.columns:
        if column.name in named:
            names = NAME.alias(f"{column.name}_name")
            rows = rows.join(names, names.c.id == column, isouter=outer)
            columns.append(names.c.text.label(column.name))
        else:
            columns.append(column)
    return CreateView(select(*columns).select_from(rows), f"chain_{name}", metadata=VIEWS).table


CHAIN_TRANSACTION: Final = _view("transaction", COMPACT_TRANSACTION, "author", "place")
CHAIN_POSTING: Final = _view("posting", COMPACT_POSTING, "source", "target", "asset")
RECORDS: Final = STORED | {
    name: _view(name, STORED[name], *(part for part, _ in TABLES[name][1]), outer=False)
    for name in INTERNED
}
"""The tables of the records, as they are read."""


only_grows(
    *(BLOCK_HEADER, BLOCK_BATCH, NAME, CHAIN_BLOCK),
    *(COMPACT_TRANSACTION, COMPACT_POSTING, CHAIN_STEP, CHAIN_LOG),
)
follows_at_once(COMPACT_TRANSACTION, COMPACT_POSTING, CHAIN_STEP)
