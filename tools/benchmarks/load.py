"""Many HTTP clients in one thread: each sends its next request once the last one is answered.

Costs a few hundredths of a millisecond a request, so that on a machine of two cores the node under
measurement keeps its own.  Requests are whole and made beforehand; answers are kept as they came
and checked after the clock has stopped.  Any status but 200, and a connection that ends, raise
RuntimeError at once.
"""

from __future__ import annotations

import re
import selectors
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from typing import Final

PATIENCE_S: Final = 60
HOST: Final = "127.0.0.1"
_OK: Final = b"HTTP/1.1 200 "
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_MOST: Final = 1 << 16


def post(port: int, path: str, media: str, body: bytes) -> bytes:
    """Write a whole request."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        f"Content-Type: {media}",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii") + body


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gave: how long it took, and of every request its seconds and its answer's body."""

    took: float
    seconds: list[float]
    bodies: list[list[bytes]]
    """A list a client, in the order of its requests."""


@dataclass(slots=True)
class _Client:
    socket: socket
    requests: Sequence[bytes]
    bodies: list[bytes] = field(default_factory=list)
    received: bytes = b""
    sent_at: float = 0.0

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        if len(self.bodies) == len(self.requests):
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(self.requests[len(self.bodies)])
        return True

    def is_answered(self) -> bool:
        """Take what came; True when the answer is whole."""
        fresh = self.socket.recv(_MOST)
        if not fresh:
            raise RuntimeError("the node closed a connection")
        self.received += fresh
        head = self.received.find(_END)
        if head < 0:
            return False
        length = _LENGTH.search(self.received, 0, head + 2)
        if length is None or not self.received.startswith(_OK):
            raise RuntimeError(f"answered {self.received[:300]!r}")
        whole = head + len(_END) + int(length[1])
        if len(self.received) < whole:
            return False
        self.bodies.append(self.received[head + len(_END) : whole])
        self.received = self.received[whole:]
        return True


def drive(port: int, shares: Sequence[Sequence[bytes]]) -> Run:
    """Send each share of requests over a connection of its own, all at the same time."""
    seconds: list[float] = []
    with ExitStack() as stack:
        clients = [_Client(stack.enter_context(_connect(port)), share) for share in shares]
        selector = stack.enter_context(selectors.DefaultSelector())
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        start = time.perf_counter()
        busy = sum([client.send() for client in clients])
        while busy:
            ready = selector.select(PATIENCE_S)
            if not ready:
                raise RuntimeError(f"no answer in {PATIENCE_S} s")
            for key, _ in ready:
                client = key.data
                if client.is_answered():
                    seconds.append(time.perf_counter() - client.sent_at)
                    if not client.send():
                        selector.unregister(client.socket)  # the node may close it now
                        busy -= 1
        took = time.perf_counter() - start
    return Run(took, seconds, [client.bodies for client in clients])


def _connect(port: int) -> socket:
    connection = create_connection((HOST, port), timeout=PATIENCE_S)
    connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return connection
