"""The office's tables: people, sessions, terminals, products, team, cards, audits, backups."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "local_user",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_session",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False, index=True),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("used_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_invitation",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("used_ms", sa.BigInteger),
    )
    op.create_table(
        "local_login_failure",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_pairing",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("pin", sa.Text, nullable=False, index=True),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("terminal", sa.Text),
        sa.CheckConstraint(
            "state IN ('waiting', 'joined', 'cancelled')", name="local_pairing_state"
        ),
    )
    op.create_table(
        "local_terminal",
        sa.Column("author", sa.Text, primary_key=True),
        sa.Column("seen_ms", sa.BigInteger),
        sa.Column("announced_seq", sa.BigInteger),
        sa.Column("unsent_count", sa.BigInteger),
        sa.Column("unsent_amount", sa.BigInteger),
        sa.Column("skew_ms", sa.BigInteger),
        sa.Column("version", sa.Text),
        sa.Column("revision", sa.BigInteger),
        sa.Column("height", sa.BigInteger),
    )
    op.create_table(
        "local_product",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("category", sa.Text, nullable=False, index=True),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("vat_bp", sa.Integer, nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.Column("favourite", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.CheckConstraint("vat_bp >= 0 AND vat_bp <= 10000", name="local_product_vat"),
    )
    op.create_table(
        "local_operator",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("pin", sa.Text, nullable=False),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("left_handed", sa.Boolean, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "local_card",
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_card_file",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_revision",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "local_audit",
        sa.Column("at_ms", sa.BigInteger, primary_key=True),
        sa.Column("to_height", sa.BigInteger, nullable=False),
        sa.Column("operations", sa.BigInteger, nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        sa.Column("bad_height", sa.BigInteger),
        sa.Column("cause", sa.Text, nullable=False),
    )
    op.create_table(
        "local_backup",
        sa.Column("at_ms", sa.BigInteger, primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("elsewhere", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in (
        "local_backup",
        "local_audit",
        "local_revision",
        "local_card_file",
        "local_card",
        "local_operator",
        "local_product",
        "local_terminal",
        "local_pairing",
        "local_login_failure",
        "local_invitation",
        "local_session",
        "local_user",
    ):
        op.drop_table(name)
