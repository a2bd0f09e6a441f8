"""Stripe's own mock server, pinned and built with Go: every shape in it is from their OpenAPI."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VERSION: Final = "v0.203.0"
MODULE: Final = f"github.com/stripe/stripe-mock@{VERSION}"
READY_S: Final = 30


def binary() -> Path | None:
    """Give the built program, building it the first time; None on a machine without Go."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "tirelire" / "go" / VERSION
    program = folder / "stripe-mock"
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        return None
    environment = os.environ | {"GOBIN": str(folder)}
    subprocess.run([go, "install", MODULE], env=environment, check=True, timeout=300)
    return program


@contextmanager
def running(program: Path) -> Iterator[str]:
    """Run it on a free port of this machine; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    with subprocess.Popen(
        [str(program), "-http-addr", address, "-https-addr", "127.0.0.1:0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for("127.0.0.1", port, process)
            yield f"http://{address}"
        finally:
            process.terminate()


def _wait_for(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("stripe-mock did not start")
