"""The node's hands: a command that fails, one that must fail, words that are no JSON."""

from pathlib import Path

import pytest

from tools.demo.node import Node
from tools.demo.proxy import free_port
from tools.demo.telling import StoryError

pytestmark = [pytest.mark.alone, pytest.mark.loopback]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path / "node", free_port())


def test_a_command_that_fails_is_told_with_its_words(node: Node) -> None:
    with pytest.raises(StoryError, match=r"(?s)node status: .*there is no node in"):
        node.run("status")
    assert "there is no node in" in node.run("status", fails=True)


def test_a_node_that_does_not_start_is_told_with_its_words(node: Node) -> None:
    with pytest.raises(StoryError, match=r"(?s)the node does not serve:\n.*there is no node in"):
        node.serve()


def test_a_node_made_served_asked_posted_to_and_stopped(node: Node) -> None:
    made = node.ask("init", "--place", "Le Bar", "--listen", f"127.0.0.1:{node.port}")
    assert made["link"].startswith(f"{node.address}/welcome/")
    node.serve()
    try:
        status, answer = node.post("/api/v1/pair", b"{", "application/json")
        assert (status, answer["code"]) == (400, "bad_json")
        told, asked = node.status(), node.ask("status")
        assert told.pop("time_ms") <= asked.pop("time_ms")
        assert told == asked
        assert node.query("SELECT height FROM block_header") == [(0,)]
    finally:
        node.stop()
    with pytest.raises(StoryError, match=r"(?s)node init .*: .*is not empty|there is a node"):
        node.ask("init", "--place", "Le Bar")
    node.stop()
