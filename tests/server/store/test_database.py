"""The writer and its readers: one transaction at a time, snapshots, failures that stay whole."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.store.database import Database, open_database
from server.store.local import FACT
from server.store.rebuild import INDEX_FACT
from server.store.writer import StoreError


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    database = open_database(where)
    yield database
    database.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "node.db")
    yield database
    database.close()


PUT = FACT.c.name != INDEX_FACT


def put(connection: Connection, name: str, value: str = "") -> None:
    connection.execute(FACT.insert().values(name=name, value=value))


def facts(database: Database) -> list[str]:
    with database.read() as connection:
        found = connection.execute(select(FACT.c.name).where(PUT).order_by(FACT.c.name))
        return list(found.scalars())


def test_every_connection_is_durable_and_strict(file: Database) -> None:
    for way in (file.read, file.write):
        with way() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.read() as connection:
        put(connection, "a")


def test_a_reader_keeps_its_snapshot_and_waits_for_nobody(database: Database) -> None:
    database.run(lambda connection: put(connection, "a"))
    count = select(FACT.c.name).where(PUT)
    with database.read() as reader:
        assert reader.execute(count).scalars().all() == ["a"]
        with database.write() as writer:
            put(writer, "b")
            assert facts(database) == ["a"]
        assert facts(database) == ["a", "b"]
        assert reader.execute(count).scalars().all() == ["a"]


def test_the_log_that_a_long_reader_made_grow_is_cut_afterwards(file: Database) -> None:
    """An audit of an hour must not leave a card half full for ever."""
    log = Path(f"{file.where}-wal")

    def fill(name: str) -> None:
        row = FACT.insert().values(name=name, value="x" * 2**20)
        for _ in range(20):
            file.run(lambda connection: connection.execute(delete(FACT).where(FACT.c.name == name)))
            file.run(lambda connection: connection.execute(row))

    with file.read() as reader:
        reader.execute(select(FACT)).all()
        fill("a")
        fill("b")
        assert log.stat().st_size > 40 * 2**20
    fill("c")
    assert log.stat().st_size <= 32 * 2**20


def test_a_lent_connection_is_one_transaction(database: Database) -> None:
    def fail(connection: Connection) -> None:
        put(connection, "a")
        raise KeyError

    with pytest.raises(KeyError), database.write() as connection:
        fail(connection)
    assert facts(database) == []
    with database.write() as connection:
        put(connection, "b")
    assert facts(database) == ["b"]


def test_a_borrower_that_asks_the_writer_for_more_is_told_instead_of_waiting_for_ever(
    database: Database,
) -> None:
    with database.write(), pytest.raises(RuntimeError, match="holds the writer's connection"):
        database.run(lambda connection: put(connection, "a"))
    with pytest.raises(RuntimeError, match="holds the writer's connection"):
        database.run(lambda _: database.run(lambda connection: put(connection, "a")))
    database.run(lambda connection: put(connection, "b"))
    assert facts(database) == ["b"]


def test_one_function_that_fails_does_not_take_its_neighbours_with_it(database: Database) -> None:
    database.run(lambda connection: put(connection, "taken"))
    start = Barrier(8)

    def work(number: int) -> str:
        start.wait()
        try:
            database.run(lambda c: put(c, "taken" if number % 2 else f"n{number}"))
        except IntegrityError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(8)))
    assert answers == ["done", "refused"] * 4
    assert facts(database) == ["n0", "n2", "n4", "n6", "taken"]


def test_what_waits_shares_one_transaction(database: Database) -> None:
    entered, go = Event(), Event()

    class Counting:
        """A lane that says how much came together."""

        def run(self, connection: Connection, items: Sequence[str]) -> Sequence[int]:
            entered.set()
            assert go.wait(10)
            for item in items:
                put(connection, item)
            return [len(items)] * len(items)

        def committed(self) -> None: ...

        def lost(self) -> None: ...

    lane = Counting()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(database.writer.submit, lane, "first")
        assert entered.wait(10)
        others = [pool.submit(database.writer.submit, lane, f"other {n}") for n in range(4)]
        while database.writer.waiting < 4:
            pass
        go.set()
        assert first.result() == 1
        assert [other.result() for other in others] == [4, 4, 4, 4]
    assert len(facts(database)) == 5


def test_a_lost_transaction_is_told_to_everybody_and_the_writer_goes_on(
    database: Database,
) -> None:
    said: list[str] = []

    class Failing:
        """A lane that writes, then fails."""

        def run(self, connection: Connection, items: Sequence[str]) -> Sequence[None]:
            put(connection, "half")
            raise KeyError(items[0])

        def committed(self) -> None:
            said.append("committed")

        def lost(self) -> None:
            said.append("lost")

    with pytest.raises(StoreError, match="not written"):
        database.writer.submit(Failing(), "x")
    assert said == ["lost"]
    assert facts(database) == []
    database.run(lambda connection: put(connection, "a"))
    assert facts(database) == ["a"]


def test_a_closed_database_refuses(where: Path | str) -> None:
    database = open_database(where)
    database.close()
    with pytest.raises(StoreError, match="closing"):
        database.run(lambda connection: put(connection, "a"))
    with pytest.raises(StoreError, match="closing"), database.write():
        pass
    database.close()


def test_a_file_that_somebody_else_locks_refuses_until_it_is_free(
    file: Database, tmp_path: Path
) -> None:
    database = file
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    outside = sqlite3.connect(tmp_path / "node.db", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        database.run(lambda connection: put(connection, "a"))
    with pytest.raises(StoreError, match="locked"), database.write():
        pass
    outside.execute("ROLLBACK")
    outside.close()
    database.run(lambda connection: put(connection, "b"))
    assert facts(database) == ["b"]


def test_what_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    path.write_bytes(b"this is a shopping list, not a database" * 100)
    with pytest.raises(StoreError) as caught:
        open_database(path)
    assert str(caught.value) == f"{path} cannot be opened: file is not a database"
