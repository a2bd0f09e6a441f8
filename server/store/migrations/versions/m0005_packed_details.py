"""Details packed and found by author and number: a third of the bytes, in the order they come."""

from hashlib import sha256
from typing import Final

import sqlalchemy as sa
from alembic import op

from server.store.packing import pack, unpack

revision: Final = "0005"
down_revision: Final = "0004"
INT: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _tables() -> tuple[sa.Table, sa.Table]:
    """Describe the table as it was and as it will be."""
    old = sa.Table(
        "local_detail",
        sa.MetaData(),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("seq", INT, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, index=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("author", "seq"),
    )
    new = sa.Table(
        "local_detail",
        sa.MetaData(),
        sa.Column("author", sa.LargeBinary, nullable=False),
        sa.Column("seq", INT, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("author", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    return old, new


def upgrade() -> None:
    """Pack the details."""
    old, new = _tables()
    connection = op.get_bind()
    rows = connection.execute(sa.select(old)).all()
    old.drop(connection)
    new.create(connection)
    if rows:
        packed = [
            {"author": bytes.fromhex(row.author), "seq": row.seq, "packed": pack(row.document)}
            for row in rows
        ]
        connection.execute(new.insert(), packed)


def downgrade() -> None:
    """Unpack them; the hash of a document is what its transaction names."""
    old, new = _tables()
    connection = op.get_bind()
    rows = connection.execute(sa.select(new)).all()
    new.drop(connection)
    old.create(connection)
    documents = [(row.author.hex(), row.seq, unpack(row.packed)) for row in rows]
    if documents:
        whole = [
            {"author": author, "seq": seq, "hash": sha256(raw).hexdigest(), "document": raw}
            for author, seq, raw in documents
        ]
        connection.execute(old.insert(), whole)
