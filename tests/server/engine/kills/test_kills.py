"""kill -9 under load, again and again on one database: nothing lost or doubled, no cent off."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.engine.kills.drill import Drill
from tests.server.engine.kills.life import Phase
from tools.postgres import SETTINGS, Server, serving

pytestmark = pytest.mark.alone
LOG = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL that waits for its disk: else a commit is over before a kill can hit it."""
    with serving((*SETTINGS, "fsync=on")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Say where a fresh database is, once on each."""
    if request.param == "sqlite":
        return tmp_path / "node.db"
    server: Server = request.getfixturevalue("server")
    return server.fresh()


def drill(made: Drill, kills: int) -> None:
    """Kill so often; kills that always hit the same moment would prove little."""
    made.run(kills)
    LOG.info("%s", made)
    assert sum(made.hits.values()) == kills
    for phase in (Phase.OPENING, Phase.EXECUTING, Phase.COMMITTING):
        assert made.hits[phase] >= kills / 50, str(made)
    assert made.hits[Phase.EXECUTING] + made.hits[Phase.COMMITTING] > kills / 5, str(made)
    assert made.unheard > kills / 10, str(made)


def test_fifty_kills(tmp_path: Path, where: Path | str) -> None:
    drill(Drill(tmp_path, where, seed=4), 50)


@pytest.mark.soak
def test_a_thousand_kills(tmp_path: Path, where: Path | str) -> None:
    drill(Drill(tmp_path, where, seed=20261125), 1_000)


def test_ten_kills_of_the_node_and_of_postgresql(tmp_path: Path, server: Server) -> None:
    made = Drill(tmp_path, server.fresh(), seed=8, server=server)
    made.run(10)
    LOG.info("%s", made)
    assert made.servers_killed > 2


@pytest.mark.soak
def test_a_hundred_kills_of_the_node_and_of_postgresql(tmp_path: Path, server: Server) -> None:
    made = Drill(tmp_path, server.fresh(), seed=6, server=server)
    made.run(100)
    LOG.info("%s", made)
    assert made.servers_killed > 20


def test_an_answer_before_the_commit_is_found_out(tmp_path: Path, where: Path | str) -> None:
    with pytest.raises(AssertionError, match=r"was answered .* and is not there"):
        Drill(tmp_path, where, seed=1, looks=1.0, hasty=True).run(60)
