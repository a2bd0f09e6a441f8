"""The till sells on one thread while the sync reads and writes on another."""

from __future__ import annotations

import threading
from pathlib import Path

from shared.verdict import ACCEPTED
from terminal.offline_queue.records import News
from tests.terminal.offline_queue.made import AT, opened, sell

SALES = 300


def test_selling_and_syncing_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sold = threading.Event()
    failed: list[Exception] = []

    def sync() -> None:
        try:
            done = 0
            while not (sold.is_set() and done == journal.head.seq):
                for record in journal.records(done + 1, 20):
                    done = record.seq
                journal.mark_stored(done)
                journal.keep(News(verdicts=[(done, ACCEPTED)] if done else []))
                journal.tidy(AT + 10_000)
        except Exception as error:  # shown by the test
            failed.append(error)

    thread = threading.Thread(target=sync)
    thread.start()
    hashes = [sell(journal, 1).hash for _ in range(SALES)]
    sold.set()
    thread.join(60)

    assert failed == []
    assert [record.hash for record in journal.records(1)] == hashes
    assert journal.stored_seq == SALES
    journal.close()
