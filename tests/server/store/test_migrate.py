"""The migrated tables are those that the code describes; each step goes up and down with data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Integer, MetaData, Table, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from server.jobs.table import METADATA as JOBS
from server.office.tables import METADATA as OFFICE
from server.payments.table import METADATA as PAYMENTS
from server.store import local, migrate, schema
from server.store.database import Database, open_database
from server.store.packing import unpack
from server.store.writer import StoreError

LOCAL = (local.METADATA, JOBS, OFFICE, PAYMENTS)
EVERYTHING = (schema.METADATA, *LOCAL)
STEPS = ("base", "0001", "0002", "0003", "0004", "0005")
# One row for each table, by the step that makes it; `local_detail` changes and has its own test.
ROWS: dict[str, dict[str, dict[str, Any]]] = {
    "0001": {
        "local_inbox": {
            "author": "a",
            "first_seq": 1,
            "count": 2,
            "head": "h",
            "bytes": b"b",
            "received_ms": 2**40,
        },
        "local_dead_letter": {
            "id": 1,
            "source": "s",
            "code": "gap",
            "hint": "",
            "bytes": b"",
            "received_ms": 3,
        },
        "local_fact": {"name": "known_height", "value": "7"},
    },
    "0002": {
        "local_user": {
            "id": "u",
            "email": "é@example.org",
            "name": "Zoé",
            "password": "p",
            "role": "admin",
            "made_ms": 1,
        },
        "local_session": {"token_hash": "t", "user": "u", "made_ms": 1, "used_ms": 2},
        "local_invitation": {"token_hash": "t", "role": "admin", "expires_ms": 1, "used_ms": None},
        "local_pairing": {
            "id": "p",
            "place": "bar",
            "label": "Bar 1",
            "pin": "123456",
            "made_ms": 1,
            "expires_ms": 2,
            "state": "joined",
            "terminal": "a",
        },
        "local_product": {
            "id": "p",
            "name": "Café",
            "category": "Chaud",
            "price": 150,
            "vat_bp": 1000,
            "on_sale": True,
            "favourite": False,
            "position": 1,
        },
        "local_card": {"ref": "r", "number": "B1", "token": "t", "batch": "", "made_ms": 1},
        "local_backup": {"at_ms": 1, "path": "/b", "elsewhere": True},
    },
    "0003": {
        "local_reload": {
            "id": "r",
            "chain": "c",
            "node": "n",
            "wallet": "w",
            "card": "c",
            "asset": "FED",
            "amount": 2_000,
            "currency": "EUR",
            "opened_ms": 1,
            "expires_ms": 2,
            "state": "paid",
            "idempotency_key": "k",
            "session": "s",
            "url": None,
            "payment": "p",
            "transaction": None,
            "note": "",
            "changed_ms": 3,
        },
        "local_task": {
            "key": "k",
            "kind": "k",
            "subject": "s",
            "detail": "d",
            "raised_ms": 1,
            "closed_ms": None,
        },
    },
    "0004": {
        "local_job": {"name": "j", "due_ms": 1, "lease_ms": 0, "ran_ms": 0, "error": ""},
    },
}


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    database = open_database(where)
    yield database
    database.close()


def differ(*given: object) -> bool | None:
    """Take all whole numbers for one type, as SQLite does; leave the rest to alembic."""
    *_, there, described = given
    return False if isinstance(there, Integer) and isinstance(described, Integer) else None


def undescribed(connection: Connection) -> list[Any]:
    def of_this_database(item: Any, _name: object, kind: str, *_: object) -> bool:
        """Leave out the foreign keys that another database has (`guards.follows_at_once`)."""
        only = getattr(item, "_ddl_if", None) if kind == "foreign_key_constraint" else None
        return only is None or only.dialect == connection.dialect.name

    options = {
        "version_table": migrate.VERSION_TABLE,
        "compare_type": differ,
        "include_object": of_this_database,
    }
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, list(EVERYTHING)))  # type: ignore[arg-type]  # a list is documented


def table(name: str) -> Table:
    return next(each.tables[name] for each in LOCAL if name in each.tables)


def rows(connection: Connection, steps: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Give the one row of each table that these steps have made."""
    names = [name for step in steps for name in ROWS.get(step, {})]
    return {name: dict(connection.execute(table(name).select()).mappings().one()) for name in names}


