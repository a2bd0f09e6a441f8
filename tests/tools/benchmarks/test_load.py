"""The load's own protocol against a server of the tests that cuts its answers into pieces."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket
from threading import Thread

import pytest

from tools.benchmarks.load import HOST, drive, post

pytestmark = pytest.mark.loopback

REQUEST = (
    b"POST /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: x/y\r\nContent-Length: 2\r\n\r\nhi"
)


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    length = str(len(body)).encode()
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body


@contextmanager
def server(*pieces: bytes, connections: int = 1) -> Iterator[int]:
    """Answer one request of each connection with these pieces."""

    def serve(listener: socket) -> None:
        for _ in range(connections):
            connection, _address = listener.accept()
            with connection:
                connection.recv(1 << 16)
                for piece in pieces:
                    connection.sendall(piece)

    with create_server((HOST, 0)) as listener:
        thread = Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_request_is_whole() -> None:
    assert post(80, "/a", "x/y", b"hi") == REQUEST


def test_an_answer_is_its_body() -> None:
    with server(answer(b"good")) as port:
        found = drive(port, [[REQUEST]])
    assert found.bodies == [[b"good"]]
    assert len(found.seconds) == 1
    assert 0 < found.seconds[0] <= found.took


def test_an_answer_may_come_in_pieces() -> None:
    whole = answer(b"a longer body")
    with server(whole[:9], whole[9:30], whole[30:-3], whole[-3:]) as port:
        assert drive(port, [[REQUEST]]).bodies == [[b"a longer body"]]


def test_each_client_has_its_own_answers() -> None:
    with server(answer(b""), connections=2) as port:
        assert drive(port, [[REQUEST], [REQUEST]]).bodies == [[b""], [b""]]


def test_another_status_ends_the_run() -> None:
    with server(answer(b"{}", b"503 Busy")) as port, pytest.raises(RuntimeError, match="503 Busy"):
        drive(port, [[REQUEST]])


def test_a_connection_that_ends_ends_the_run() -> None:
    with server(b"HTTP/1.1 200 OK\r\n") as port, pytest.raises(RuntimeError, match="closed"):
        drive(port, [[REQUEST]])
