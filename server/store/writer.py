"""The one writer: a thread, a queue, and one transaction for all that waits (group commit).

Work comes in *lanes*.  Whatever waits in a lane when the writer is free is handed to the lane
together, in one transaction with one commit; there is no artificial delay.  Guarantees that a
caller gets an answer only after the commit, and StoreError when there was none: nothing is half
written, and the writer goes on with a new connection if it must.  A commit that was not answered is
neither believed nor given up: the database is asked whether it is there.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread, local
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from server.store.backend import Backend
from server.store.promise import Promise

Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
Item = TypeVar("Item")
Answer = TypeVar("Answer")
T = TypeVar("T")

MOST_TOGETHER: Final = 64
_LOG: Final = logging.getLogger(__name__)


class StoreError(Exception):
    """The database could not write, or is closing; nothing of what was asked is there.

    But for one case, in which the message says so: it was lost while it committed and is not back.
    """


def cause(error: BaseException) -> str:
    """Give what a database has said, on one line: without the statement and its parameters."""
    said = getattr(error, "orig", None) or error
    return " ".join(str(said).split()) or type(said).__name__


class Lane(Protocol[Item_contra, Answer_co]):
    """Work of one kind that can share a transaction."""

    def run(self, connection: Connection, items: Sequence[Item_contra]) -> Sequence[Answer_co]:
        """Do it for all items inside the transaction and give one answer for each."""

    def committed(self) -> None:
        """Learn that the last run is durable."""

    def lost(self) -> None:
        """Learn that the last run left nothing; forget whatever was derived from it."""


_Task = tuple[Lane[Any, Any], Any, Promise[Any]]


class Writer:
    """The thread that writes."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.writing
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._door = Lock()
        self._closed = False
        self._here = local()
        self._calls = _Calls(backend)
        self._lanes: set[Lane[Any, Any]] = {self._calls}
        self._connection: Connection | None = None
        self._thread = Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, lane: Lane[Item, Answer], item: Item) -> Answer:
        """Have a lane do an item and wait for the commit.  Raises StoreError."""
        return self._put(lane, item).wait()

    def run(self, function: Callable[[Connection], T]) -> T:
        """Run a function in the writer's thread.  Raises StoreError, and what the function did."""
        called: _Called[T] = self.submit(self._calls, function)
        return called.value()

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """Give the connection to the calling thread for one transaction; commit at the end."""
        opened: Future[Connection] = Future()
        returned: Future[None] = Future()

        def loan(connection: Connection) -> None:
            opened.set_result(connection)
            returned.result()

        def give_up(error: Exception) -> None:
            if not opened.done():
                opened.set_exception(error)

        answer = self._put(self._calls, loan, give_up)
        connection = opened.result()
        self._here.borrowing = True
        try:
            yield connection
        except BaseException as error:
            returned.set_exception(error)
            if self._backend.is_at_fault(error):
                raise StoreError(f"not written: {cause(error)}") from error
            raise
        else:
            returned.set_result(None)
        finally:
            self._here.borrowing = False
            answer.wait()

    @property
    def waiting(self) -> int:
        """How many tasks wait for the writer to be free."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(
        self,
        lane: Lane[Item, Answer],
        item: Item,
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Promise[Answer]:
        if current_thread() is self._thread or getattr(self._here, "borrowing", False):
            message = "whoever holds the writer's connection cannot wait for the writer"
            raise RuntimeError(message)
        answer: Promise[Answer] = Promise(on_failure)
        with self._door:
            if self._closed:
                raise StoreError("the database is closing")
            self._queue.put((lane, item, answer))
        return answer

    def _serve(self) -> None:
        going_on = True
        while going_on:
            tasks = [self._queue.get()]
            with suppress(Empty):
                while len(tasks) < MOST_TOGETHER:
                    tasks.append(self._queue.get_nowait())
            lanes: dict[Lane[Any, Any], list[_Task]] = {}
            for task in tasks:
                if task is None:
                    going_on = False
                else:
                    lanes.setdefault(task[0], []).append(task)
            for lane, waiting in lanes.items():
                self._run(lane, waiting)
        self._hang_up()

    def _run(self, lane: Lane[Any, Any], tasks: Sequence[_Task]) -> None:
        try:
            answers = self._write(lane, [item for _, item, _ in tasks])
        except Exception as error:
            _LOG.exception("nothing of %d tasks was written", len(tasks))
            self._hang_up()
            lane.lost()
            for _, _, answer in tasks:
                lost = StoreError(f"not written: {cause(error)}")
                lost.__cause__ = error
                answer.fail(lost)
        else:
            Promise.keep([answer for _, _, answer in tasks], answers)

    def _write(self, lane: Lane[Any, Any], items: Sequence[Any]) -> Sequence[Any]:
        """Do items in one transaction; return when it is durable, raise when nothing is there."""
        connection, transaction = self._begin()
        self._lanes.add(lane)
        try:
            answers = lane.run(connection, items)
        except BaseException:
            with suppress(SQLAlchemyError):
                connection.rollback()
            raise
        try:
            connection.commit()
        except DBAPIError as error:
            if not self._is_there(transaction, error):
                raise
        else:
            lane.committed()
        return answers

    def _begin(self) -> tuple[Connection, str]:
        """Begin a transaction; a connection that was lost while nobody wrote is replaced."""
        kept = self._connection is not None
        try:
            return self._begin_once()
        except DBAPIError as error:
            self._hang_up()
            if not (kept and error.connection_invalidated):
                raise
            return self._begin_once()

    def _begin_once(self) -> tuple[Connection, str]:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
            for lane in self._lanes:  # somebody else may have written meanwhile
                lane.lost()
        connection.begin()
        return connection, self._backend.begin(connection)

    def _is_there(self, transaction: str, error: DBAPIError) -> bool:
        """Ask whether a commit that failed is there after all: its answer may have been lost.

        All lanes have forgotten what they derived by then, as the connection is a new one.
        """
        if not (transaction and error.connection_invalidated):
            return False
        self._hang_up()
        try:
            connection, _ = self._begin_once()
            found = self._backend.committed(connection, transaction)
            connection.rollback()
        except (SQLAlchemyError, StoreError) as unknown:
            message = f"lost while it committed, nobody knows whether it is there: {cause(unknown)}"
            raise StoreError(message) from error
        return found

    def _hang_up(self) -> None:
        """Give the connection back: whatever it was left in, the pool cleans or replaces it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()


