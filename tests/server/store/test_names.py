"""Numbers of names: one each, below zero for whoever has no floor, the same after a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from server.store.database import open_database
from server.store.names import Names


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = open_database(tmp_path / "node.db")
    with database.write() as connection:
        yield connection
    database.close()


def test_each_name_has_the_next_number_on_its_side(connection: Connection) -> None:
    names = ["place:bar", "external", "GRAIN", "issuer:GRAIN", "loss:bar", "place:bar", ""]
    numbers = Names().learn(connection, names)
    assert numbers == {
        "place:bar": 1,
        "external": -1,
        "GRAIN": 2,
        "issuer:GRAIN": -2,
        "loss:bar": -3,
        "": 3,
    }
    rows = connection.exec_driver_sql("SELECT text, id FROM chain_name").all()
    assert dict(map(tuple, rows)) == numbers


def test_another_writer_finds_them_again(connection: Connection) -> None:
    Names().learn(connection, ["wallet:a", "external"])
    numbers = Names().learn(connection, ["wallet:b", "wallet:a", "loss:b", "external"])
    assert numbers == {"wallet:a": 1, "external": -1, "wallet:b": 2, "loss:b": -2}


def test_what_is_known_asks_nothing(connection: Connection) -> None:
    names = Names()
    names.learn(connection, ["wallet:a"])
    statements: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert names.learn(connection, ["wallet:a"] * 3)["wallet:a"] == 1
    assert statements == []


def test_the_oldest_are_forgotten_and_found_again(connection: Connection) -> None:
    names = Names(most=4)
    names.learn(connection, [f"wallet:{number}" for number in range(6)])
    assert names.learn(connection, ["wallet:0"]) == {
        "wallet:3": 4,
        "wallet:4": 5,
        "wallet:5": 6,
        "wallet:0": 1,
    }
