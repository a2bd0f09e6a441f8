"""A network cable between a till and its node: a TCP proxy that can be cut and mended."""

from __future__ import annotations

import secrets
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

CHUNK: Final = 65_536
LOOPBACK: Final = "127.0.0.1"
FIRST_PORT: Final = 20_000
LENT_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


class Cable:
    """Listens on a port of its own and passes bytes to the node, unless it is cut.

    Cutting closes what is open in the middle of whatever it carries, and lets nothing new in.
    """

    def __init__(self, node_port: int) -> None:
        self._node = (LOOPBACK, node_port)
        self._whole = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: Final[int] = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="cable", daemon=True).start()

    def cut(self) -> None:
        """Cut the cable."""
        with self._lock:
            self._whole = False
            ends, self._ends = self._ends, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """Make it whole again."""
        with self._lock:
            self._whole = True

    def close(self) -> None:
        """Take the cable away."""
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._node, timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            whole = self._whole
            if whole:
                self._ends |= {near, far}
        if not whole:
            near.close()
            far.close()
            return
        threading.Thread(target=self._pass, args=(far, near), daemon=True).start()
        self._pass(near, far)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._ends -= {source, target}


def free_port() -> int:
    """Give a port that nobody listens on now.

    It lies below those that the system lends to whoever asks for any, where there is room: one of
    them could be somebody else's before the node listens.
    """
    lent = int(LENT_PORTS.read_text("ascii").split()[0])
    end = lent if lent > FIRST_PORT else 1 << 16
    while True:
        port = FIRST_PORT + secrets.randbelow(end - FIRST_PORT)
        with suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port
