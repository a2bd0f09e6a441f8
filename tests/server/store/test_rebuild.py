"""A node that is killed while it makes its index anew has the old one, and begins again."""

import os
from multiprocessing import get_context
from pathlib import Path
from signal import SIGKILL

from server.store.beside import backend_of
from server.store.rebuild import INDEX_VERSION, rebuild
from server.store.truth import prove
from tests.server.engine.world import World, sale

KNOWN = "SELECT value FROM local_fact WHERE name = 'index_version'"
OTHER = "UPDATE local_fact SET value = '3' WHERE name = 'index_version'"


def rebuild_and_die(where: Path | str) -> None:
    def told(height: int, top: int) -> None:
        if height == top - 1:
            os.kill(os.getpid(), SIGKILL)

    with backend_of(where).writing.begin() as connection:
        rebuild(connection, told)


def test_a_rebuilding_that_is_killed_leaves_the_old_index(where: Path | str) -> None:
    world = World(where)
    for count in range(1, 6):
        world.solo.submit(world.till[0].next(*[sale(0, 1)] * count))
    tip = world.solo.tip
    with world.database.write() as connection:
        connection.exec_driver_sql(OTHER)
    world.database.close()

    process = get_context("spawn").Process(target=rebuild_and_die, args=(where,))
    process.start()
    process.join(60)
    assert process.exitcode == -SIGKILL

    backend = backend_of(where)
    with backend.reading.begin() as connection:
        assert connection.exec_driver_sql(KNOWN).scalar_one() == "3"
        assert prove(connection).findings == []
    backend.reading.dispose()
    world.reopen()
    with world.database.read() as connection:
        assert connection.exec_driver_sql(KNOWN).scalar_one() == str(INDEX_VERSION)
        assert prove(connection).findings == []
    assert world.solo.tip == tip
    world.database.close()
