"""A node as a real process: it serves, refuses a second one, and ends when it is told to."""

import http.client
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from server.control.desk import desk
from server.founding import found_node
from server.home import Home
from shared.codec import decode, encode
from shared.host.lock import HomeLock
from shared.wire import PairAnswer, Problem, Status
from tests.server.api.world import PLAN, Terminal
from tools.demo.proxy import free_port

pytestmark = [pytest.mark.loopback, pytest.mark.alone]

READY_S: Final = 90
END_S: Final = 60


class Process:
    """`node serve` on a home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve", "--home", str(home.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self) -> str:
        """Read one line, or fail when none comes in time."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], READY_S)
        assert ready, "the node said nothing"
        return self.process.stdout.readline()

    def end(self, signal_number: int = signal.SIGTERM) -> int:
        self.process.send_signal(signal_number)
        return self.process.wait(END_S)


@contextmanager
def serving(home: Home) -> Iterator[Process]:
    made = Process(home)
    try:
        assert "serves at http://127.0.0.1:" in made.line()
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(END_S)
        assert made.process.stdout is not None
        made.process.stdout.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def home(tmp_path: Path, port: int) -> Home:
    made = Home(tmp_path / "node")
    found_node(made, replace(PLAN, listen=f"127.0.0.1:{port}"))
    return made


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_S)
    try:
        connection.request("GET" if body is None else "POST", path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_serves_pages_api_and_command_line_and_ends_cleanly(home: Home, port: int) -> None:
    with serving(home) as node:
        status, raw = ask(port, "/api/v1/status")
        assert (status, decode(raw, Status).name) == (200, "Fédération")
        assert ask(port, "/public")[0] == 200
        with desk(home) as act:
            assert act("status")["height"] == 0
            assert act("place.create", name="Bar du lac")["height"] == 1
        assert decode(ask(port, "/api/v1/status")[1], Status).height == 1
        assert node.end() == 0
    assert not home.control.exists()
    HomeLock(home.path).release()


def test_a_terminal_is_paired_over_the_wire_and_the_log_has_no_secret(
    home: Home, port: int
) -> None:
    with serving(home) as node:
        with desk(home) as act:
            pin = act("terminal.pair-pin", label="Bar 1")["pin"]
        till = Terminal(None, lambda: 0, b"s" * 32)  # type: ignore[arg-type]  # it only signs
        status, raw = ask(port, "/api/v1/pair", encode(till.pair_request(pin)))
        assert (status, decode(raw, PairAnswer).label) == (200, "Bar 1")
        status, raw = ask(port, "/api/v1/pair", encode(till.pair_request("999999")))
        assert (status, decode(raw, Problem).code) == (403, "bad_pin")
        assert node.end() == 0
    log = (home.logs / "node.log").read_text("utf-8")
    assert "serves" in log
    assert pin not in log
    assert not re.search(r"[0-9a-f]{32}", log)


def test_a_second_node_on_the_same_home_is_refused(home: Home) -> None:
    with serving(home) as first:
        second = subprocess.run(
            [sys.executable, "-m", "server.cli", "serve", "--home", str(home.path)],
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
        )
        assert second.returncode == 1
        assert f"is in use by process {first.process.pid}" in second.stderr
        with desk(home) as act:
            assert act("status")["height"] == 0


def test_a_port_that_is_taken_is_said_in_words(home: Home, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        second = subprocess.run(
            [sys.executable, "-m", "server.cli", "serve", "--home", str(home.path)],
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
        )
    assert second.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use" in second.stderr


def test_after_a_kill_it_serves_again_and_has_lost_nothing(home: Home, port: int) -> None:
    with serving(home) as node:
        with desk(home) as act:
            act("place.create", name="Bar du lac")
        assert node.end(signal.SIGKILL) == -signal.SIGKILL
    assert home.control.exists()
    with serving(home) as node:
        assert decode(ask(port, "/api/v1/status")[1], Status).height == 1
        with desk(home) as act:
            assert act("audit")["bad_height"] is None
        assert node.end(signal.SIGINT) == 0


def test_half_sent_requests_do_not_stop_the_others(home: Home, port: int) -> None:
    with serving(home) as node:
        slow = [socket.create_connection(("127.0.0.1", port), timeout=READY_S) for _ in range(16)]
        for each in slow:
            each.sendall(b"POST /api/v1/pair HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert ask(port, "/api/v1/status")[0] == 200
        for each in slow:
            each.close()
        assert node.end() == 0


def test_a_chunked_body_is_counted(home: Home, port: int) -> None:
    with serving(home) as node, socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        head = b"POST /api/v1/pair HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        wire.sendall(head + b"Connection: close\r\n\r\n")
        for _ in range(40):
            wire.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        wire.sendall(b"0\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(4096), b""))
        assert answer.split(b" ")[1] in {b"400", b"413"}
        assert b'"code":"' in answer
        assert ask(port, "/api/v1/status")[0] == 200
        assert node.end() == 0


def test_its_chain_is_proven_by_another_process_and_its_index_made_anew(
    home: Home, port: int
) -> None:
    with serving(home) as node:
        with desk(home) as act:
            assert act("place.create", name="Bar du lac")["height"] == 1
            assert act("rebuild")["height"] == 1
            assert act("place.create", name="Buvette")["height"] == 2
            assert act("audit")["bad_height"] is None
            assert act("audit.links")["height"] == 2
            link, chain = act("chain.link")["link"], act("status")["chain"]
        words = [sys.executable, "-m", "server.verify", "chain", link, "--chain", chain]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=END_S)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Good: 3 blocks, ")
        assert node.end() == 0