class _Called(Protocol[Answer_co]):
    """What a function gave or raised."""

    def value(self) -> Answer_co:
        """Give it, or raise it."""


class _Calls:
    """The lane of plain functions: each in a savepoint, so that one's failure is its own."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def run(
        self, connection: Connection, items: Sequence[Callable[[Connection], Any]]
    ) -> Sequence[Any]:
        return [self._call(connection, function) for function in items]

    def committed(self) -> None:
        """Remember nothing."""

    def lost(self) -> None:
        """Remember nothing."""

    def _call(self, connection: Connection, function: Callable[[Connection], T]) -> "_Called[T]":
        outcome: Future[T] = Future()
        savepoint = connection.begin_nested()
        try:
            outcome.set_result(function(connection))
        except BaseException as error:  # also what a borrower in another thread was hit by
            savepoint.rollback()
            outcome.set_exception(self._said(error))
        else:
            savepoint.commit()
        return _Outcome(outcome)

    def _said(self, error: BaseException) -> BaseException:
        """Give what the caller is told: StoreError for what is the database's fault."""
        if not self._backend.is_at_fault(error):
            return error
        lost = StoreError(f"not written: {cause(error)}")
        lost.__cause__ = error
        return lost


class _Outcome:
    def __init__(self, outcome: Future[Any]) -> None:
        self._outcome = outcome

    def value(self) -> Any:
        return self._outcome.result()
