"""The terminal says how it is, once a minute."""

from __future__ import annotations

from pathlib import Path

from shared.codec import decode
from shared.signing import Purpose, from_text, public_key, verify
from shared.wire import SIGNATURE_HEADER, Heartbeat as Message
from terminal.sync.heartbeat import VERSION, Heartbeat
from terminal.sync.transport import Reply, Request
from terminal.till.events import Unsent
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import T0, TILL_SEED, NodeModel


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

    assert heartbeat.beat(7) is True
    terminal.time.now += 59_999
    assert heartbeat.beat(7) is False
    unsent[0] = Unsent(count=0, amount=0)
    assert heartbeat.beat(7) is True
    terminal.time.now += 60_000
    listener.answers = False
    assert heartbeat.beat(8) is False

    first, second, third = listener.heard
    assert (first.seen, first.head.seq, first.at) == (7, 1, T0)
    assert (first.unsent.count, first.unsent.amount) == (1, 500)
    assert second.unsent.count == 0
    assert third.seen == 8


def test_it_names_the_version_of_this_program() -> None:
    project = Path(__file__).parents[3] / "pyproject.toml"

    assert f'version = "{VERSION}"' in project.read_text()
