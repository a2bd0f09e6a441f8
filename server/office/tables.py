"""This node's own tables that the office writes (`local_*`): people, sessions, tills, team, cards.

None of it is on the chain: it can be lost without losing money, and a person is erased by deleting
rows here.  Secrets are kept as hashes (sessions, one-time links) or slow verifiers (passwords,
PINs); only a pairing's PIN is readable, for its ten minutes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA: Final = MetaData()

USER = Table(
    "local_user",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)

SESSION = Table(
    "local_session",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger, nullable=False),
)

INVITATION = Table(
    "local_invitation",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)

LOGIN_FAILURE = Table(
    "local_login_failure",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)

PAIRING = Table(
    "local_pairing",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("pin", Text, nullable=False, index=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("terminal", Text),
    CheckConstraint("state IN ('waiting', 'joined', 'cancelled')", name="local_pairing_state"),
)

TERMINAL = Table(
    "local_terminal",
    METADATA,
    Column("author", Text, primary_key=True),
    Column("seen_ms", BigInteger),
    Column("announced_seq", BigInteger),
    Column("unsent_count", BigInteger),
    Column("unsent_amount", BigInteger),
    Column("skew_ms", BigInteger),
    Column("version", Text),
    Column("revision", BigInteger),
    Column("height", BigInteger),
)

PRODUCT = Table(
    "local_product",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("category", Text, nullable=False, index=True),
    Column("price", BigInteger, nullable=False),
    Column("vat_bp", Integer, nullable=False),
    Column("on_sale", Boolean, nullable=False),
    Column("favourite", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    CheckConstraint("vat_bp >= 0 AND vat_bp <= 10000", name="local_product_vat"),
)

OPERATOR = Table(
    "local_operator",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("pin", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("left_handed", Boolean, nullable=False),
    Column("until", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

CARD = Table(
    "local_card",
    METADATA,
    Column("ref", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("token", Text, nullable=False, unique=True),
    Column("batch", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)

CARD_FILE = Table(
    "local_card_file",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)

REVISION = Table(
    "local_revision",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

AUDIT = Table(
    "local_audit",
    METADATA,
    Column("at_ms", BigInteger, primary_key=True),
    Column("to_height", BigInteger, nullable=False),
    Column("operations", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("bad_height", BigInteger),
    Column("cause", Text, nullable=False),
)

BACKUP = Table(
    "local_backup",
    METADATA,
    Column("at_ms", BigInteger, primary_key=True),
    Column("path", Text, nullable=False),
    Column("elsewhere", Boolean, nullable=False),
)
