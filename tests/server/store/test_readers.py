"""What a till asks again and again costs the same however long its chain has become."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from server.store.readers import first_seq
from shared.ids import AuthorId
from tests.server.engine.world import World, sale

MANY = 300


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    """Heights 2 to 7: one till says 1, 2 · – · 3 · – · 4, 5, 6 · 7; another one what is between."""
    world = World(where)
    for till, count in ((0, 2), (1, 1), (0, 1), (1, 2), (0, 3), (0, 1)):
        world.solo.submit(world.till[till].next(*[sale(0, 1)] * count))
    yield world
    world.database.close()


HEIGHTS = {1: 2, 2: 2, 3: 4, 4: 6, 5: 6, 6: 6, 7: 7}


def test_the_first_number_above_a_height_and_after_a_number(world: World) -> None:
    author = world.till[0].author
    with world.database.read() as connection:
        for above, after in product(range(-1, 9), range(9)):
            wanted = [seq for seq, height in HEIGHTS.items() if height > above and seq > after]
            found = first_seq(connection, author, above=above, after=after)
            assert found == (wanted[0] if wanted else None), (above, after)


def test_who_said_nothing_has_no_number(world: World) -> None:
    with world.database.read() as connection:
        assert first_seq(connection, AuthorId("f" * 32), above=-1, after=0) is None


def test_few_questions_are_asked_however_many_numbers_there_are(world: World) -> None:
    world.solo.submit(world.till[0].next(*[sale(0, 1)] * MANY))
    world.solo.submit(world.till[0].next(sale(0, 1)))
    asked: list[Any] = []
    with world.database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        height = world.solo.tip.height
        author = world.till[0].author
        assert first_seq(connection, author, above=height - 1, after=0) == 7 + MANY + 1
        assert len(asked) < 12
        asked.clear()
        assert first_seq(connection, author, above=height, after=0) is None
        assert len(asked) == 1
