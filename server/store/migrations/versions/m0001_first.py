"""The first tables of a node."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
INT: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "local_detail",
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("seq", INT, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, index=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("author", "seq"),
    )
    op.create_table(
        "local_inbox",
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("first_seq", INT, nullable=False),
        sa.Column("count", INT, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", INT, nullable=False),
        sa.PrimaryKeyConstraint("author", "first_seq"),
        sa.CheckConstraint("count > 0", name="local_inbox_count"),
    )
    op.create_table(
        "local_dead_letter",
        sa.Column("id", INT, primary_key=True),
        sa.Column("source", sa.Text, nullable=False, index=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", INT, nullable=False),
    )
    op.create_table(
        "local_fact",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
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
