"""One node a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.api import world as worlds


@pytest.fixture
def world(tmp_path: Path) -> Iterator[worlds.World]:
    with worlds.world(tmp_path) as made:
        yield made
