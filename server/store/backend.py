"""What the store asks of a database: two engines, and the few things that only a driver knows.

Two implementations: `sqlite.Sqlite`, `postgres.Postgres`.  Nobody else asks which one it is.
"""

from typing import Protocol

from sqlalchemy import Connection, Engine


class Backend(Protocol):
    """An opened database."""

    @property
    def name(self) -> str:
        """What people call it: a path, or an address without its password."""

    @property
    def writing(self) -> Engine:
        """Gives the one connection that may write; its transactions begin for writing."""

    @property
    def reading(self) -> Engine:
        """Gives connections that see one snapshot a transaction and cannot write."""

    def begin(self, connection: Connection) -> str:
        """Prove that the transaction just begun is alive; name it, so that its end can be asked."""

    def committed(self, connection: Connection, transaction: str) -> bool:
        """Tell whether a transaction is there whose commit was not answered."""

    def is_at_fault(self, error: BaseException) -> bool:
        """Tell whether an error is the database's: lost, full, locked; not that of the question."""

    def size(self, connection: Connection) -> int:
        """Give the bytes that the database takes on its disk."""

    def damage(self, connection: Connection) -> str:
        """Say what the database finds wrong with itself; empty when nothing."""
