"""The power goes at every unsynced write: what was answered is there, and blocks are whole."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.store.database import open_database
from server.store.truth import prove
from tests.server.engine.world import World, sale, verdicts
from tests.terminal.offline_queue.disk import Disk, Mark, Recorder, put

AUDITED = 60  # one cut in so many is audited in full


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    recorder.install()
    yield recorder
    recorder.remove()


def live(tmp_path: Path, recorder: Recorder) -> None:
    """Have a node answer batches, with a checkpoint in the middle; mark what it answered."""
    (tmp_path / "node").mkdir()
    world = World(tmp_path / "node" / "node.db")
    till = world.till[0]
    recorder.mark(0)
    for number in range(1, 4):
        answer = world.solo.submit(till.next(*[sale(number % 3, 1)] * 4))
        assert verdicts(answer) == ["accepted"] * 4
        recorder.mark(4 * number)
        if number == 1:
            with closing(sqlite3.connect(world.path)) as outside:
                outside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    world.database.close()
    recorder.remove()


def lost(recorder: Recorder, folder: Path) -> tuple[int, int]:
    """Cut at every operation: how many cuts, and in how many of them an answer was lost."""
    folder.mkdir()
    dice, disk = random.Random(2026), Disk()
    cuts = losses = 0
    for operation in recorder.operations:
        disk.happen(operation)
        if isinstance(operation, Mark) or not disk.told:
            continue
        for files in disk.cuts(dice):
            put(files, folder)
            cuts += 1
            losses += not intact(folder / "node.db", disk.told[-1])
            if cuts % AUDITED == 0 and not losses:
                audited(folder / "node.db")
    return cuts, losses


def intact(path: Path, told: object) -> bool:
    """Tell whether everything that was answered is there, and whole blocks only."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            [(sales,)] = connection.execute(
                "SELECT COUNT(*) FROM chain_transaction WHERE kind = 'sale'"
            )
            [(paid,)] = connection.execute(
                "SELECT COALESCE(SUM(amount), 0) FROM chain_balance WHERE account = 'place:bar'"
            )
            [(same,)] = connection.execute(
                "SELECT height = (SELECT MAX(height) FROM block_header) FROM chain_tip"
            )
    except sqlite3.DatabaseError:
        return False
    return isinstance(told, int) and sales >= told and sales % 4 == 0 and paid == sales and same


def audited(path: Path) -> None:
    """Open what is left as a node does, and audit it."""
    database = open_database(path)
    with database.read() as connection:
        assert prove(connection).findings == []
    database.close()


@pytest.mark.alone
def test_a_power_cut_at_any_write_loses_no_answer(tmp_path: Path, recorder: Recorder) -> None:
    live(tmp_path, recorder)

    cuts, losses = lost(recorder, tmp_path / "after")

    recorder.install()
    assert cuts > 200
    assert losses == 0


@pytest.mark.alone
def test_a_disk_that_lies_about_its_sync_is_found_out(tmp_path: Path, recorder: Recorder) -> None:
    recorder.deaf = True
    live(tmp_path, recorder)

    _, losses = lost(recorder, tmp_path / "after")

    recorder.install()
    assert losses > 50
