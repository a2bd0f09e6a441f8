"""The desk: the same acts on a serving node and on a stopped one."""

import socket
import stat

import pytest

from server.control.desk import connect, desk
from server.control.door import Door
from server.control.errors import NotPossibleError
from server.home import Home
from server.node import open_node
from shared.host import HostError
from shared.host.lock import HomeLock


def test_a_stopped_node_is_asked_in_process_under_its_lock(home: Home) -> None:
    with desk(home) as ask:
        assert ask("status")["height"] == 0
        with pytest.raises(HostError, match="in use"):
            HomeLock(home.path)
    HomeLock(home.path).release()


def test_a_serving_node_answers_on_its_socket_with_the_same_words(home: Home) -> None:
    with desk(home) as ask:
        before = ask("terminal.list"), ask("status")["chain"]
    with HomeLock(home.path), open_node(home) as node, Door(node), desk(home) as ask:
        assert (ask("terminal.list"), ask("status")["chain"]) == before
        made = ask("place.create", name="Bar du lac")
        assert made == {"place": "bar-du-lac", "height": 1}
        with pytest.raises(NotPossibleError, match="already_exists: This exists already"):
            ask("place.create", name="Bar du lac")
    assert not home.control.exists()
    with desk(home) as ask:
        assert [place["place"] for place in ask("status")["places"]] == [
            "bar-du-lac",
            "le-grand-champ",
        ]


def test_only_the_owner_can_open_the_socket(home: Home) -> None:
    with HomeLock(home.path), open_node(home) as node, Door(node):
        assert stat.S_IMODE(home.control.stat().st_mode) == 0o600


def test_a_socket_of_a_killed_node_is_no_hindrance(home: Home) -> None:
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(home.control))
    dead.close()
    assert connect(home) is None
    with desk(home) as ask:
        assert ask("status")["height"] == 0
    with HomeLock(home.path), open_node(home) as node, Door(node), desk(home) as ask:
        assert ask("status")["height"] == 0


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'{"act":"status"}', b'{"act":"status","arguments":{"x":1}}', b"\xff"]
)
def test_noise_on_the_socket_is_answered_and_hurts_nobody(home: Home, raw: bytes) -> None:
    with HomeLock(home.path), open_node(home) as node, Door(node):
        connection = connect(home)
        assert connection is not None
        with connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        assert b"not_possible" in answer
        with desk(home) as ask:
            assert ask("status")["height"] == 0


def test_an_unknown_act_is_refused(home: Home) -> None:
    with desk(home) as ask, pytest.raises(NotPossibleError, match="does not know the act 'dance'"):
        ask("dance")


def test_without_a_node_the_desk_says_how_to_make_one(home: Home) -> None:
    with (
        pytest.raises(HostError, match="tirelire node init"),
        desk(Home(home.path / "other")),
    ):
        pass
