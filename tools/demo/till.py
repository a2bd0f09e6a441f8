"""A till from outside: its process, its screen as data, touches, held cards, pictures."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from tools.demo.telling import StoryError

Screen = dict[str, Any]
START_S: Final = 120
ANSWER_S: Final = 90
POLL_S: Final = 0.05


class Till:
    """One till process on a home, and the socket by which it is touched."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self._home = home
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until its screen answers."""
        command = [sys.executable, "-m", "terminal", "run", "--home", str(self._home)]
        log = (self._home / "console.log").open("ab")
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait(self._answers, START_S, "the till does not start")

    def run_here(self) -> int:
        """Run the till in front of the person who started us, until they close it."""
        command = [sys.executable, "-m", "terminal", "run", "--home", str(self._home)]
        try:
            return subprocess.run(
                command, env={**os.environ, **self._environment}, check=False
            ).returncode
        except KeyboardInterrupt:
            return 0

    @property
    def pid(self) -> int:
        """The process that runs now."""
        if self._process is None:
            raise StoryError("the till does not run")
        return self._process.pid

    def kill(self) -> None:
        """Kill the process as a crash would: at once, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, as systemd would; give its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(ANSWER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise StoryError("the till does not stop") from None

    # ---------- touching ----------

    def ask(self, line: str) -> Screen:
        """Send one line to the control socket and give the answer."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(ANSWER_S)
            control.connect(str(self._home / "control.sock"))
            control.sendall(line.encode() + b"\n")
            with control.makefile("rb") as lines:
                answer: Screen = json.loads(lines.readline())
        if not answer["ok"]:
            raise StoryError(f"{line!r}: {answer['error']}; on screen: {self.brief()}")
        return answer

    def screen(self) -> Screen:
        """Give what the till shows, as data."""
        shown: Screen = self.ask("screen")["screen"]
        return shown

    def brief(self) -> str:
        """Give the name of the page that is shown."""
        try:
            return str(self.screen()["type"])
        except (OSError, StoryError, ValueError):
            return "nothing"

    def touch(self, *buttons: str) -> None:
        """Touch buttons by their ids, one after the other."""
        for button in buttons:
            self.ask(f"touch {button}")

    def tap(self, uid: str, seconds: float = 0.1) -> None:
        """Hold a card to the reader."""
        self.ask(f"tap {uid} {seconds}")

    def picture(self, path: Path) -> None:
        """Have the till's own process write what it shows."""
        self.ask(f"picture {path.resolve()}")

    def until(
        self,
        page: str,
        holds: Callable[[Screen], bool] = lambda _: True,
        *,
        seconds: float = ANSWER_S,
    ) -> Screen:
        """Wait for a page of this type for which something holds, and give it."""
        shown: list[Screen] = []

        def arrived() -> bool:
            shown[:] = [self.screen()]
            return shown[0]["type"] == page and holds(shown[0])

        self._wait(arrived, seconds, f"the till never showed {page}")
        return shown[0]

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            tail = (self._home / "console.log").read_text("utf-8", "replace")[-2000:]
            raise StoryError(f"the till ended with {self._process.returncode}:\n{tail}")
        try:
            self.screen()
        except (OSError, ValueError):
            return False
        return True

    def _wait(self, done: Callable[[], bool], seconds: float, failure: str) -> None:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise StoryError(f"{failure}; it shows {self._last()}")
            time.sleep(POLL_S)

    def _last(self) -> str:
        try:
            shown = self.screen()
        except (OSError, ValueError, StoryError):
            return "nothing"
        return f"{shown['type']}: {' | '.join(filter(None, texts(shown)))}"


def texts(part: object) -> Sequence[str]:
    """Give every text of a screen."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts(value)]
    return []
