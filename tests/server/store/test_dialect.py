"""Rows of every type into both databases, few and many, beside rows that are there or over them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, MetaData, Table

from server.store.columns import blob, number, text
from server.store.database import open_database
from server.store.dialect import ANY_NUMBER, ANY_TEXT, FEW, Inserter, insert, keeper, replacer
from shared.codec import encode

THINGS = Table(
    "things",
    MetaData(),
    number("id", primary_key=True, autoincrement=False),
    text("user"),  # a reserved word of PostgreSQL
    number("much", nullable=True),
    text("note", nullable=True),
    blob("raw"),
    CheckConstraint("much <> 13", name="things_much"),
)
Rows = list[tuple[Any, ...]]


@pytest.fixture
def connection(where: Path | str) -> Iterator[Connection]:
    database = open_database(where)
    with database.write() as connection:
        THINGS.create(connection)
        yield connection
    database.close()


def made(count: int) -> Rows:
    """Give rows with whatever a naive way of writing them would break."""
    notes = ("plain", None, '{a,"b"}', "it's \\ 100 % ?", "é\u202f€\n\t", "", "NULL")
    return [
        (
            n,
            f"user {n}",
            (2**62 + n) * (-1) ** n if n % 3 else None,
            notes[n % 7],
            bytes([n, 0, 255]),
        )
        for n in range(count)
    ]


def there(connection: Connection) -> Rows:
    found = connection.exec_driver_sql('SELECT id, "user", much, note, raw FROM things ORDER BY id')
    return [tuple(row) for row in found]


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 200])
@pytest.mark.parametrize("way", [Inserter, keeper, replacer])
def test_rows_come_back_as_they_went(connection: Connection, way: Any, count: int) -> None:
    way(THINGS).write(connection, made(count))
    assert there(connection) == made(count)


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_what_is_there_is_kept_replaced_or_an_error(connection: Connection, count: int) -> None:
    old, other = made(count), [(n, "other", 1, "new", b"") for n in range(count + 1)]
    Inserter(THINGS).write(connection, old)
    keeper(THINGS).write(connection, other)
    assert there(connection) == [*old, other[-1]]
    replacer(THINGS).write(connection, other)
    assert there(connection) == other


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_a_row_that_is_there_is_an_error(where: Path | str, count: int) -> None:
    database = open_database(where)
    database.run(THINGS.create)
    database.run(lambda connection: Inserter(THINGS).write(connection, made(count)))
    with pytest.raises(Exception, match=r"(?i)unique"):
        database.run(lambda connection: Inserter(THINGS).write(connection, made(count)))
    with database.read() as connection:
        assert there(connection) == made(count)
    database.close()


def test_a_check_holds_for_many_rows_at_once(where: Path | str) -> None:
    database = open_database(where)
    database.run(THINGS.create)
    bad = [*made(FEW), (FEW, "user", 13, "", b"")]
    with pytest.raises(Exception, match="things_much"):
        database.run(lambda connection: Inserter(THINGS).write(connection, bad))
    with database.read() as connection:
        assert there(connection) == []
    database.close()


def test_one_of_these(connection: Connection) -> None:
    Inserter(THINGS).write(connection, made(7))
    numbers = f"SELECT id FROM things WHERE id {ANY_NUMBER} ORDER BY id"  # noqa: S608 - our own
    asked = encode([5, 1, 99]).decode()
    assert connection.exec_driver_sql(numbers, (asked,)).scalars().all() == [1, 5]
    names = f"SELECT id FROM things WHERE note {ANY_TEXT} ORDER BY id"  # noqa: S608 - our own
    asked = encode(["", "it's \\ 100 % ?", "nothing"]).decode()
    assert connection.exec_driver_sql(names, (asked,)).scalars().all() == [3, 5]
    assert connection.exec_driver_sql(names, ("[]",)).scalars().all() == []


def test_an_insert_that_says_what_to_do_about_a_row_that_is_there(connection: Connection) -> None:
    row = dict(zip(THINGS.columns.keys(), made(1)[0], strict=True))
    for note in ("first", "second"):
        fresh = insert(connection, THINGS).values({**row, "note": note})
        connection.execute(
            fresh.on_conflict_do_update(index_elements=["id"], set_={"note": fresh.excluded.note})
        )
    connection.execute(insert(connection, THINGS).values(row).on_conflict_do_nothing())
    assert [found[3] for found in there(connection)] == ["second"]
