"""The node from outside: its command line, its serving process, its database read only."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from server.control.desk import desk
from server.home import Home
from tools.demo.proxy import LOOPBACK
from tools.demo.telling import StoryError

START_S: Final = 120
COMMAND_S: Final = 600
POLL_S: Final = 0.1


class Node:
    """A node in a home; `serve` and `stop` are the process, everything else asks it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where people reach it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def clock(self) -> Path:
        """The file that moves its simulated clock."""
        return self.home / "clock"

    def run(self, *words: str, fails: bool = False) -> str:
        """Run one command; `fails`: it must end with an exit code other than 0."""
        command = [sys.executable, "-m", "server.cli", *words, "--home", str(self.home)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=COMMAND_S
        )
        if (done.returncode != 0) != fails:
            raise StoryError(f"node {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout or done.stderr

    def ask(self, *words: str, fails: bool = False) -> Any:
        """Run one command and read its JSON answer."""
        answer = self.run(*words, "--json", fails=fails)
        try:
            return json.loads(answer)
        except ValueError:
            raise StoryError(f"node {' '.join(words)} gave no JSON: {answer}") from None

    def status(self) -> Any:
        """Ask the serving process what `node status` would print, without starting a Python."""
        with desk(Home(self.home)) as ask:
            return ask("status")

    def serve(self) -> None:
        """Start serving and wait until it answers."""
        command = [sys.executable, "-m", "server.cli", "serve", "--home", str(self.home)]
        with (self.home.parent / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ)
            )
        end = time.monotonic() + START_S
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > end:
                words = (self.home.parent / "node.log").read_text("utf-8", "replace")
                raise StoryError(f"the node does not serve:\n{words[-2000:]}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Ask it to stop, as systemd would."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(START_S)

    def post(self, path: str, body: bytes, kind: str) -> tuple[int, Any]:
        """Post bytes to the machine interface; give status and JSON."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request("POST", path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def query(self, sql: str, *values: object) -> list[Any]:
        """Read rows from its database, as an auditor with the file in hand could."""
        address = f"file:{self.home / 'data' / 'node.db'}?mode=ro"
        database = sqlite3.connect(address, uri=True)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def _is_up(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/status")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
