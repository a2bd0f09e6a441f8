"""A network between a node and its PostgreSQL that a test can cut at the worst moment.

A socket that hands bytes on in both directions.  It may be told to break at the writer's COMMIT:
before the server gets it, or after the server has answered it and before the node hears of it.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Final

from tools.postgres import OWNER, Server, name_of

COMMIT: Final = b"COMMIT\x00"
LOCK: Final = b"pg_advisory_lock"
NAME: Final = ".s.PGSQL.5432"
MOST: Final = 1 << 16


class Cut(Enum):
    """When the network breaks."""

    NEVER = "never"
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"


@dataclass
class Pair:
    """One connection: the node's end and the server's."""

    node: socket.socket
    server: socket.socket
    writes: bool = False
    deaf: bool = False

    def close(self) -> None:
        """Break it in both directions."""
        _close(self.node)
        _close(self.server)


class Link:
    """The network; made by `linked`."""

    def __init__(self, there: Path, here: Path) -> None:
        self._there, self._here = there / NAME, here
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(here / NAME))
        self._listener.listen()
        self._lock = Lock()
        self._pairs: list[Pair] = []
        self.cut = Cut.NEVER
        self.comes_back = False
        self.is_up = True
        Thread(target=self._accept, daemon=True).start()

    def address(self, address: str) -> str:
        """Give the address of the same database, by way of this network."""
        return f"postgresql://{OWNER}@/{name_of(address)}?host={self._here}"

    def down(self) -> None:
        """Break every connection, and each new one, until `is_up` is set again."""
        self._down(is_up=False)

    def _down(self, *, is_up: bool) -> None:
        self.is_up = is_up
        with self._lock:
            for pair in self._pairs:
                pair.close()
            self._pairs.clear()

    def close(self) -> None:
        """End for good."""
        self.down()
        _close(self._listener)

    def _break(self) -> None:
        """Break, once."""
        self.cut = Cut.NEVER
        self._down(is_up=self.comes_back)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                node, _ = self._listener.accept()
                if not self.is_up:
                    _close(node)
                    continue
                pair = Pair(node, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                pair.server.connect(str(self._there))
                with self._lock:
                    self._pairs.append(pair)
                for work in (self._ask, self._answer):
                    Thread(target=work, args=(pair,), daemon=True).start()

    def _ask(self, pair: Pair) -> None:
        with suppress(OSError):
            while data := pair.node.recv(MOST):
                pair.writes |= LOCK in data
                cut = self.cut if pair.writes and COMMIT in data else Cut.NEVER
                if cut is Cut.BEFORE_COMMIT:
                    self._break()
                    return
                pair.deaf = cut is Cut.AFTER_COMMIT
                pair.server.sendall(data)
        pair.close()

    def _answer(self, pair: Pair) -> None:
        with suppress(OSError):
            while data := pair.server.recv(MOST):
                if pair.deaf:
                    self._break()
                    return
                pair.node.sendall(data)
        pair.close()


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def linked(server: Server) -> Iterator[Link]:
    """Open a network to a server."""
    with TemporaryDirectory(prefix="tirelire-link-") as folder:
        link = Link(server.folder / "socket", Path(folder))
        try:
            yield link
        finally:
            link.close()
