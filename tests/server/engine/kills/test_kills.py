"""kill -9 under load, again and again on one database: nothing lost or doubled, no cent off."""

import logging
from pathlib import Path

import pytest

from tests.server.engine.kills.drill import Drill
from tests.server.engine.kills.life import Phase

pytestmark = pytest.mark.alone
LOG = logging.getLogger(__name__)


def drill(folder: Path, *, kills: int, seed: int) -> None:
    """Kill so often; kills that always hit the same moment would prove little."""
    made = Drill(folder, seed=seed)
    made.run(kills)
    LOG.info("%s", made)
    assert sum(made.hits.values()) == kills
    for phase in (Phase.OPENING, Phase.EXECUTING, Phase.COMMITTING):
        assert made.hits[phase] > kills / 50, str(made)
    assert made.hits[Phase.EXECUTING] + made.hits[Phase.COMMITTING] > kills / 5, str(made)
    assert made.unheard > kills / 10, str(made)


def test_fifty_kills_on_sqlite(tmp_path: Path) -> None:
    drill(tmp_path, kills=50, seed=4)


@pytest.mark.soak
def test_a_thousand_kills_on_sqlite(tmp_path: Path) -> None:
    drill(tmp_path, kills=1_000, seed=20261125)


def test_an_answer_before_the_commit_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"was answered .* and is not there"):
        Drill(tmp_path, seed=1, looks=1.0, hasty=True).run(60)
