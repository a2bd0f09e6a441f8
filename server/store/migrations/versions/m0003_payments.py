"""Reloads and the admins' tasks (`server.payments.table`)."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "local_reload",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("wallet", sa.Text, nullable=False, index=True),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("asset", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
        sa.Column("session", sa.Text, unique=True),
        sa.Column("url", sa.Text),
        sa.Column("payment", sa.Text, unique=True),
        sa.Column("transaction", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.CheckConstraint("amount > 0", name="local_reload_amount"),
    )
    op.create_table(
        "local_task",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("raised_ms", sa.BigInteger, nullable=False),
        sa.Column("closed_ms", sa.BigInteger),
    )


def downgrade() -> None:
    """Drop them."""
    for name in (
        "local_task",
        "local_reload",
    ):
        op.drop_table(name)
