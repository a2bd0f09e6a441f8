"""Crashes: what was answered is there, what was not is there wholly or not at all."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from server.engine.port import EngineStoppedError, Stored
from server.store.database import open_database
from server.store.truth import prove
from shared.ids import author_id
from shared.signing import public_key
from tests.server.engine.child import PER_BATCH, TILLS
from tests.server.engine.world import World, sale, verdicts

ROOT = Path(__file__).parents[3]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "node.db", tills=TILLS, cards=1, funds=100_000)
    yield world
    world.database.close()


def run_child(world: World, batches: int, most_bytes: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.server.engine.child", str(world.path)]
    return subprocess.Popen(
        [*command, str(batches), str(most_bytes)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def answered(lines: list[str]) -> set[tuple[str, int, int, int]]:
    """Read the verdicts that tills were told; the last line may be cut."""
    found = [line.split() for line in lines if line.endswith("\n")]
    names = [author_id(public_key(World.till_seed(number))) for number in range(TILLS)]
    return {(names[int(n)], int(seq), int(height), int(idx)) for n, seq, height, idx in found}


def check(world: World, told: set[tuple[str, int, int, int]]) -> None:
    """Everything that was told is there; whole batches; every number is what the blocks give."""
    with world.database.read() as connection:
        there = connection.exec_driver_sql(
            "SELECT author, seq, height, idx FROM chain_transaction WHERE kind = 'sale'"
        )
        kept = {tuple(row) for row in there}
        assert prove(connection, chain=world.chain).findings == []
    assert told <= kept
    assert len(kept) % PER_BATCH == 0
    assert world.on_card(0) == 100_000 - len(kept)
    assert world.sums() == {"GRAIN": 0}


@pytest.mark.alone
@pytest.mark.parametrize("seed", range(3))
def test_killed_under_load_it_keeps_every_answer(world: World, seed: int) -> None:
    world.database.close()
    told: set[tuple[str, int, int, int]] = set()
    random = Random(seed)
    for _ in range(2):
        with run_child(world, batches=400) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(random.randrange(50, 900))]
            child.kill()
            lines += child.stdout.readlines()
        told |= answered(lines)
        world.reopen()
        check(world, told)
        world.database.close()
    world.reopen()


@pytest.mark.alone
def test_a_full_disk_leaves_nothing_half(world: World) -> None:
    world.database.close()
    size = world.path.stat().st_size
    with run_child(world, batches=400, most_bytes=size + 300_000) as child:
        assert child.stdout is not None
        lines = child.stdout.readlines()
    told = answered(lines)
    assert 0 < len(told) < 400 * TILLS * PER_BATCH
    world.reopen()
    check(world, told)


def test_a_log_that_was_cut_anywhere_holds_whole_blocks(world: World, tmp_path: Path) -> None:
    """A power cut loses the end of the log that was not synced, wherever it falls."""
    log = Path(f"{world.path}-wal")
    till = world.till[0]
    ends = [(log.stat().st_size, world.solo.tip.height)]
    for size in (1, 40, 3):
        world.solo.submit(till.next(*[sale(0, 1)] * size))
        ends.append((log.stat().st_size, world.solo.tip.height))
    cuts = {(end + step, height) for end, height in ends for step in (0, 1, 2_000, 4_119, 4_120)}
    frames = Random(0).sample(range(ends[0][0], ends[-1][0]), 20)
    cuts |= {(cut, max(height for end, height in ends if end <= cut)) for cut in frames}
    assert ends == sorted(set(ends))
    for number, (cut, height) in enumerate(sorted(cuts)):
        there = tmp_path / str(number) / "node.db"
        there.parent.mkdir()
        shutil.copyfile(world.path, there)
        Path(f"{there}-wal").write_bytes(log.read_bytes()[:cut])
        database = open_database(there)
        with database.read() as connection:
            report, wrong = prove(connection, chain=world.chain)
            assert wrong == []
            assert report.tip.height == height
        database.close()


def test_a_full_database_acknowledges_nothing_and_goes_on_when_there_is_room(world: World) -> None:
    with world.database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    till = world.till[0]
    tip = world.solo.tip
    batch = till.next(*[sale(0, 1)] * 400)
    for _ in range(2):
        with pytest.raises(EngineStoppedError, match="full"):
            world.solo.submit(batch)
        with pytest.raises(EngineStoppedError, match="full"):
            world.solo.propose([world.issue(0, 1, f"e{n}") for n in range(400)])
    assert world.solo.tip == tip
    assert world.on_card(0) == 100_000
    with world.database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    answer = world.solo.submit(batch)
    assert verdicts(answer) == ["accepted"] * 400
    assert isinstance(answer, Stored)
    assert answer.placed[0].height == tip.height + 1
    assert world.on_card(0) == 99_600
    assert world.sums() == {"GRAIN": 0}
