"""A real PostgreSQL for tests and benchmarks: a server in a folder of its own, gone with it.

Its binaries are Debian's, or whatever `pg_config` in PATH names.  It runs as an ordinary user (the
real one refuses root), listens on a unix socket only and dies with the process that started it.
With `SETTINGS`, those of tests, it does not wait for the disk, as power cuts are not their subject
(fsync is off); what a commit promises over a kill is untouched.  Each test gets a database of its
own, copied from a template that holds a node's empty tables.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from signal import SIGINT
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, Final

import psycopg

from server.store.database import open_database

DEBIAN: Final = Path("/usr/lib/postgresql")
OWNER: Final = "postgres"
TEMPLATE: Final = "tirelire_template"
READY_S: Final = 30.0
SETTINGS: Final = (
    *("listen_addresses=", "unix_socket_permissions=0777", "max_connections=100"),
    *("fsync=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=64MB"),
    *("log_min_messages=fatal", "wal_level=minimal", "max_wal_senders=0", "deadlock_timeout=100ms"),
)


def binaries() -> Path:
    """Give the folder of `postgres` and `initdb`: the newest that Debian has installed."""
    found = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if found:
        return found[-1]
    asked = shutil.which("pg_config")
    assert asked, "PostgreSQL is missing: apt-get install postgresql (./tirelire test does it)"
    named = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=True)
    return Path(named.stdout.strip())


@dataclass
class Server:
    """A server in a folder; `start` and `stop` may be repeated."""

    folder: Path
    settings: Sequence[str] = SETTINGS
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def make(self) -> None:
        """Make the cluster."""
        self.folder.chmod(0o711)
        for name in ("data", "socket"):
            (self.folder / name).mkdir(mode=0o755)
            if os.geteuid() == 0:
                shutil.chown(self.folder / name, OWNER)
        words = ["-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        words.append("--wal-segsize=1")
        command = [str(binaries() / "initdb"), "-D", str(self.folder / "data"), *words]
        subprocess.run(_as_owner(command), check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [word for setting in self.settings for word in ("-c", setting)]
        places = ["-D", str(self.folder / "data"), "-k", str(self.folder / "socket")]
        self._process = subprocess.Popen(
            _as_owner([str(binaries() / "postgres"), *places, *options]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        until = monotonic() + READY_S
        while not self._answers():
            assert monotonic() < until, "PostgreSQL does not answer"
            assert self._process.poll() is None, "PostgreSQL has ended"
            sleep(0.02)

    def stop(self, signal: int = SIGINT) -> None:
        """Stop it: SIGINT ends every session at once and closes the files properly."""
        if self._process is not None:
            self._process.send_signal(signal)
            self._process.wait(READY_S)
            self._process = None

    def ended(self) -> bool:
        """Tell whether it ends by itself, within its patience."""
        with suppress(subprocess.TimeoutExpired):
            return self._process is None or self._process.wait(READY_S) is not None
        return False

    def limit_files(self, most_bytes: str) -> None:
        """Let no process of it, nor any to come, make a file longer: its whole disk is full."""
        assert self._process is not None
        with self.connect() as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
            for pid in (self._process.pid, *(pid for (pid,) in found)):
                limit_files(pid, most_bytes)

    def address(self, name: str = OWNER) -> str:
        """Give the address of a database."""
        return f"postgresql://{OWNER}@/{name}?host={self.folder / 'socket'}"

    def connect(self, name: str = OWNER) -> psycopg.Connection[Any]:
        """Open a session beside whatever the test does."""
        return psycopg.connect(self.address(name), autocommit=True)

    def fresh(self, template: str = TEMPLATE) -> str:
        """Make a database for one test and give its address."""
        name = f"test{next(self._numbers)}"
        with self.connect() as connection:
            words = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
            connection.execute(words.encode())
        return self.address(name)

    @contextmanager
    def lent(self, template: str = TEMPLATE) -> Iterator[str]:
        """Make a database and give its address; it goes at the end of the block."""
        address = self.fresh(template)
        try:
            yield address
        finally:
            with self.connect() as connection:
                words = f"DROP DATABASE {name_of(address)} WITH (FORCE)"
                connection.execute(words.encode())

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), self.connect():
            return True
        return False


@contextmanager
def serving(settings: Sequence[str] = SETTINGS, folder: Path | None = None) -> Iterator[Server]:
    """Serve until the end of the block, from a new folder in `folder` or the system's own."""
    prefix = "tirelire-pg-"
    with TemporaryDirectory(prefix=prefix, dir=folder, ignore_cleanup_errors=True) as made:
        server = Server(Path(made), settings)
        server.make()
        server.start()
        try:
            with server.connect() as connection:
                connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
            open_database(server.address(TEMPLATE)).close()
            yield server
        finally:
            server.stop()


def name_of(address: str) -> str:
    """Give the name of the database in an address."""
    return address.partition("@/")[2].partition("?")[0]


def limit_files(pid: int, most_bytes: str) -> None:
    """Let one process of the server make no file longer than so much, as a full disk would."""
    limit = ["prlimit", "--pid", str(pid), f"--fsize={most_bytes}:"]
    subprocess.run(_as_owner(limit), check=True, capture_output=True)


def _as_owner(command: list[str]) -> list[str]:
    """Run as an ordinary user, and end when the thread that starts it ends."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        owner = pwd.getpwnam(OWNER)
        words += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*words, *command]
