"""The cable: whole, cut in the middle of something, mended, taken away."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tools.demo.proxy import LOOPBACK, Cable, free_port

pytestmark = pytest.mark.loopback

PATIENCE_S = 10


class Echo:
    """A node that says everything back; counts who came."""

    def __init__(self) -> None:
        self.came = 0
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.came += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


@pytest.fixture
def cable(echo: Echo) -> Iterator[Cable]:
    made = Cable(echo.port)
    yield made
    made.close()


def plug_in(cable: Cable) -> socket.socket:
    return socket.create_connection((LOOPBACK, cable.port), timeout=PATIENCE_S)


def said_back(end: socket.socket, words: bytes) -> bytes:
    end.sendall(words)
    heard = b""
    while len(heard) < len(words) and (data := end.recv(4096)):
        heard += data
    return heard


def is_dead(end: socket.socket) -> bool:
    """Tell whether the other side hung up; waits until it does or says something."""
    try:
        return end.recv(1) == b""
    except ConnectionError:
        return True


def test_a_whole_cable_carries_bytes_both_ways(cable: Cable) -> None:
    with plug_in(cable) as one, plug_in(cable) as two:
        assert said_back(one, b"x" * 200_000) == b"x" * 200_000
        assert said_back(two, b"hello") == b"hello"


def test_cutting_it_ends_what_is_open_in_the_middle(cable: Cable) -> None:
    with plug_in(cable) as one, plug_in(cable) as two:
        assert said_back(one, b"half a que") == b"half a que"
        assert said_back(two, b"idle") == b"idle"
        cable.cut()
        assert is_dead(one)
        assert is_dead(two)


def test_a_cut_cable_lets_nothing_new_through(cable: Cable, echo: Echo) -> None:
    cable.cut()
    with plug_in(cable) as end:
        assert is_dead(end)
    cable.cut()


def test_a_mended_cable_carries_again(cable: Cable) -> None:
    cable.cut()
    cable.mend()
    with plug_in(cable) as end:
        assert said_back(end, b"again") == b"again"


def test_when_one_side_ends_the_other_is_told(cable: Cable, echo: Echo) -> None:
    with plug_in(cable) as end:
        assert said_back(end, b"bye") == b"bye"
        end.shutdown(socket.SHUT_WR)
        assert is_dead(end)


def test_without_a_node_a_till_is_hung_up_on() -> None:
    cable = Cable(free_port())
    with plug_in(cable) as end:
        assert is_dead(end)
    cable.close()


def test_a_cable_that_was_taken_away_is_not_there() -> None:
    cable = Cable(free_port())
    cable.close()
    with pytest.raises(ConnectionRefusedError):
        plug_in(cable)
