"""This node's own tables that the engine and the machine API write (`local_*`).

They are not on the chain and not derived from it: migrations (alembic) and backups care for them.
The office and the payments describe theirs beside the code that uses them; `migrations/` creates
all of them, and a test compares.
"""

from typing import Final

from sqlalchemy import CheckConstraint, MetaData, PrimaryKeyConstraint, Table

from server.store.columns import ORDERED, blob, number, text

METADATA: Final = MetaData()

DETAIL: Final = Table(
    "local_detail",
    METADATA,
    blob("author"),
    number("seq"),
    blob("packed"),
    PrimaryKeyConstraint("author", "seq"),
    **ORDERED,
)
"""What sales were made of (`details.py`); `author` is the 16 bytes of the id."""

INBOX: Final = Table(
    "local_inbox",
    METADATA,
    text("author"),
    number("first_seq"),
    number("count"),
    text("head"),
    blob("bytes"),
    number("received_ms"),
    PrimaryKeyConstraint("author", "first_seq"),
    CheckConstraint("count > 0", name="local_inbox_count"),
)
"""Batches that are durable here and wait for a block; `head` is the hash of their last payload."""

DEAD_LETTER: Final = Table(
    "local_dead_letter",
    METADATA,
    number("id", primary_key=True, autoincrement=True),
    text("source", index=True),
    text("code"),
    text("hint"),
    blob("bytes"),
    number("received_ms"),
)
"""What came and was no batch of a known author; the newest few of each source."""

FACT: Final = Table(
    "local_fact",
    METADATA,
    text("name", primary_key=True),
    text("value"),
)
"""Single facts that must survive a restart, such as the height that somebody knows above ours."""
