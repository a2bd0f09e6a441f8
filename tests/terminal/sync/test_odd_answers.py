"""Answers that a good node would hardly give: none of them blocks a till, or is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import Code
from shared.ids import Hash
from shared.wire import BatchAnswer, Head, JournalAnswer, VerdictLine
from terminal.offline_queue.journal import KEEP_MS
from terminal.sync.node_sync import MOST_PAGES
from terminal.sync.transport import Reply, Request
from terminal.till.events import NodeLost, NodeRefused, Pushed
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import NodeModel, good, problem


class Scripted:
    """A node whose answers to some paths are written by the test."""

    def __init__(self, node: NodeModel) -> None:
        self.node = node
        self.answers: dict[str, list[Reply | None]] = {}

    def send(self, request: Request) -> Reply | None:
        written = self.answers.get(request.path)
        return written.pop(0) if written else self.node.send(request)


@pytest.fixture
def scripted(tmp_path: Path) -> tuple[Terminal, Scripted]:
    way = Scripted(NodeModel())
    terminal = Terminal(tmp_path, way)
    terminal.sync.pull()
    return terminal, way


def stored(seq: int, hash_: str, verdict: str = "accepted") -> Reply:
    line = VerdictLine(height=1, index=0, seq=1, verdict=verdict)
    return good(
        BatchAnswer(
            cursor="",
            provisional=True,
            stored=Head(hash=Hash(hash_), seq=seq),
            verdicts=(line,),
        )
    )


def test_a_node_that_claims_more_than_we_made_is_asked_before_anything_is_sent(
    scripted: tuple[Terminal, Scripted],
) -> None:
    terminal, way = scripted
    terminal.sell(500)
    way.answers["/api/v1/batches"] = [stored(9, "9" * 64), problem(409, "gap", expected=9)]

    assert terminal.sync.push() == NodeLost()
    assert terminal.sync.push() is None  # not before the heads are compared again
    terminal.sync.pull()
    assert terminal.sync.push() == NodeLost()  # a gap before what we never made
    terminal.sync.pull()
    assert isinstance(terminal.sync.push(), Pushed)


def test_an_acknowledgement_of_another_entry_is_a_fork(
    scripted: tuple[Terminal, Scripted],
) -> None:
    terminal, way = scripted
    terminal.sell(500)
    way.answers["/api/v1/batches"] = [stored(1, "9" * 64)]

    assert terminal.sync.push() == NodeRefused(Code.FORK)
    assert terminal.journal.stored_seq == 0


def test_a_provisional_answer_is_told_and_an_unknown_verdict_waits(
    scripted: tuple[Terminal, Scripted],
) -> None:
    terminal, way = scripted
    terminal.sell(500)
    name = terminal.journal.head.hash
    way.answers["/api/v1/batches"] = [stored(1, name, "postponed(to_next_year)")]

    pushed = terminal.sync.push()

    assert isinstance(pushed, Pushed)
    assert (pushed.provisional, pushed.verdicts, pushed.stored_seq) == (True, (), 1)
    assert terminal.journal.verdict(1) is None


def test_a_gap_before_what_was_pruned_is_for_people(
    scripted: tuple[Terminal, Scripted],
) -> None:
    terminal, way = scripted
    terminal.sell(500)
    terminal.round()
    terminal.time.now += KEEP_MS
    way.node.now_ms = terminal.time.now
    terminal.sell(500)
    terminal.journal.prune(terminal.time.now)
    way.answers["/api/v1/batches"] = [problem(409, "gap", expected=1)]

    assert terminal.sync.push() == NodeRefused(Code.GAP)


@pytest.mark.parametrize(
    "answer, event",
    [
        (None, NodeLost()),
        (Reply(502, b"<html>"), NodeLost()),
        (problem(503, "node_busy"), NodeLost()),
        (problem(403, "unknown_author"), NodeRefused(Code.UNKNOWN_AUTHOR)),
        (problem(400, "a code of next year"), NodeLost()),
        (good(JournalAnswer(head=Head(hash=Hash("9" * 64), seq=9), payloads=())), NodeLost()),
        (
            good(JournalAnswer(head=Head(hash=Hash("9" * 64), seq=9), payloads=("{}",))),
            NodeRefused(Code.FORK),
        ),
    ],
)
def test_taking_back_goes_on_only_with_good_answers(
    tmp_path: Path, answer: Reply | None, event: object
) -> None:
    (tmp_path / "till").mkdir()
    (tmp_path / "empty").mkdir()
    way = Scripted(NodeModel())
    terminal = Terminal(tmp_path / "till", way)
    terminal.sync.pull()
    terminal.sell(500)
    terminal.round()

    blank = Terminal(tmp_path / "empty", way, terminal.time)
    way.answers["/api/v1/journal"] = [answer]

    assert blank.sync.pull() == event
    assert blank.journal.head.seq == 0


def test_deltas_that_never_end_do_not_hold_the_till(
    scripted: tuple[Terminal, Scripted],
) -> None:
    terminal, way = scripted
    endless = Endless(way.node.send)
    terminal.transport = endless
    terminal.restart()

    assert terminal.sync.pull() == NodeLost()
    assert endless.asked == MOST_PAGES


class Endless:
    def __init__(self, send: Callable[[Request], Reply | None]) -> None:
        self._send = send
        self.asked = 0

    def send(self, request: Request) -> Reply | None:
        self.asked += 1
        reply = self._send(request)
        assert reply is not None
        return Reply(reply.status, reply.body.replace(b'"more":false', b'"more":true'))
