"""The table of jobs (`local_job`): when each is due, who runs it, how it went.

A lease is one conditional UPDATE: whoever takes it runs the job, and when its process dies the job
is due again when the lease ends.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, MetaData, Table, select, update

from server.store.columns import number, text
from server.store.dialect import insert

Begin = Callable[[], AbstractContextManager[Connection]]
METADATA: Final = MetaData()
JOB: Final = Table(
    "local_job",
    METADATA,
    text("name", primary_key=True),
    number("due_ms"),
    number("lease_ms"),
    number("ran_ms"),
    text("error"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """How a job is; `error` is empty when its last run went well."""

    name: str
    due_ms: int
    ran_ms: int
    error: str


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """The table."""

    write: Begin
    read: Begin

    def add(self, name: str, due_ms: int) -> None:
        """Make a job known; one that is known keeps its time."""
        row = {"name": name, "due_ms": due_ms, "lease_ms": 0, "ran_ms": 0, "error": ""}
        with self.write() as connection:
            fresh = insert(connection, JOB).values(row)
            connection.execute(fresh.on_conflict_do_nothing(index_elements=["name"]))

    def due(self, now_ms: int) -> list[str]:
        """Give what is due and leased to nobody, the longest due first."""
        ready = (JOB.c.due_ms <= now_ms, JOB.c.lease_ms <= now_ms)
        with self.read() as connection:
            rows = connection.execute(select(JOB.c.name).where(*ready).order_by(JOB.c.due_ms))
            return list(rows.scalars())

    def take(self, name: str, now_ms: int, until_ms: int) -> bool:
        """Take the lease of a job that is due; False when somebody else has it."""
        ready = (JOB.c.name == name, JOB.c.due_ms <= now_ms, JOB.c.lease_ms <= now_ms)
        with self.write() as connection:
            taken = connection.execute(update(JOB).where(*ready).values(lease_ms=until_ms))
            return taken.rowcount == 1

    def done(self, name: str, now_ms: int, due_ms: int, error: str) -> None:
        """Give the lease back and say when the job is due again."""
        values = {"due_ms": due_ms, "lease_ms": 0, "ran_ms": now_ms, "error": error}
        with self.write() as connection:
            connection.execute(update(JOB).where(JOB.c.name == name).values(values))

    def rows(self) -> list[Row]:
        """Give every job."""
        with self.read() as connection:
            found = connection.execute(select(JOB).order_by(JOB.c.name))
            return [Row(row.name, row.due_ms, row.ran_ms, row.error) for row in found]
