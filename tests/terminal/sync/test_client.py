"""The real requests library against a real server on this machine that misbehaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from terminal.sync.client import HttpTransport, with_scheme
from terminal.sync.transport import Reply, Request

pytestmark = pytest.mark.loopback

Behaviour = Callable[[socket.socket], None]
PATIENCE_S = 60.0
ASK = Request(method="GET", path="/api/v1/status", query="a=1", headers={"X-Test": "yes"})


class Server:
    """Accepts one connection after the other and treats each as it is told."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.behave: Behaviour = lambda _: None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), connection:  # who asked may be gone
                connection.settimeout(PATIENCE_S)
                self.requests.append(_whole(connection))
                self.behave(connection)

    def close(self) -> None:
        with suppress(OSError):  # a test may have closed it
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)


def _whole(connection: socket.socket) -> bytes:
    """Read a request with the body that its length announces."""
    raw = connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = [line[16:] for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = connection.recv(missing)
        raw, missing = raw + part, missing - len(part)
    return raw


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def answer(head: bytes, body: bytes) -> Behaviour:
    return lambda connection: connection.sendall(
        head + b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    )


def transport(server: Server, *, read_s: float = PATIENCE_S) -> HttpTransport:
    return HttpTransport(server.address + "/", connect_s=PATIENCE_S, read_s=read_s)


def test_a_question_arrives_as_it_was_signed_and_its_answer_comes_back(server: Server) -> None:
    server.behave = answer(b"HTTP/1.1 409 Conflict", b'{"code":"gap"}')

    assert transport(server).send(ASK) == Reply(409, b'{"code":"gap"}')
    assert server.requests[0].startswith(b"GET /api/v1/status?a=1 HTTP/1.1\r\n")
    assert b"X-Test: yes" in server.requests[0]


def test_a_body_is_sent_as_it_is(server: Server) -> None:
    server.behave = answer(b"HTTP/1.1 200 OK", b"{}")
    body = b"tirelire-batch/1 \xc3\xa9\n"

    transport(server).send(Request(method="POST", path="/api/v1/batches", body=body))

    assert server.requests[0].endswith(b"\r\n\r\n" + body)


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.behave = answer(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/", b"")

    assert transport(server).send(ASK) == Reply(302, b"")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(lambda _: None, id="closed without a word"),
        pytest.param(
            lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nab"), id="cut"
        ),
        pytest.param(lambda c: c.sendall(b"no http at all"), id="not http"),
    ],
)
def test_what_is_no_answer_is_none(server: Server, behave: Behaviour) -> None:
    server.behave = behave

    assert transport(server).send(ASK) is None


def test_a_silent_node_is_hung_up_on_at_the_deadline(server: Server) -> None:
    heard: list[bytes] = []
    server.behave = lambda connection: heard.append(connection.recv(1))

    assert transport(server, read_s=0.3).send(ASK) is None
    server.close()
    assert heard == [b""]  # it was the till that ended it, not the node's patience


def test_a_port_where_nobody_listens_is_none() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        way = HttpTransport(f"http://127.0.0.1:{taken.getsockname()[1]}")

        assert way.send(ASK) is None
        way.close()


@pytest.mark.parametrize(
    "typed, address",
    [
        ("bar.example.org", "https://bar.example.org"),
        ("192.168.1.7:8000", "https://192.168.1.7:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://localhost:8000", "https://localhost:8000"),
        ("http://192.168.1.7", "https://192.168.1.7"),
        ("localhost.example.org", "https://localhost.example.org"),
        ("127.example.org", "https://127.example.org"),
        ("[broken", "https://[broken"),
    ],
)
def test_an_address_is_https_unless_it_is_this_machine(typed: str, address: str) -> None:
    assert with_scheme(typed) == address


@pytest.mark.parametrize("address", ["not an address", "http://", "ftp://127.0.0.1/"])
def test_an_address_that_leads_nowhere_is_none(address: str) -> None:
    assert HttpTransport(address).send(ASK) is None
