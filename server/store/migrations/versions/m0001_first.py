"""The first tables of a node."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
INT: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "local_detail",
        sa.Column("author", TEXT, nullable=False),
        sa.Column("seq", INT, nullable=False),
        sa.Column("hash", TEXT, nullable=False, index=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("author", "seq"),
    )
    op.create_table(
        "local_inbox",
        sa.Column("author", TEXT, nullable=False),
        sa.Column("first_seq", INT, nullable=False),
        sa.Column("count", INT, nullable=False),
        sa.Column("head", TEXT, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", INT, nullable=False),
        sa.PrimaryKeyConstraint("author", "first_seq"),
        sa.CheckConstraint("count > 0", name="local_inbox_count"),
    )
    op.create_table(
        "local_dead_letter",
        sa.Column("id", INT, primary_key=True),
        sa.Column("source", TEXT, nullable=False, index=True),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("hint", TEXT, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", INT, nullable=False),
    )
    op.create_table(
        "local_fact",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in (
        "local_fact",
        "local_dead_letter",
        "local_inbox",
        "local_detail",
    ):
        op.drop_table(name)
