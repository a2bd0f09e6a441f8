"""The terminal says how it is, once a minute."""

from __future__ import annotations

from pathlib import Path

from shared.block import read_header
from shared.codec import decode
from shared.signing import Purpose, from_text, public_key, verify
from shared.wire import SIGNATURE_HEADER, Heartbeat as Message, SealedHeader
from terminal.sync.heartbeat import VERSION, Heartbeat
from terminal.sync.transport import Reply, Request
from terminal.till.events import Pulled, Unsent
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import T0, TILL_SEED, NodeModel

SEVEN, EIGHT = SealedHeader(header="7", seal=""), SealedHeader(header="8", seal="")


class Listener:
    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.answers = True

    def send(self, request: Request) -> Reply | None:
        signature = from_text(request.headers[SIGNATURE_HEADER])
        assert verify(public_key(TILL_SEED), Purpose.HEARTBEAT, request.body, signature)
        assert request.path == "/api/v1/heartbeats"
        self.heard.append(decode(request.body, Message))
        return Reply(200, b"{}") if self.answers else None


def test_it_beats_once_a_minute_and_when_all_was_sent(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, NodeModel())
    terminal.sell(500)
    listener = Listener()
    unsent = [Unsent(count=1, amount=500)]
    heartbeat = Heartbeat(
        terminal.journal,
        listener,
        unsent=lambda: unsent[0],
        now_ms=terminal.time.now_ms,
    )

    assert heartbeat.beat(SEVEN, behind=False) is True
    terminal.time.now += 59_999
    assert heartbeat.beat(SEVEN, behind=False) is False
    unsent[0] = Unsent(count=0, amount=0)
    assert heartbeat.beat(SEVEN, behind=False) is True
    terminal.time.now += 60_000
    listener.answers = False
    assert heartbeat.beat(EIGHT, behind=False) is False

    first, second, third = listener.heard
    assert (first.header, first.head.seq, first.at) == (SEVEN, 1, T0)
    assert (first.unsent.count, first.unsent.amount) == (1, 500)
    assert second.unsent.count == 0
    assert third.header == EIGHT


def test_a_node_that_lacks_blocks_is_told_at_once_until_it_has_heard(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, NodeModel())
    listener = Listener()
    heartbeat = Heartbeat(
        terminal.journal,
        listener,
        unsent=lambda: Unsent(count=0, amount=0),
        now_ms=terminal.time.now_ms,
    )

    assert heartbeat.beat(SEVEN, behind=False) is True
    listener.answers = False
    assert heartbeat.beat(SEVEN, behind=True) is False
    listener.answers = True
    assert heartbeat.beat(SEVEN, behind=True) is True
    assert heartbeat.beat(SEVEN, behind=True) is False  # once is enough
    assert heartbeat.beat(SEVEN, behind=False) is False
    assert heartbeat.beat(SEVEN, behind=True) is False
    assert len(listener.heard) == 3


def test_a_node_put_back_is_shown_the_newest_header_in_the_same_round(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500, 3)
    terminal.round()
    newest = decode(terminal.journal.state("header") or b"", SealedHeader)
    node.forget(1)
    beats, terminal.time.now = node.beats, terminal.time.now + 3_000

    assert isinstance(terminal.sync.pull(), Pulled)

    assert node.beats == beats + 1
    assert node.said is not None
    assert node.said.header == newest
    assert read_header(newest.header.encode()).height == 4


def test_it_names_the_version_of_this_program() -> None:
    project = Path(__file__).parents[3] / "pyproject.toml"

    assert f'version = "{VERSION}"' in project.read_text()
