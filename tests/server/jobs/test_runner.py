"""Jobs: due, leased, failing and tried again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from server.jobs.jobs import make_jobs
from server.jobs.runner import Job, Runner
from server.jobs.schedule import every
from server.jobs.table import SqlJobs
from server.store.database import Database, open_database
from tests.server.api.world import world as make_world

MINUTE = 60_000


@dataclass
class Now:
    ms: int = 1_000_000

    def __call__(self) -> int:
        return self.ms


@dataclass
class Count:
    times: int = 0
    failing: bool = False
    ran: Event = field(default_factory=Event)

    def __call__(self) -> None:
        self.times += 1
        self.ran.set()
        if self.failing:
            raise ZeroDivisionError("no")


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    opened = open_database(where)
    yield opened
    opened.close()


@pytest.fixture
def table(database: Database) -> SqlJobs:
    return SqlJobs(database.write, database.read)


def test_a_job_runs_when_it_is_due_and_not_before(table: SqlJobs) -> None:
    now, count = Now(), Count()
    runner = Runner({"a": Job(count, every(60))}, table, now)
    assert runner.round() == []
    now.ms += 60 * MINUTE
    assert runner.round() == ["a"]
    assert runner.round() == []
    assert count.times == 1


def test_what_was_missed_runs_once_when_the_node_is_there_again(table: SqlJobs) -> None:
    now, count = Now(), Count()
    Runner({"a": Job(count, every(60))}, table, now)
    now.ms += 10 * 60 * MINUTE
    again = Runner({"a": Job(count, every(60))}, table, now)
    assert again.round() == ["a"]
    assert again.round() == []
    assert count.times == 1


def test_a_failing_job_is_shown_tried_again_soon_and_stops_nobody(table: SqlJobs) -> None:
    now, bad, fine = Now(), Count(failing=True), Count()
    jobs = {
        "bad": Job(bad, every(60), at_once=True),
        "fine": Job(fine, every(60), at_once=True),
    }
    runner = Runner(jobs, table, now)
    assert sorted(runner.round()) == ["bad", "fine"]
    assert {row.name: row.error for row in table.rows()} == {
        "bad": "ZeroDivisionError: no",
        "fine": "",
    }
    now.ms += 5 * MINUTE
    bad.failing = False
    assert runner.round() == ["bad"]
    assert {row.error for row in table.rows()} == {""}


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(table: SqlJobs) -> None:
    table.add("a", 0)
    assert table.take("a", 1_000, 5_000)
    assert not table.take("a", 4_999, 9_000)
    assert table.due(4_999) == []
    assert table.due(5_000) == ["a"]
    assert table.take("a", 5_000, 9_000)


def test_a_job_of_an_older_version_is_left_alone(table: SqlJobs) -> None:
    table.add("forgotten", 0)
    assert Runner({}, table, Now()).round() == []


def test_the_thread_runs_what_is_due_and_ends_when_asked(table: SqlJobs) -> None:
    count = Count()
    with Runner({"a": Job(count, every(60), at_once=True)}, table, Now()):
        assert count.ran.wait(10)
    assert count.times == 1


def test_every_job_of_a_node_can_run(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        jobs = make_jobs(world.node)
        assert sorted(jobs) == [
            "access",
            "audit",
            "backup-reminder",
            "demurrage",
            "dividends",
            "payments",
            "retention",
        ]
        for job in jobs.values():
            job.run()
        [audit] = world.node.office.keeper.audits()
        assert audit.bad_height is None
        assert [task.kind for task in world.node.tasks.open()] == ["backup_old"]
