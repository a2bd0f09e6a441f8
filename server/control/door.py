"""The control socket of a serving node: a 0600 unix socket, one request a connection.

Only the owner of the home can open it; there is no other check.  A stale socket of a killed node is
replaced, which the home's lock makes safe.
"""

import json
import logging
import os
import socket
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from server.control.acts import act
from server.control.errors import NotPossibleError
from server.node import Node

LOG: Final = logging.getLogger(__name__)
MOST_BYTES: Final = 16 * 1024 * 1024
PATIENCE_S: Final = 10.0


class Door:
    """Answers on the socket until it is closed."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._path = node.home.control
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(self._path))
        finally:
            os.umask(before)
        self._socket.listen(8)
        self._thread = Thread(target=self._serve, name="control", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._path.unlink(missing_ok=True)
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            Thread(target=self._talk, args=(connection,), name="act", daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE_S)
            try:
                if not (raw := _read(connection)):
                    return  # somebody only asked whether anyone is here
                answer = self._answer(raw)
                connection.settimeout(None)
                connection.sendall(json.dumps(answer).encode())
            except OSError as error:
                LOG.info("control: %s", error)

    def _answer(self, raw: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(raw)
            return {"done": act(self._node, asked["act"], asked["arguments"])}
        except NotPossibleError as error:
            LOG.info("an act was not done: %s", error)
            return {"not_possible": str(error)}
        except Exception:
            LOG.exception("an act failed")
            return {"not_possible": f"the node failed: see {self._node.home.logs}"}


def _read(connection: socket.socket) -> bytes:
    raw = bytearray()
    while block := connection.recv(1 << 16):
        raw += block
        if len(raw) > MOST_BYTES:
            raise OSError("a request that is too large")
    return bytes(raw)
