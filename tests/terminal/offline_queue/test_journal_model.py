"""The journal against a model that is a list: any order of calls, restarts included."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.ids import Hash
from shared.transaction import open_payload
from shared.verdict import ACCEPTED
from terminal.offline_queue.journal import KEEP_MS
from terminal.offline_queue.records import News
from tests.terminal.offline_queue.made import AT, opened, sell


class JournalModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.journal = opened(self.folder)
        self.hashes: list[Hash] = []
        self.times: list[int] = []
        self.answered: set[int] = set()
        self.stored = 0
        self.first = 1

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    @rule(total=st.integers(1, 2**53 - 1), at=st.integers(0, 60))
    def sells(self, total: int, at: int) -> None:
        at_ms = AT + at * 86_400_000
        record = sell(self.journal, total, at_ms=at_ms)
        assert record.seq == len(self.hashes) + 1
        assert record.at_ms == max([at_ms, *self.times[-1:]])
        self.hashes.append(record.hash)
        self.times.append(record.at_ms)

    @rule(seq=st.integers(0, 40))
    def node_stores(self, seq: int) -> None:
        self.journal.mark_stored(seq)
        seq = min(seq, len(self.hashes))
        if seq != self.stored:
            self.answered = {one for one in self.answered if one <= seq or one < self.first}
        self.stored = seq

    @precondition(lambda self: self.stored > 0)
    @rule(seqs=st.sets(st.integers(1, 40)))
    def node_answers(self, seqs: set[int]) -> None:
        seqs = {seq for seq in seqs if self.first <= seq <= self.stored}
        self.journal.keep(News(verdicts=[(seq, ACCEPTED) for seq in seqs]))
        self.answered |= seqs

    @rule(day=st.integers(0, 120))
    def prunes(self, day: int) -> None:
        now_ms = AT + day * 86_400_000
        self.journal.prune(now_ms)
        while (
            self.first < len(self.hashes)
            and self.first in self.answered
            and self.times[self.first - 1] <= now_ms - KEEP_MS
        ):
            self.first += 1

    @rule()
    def restarts(self) -> None:
        self.journal.close()
        self.journal = opened(self.folder)

    @rule()
    def checkpoints(self) -> None:
        self.journal.checkpoint()

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        records = self.journal.records(1)
        assert [record.hash for record in records] == self.hashes[self.first - 1 :]
        for record in records:
            verdict = self.journal.verdict(record.seq)
            assert (verdict is not None) is (record.seq in self.answered)
        links = [open_payload(record.payload).envelope.prev for record in records]
        assert links[1:] == [record.hash for record in records][:-1]
        assert self.journal.stored_seq == self.stored


JournalModel.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestJournal = JournalModel.TestCase
