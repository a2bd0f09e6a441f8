"""Copies of a PostgreSQL database by its own tools, `pg_dump` and `pg_restore`.

A copy is one snapshot, taken while the node serves.  It is put back into an empty database, all of
it or nothing.  Raises DumpError with what to do.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from server.store import readers
from server.store.backend import Backend
from server.store.database import Database
from server.store.writer import StoreError, cause

_DEBIAN: Final = Path("/usr/lib/postgresql")
_PLAIN: Final = ("--no-owner", "--no-privileges")


class DumpError(Exception):
    """A tool is missing or has failed; nothing was changed."""


def dump(database: Database, address: str, target: Path) -> int:
    """Write a copy to a new file, for its owner only; give the height that is in it."""
    target.touch(mode=0o600)
    with database.read() as connection:
        height = readers.tip(connection).height
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        where = (f"--snapshot={snapshot}", f"--file={target}", f"--dbname={address}")
        _run("pg_dump", "--format=custom", *_PLAIN, *where)
    return height


def undump(copy: Path, address: str) -> None:
    """Put a copy back into a database that holds nothing; no node can begin in it meanwhile."""
    from server.store.postgres import Postgres  # noqa: PLC0415 - as in `database`

    try:
        backend = Postgres(address)
        try:
            _fill(backend, copy, address)
        finally:
            backend.writing.dispose()
    except (SQLAlchemyError, StoreError) as error:
        raise DumpError(cause(error)) from error


def _fill(backend: Backend, copy: Path, address: str) -> None:
    with backend.writing.connect() as connection:  # it has the lock of the one writer
        if inspect(connection).get_table_names():
            raise DumpError(f"{backend.name} is not empty: make a new database for the copy")
        connection.rollback()
        options = ("--single-transaction", "--exit-on-error", *_PLAIN)
        _run("pg_restore", *options, f"--dbname={address}", str(copy))


def _run(tool: str, *words: str) -> None:
    done = subprocess.run([_find(tool), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{tool} failed"]
        raise DumpError(lines[-1])


def _find(tool: str) -> str:
    """Give the newest of Debian's, which reads every older server; else what is in PATH."""
    debian = sorted(_DEBIAN.glob(f"*/bin/{tool}"), key=lambda path: int(path.parents[1].name))
    found = str(debian[-1]) if debian else shutil.which(tool)
    if found is None:
        raise DumpError(f"{tool} is missing: sudo apt-get install postgresql-client")
    return found
