"""A node in a folder, founded."""

from pathlib import Path

import pytest

from server.founding import found_node
from server.home import Home
from tests.server.api.world import PLAN


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "node")
    found_node(made, PLAN)
    return made
