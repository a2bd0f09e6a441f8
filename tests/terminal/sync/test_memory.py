"""What the node said: durable when it is news, and not written when it is none."""

from __future__ import annotations

from pathlib import Path

from terminal.till.events import Pulled
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import T0, NodeModel, Quiet


def test_a_quiet_node_costs_one_write_a_minute(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, Quiet(node))
    terminal.sync.pull()
    log = tmp_path / "journal.db-wal"
    sizes = []
    for _ in range(25):
        terminal.time.now += 3_000
        node.now_ms += 3_000
        assert isinstance(terminal.sync.pull(), Pulled)
        sizes.append(log.stat().st_size)

    assert len(set(sizes)) == 2
    assert terminal.sync.directory()[1] == T0 + 75_000
    terminal.restart()
    assert terminal.sync.directory()[1] == T0 + 60_000
