"""Both databases for whoever asks: a file of SQLite, and a database of a real PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.postgres import Server, serving

ROOM_BYTES = 1_000_000_000


def memory() -> Path | None:
    """Give the system's folder in memory where there is one with room: it makes databases fast."""
    there = Path("/dev/shm")
    has_room = there.is_dir() and shutil.disk_usage(there).free > ROOM_BYTES
    return there if has_room and os.access(there, os.W_OK) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give the session's server; it starts when the first test asks."""
    with serving(folder=memory()) as server:
        yield server


@pytest.fixture
def address(postgres: Server) -> Iterator[str]:
    """Give the address of a fresh database of PostgreSQL."""
    with postgres.lent() as address:
        yield address


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole_module(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path | str]:
    """Say where a database is that a whole module of tests shares, once on each."""
    if request.param == "sqlite":
        yield tmp_path_factory.mktemp("module") / "node.db"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.lent() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Say where a fresh database is, once on each."""
    if request.param == "sqlite":
        return tmp_path / "node.db"
    address: str = request.getfixturevalue("address")
    return address