def expected(steps: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {name: row for step in steps for name, row in ROWS.get(step, {}).items()}


def fill(connection: Connection, step: str) -> None:
    for name, row in ROWS.get(step, {}).items():
        connection.execute(table(name).insert().values(row))


def made(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if name.startswith("local_")}


def test_migrations_give_what_the_code_describes(database: Database) -> None:
    with database.write() as connection:
        assert undescribed(connection) == []


def test_checks_are_there_which_alembic_does_not_compare(database: Database) -> None:
    with database.read() as connection:
        found = inspect(connection)
        for metadata in EVERYTHING:
            for each in metadata.sorted_tables:
                described = {
                    constraint.name
                    for constraint in each.constraints
                    if isinstance(constraint, CheckConstraint)
                }
                there = {check["name"] for check in found.get_check_constraints(each.name)}
                assert there == described, each.name


def test_migrating_twice_changes_nothing(where: Path | str) -> None:
    found = []
    for _ in range(2):
        database = open_database(where)
        with database.read() as connection:
            there = MetaData()
            there.reflect(connection)
            found.append({str(CreateTable(each)) for each in there.sorted_tables})
        database.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("place", range(1, len(STEPS)))
def test_from_each_version_up_with_its_data(database: Database, place: int) -> None:
    old = STEPS[: place + 1]
    with database.write() as connection:
        migrate.downgrade(connection, "base")
        assert made(connection) == {migrate.VERSION_TABLE}
        for step in old[1:]:
            migrate.upgrade(connection, step)
            fill(connection, step)
        migrate.upgrade(connection)
        assert rows(connection, old) == expected(old)
        for step in STEPS[place + 1 :]:
            fill(connection, step)
        assert rows(connection, STEPS) == expected(STEPS)
        assert undescribed(connection) == []


@pytest.mark.parametrize("place", range(1, len(STEPS)))
def test_down_to_each_version_keeps_what_it_knew(database: Database, place: int) -> None:
    with database.write() as connection:
        migrate.downgrade(connection, "base")
        migrate.upgrade(connection)
        for step in STEPS:
            fill(connection, step)
        kept = STEPS[: place + 1]
        migrate.downgrade(connection, STEPS[place])
        assert rows(connection, kept) == expected(kept)
        gone = {name for step in STEPS[place + 1 :] for name in ROWS.get(step, {})}
        assert not gone & made(connection)
        migrate.upgrade(connection)
        assert rows(connection, kept) == expected(kept)


def test_a_migration_that_fails_leaves_the_version_before(database: Database) -> None:
    with database.write() as connection:
        migrate.downgrade(connection, "0003")

    def twice(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE local_job (name TEXT)")
        migrate.upgrade(connection)

    with pytest.raises((StoreError, SQLAlchemyError), match="local_job"):
        database.run(twice)
    with database.write() as connection:
        assert "local_job" not in made(connection)
        migrate.upgrade(connection)
        assert undescribed(connection) == []


def test_a_database_of_a_newer_version_is_refused_in_words(where: Path | str) -> None:
    database = open_database(where)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE local_version SET version_num = '0099'")
    database.close()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"a newer version .* une version plus récente .*0099"):
            open_database(where)


def test_details_are_packed_and_unpacked(database: Database) -> None:
    author, document = "ab" * 16, b'{"lines":[],"operator":"-","salt":"","total":500}'
    name = "38ac09f81d70848491bf5ad3fc8c379a30bc85861ef936f22f373939ea6c8281"
    with database.write() as connection:
        migrate.downgrade(connection, "0004")
        connection.exec_driver_sql(
            "INSERT INTO local_detail (author, seq, hash, document) VALUES (?, ?, ?, ?)",
            (author, 7, name, document),
        )
        migrate.upgrade(connection)
        [row] = connection.exec_driver_sql("SELECT author, seq, packed FROM local_detail").all()
        assert (bytes(row.author), row.seq, unpack(row.packed)) == (b"\xab" * 16, 7, document)
        assert undescribed(connection) == []
        migrate.downgrade(connection, "0004")
        [old] = connection.exec_driver_sql("SELECT * FROM local_detail").all()
        assert tuple(old) == (author, 7, name, document)
