"""A database changed as a forger would who owns it, and packed bytes as well."""

from sqlalchemy import Connection

from server.store.packing import pack, unpack

_SQLITE = (
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA ignore_check_constraints = ON",
)
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_CHECKS = """
SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0
"""


def edited(packed: bytes, old: str, new: str) -> bytes:
    """Put one text in the place of another that must be there."""
    raw = unpack(packed)
    assert old.encode() in raw
    return pack(raw.replace(old.encode(), new.encode()))


def unlock(connection: Connection) -> None:
    """Take triggers, foreign keys and checks away until the end of the transaction."""
    if connection.dialect.name == "sqlite":
        for words in _SQLITE:
            connection.exec_driver_sql(words)
        for (name,) in connection.exec_driver_sql(_TRIGGERS).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table, name in connection.exec_driver_sql(_CHECKS).all():
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
