"""The power goes at every write that is not synced: what was said to be durable is there."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.verdict import ACCEPTED
from terminal.offline_queue.database import JournalBrokenError, JournalFullError, connect
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import News
from terminal.till.ports import JournalError
from tests.terminal.offline_queue.disk import FULL, OK, Disk, Mark, Recorder, put
from tests.terminal.offline_queue.made import AT, BOOT, IDENTITY, opened, sell

IO_ERROR = 10 | 3 << 8  # SQLITE_IOERR_WRITE


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    recorder.install()
    yield recorder
    recorder.remove()


def live(journal: Journal, recorder: Recorder) -> None:
    """A day of a till: sales, what the node says, checkpoints, a prune."""
    for number in range(1, 13):
        record = sell(journal, number, at_ms=AT + number)
        recorder.mark(record.hash)
        if number % 4 == 0:
            journal.mark_stored(number)
            journal.keep(News(verdicts=[(number, ACCEPTED)], state={"cursor": b"%d" % number}))
        if number % 5 == 0:
            journal.checkpoint()


def lost(recorder: Recorder, folder: Path) -> tuple[int, int]:
    """Cut at every operation: how many cuts, and in how many of them something told was lost."""
    folder.mkdir()
    dice, disk = random.Random(2026), Disk()
    cuts = losses = 0
    for operation in recorder.operations:
        disk.happen(operation)
        if isinstance(operation, Mark):
            continue
        for files in disk.cuts(dice):
            put(files, folder)
            cuts += 1
            losses += not intact(folder, disk.told)
    return cuts, losses


def intact(folder: Path, told: list[object]) -> bool:
    """Open what is left as the till does after a start, and sell on."""
    try:
        journal = opened(folder)
    except JournalError:  # the till cannot start
        return False
    try:
        hashes = [record.hash for record in journal.records(1)]
        last = sell(journal, 1)
        return hashes[: len(told)] == told and last.seq == len(hashes) + 1
    finally:
        journal.close()


def day(tmp_path: Path, recorder: Recorder, *, synchronous: str = "FULL") -> None:
    (tmp_path / "till").mkdir()
    connection = connect(tmp_path / "till" / "journal.db", synchronous=synchronous)
    journal = Journal(connection, IDENTITY, BOOT)
    live(journal, recorder)
    journal.close()
    recorder.remove()


def test_a_power_cut_at_any_write_loses_nothing_that_was_said_to_be_durable(
    tmp_path: Path, recorder: Recorder
) -> None:
    day(tmp_path, recorder)

    cuts, losses = lost(recorder, tmp_path / "after")

    recorder.install()
    assert cuts > 300
    assert losses == 0


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_without_the_sync_the_same_cuts_lose_sales(
    tmp_path: Path, recorder: Recorder, synchronous: str
) -> None:
    day(tmp_path, recorder, synchronous=synchronous)

    _, losses = lost(recorder, tmp_path / "after")

    recorder.install()
    assert losses > 50


def test_a_disk_that_lies_about_its_sync_is_found_out(tmp_path: Path, recorder: Recorder) -> None:
    recorder.deaf = True
    day(tmp_path, recorder)

    _, losses = lost(recorder, tmp_path / "after")

    recorder.install()
    assert losses > 50


@pytest.mark.parametrize("code", [IO_ERROR, FULL])
def test_a_write_that_fails_at_any_step_is_told_and_nothing_is_half_there(
    tmp_path: Path, recorder: Recorder, code: int
) -> None:
    """Before and after every write of an append: it is there whole, or it is not there."""
    for step in range(1, 100):
        folder = tmp_path / str(step)
        folder.mkdir()
        journal = opened(folder)
        first = sell(journal, 1)
        left = step

        def fail() -> int:
            nonlocal left
            left -= 1
            return code if left <= 0 else OK

        recorder.on_write = fail
        error = refused(journal)
        recorder.on_write = lambda: OK
        if error is None:
            assert step > 2  # the write and the sync of the log, at least, were tried
            assert journal.head.seq == 2
            journal.close()
            return
        assert isinstance(error, JournalFullError) is (code == FULL)
        assert (refused(journal) is None) is (code == FULL)  # else it must be opened anew
        journal.close()
        again = opened(folder)
        hashes = [record.hash for record in again.records(1)]
        assert hashes[0] == first.hash
        assert len(hashes) == (2 if code == FULL else 1)
        assert sell(again, 3).seq == len(hashes) + 1
        again.close()
    pytest.fail("an append has no end")


def refused(journal: Journal) -> JournalError | None:
    """Sell, and give the error if there was one."""
    try:
        sell(journal, 2)
    except JournalError as error:
        return error
    return None


def test_a_disk_that_is_really_full_is_told_and_later_used_again(tmp_path: Path) -> None:
    """The kernel refuses to let the log grow: the till says so, and nothing is half there."""
    journal = opened(tmp_path)
    sell(journal, 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))
    try:
        error = next(filter(None, (refused(journal) for _ in range(200))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert isinstance(error, JournalBrokenError)  # over a limit of the kernel: not "full"
    sold = journal.head.seq
    journal.close()
    again = opened(tmp_path)
    assert [record.seq for record in again.records(1)] == list(range(1, sold + 1))
    assert sell(again, 1).seq == sold + 1
    again.close()
