"""A unix socket through which tests and the demo touch a running till from outside.

Off unless the settings say `control = true`; the socket is 0600 in the till's home, so only its
owner can reach it. One line in, one line of JSON out: `{"ok":true,…}` or `{"ok":false,"error"}`.

    screen               the current screen, as `terminal.ui.outline.as_json`
    touch ID             touch a button; `touch X,Y` a point
    picture PATH         write what is shown as a PNG
    tap UID [SECONDS]    hold a card (hex UID) to the simulated reader
    plug on|off          plug the simulated reader in or out
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from terminal.ui.outline import Json, as_json
from terminal.ui.port import Display
from terminal.ui.screen import Screen

POINT: Final = re.compile(r"(\d{1,5}),(\d{1,5})")
HOLD_S: Final = 0.5
BOUNCE_S: Final = 0.15  # a display takes a faster second touch of one target for a glove's bounce


class CardDesk(Protocol):
    """The simulated reader's other side: the hand that holds cards."""

    def tap(self, uid: bytes, seconds: float) -> None:
        """Hold a card to the reader for so long; returns when it is taken away."""

    def plug(self, *, plugged: bool) -> None:
        """Plug the reader in, or pull its cable."""


class Control:
    """Listens until `close`. Bad commands get an answer; they never end the till."""

    def __init__(
        self,
        path: Path,
        *,
        screen: Callable[[], Screen],
        display: Display,
        cards: CardDesk | None,
    ) -> None:
        self._screen, self._display, self._cards = screen, display, cards
        self._path = path
        self._finger, self._touched = threading.Lock(), ""
        self._ending = threading.Event()
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen()
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._ending.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            serve = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            serve.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rwb") as lines:
            for line in lines:
                reply = self._answer(line.decode(errors="replace").strip())
                lines.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
                lines.flush()

    def _answer(self, line: str) -> dict[str, Json]:
        command, _, rest = line.partition(" ")
        try:
            return {"ok": True, **self._do(command, rest.strip())}
        except (ValueError, OSError) as error:
            return {"ok": False, "error": str(error)}

    def _do(self, command: str, rest: str) -> dict[str, Json]:
        match command:
            case "screen":
                return {"screen": as_json(self._screen())}
            case "touch":
                self._touch(rest)
            case "picture":
                if not self._display.picture(Path(rest)):
                    raise ValueError("this display makes no pictures")
            case "tap":
                uid, _, seconds = rest.partition(" ")
                self._hand().tap(bytes.fromhex(uid), float(seconds or HOLD_S))
            case "plug":
                self._hand().plug(plugged=rest == "on")
            case _:
                raise ValueError(f"unknown command {command!r}")
        return {}

    def _touch(self, target: str) -> None:
        point = POINT.fullmatch(target)
        if point:
            self._display.touch_at(int(point[1]), int(point[2]))
            return
        with self._finger:
            if target == self._touched:
                self._ending.wait(BOUNCE_S)
            self._touched = target
            if not self._display.touch(target):
                raise ValueError(f"nothing to touch called {target!r}")

    def _hand(self) -> CardDesk:
        if self._cards is None:
            raise ValueError("the reader is a real one")
        return self._cards
