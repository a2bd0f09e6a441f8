"""The real process is killed at random instants: what it said to be durable is there."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.offline_queue.journal import Journal
from tests.terminal.offline_queue.made import opened


def kill_once(folder: Path, after: int) -> dict[int, str]:
    """Let it sell, and kill it some time after it said so many sales; give what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.terminal.offline_queue.seller", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("open ")
    lines = [process.stdout.readline() for _ in range(after)]
    process.kill()
    lines += process.stdout.readlines()  # said before it died
    process.stdout.close()
    process.wait()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(seq): name for seq, name in whole}


def kill_often(folder: Path, times: int, seed: int) -> None:
    dice = random.Random(seed)
    said: dict[int, str] = {}
    for _ in range(times):
        said |= kill_once(folder, dice.randrange(1, 60))
        journal: Journal = opened(folder)
        there = {record.seq: record.hash for record in journal.records(1)}
        journal.close()
        assert {seq: there.get(seq) for seq in said} == said
        assert list(there) == list(range(1, len(there) + 1))


@pytest.mark.alone
def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path, 20, seed=2026)


@pytest.mark.soak
@pytest.mark.alone
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path, 200, seed=11)
