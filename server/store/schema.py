"""The tables of the chain: blocks as they came, and the index that is derived from them.

`block_*` is the truth: triggers refuse every UPDATE and DELETE.  `chain_*` follows from it: one
table for each of `server.ledger.records.TABLES` (with `changed`, the height of its last change),
and the transactions, postings, tip and full subtrees of the log (see `proofs.py`).  CHECKs stand
at table level, where tools can see them.
"""

from typing import Final

import msgspec
from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    event,
)

from server.ledger.records import TABLES, Record
from server.store.columns import INT, ORDERED, STRICT, blob, number, text

METADATA: Final = MetaData()

BLOCK_HEADER: Final = Table(
    "block_header",
    METADATA,
    number("height", primary_key=True, autoincrement=False),
    blob("hash"),
    blob("parent"),
    blob("header"),
    blob("seal"),
    UniqueConstraint("hash"),
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
    blob("bytes"),
    PrimaryKeyConstraint("height", "position"),
    ForeignKeyConstraint(["height"], ["block_header.height"]),
    CheckConstraint("count > 0", name="block_batch_count"),
    **STRICT,
)

CHAIN_BLOCK: Final = Table(
    "chain_block",
    METADATA,
    number("height", primary_key=True, autoincrement=False),
    text("hash"),
    number("time", index=True),
    text("author"),
    number("batches"),
    number("transactions"),
    number("log_size", index=True),
    ForeignKeyConstraint(["height"], ["block_header.height"]),
    **STRICT,
)
CHAIN_TRANSACTION: Final = Table(
    "chain_transaction",
    METADATA,
    number("height"),
    number("idx"),
    number("batch"),
    text("author"),
    number("seq"),
    blob("hash"),
    text("kind"),
    number("at"),
    number("seen"),
    text("place"),
    text("verdict"),
    text("card", nullable=True),
    text("asset", nullable=True),
    number("amount", nullable=True),
    PrimaryKeyConstraint("height", "idx"),
    UniqueConstraint("author", "seq"),
    ForeignKeyConstraint(["height", "batch"], ["block_batch.height", "block_batch.position"]),
    **ORDERED,
)
CHAIN_POSTING: Final = Table(
    "chain_posting",
    METADATA,
    number("height"),
    number("idx"),
    number("n"),
    text("source"),
    text("target"),
    text("asset"),
    number("amount"),
    PrimaryKeyConstraint("height", "idx", "n"),
    ForeignKeyConstraint(["height", "idx"], ["chain_transaction.height", "chain_transaction.idx"]),
    CheckConstraint("amount > 0", name="chain_posting_amount"),
    CheckConstraint("source <> target", name="chain_posting_ends"),
    Index("chain_posting_source", "source", "height", "idx"),
    Index("chain_posting_target", "target", "height", "idx"),
    **ORDERED,
)
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

_FLOOR: Final = (
    "amount >= 0 OR account = 'external' OR account LIKE 'issuer:%' OR account LIKE 'loss:%'"
)
_EXTRA: Final = {
    "balance": (CheckConstraint(_FLOOR, name="chain_balance_floor"),),
    "card": (Index("chain_card_wallet", "wallet"), Index("chain_card_changed", "changed")),
}


def is_whole_number(kind: msgspec.inspect.Type) -> bool:
    """Tell whether a field is kept as an INTEGER; everything else is text."""
    return isinstance(kind, msgspec.inspect.IntType)


def _record_table(name: str, record: type[Record], key: tuple[tuple[str, type], ...]) -> Table:
    info = msgspec.inspect.type_info(record)
    assert isinstance(info, msgspec.inspect.StructType)
    keys: list[Column[object]] = [number(k) if kind is int else text(k) for k, kind in key]
    fields = [
        number(field.name) if is_whole_number(field.type) else text(field.name)
        for field in info.fields
    ]
    return Table(
        f"chain_{name}",
        METADATA,
        *keys,
        *fields,
        Column("changed", INT, nullable=False),
        PrimaryKeyConstraint(*(k for k, _ in key)),
        *_EXTRA.get(name, ()),
        **ORDERED,
    )


RECORDS: Final = {name: _record_table(name, record, key) for name, (record, key) in TABLES.items()}
INDEX: Final = tuple(table for table in METADATA.sorted_tables if table.name.startswith("chain_"))
"""What can be dropped and rebuilt from the blocks, parents first."""


def _append_only(table: Table) -> None:
    for verb in ("UPDATE", "DELETE"):
        trigger: DDL = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
            f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} only grows'); END"
        )
        event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))


for _table in (BLOCK_HEADER, BLOCK_BATCH):
    _append_only(_table)
