"""The thread that runs jobs, one after the other, each under its lease.

A job that fails is logged, shown and due again soon; it never stops the others.  `stop` waits for
the job that runs.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from server.jobs.schedule import Next
from server.jobs.table import SqlJobs

LOG: Final = logging.getLogger(__name__)
LOOK_S: Final = 20.0
LEASE_MS: Final = 30 * 60_000
AGAIN_MS: Final = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Job:
    """What to do, when it is due again, and whether it is due when it is first heard of."""

    run: Callable[[], object]
    next: Next
    at_once: bool = False


class Runner:
    """Runs what is due."""

    def __init__(self, jobs: Mapping[str, Job], table: SqlJobs, now_ms: Callable[[], int]) -> None:
        self._jobs = jobs
        self._table = table
        self._now_ms = now_ms
        self._stopping = Event()
        self._thread = Thread(target=self._serve, name="jobs", daemon=True)
        now = now_ms()
        for name, job in jobs.items():
            table.add(name, now if job.at_once else job.next(now))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                self.round()
            except Exception:
                LOG.exception("the jobs cannot be read")
            self._stopping.wait(LOOK_S)

    def round(self) -> list[str]:
        """Run everything that is due now and give its names."""
        ran = []
        for name in self._table.due(self._now_ms()):
            now = self._now_ms()
            job = self._jobs.get(name)
            if self._stopping.is_set():
                break
            if job is not None and self._table.take(name, now, now + LEASE_MS):
                ran.append(name)
                self._run(name, job)
        return ran

    def _run(self, name: str, job: Job) -> None:
        error = ""
        try:
            job.run()
        except Exception as failed:
            LOG.exception("the job %s failed", name)
            error = f"{type(failed).__name__}: {failed}"[:500]
        now = self._now_ms()
        due = now + AGAIN_MS if error else job.next(now)
        self._table.done(name, now, due, error)
