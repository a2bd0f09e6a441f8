"""The reloads and the admins' tasks in the node's database (`local_reload`, `local_task`).

Guarantees that a state moves only along `TRANSITIONS`: each change is one conditional UPDATE, so
two processes that learn different things at once cannot undo one another.  Rows are never deleted:
they are the books of the payment provider.  `write` opens a transaction of the node's one writer.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    MetaData,
    Row,
    Table,
    Text,
    func,
    select,
)

from server.payments.reload import Intent, Progress, State, sources, target
from server.store.dialect import insert
from shared.ids import AssetId, AuthorId, CardRef, ChainId, Hash, WalletId

Begin = Callable[[], AbstractContextManager[Connection]]


def reload_table(metadata: MetaData) -> Table:
    """Describe `local_reload`."""
    return Table(
        "local_reload",
        metadata,
        Column("id", Text, primary_key=True),
        Column("chain", Text, nullable=False),
        Column("node", Text, nullable=False),
        Column("wallet", Text, nullable=False, index=True),
        Column("card", Text, nullable=False),
        Column("asset", Text, nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("currency", Text, nullable=False),
        Column("opened_ms", BigInteger, nullable=False),
        Column("expires_ms", BigInteger, nullable=False),
        Column("state", Text, nullable=False, index=True),
        Column("idempotency_key", Text, nullable=False, unique=True),
        Column("session", Text, unique=True),
        Column("url", Text),
        Column("payment", Text, unique=True),
        Column("transaction", Text),
        Column("note", Text, nullable=False),
        Column("changed_ms", BigInteger, nullable=False),
        CheckConstraint("amount > 0", name="local_reload_amount"),
    )


def task_table(metadata: MetaData) -> Table:
    """Describe `local_task`: what a person has to look at, until somebody closes it."""
    return Table(
        "local_task",
        metadata,
        Column("key", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("raised_ms", BigInteger, nullable=False),
        Column("closed_ms", BigInteger),
    )


METADATA = MetaData()
RELOAD = reload_table(METADATA)
TASK = task_table(METADATA)
RECEIVED = (State.PAID, State.CREDITED, State.HELD)
UNFINISHED = (State.CREATED, State.OPEN, State.PAID)
COUNTED = tuple(state for state in State if state is not State.EXPIRED)


class SqlIntents:
    """The `Intents` port over one table."""

    def __init__(self, write: Begin, read: Begin, table: Table = RELOAD) -> None:
        """`write` and `read` give a connection inside a transaction."""
        self._write = write
        self._read = read
        self._table = table

    def add(self, intent: Intent, now_ms: int) -> bool:
        """Store a new reload; False when its id is there already."""
        values = {
            column.name: getattr(intent, column.name)
            for column in self._table.columns
            if column.name != "changed_ms"
        }
        with self._write() as connection:
            fresh = insert(connection, self._table).values(**values, changed_ms=now_ms)
            done = connection.execute(fresh.on_conflict_do_nothing(index_elements=["id"]))
            return done.rowcount == 1

    def get(self, intent_id: str) -> Intent | None:
        """Find a reload by its id."""
        return self._one(self._table.c.id == intent_id)

    def by_session(self, session: str) -> Intent | None:
        """Find a reload by the provider's session."""
        return self._one(self._table.c.session == session)

    def advance(self, intent_id: str, progress: Progress, now_ms: int) -> bool:
        """Apply a fact; False when the table of transitions has no row for it."""
        known = {
            name: value
            for name in ("session", "url", "payment", "transaction", "note")
            if (value := getattr(progress, name)) is not None
        }
        statement = (
            self._table.update()
            .where(
                self._table.c.id == intent_id,
                self._table.c.state.in_(sources(progress.fact)),
            )
            .values(state=target(progress.fact), changed_ms=now_ms, **known)
        )
        with self._write() as connection:
            return connection.execute(statement).rowcount == 1

    def unfinished(self) -> Sequence[Intent]:
        """List what is created, open or paid, oldest first."""
        statement = (
            select(self._table)
            .where(self._table.c.state.in_(UNFINISHED))
            .order_by(self._table.c.opened_ms)
        )
        with self._read() as connection:
            return [_intent(row) for row in connection.execute(statement)]

    def total_since(self, wallet: WalletId, opened_ms: int) -> int:
        """Sum what was asked for or paid by a wallet since then; expired ones do not count."""
        return self._sum(wallet, COUNTED, opened_ms)

    def volume_since(self, opened_ms: int) -> int:
        """Sum what was paid by everybody since then."""
        return self._sum(None, RECEIVED, opened_ms)

    def pending(self, wallet: WalletId) -> int:
        """Sum what may still arrive on a wallet: created, open and paid."""
        return self._sum(wallet, UNFINISHED, 0)

    def _sum(self, wallet: WalletId | None, states: Sequence[State], opened_ms: int) -> int:
        table = self._table.c
        statement = select(func.coalesce(func.sum(table.amount), 0)).where(
            table.state.in_(states), table.opened_ms >= opened_ms
        )
        if wallet is not None:
            statement = statement.where(table.wallet == wallet)
        with self._read() as connection:
            return int(connection.execute(statement).scalar_one())

    def _one(self, condition: Any) -> Intent | None:
        with self._read() as connection:
            row = connection.execute(select(self._table).where(condition)).one_or_none()
        return None if row is None else _intent(row)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person has to look at."""

    key: str
    kind: str
    subject: str
    detail: str
    raised_ms: int


class SqlTasks:
    """The `Tasks` port over one table."""

    def __init__(self, write: Begin, read: Begin, table: Table = TASK) -> None:
        """`write` and `read` give a connection inside a transaction."""
        self._write = write
        self._read = read
        self._table = table

    def raise_once(self, key: str, kind: str, subject: str, detail: str, now_ms: int) -> None:
        """Show a task to the admins; the same key is shown once."""
        with self._write() as connection:
            fresh = insert(connection, self._table).values(
                key=key, kind=kind, subject=subject, detail=detail, raised_ms=now_ms
            )
            connection.execute(fresh.on_conflict_do_nothing(index_elements=["key"]))

    def open(self) -> Sequence[Task]:
        """List what nobody has dealt with, oldest first."""
        statement = (
            select(self._table)
            .where(self._table.c.closed_ms.is_(None))
            .order_by(self._table.c.raised_ms, self._table.c.key)
        )
        with self._read() as connection:
            return [
                Task(row.key, row.kind, row.subject, row.detail, row.raised_ms)
                for row in connection.execute(statement)
            ]

    def close(self, key: str, now_ms: int) -> bool:
        """Take a task off the list; False when it was not on it."""
        table = self._table
        statement = (
            table.update()
            .where(table.c.key == key, table.c.closed_ms.is_(None))
            .values(closed_ms=now_ms)
        )
        with self._write() as connection:
            return connection.execute(statement).rowcount == 1


def _intent(row: Row[Any]) -> Intent:
    return Intent(
        id=row.id,
        chain=ChainId(row.chain),
        node=AuthorId(row.node),
        wallet=WalletId(row.wallet),
        card=CardRef(row.card),
        asset=AssetId(row.asset),
        amount=row.amount,
        currency=row.currency,
        opened_ms=row.opened_ms,
        expires_ms=row.expires_ms,
        state=State(row.state),
        session=row.session,
        url=row.url,
        payment=row.payment,
        transaction=None if row.transaction is None else Hash(row.transaction),
        note=row.note,
    )
