"""The process that is killed, seen from outside: started by a zygote, heard through one pipe."""

import fcntl
import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from select import select
from typing import Self

import msgspec

from tests.server.engine.kills.life import Order, Phase

ROOT = Path(__file__).parents[4]
PATIENCE_S = 60
_PIPE_BYTES = 1 << 20


class Victim:
    """One life at a time; whoever holds it as a context ends the zygote with it."""

    def __init__(self, folder: Path) -> None:
        file = folder / "phase"
        file.write_bytes(b"\0")
        with file.open("r+b") as opened:
            self._phase = mmap.mmap(opened.fileno(), 1)
        self._ear, mouth = os.pipe()
        fcntl.fcntl(self._ear, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self._ear, False)
        self._rest = b""
        command = [sys.executable, "-m", "tests.server.engine.kills.zygote", str(mouth), str(file)]
        self._complaints = folder / "complaints"
        with self._complaints.open("wb") as complaints:
            self._zygote = subprocess.Popen(
                command,
                cwd=ROOT,
                pass_fds=[mouth],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
            )
        os.close(mouth)
        self._pid = 0

    def start(self, order: Order) -> None:
        """Begin a life."""
        self._phase[0] = Phase.STARTING
        self._rest = b""
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(msgspec.json.encode(order) + b"\n")
        self._zygote.stdin.flush()
        self._pid = self._number()

    def kill(self) -> Phase:
        """Kill it as a crash would; give what it was doing."""
        self._end()
        return Phase(self._phase[0])

    def wait(self) -> int:
        """Wait for its end; give its exit code."""
        ended, self._pid = self._number(), 0
        return ended

    def hear(self, timeout_s: float = 0.0) -> Iterator[str]:
        """Give the whole lines that have come; wait for the first as long as `timeout_s`."""
        assert self._zygote.stdout is not None
        end = self._zygote.stdout.fileno()
        ready, _, _ = select([self._ear, end], [], [], timeout_s)
        if timeout_s and ready == [end]:
            self._end()  # says how it ended
        while True:
            try:
                data = os.read(self._ear, _PIPE_BYTES)
            except BlockingIOError:
                return
            *lines, self._rest = (self._rest + data).split(b"\n")
            yield from (line.decode() for line in lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            self._end()
        self._zygote.communicate(timeout=PATIENCE_S)
        os.close(self._ear)
        self._phase.close()

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        ended = self.wait()
        assert ended == -signal.SIGKILL, f"it ended with {ended}: {self._complaints.read_text()}"

    def _number(self) -> int:
        assert self._zygote.stdout is not None
        line = self._zygote.stdout.readline()
        assert line, "the zygote has ended"
        return int(line)
