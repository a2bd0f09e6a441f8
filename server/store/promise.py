"""What a caller of the writer waits for: the answer to one task.

One lock instead of a `Future`'s condition.  The answers of a commit form a chain: the writer wakes
only the first caller, and whoever is woken wakes the next one before anything else.  So the writer
goes on at once and is not pushed aside by each thread that it wakes: with sixteen clients over HTTP
a tenth less work a sale.  Nobody is forgotten: a caller that is interrupted while it waits leaves a
stand-in that passes the call on.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Promise(Generic[T]):
    """An answer that will come, or an error; `wait` may be called once."""

    __slots__ = ("_answer", "_error", "_lock", "_next", "_on_failure")
    _answer: T

    def __init__(self, on_failure: Callable[[Exception], None] | None = None) -> None:
        """`on_failure` is told of an error, in the writer's thread, before the caller is."""
        self._error: Exception | None = None
        self._next: Promise[Any] | None = None
        self._on_failure = on_failure
        self._lock = Lock()
        self._lock.acquire()

    def wait(self) -> T:
        """Give the answer when it is there; raise the error instead if it is one."""
        try:
            self._pass_on()
        except BaseException:  # an interrupt: only the first thread ever has one
            Thread(target=self._pass_on, name="stand-in", daemon=True).start()
            raise
        if self._error is not None:
            raise self._error
        return self._answer

    def fail(self, error: Exception) -> None:
        """Give the caller an error."""
        self._error = error
        if self._on_failure is not None:
            self._on_failure(error)
        self._lock.release()

    @staticmethod
    def keep(promises: "Sequence[Promise[Any]]", answers: Sequence[Any]) -> None:
        """Give all callers of one commit their answers."""
        for promise, answer in zip(promises, answers, strict=True):
            promise._answer = answer  # noqa: SLF001 - of this class
        for promise, after in pairwise(promises):
            promise._next = after  # noqa: SLF001 - of this class
        promises[0]._lock.release()  # noqa: SLF001 - of this class

    def _pass_on(self) -> None:
        with self._lock:  # open again afterwards: an interrupt may come even in here
            if self._next is not None:
                self._next._lock.release()  # noqa: SLF001 - of this class
                self._next = None
