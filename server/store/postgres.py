"""PostgreSQL: one database, which this node alone writes.

Whoever writes holds an advisory lock, and holds it on the writer's own session: the lock and the
power to write are lost together, so nobody ever writes unlocked.  A lost session is replaced by a
new one, which takes the lock again or is refused in words.  Readers see one snapshot a transaction
(REPEATABLE READ, read only) and wait for nobody.  Time limits keep everybody from being stuck.

Statements are written as SQLite reads them; the cursors here translate.  The only module that
imports psycopg.  Fails with StoreError.
"""

import os
import socket
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from server.store.dialect import TRANSLATIONS
from server.store.writer import StoreError

SCHEME: Final = "postgresql://"
_OLDEST: Final = 15
_READERS: Final = (10, 30)
"""How many readers stay connected, and how many more may be: as many in all as with SQLite."""
_LOCK: Final = 0x7419_1E5
_PATIENCE_MS: Final = 2_000
"""How long a new node waits for one that was just killed: the server notices a moment later."""
_NETWORK: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Seconds, the last in milliseconds: a server that vanished is given up within half a minute."""
_WRITER: Final = {
    "synchronous_commit": "on",
    "statement_timeout": "120s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "300s",
}
_READER: Final = {
    "statement_timeout": "300s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "600s",
}
"""A page is done long before; an audit reads for long, but asks again and again."""


class _Session(NamedTuple):
    """A session of the server; the time tells it from a later one with the same number."""

    pid: int
    began: datetime


class Postgres:
    """The `Backend` port over one database of a server."""

    def __init__(self, address: str) -> None:
        """`address` is libpq's: postgresql://user@host/database.  Raises StoreError."""
        try:
            url = make_url(address).set(drivername="postgresql+psycopg")
        except ArgumentError as error:
            raise StoreError(f"{SCHEME}… cannot be read: {error}") from None
        self.name = url.set(drivername="postgresql").render_as_string(hide_password=True)
        self._mine: _Session | None = None
        self.writing = _engine(url, _WRITER, size=1, more=0, level="READ COMMITTED")
        event.listen(self.writing, "connect", self._claim)
        size, more = _READERS
        self.reading = _engine(url, _READER, size=size, more=more, level="REPEATABLE READ")
        event.listen(self.reading, "connect", _read_only)

    @staticmethod
    def begin(connection: Connection) -> str:
        """Name the transaction: the first question also proves that the session is alive."""
        named = connection.exec_driver_sql("SELECT CAST(pg_current_xact_id() AS text)")
        return str(named.scalar_one())

    @staticmethod
    def committed(connection: Connection, transaction: str) -> bool:
        """Ask the server.  It is decided: this session has the lock, so the other one is over."""
        status = "SELECT pg_xact_status(CAST(? AS xid8))"
        return str(connection.exec_driver_sql(status, (transaction,)).scalar()) == "committed"

    @staticmethod
    def is_at_fault(error: BaseException) -> bool:
        """Go by the class: lost, full, locked, timed out, shut down are OperationalError."""
        return isinstance(getattr(error, "orig", error), psycopg.OperationalError)

    @staticmethod
    def size(connection: Connection) -> int:
        """Give the bytes of the database."""
        found = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(found.scalar_one())

    @staticmethod
    def damage(connection: Connection) -> str:
        """Say which promise the server does not keep: the rest is for its own tools."""
        names = ("fsync", "full_page_writes")
        off = [n for n in names if connection.exec_driver_sql(f"SHOW {n}").scalar_one() != "on"]
        return f"{' and '.join(off)} off: a power cut would lose money" if off else ""

    # ---------- the one writer ----------

    def _claim(self, driver: Any, _record: object) -> None:
        """Take the lock for a new session of the writer.  Raises StoreError."""
        connection: psycopg.Connection[Any] = driver
        try:
            _check(connection)
            self._mine = _lock(connection, self._mine)
        except BaseException:
            connection.close()
            raise


def _lock(connection: psycopg.Connection[Any], before: _Session | None) -> _Session:
    """Take the lock, away from our own session before: the server may not know that we lost it."""
    with connection.cursor() as cursor:
        if before is not None:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid = ? AND backend_start = ?",
                before,
            )
        cursor.execute(f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
        try:
            cursor.execute("SELECT pg_advisory_lock(?, hashtext(current_schema()))", (_LOCK,))
        except LockNotAvailable:
            connection.rollback()
            raise StoreError(_refusal(connection)) from None
        cursor.execute(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
        session = _Session(*cursor.fetchone() or ())
    connection.commit()
    return session


def _refusal(connection: psycopg.Connection[Any]) -> str:
    """Say in both languages who writes into this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.application_name, a.backend_start FROM pg_locks l "
            "JOIN pg_stat_activity a ON a.pid = l.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ? "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            (_LOCK,),
        )
        name, since = cursor.fetchone() or ("?", datetime.now().astimezone())
    connection.rollback()
    who, moment = name or "?", f"{since:%Y-%m-%d %H:%M:%S %Z}"
    return (
        f"another node writes into this database ({who}, since {moment}): stop that one first / "
        f"un autre nœud écrit dans cette base ({who}, depuis {moment}) : arrêtez-le d’abord"
    )


def _check(connection: psycopg.Connection[Any]) -> None:
    """Refuse a server that is too old, or that cannot write every name."""
    version = connection.info.server_version // 10_000
    if version < _OLDEST:
        raise StoreError(f"PostgreSQL {version} is too old: {_OLDEST} or newer is needed")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(f"the database is written in {encoding}: make one in UTF8")


def _read_only(driver: Any, _record: object) -> None:
    driver.read_only = True


# ---------- connections ----------


def _engine(url: Any, limits: Mapping[str, str], *, size: int, more: int, level: Any) -> Engine:
    """Give an engine; `level` isolates its transactions, `limits` are settings of its sessions."""
    named = f"tirelire {socket.gethostname()} {os.getpid()}"
    engine = create_engine(
        url,
        paramstyle="qmark",
        isolation_level=level,
        use_native_hstore=False,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=more,
        pool_pre_ping=more > 0,
        connect_args={**_NETWORK, "application_name": named, "cursor_factory": _Cursor},
    )

    @event.listens_for(engine, "connect")
    def connect(driver: Any, _: object) -> None:
        driver.server_cursor_factory = _ServerCursor
        for name, value in limits.items():
            driver.execute(f"SET {name} = '{value}'")
        driver.commit()

    return engine


@lru_cache(maxsize=1_000)
def translate(statement: str) -> str:
    """Give a statement as psycopg reads it."""
    for ours, theirs in TRANSLATIONS:
        statement = statement.replace(ours, theirs)
    return statement.replace("%", "%%").replace("?", "%s")


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that takes the store's statements."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Cursor":
        """Run one statement."""
        return super().execute(translate(query), params or (), **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        """Run one statement with many values."""
        super().executemany(translate(query), params_seq, **options)


class _ServerCursor(psycopg.ServerCursor[Any]):
    """The same for an answer that is fetched a portion at a time."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_ServerCursor":
        """Run one statement."""
        return super().execute(translate(query), params or (), **options)
