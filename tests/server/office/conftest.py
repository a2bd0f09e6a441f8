"""An office over a real database, empty and ready to sell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.engine.world import START_MS
from tests.server.office.world import PRODUCT, OfficeWorld


@pytest.fixture
def world(where: Path | str) -> Iterator[OfficeWorld]:
    made = OfficeWorld(where)
    made.clock.now = START_MS
    yield made
    made.database.close()


@pytest.fixture
def ready(world: OfficeWorld) -> OfficeWorld:
    world.federated()
    world.import_cards()
    world.office.save_product("", PRODUCT)
    return world
